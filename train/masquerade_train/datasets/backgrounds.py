"""Cuts backgrounds without faces out of photos and videos, as negative examples."""

import zlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from masquerade.values import LANDMARK_COUNT, ByteArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import Row
from masquerade_train.datasets.landmark_table import COLUMNS, Errors, read_landmarks, read_lines
from masquerade_train.errors import TrainError
from masquerade_train.recipes.recipe import BACKGROUND

SIDE = 192
_IMAGES = (".jpg", ".jpeg", ".png")
_VIDEOS = (".mp4", ".avi", ".mov", ".mkv")
_CUTS_PER_IMAGE = 6
_CUTS_PER_FRAME = 4
_FRAME_STEP = 10
_VAL_SHARE = 0.15


def read_backgrounds(source: Path, seed: int = 0, landmark_count: int = LANDMARK_COUNT) -> list[Row]:
    """Cut squares out of the images of a folder, or out of a video without faces.

    A folder's labels.csv (file and 30 coordinates), in it or beside it, says where faces
    are; squares that touch one are not taken. Without it the images must show no face.
    Which images are kept aside for measuring (15 %) depends on the file's name alone;
    the last 15 % of a video are kept aside.

    Raises:
        TrainError: there is no image or video.
    """
    random = np.random.default_rng(seed)
    rows = []
    for name, split, image, faces, cuts in _images(source):
        for number in range(cuts):
            square = _cut(image, faces, random)
            if square is not None:
                content = cv2.imencode(".jpg", square, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
                landmarks = np.full((landmark_count, 2), np.nan, np.float32)
                rows.append(Row(content, landmarks, BACKGROUND, f"{BACKGROUND}:{name}", split, f"{name}#{number}"))
    if not rows:
        raise TrainError(f"{source} contains no image or video for backgrounds.")
    return rows


def _images(source: Path) -> Iterator[tuple[str, str, ByteArray, NDArray[np.float32], int]]:
    """Yield (name, split, image BGR, faces (F, 15, 2), squares to cut)."""
    none = np.zeros((0, 15, 2), np.float32)
    if source.suffix.lower() in _VIDEOS:
        frames = list(_frames(source))
        for index, frame in enumerate(frames):
            split = "test" if index >= (1 - _VAL_SHARE) * len(frames) else "train"
            yield f"{source.name}@{index}", split, frame, none, _CUTS_PER_FRAME
        return
    faces = _read_labels(source)
    for path in sorted(source.iterdir()) if source.is_dir() else [source]:
        image = cv2.imread(str(path)) if path.suffix.lower() in _IMAGES else None
        if image is not None:
            split = "test" if zlib.crc32(path.name.encode()) % 100 < 100 * _VAL_SHARE else "train"
            yield path.name, split, image.astype(np.uint8), faces.get(path.name, none), _CUTS_PER_IMAGE


def _frames(path: Path) -> Iterator[ByteArray]:
    video = cv2.VideoCapture(str(path))
    index = 0
    while (found := video.read())[0]:
        if index % _FRAME_STEP == 0:
            yield found[1].astype(np.uint8)
        index += 1
    video.release()


def _read_labels(folder: Path) -> dict[str, NDArray[np.float32]]:
    """Return (F, 15, 2) for each labelled file; empty without labels.csv."""
    tables = [path for path in (folder / "labels.csv", folder.parent / "labels.csv") if path.is_file()]
    faces: dict[str, list[NDArray[np.float32]]] = {}
    for table in tables[:1]:
        errors = Errors(str(table))
        for line in read_lines(table, ("file", *COLUMNS)):
            with errors.at(f"line {line.number}"):
                cells = line.cells()
                faces.setdefault(cells["file"], []).append(read_landmarks(cells))
        errors.raise_any()
    return {name: np.stack(found) for name, found in faces.items()}


def _cut(image: ByteArray, faces: NDArray[np.float32], random: np.random.Generator) -> ByteArray | None:
    """Return a square of SIDE pixels that touches no face, or None where none was found in 20 tries."""
    height, width = image.shape[:2]
    for _ in range(20):
        side = int(np.exp(random.uniform(np.log(48), np.log(max(min(height, width), 49)))))
        if side > min(height, width):
            continue
        left, top = random.integers(0, width - side + 1), random.integers(0, height - side + 1)
        # A face reaches about its landmarks' height above the brows and as far to the sides.
        low, high = faces.min(axis=1), faces.max(axis=1)
        reach = 0.5 * (high - low).max(axis=1, initial=0)[:, None]
        corner = np.array([left, top])
        if not ((low - reach < corner + side) & (high + reach > corner)).all(axis=1).any():
            square = image[top : top + side, left : left + side]
            return np.asarray(cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    return None
