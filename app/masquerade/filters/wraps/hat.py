"""Paint the wraps of a filter as one image, which is drawn again only when the head turns or the light changes."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from masquerade.filters.compositing.painting import blend_patch
from masquerade.filters.compositing.perspective import cut_patch
from masquerade.filters.compositing.rasters import Raster
from masquerade.filters.format.layers import Blend
from masquerade.filters.lighting.direction import Direction
from masquerade.filters.lighting.image_light import ImageLight, Light
from masquerade.filters.people.layer_painters import FaceLayerPainter
from masquerade.filters.people.per_face import PerFace
from masquerade.filters.people.presence import FrameContext, VisibleFace
from masquerade.filters.wraps.wrap import View, WrapPainter, seen_middle
from masquerade.geometry.head import HeadSize
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray, Matrix, Pose

# The image is moved with the head until its farthest part, in eye distances from the middle, is off by so many pixels.
_FARTHEST, _MAX_OFF = 1.6, 0.5
# Beyond these it is drawn again all the same: its art has another size, its light another side.
_MAX_SCALED, _MAX_ROLLED, _MAX_RELIT = 0.06, 8.0, 0.06
# Larger than so many frames, it is drawn straight into the frame, which cuts it off.
_MAX_FRAMES = 1.0
_MARGIN = 2
_INVISIBLE = 1 / 512


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """The wraps as they were drawn once.

    Attributes:
        image: premultiplied; one unit is a pixel, and (0, 0) the corner.
        pose: of the head, in pixels of the image.
        head: its size.
        light: that fell on it.
        direction: of the light.
        rasters: the art of each layer; a finer one may come later.
    """

    image: Raster
    pose: Pose
    head: HeadSize
    light: Light | None
    direction: Direction
    rasters: tuple[Raster, ...]


class HatPainter:
    """Paint consecutive wrap layers on all faces. For one thread."""

    hides_faces = False
    covers_head = False

    def __init__(self, painters: Sequence[WrapPainter], image_light: ImageLight) -> None:
        """Take over layers that are always there.

        Args:
            painters: of the layers, from the first to the last.
            image_light: the light on each face.
        """
        self._painters = tuple(painters)
        self._image_light = image_light
        self.memory = PerFace[_Drawn]()

    def paint(self, pixels: ByteArray, face: VisibleFace, frame: FrameContext) -> VisibleFace:
        """Paint the layers on one face; see FaceLayerPainter."""
        share = frame.intensity * face.opacity
        if share < _INVISIBLE:
            return face
        # A photo, the first frame of its stream, is drawn as sharply as can be.
        drawn = None if frame.first or frame.person is not None else self._drawn(face, pixels.shape[1], pixels.shape[0])
        if drawn is None:
            for painter in self._painters:
                painter.paint(pixels, face, frame)
            return face
        matrix = _onto(drawn.pose, pose_of(face.face))
        patch = cut_patch(drawn.image, matrix, (pixels.shape[1], pixels.shape[0]))
        if patch is not None:
            blend_patch(pixels, patch[0], patch[1:], Blend.NORMAL, share)
        return face

    def _drawn(self, face: VisibleFace, width: int, height: int) -> _Drawn | None:
        """Return the layers' image, drawn again if it no longer fits; None where it would be too large."""
        identity, rasters = face.face.identity, tuple(painter.raster(face) for painter in self._painters)
        light = None if face.under_cover else self._image_light.of(identity)
        direction = self._image_light.direction_of(identity)
        old = self.memory.get(identity)
        if (
            old is not None
            and (old.head, old.light) == (face.head, light)
            and math.dist(old.direction, direction) <= _MAX_RELIT
            and _is_near(old.pose, pose_of(face.face))
            and all(before is now for before, now in zip(old.rasters, rasters, strict=True))
        ):
            return old
        views = [painter.view(face, None) for painter in self._painters]
        corner = np.floor(np.min([view.xy.min(axis=0) for view in views], axis=0)) - _MARGIN
        end = np.ceil(np.max([view.xy.max(axis=0) for view in views], axis=0)) + _MARGIN
        columns, rows = (end - corner).astype(int).tolist()
        if columns * rows > _MAX_FRAMES * width * height:
            return None
        pixels = np.zeros((rows, columns, 4), np.uint8)
        moved = [_moved(view, corner.astype(np.float32)) for view in views]
        for painter, view in zip(self._painters, moved, strict=True):
            painter.draw(pixels, view, face, 1.0, transparent=True)
        image = Raster(pixels, 1.0, 0.0, 0.0, black=False)
        drawn = self.memory[identity] = _Drawn(image, moved[0].pose, face.head, light, direction, rasters)
        return drawn


def with_hats(painters: Iterable[FaceLayerPainter], image_light: ImageLight) -> list[FaceLayerPainter]:
    """Return the painters of a filter's layers, with consecutive wraps that are always there as one."""
    merged: list[FaceLayerPainter] = []
    for steady, run in groupby(painters, lambda each: isinstance(each, WrapPainter) and each.steady):
        if steady:
            merged.append(HatPainter([each for each in run if isinstance(each, WrapPainter)], image_light))
        else:
            merged.extend(run)
    return merged


def _moved(view: View, corner: np.ndarray) -> View:
    return replace(view, xy=view.xy - corner, pose=replace(view.pose, origin_xy=view.pose.origin_xy - corner))


def _is_near(old: Pose, new: Pose) -> bool:
    """Return whether one view of a head, moved, scaled and rolled, stands for another."""
    turned = math.radians(max(abs(new.yaw - old.yaw), abs(new.pitch - old.pitch)))
    return (
        turned * _FARTHEST * new.scale <= _MAX_OFF
        and abs(new.scale / old.scale - 1.0) <= _MAX_SCALED
        and abs(_rolled(old, new)) <= _MAX_ROLLED
    )


def _rolled(old: Pose, new: Pose) -> float:
    """Return by how many degrees the head rolled, from -180 to 180."""
    return (new.roll - old.roll + 180.0) % 360.0 - 180.0


def _onto(old: Pose, new: Pose) -> Matrix:
    """Return (3, 3), from units of an image drawn for one pose to pixels of a frame with another one."""
    angle, scale = math.radians(_rolled(old, new)), new.scale / old.scale
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    x, y = seen_middle(old).tolist()
    to_x, to_y = seen_middle(new).tolist()
    # The centre of a raster's pixel lies half a unit from its corner.
    x, y = x + 0.5, y + 0.5
    return np.array(
        [[cosine, -sine, to_x - cosine * x + sine * y], [sine, cosine, to_y - sine * x - cosine * y], [0.0, 0.0, 1.0]]
    )
