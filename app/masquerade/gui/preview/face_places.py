"""Find where the faces of a scene are in the widget that shows it."""

from PySide6.QtCore import QPointF, QRectF

from masquerade.values import Face, Scene

# In eye distances round the middle between eyes and mouth: brows to chin, temple to temple.
_HALF_WIDTH, _HALF_HEIGHT = 1.35, 1.75


def face_place(face: Face, scene: Scene, image: QRectF, mirrored: bool) -> QRectF:
    """Return the rectangle round a face, in the widget's own pixels.

    Args:
        face: of the scene.
        scene: that is shown.
        image: where it is shown.
        mirrored: whether it is shown as in a mirror.
    """
    anchors = face.keypoints.anchors.astype(float)
    middle = anchors.mean(axis=0)
    size = max(float(abs(anchors - middle).max()) * 1.5, 1.0) if face.pose is None else face.pose.scale
    width, height = scene.frame.size_wh
    scale = image.width() / width
    x = (width - 1 - middle[0]) if mirrored else middle[0]
    centre = QPointF(image.left() + (x + 0.5) * scale, image.top() + (middle[1] + 0.5) * image.height() / height)
    half_width, half_height = _HALF_WIDTH * size * scale, _HALF_HEIGHT * size * scale
    return QRectF(centre.x() - half_width, centre.y() - half_height, 2 * half_width, 2 * half_height)


def face_at(place: QPointF, scene: Scene, image: QRectF, mirrored: bool) -> int | None:
    """Return the identity of the face at a position in the widget; of several, the closest."""
    hit = [face for face in scene.faces if face_place(face, scene, image, mirrored).contains(place)]
    if not hit:
        return None

    def distance(face: Face) -> float:
        gap = face_place(face, scene, image, mirrored).center() - place
        return gap.x() ** 2 + gap.y() ** 2

    return min(hit, key=distance).identity
