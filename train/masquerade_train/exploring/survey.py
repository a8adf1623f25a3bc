"""Reads every image of a data set once and collects what the report needs."""

from dataclasses import dataclass

import cv2
import numpy as np
from masquerade.progress import Progress
from masquerade.values import ByteArray, FloatArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.exploring.alignment import Alignment, align
from masquerade_train.exploring.dataset_diff import PATCH_SIDE, frame_to_patch
from masquerade_train.exploring.likeness import hash_image

# Pixels of the mean faces.
MEAN_SIDE = 240
# How much of the frame about the mean shape is shown, in extents of the face.
MEAN_REACH = 0.9
# More faces of one source change its mean no further.
_MAX_FACES = 1500


@dataclass(frozen=True, slots=True, eq=False)
class MeanFace:
    """The mean of all faces of one source, laid on one another.

    Attributes:
        image: (S, S, 3) uint8, RGB, S = MEAN_SIDE.
        count: of faces.
    """

    source: str
    image: ByteArray
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """The collected data.

    Attributes:
        alignment: of all faces.
        hashes: (N, 4) uint64, see `hash_image`.
        brightness: (N,) float32, mean grey value, 0 to 255.
        sizes_wh: (N, 2) int64, pixels.
        patches: (N, P, P) uint8, grey, all faces laid on one another, P = PATCH_SIDE; black where not usable.
        mean_image: (S, S, 3) uint8, RGB: of all images with a face as they are, not laid on one another.
        mean_faces: of all sources, the largest first; of at least one face and at most 1500 each.
    """

    alignment: Alignment
    hashes: NDArray[np.uint64]
    brightness: FloatArray
    sizes_wh: NDArray[np.int64]
    patches: ByteArray
    mean_image: ByteArray
    mean_faces: tuple[MeanFace, ...]


def survey(faces: FaceSet) -> Survey:
    """Decode each image once: about a millisecond each."""
    alignment = align(faces.landmarks)
    usable, to_mean = alignment.usable, frame_to_mean()
    whole = np.zeros((MEAN_SIDE, MEAN_SIDE, 3), np.float64)
    sums = {source: np.zeros_like(whole) for source in np.unique(faces.sources).tolist()}
    counts = dict.fromkeys(sums, 0)
    patches = np.zeros((len(faces), PATCH_SIDE, PATCH_SIDE), np.uint8)
    hashes, brightness, sizes = [], [], []
    with Progress("looking at images", len(faces), "images", stays=False) as progress:
        for row in range(len(faces)):
            progress.step()
            image = faces.image(row)
            hashes.append(hash_image(image))
            brightness.append(image.mean())
            sizes.append(image.shape[1::-1])
            if usable[row]:
                patches[row] = _patch(image, alignment.matrices[row])
            if usable[row] and counts[faces.sources[row]] < _MAX_FACES:
                whole += cv2.resize(image, (MEAN_SIDE, MEAN_SIDE), interpolation=cv2.INTER_AREA)
                matrix = _compose(to_mean, alignment.matrices[row])
                border = cv2.BORDER_REPLICATE
                laid = cv2.warpAffine(image, matrix, (MEAN_SIDE, MEAN_SIDE), flags=cv2.INTER_LINEAR, borderMode=border)
                sums[faces.sources[row]] += laid
                counts[faces.sources[row]] += 1
    means = [MeanFace(name, _mean(sums[name], count), count) for name, count in counts.items() if count]
    return Survey(
        alignment=alignment,
        hashes=np.stack(hashes),
        brightness=np.array(brightness, np.float32),
        sizes_wh=np.array(sizes, np.int64),
        patches=patches,
        mean_image=_mean(whole, max(sum(counts.values()), 1)),
        mean_faces=tuple(sorted(means, key=lambda mean: -mean.count)),
    )


def frame_to_mean() -> FloatArray:
    """Return the map (2, 3) from the frame of an Alignment to the pixels of a mean face."""
    scale = MEAN_SIDE / (2 * MEAN_REACH)
    middle = MEAN_SIDE / 2 - 0.5
    return np.array([[scale, 0, middle], [0, scale, middle]], np.float32)


def _patch(image: ByteArray, matrix: FloatArray) -> ByteArray:
    """Return (P, P) grey, the face in the frame of its Alignment."""
    # Softer first: a patch has fewer pixels than the image.
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 1.0)
    to_patch = _compose(frame_to_patch(), matrix)
    patch = cv2.warpAffine(grey, to_patch, (PATCH_SIDE, PATCH_SIDE), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(patch, np.uint8)


def _compose(after: FloatArray, before: FloatArray) -> FloatArray:
    """Return the one map (2, 3) that does `before`, then `after`."""
    linear = after[:, :2] @ before[:, :2]
    return np.column_stack([linear, after[:, :2] @ before[:, 2] + after[:, 2]]).astype(np.float32)


def _mean(total: NDArray[np.float64], count: int) -> ByteArray:
    return np.rint(total / count).clip(0, 255).astype(np.uint8)
