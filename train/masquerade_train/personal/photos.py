"""Takes photos of a face from a camera, video or folder, labelled by many passes of the bundled model."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import masquerade
import numpy as np
from masquerade.errors import AppError
from masquerade.progress import Progress
from masquerade.values import LANDMARK_INDEX, ByteArray, Face, FloatArray, Keypoints
from masquerade.vision.search.looks import look_again

from masquerade_train.datasets.face_cut import FaceCut, cut_face
from masquerade_train.errors import TrainError

# Pixels of a photo: as a training image is cut, but finer, for the eyes of those who correct it.
_SIDE = 256
_SECONDS_BETWEEN = 0.2
# As far apart that the labels of eyes mean something.
_MIN_EYE_DISTANCE = 20.0
# Of frames that are kept whole, to learn from what is beside the face.
_GROUND_SIDE, _GROUND_EVERY = 640, 20
# What makes one unit of difference: degrees of yaw, pitch and roll, opening of the mouth in eye distances, grey values,
# and the logarithm of the size.
_UNITS = np.array([10.0, 8.0, 10.0, 0.15, 30.0, 0.35], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class FacePhoto:
    """One photo of the face.

    Attributes:
        time: seconds from the beginning, or the number of the photo.
        encoded: JPEG of the face with room about it.
        landmarks: (K, 2) float32, pixels of the photo: the 15, and the contours where the model gives them.
        spreads: (15,) float32, how far each landmark wandered over the looks, eye distances.
        eye_distance: pixels of the frame that it was cut from.
        traits: (6,) float32, what makes photos differ: pose, mouth, light, size.
        ground: JPEG of the frame and the landmarks (F, 15, 2) of all faces in it; None for most photos.
    """

    time: float
    encoded: bytes
    landmarks: FloatArray
    spreads: FloatArray
    eye_distance: float
    traits: FloatArray
    ground: tuple[bytes, FloatArray] | None = None


def take_photos(source: str, seconds: float | None = None) -> tuple[FacePhoto, ...]:
    """Return photos of the largest face, five a second at most, in their order.

    Args:
        source: "camera:0", or the path of a video, or of a folder of photos.
        seconds: to watch a camera; None = to the end.

    Raises:
        TrainError: the source cannot be read.
    """
    photos: list[FacePhoto] = []
    is_folder = Path(source).is_dir()
    try:
        model = masquerade.load_model()
        frames = _photos_of_folder(source) if is_folder else _frames(source, seconds)
        for time, pixels, faces in frames:
            taken = _take(time, pixels, faces, model)
            if taken is not None:
                photos.append(taken if len(photos) % _GROUND_EVERY == 0 else replace(taken, ground=None))
    except AppError as error:
        raise TrainError(str(error)) from error
    return tuple(photos)


def _frames(source: str, seconds: float | None) -> Iterator[tuple[float, ByteArray, tuple[Face, ...]]]:
    """Yield five frames of a camera or a video a second: time from the first one, pixels BGR, faces."""
    began, due = None, 0.0
    with Progress("looking at you" if seconds else Path(source).name, None) as progress:
        for frame in masquerade.track(source):
            progress.step()
            began = frame.time if began is None else began
            time = frame.time - began
            if seconds is not None and time > seconds:
                return
            if time >= due:
                due = time + _SECONDS_BETWEEN
                yield time, frame.image, tuple(face for face in frame.faces if not face.held)


def _photos_of_folder(folder: str) -> Iterator[tuple[float, ByteArray, tuple[Face, ...]]]:
    """Yield the photos of a folder, in the order of their names."""
    finder = masquerade.FaceFinder()
    with Progress(Path(folder).name, None, "photos") as progress:
        for number, frame in enumerate(masquerade.track(folder)):
            progress.step()
            yield float(number), frame.image, finder.find(frame.image)


def _take(time: float, image: ByteArray, faces: tuple[Face, ...], model: masquerade.LandmarkModel) -> FacePhoto | None:
    """Return a photo of the largest face; None where there is none, or it is too small."""
    found = [(face.measured or face.keypoints, face) for face in faces]
    sizes = [float(np.linalg.norm(seen.points[0] - seen.points[1])) for seen, _ in found]
    if not sizes or max(sizes) < _MIN_EYE_DISTANCE:
        return None
    seen, face = found[int(np.argmax(sizes))]
    pixels = np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
    looks = look_again(model.find, pixels, np.ascontiguousarray(pixels[:, ::-1]), seen.anchors, np.inf)
    cut = cut_face(image, looks.keypoints.points, _SIDE) if looks is not None else None
    if looks is None or cut is None:
        return None
    landmarks = looks.keypoints.points
    labels = _with_contours(cut, looks.keypoints)
    eyes = float(np.linalg.norm(landmarks[0] - landmarks[1]))
    traits = _traits(image, landmarks, face, eyes)
    every = np.stack([seen.points for seen, _ in found])
    return FacePhoto(time, cut.encoded, labels, looks.spreads, eyes, traits, _ground(image, every))


def _with_contours(cut: FaceCut, seen: Keypoints) -> FloatArray:
    """Return all landmarks of the cut face, in its pixels."""
    if seen.contours is None:
        return cut.landmarks
    origin = cut.landmarks[0] - cut.scale * seen.points[0]
    return np.asarray(np.concatenate([cut.landmarks, origin + cut.scale * seen.contours]), np.float32)


def _traits(image: ByteArray, landmarks: FloatArray, face: Face, eyes: float) -> FloatArray:
    pose = (face.pose.yaw, face.pose.pitch, face.pose.roll) if face.pose else (0.0, 0.0, 0.0)
    lips = (landmarks[LANDMARK_INDEX[f"mouth_center_{lip}_lip"]] for lip in ("top", "bottom"))
    mouth = float(np.linalg.norm(np.subtract(*lips))) / max(eyes, 1.0)
    low, high = (np.clip(corner(landmarks, axis=0), 0, None).astype(int) for corner in (np.min, np.max))
    light = float(image[low[1] : high[1] + 1, low[0] : high[0] + 1].mean())
    return np.asarray(np.array([*pose, mouth, light, np.log(max(eyes, 1.0))]) / _UNITS, np.float32)


def _ground(image: ByteArray, faces: FloatArray) -> tuple[bytes, FloatArray]:
    scale = min(_GROUND_SIDE / max(image.shape[:2]), 1.0)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
    return encoded, np.asarray((faces + 0.5) * scale - 0.5, np.float32)


def choose_varied(photos: tuple[FacePhoto, ...], count: int) -> tuple[FacePhoto, ...]:
    """Return at most `count` photos that differ as much as they can, in their order.

    Each next one is the farthest from those that are chosen already, by pose, mouth, light and size.
    """
    if len(photos) <= count:
        return photos
    traits = np.stack([photo.traits for photo in photos])
    chosen = [int(np.argmin(np.linalg.norm(traits - np.median(traits, axis=0), axis=1)))]
    distance = np.linalg.norm(traits - traits[chosen[0]], axis=1)
    while len(chosen) < count:
        chosen.append(int(np.argmax(distance)))
        distance = np.minimum(distance, np.linalg.norm(traits - traits[chosen[-1]], axis=1))
    return tuple(photos[index] for index in sorted(set(chosen)))
