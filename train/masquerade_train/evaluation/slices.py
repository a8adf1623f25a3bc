"""Groups test faces by what makes them hard: turned, dark, blurred, glasses, a hand in front, small."""

import csv
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from masquerade.geometry.pose import fit_pose
from masquerade.values import ByteArray, FloatArray
from masquerade.vision.crop import crop_similarity, cut_crop
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet, face_anchors

SOUND = "sound labels"
FRONTAL = "frontal, under 20 degrees"
# Looked for by eye on the test faces with sound labels; "covered": a hand or a thing lies on mouth, cheek or eye.
_MARKS = Path(__file__).with_name("marks.csv")
_SIDE = 96
# Rows and columns of the crop that brows, eyes and mouth fill.
_INNER = (slice(16, 84), slice(16, 80))
# Grey level (of 255) below which the middle of a face is dark: about one val face in fifteen.
_DARK = 75.0
# Share of the differences between neighbours that a blur of 1.5 px takes away; sharp faces lose half.
_BLURRED = 0.30
_BLUR_SIGMA = 1.5
_FRONTAL_DEGREES = 20.0
_TURNED_DEGREES = (30.0, 60.0)
_SMALL_EYES = 30.0


def face_slices(faces: FaceSet, rows: NDArray[np.int64]) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return (name, (N,) which of `rows` belong to it); all but the first are of faces with sound labels.

    The yaw is that of the pose fitted to the labels; darkness and blur are measured in the
    crop of 96 pixels that the labels give; glasses and covers were marked by eye, file by
    file, for the data this project was made with, and are empty for others.

    Args:
        faces: with the 15 landmarks.
        rows: (N,) rows of `faces`; the same one may come several times.
    """
    each, back = np.unique(rows, return_inverse=True)
    yaw = np.abs([_yaw(faces.landmarks[row]) for row in each])[back]
    crops = [_grey_crop(faces, int(row)) for row in each]
    dark = np.array([crop[_INNER].mean() < _DARK for crop in crops])[back]
    blurred = np.array([fine_detail(crop[_INNER]) < _BLURRED for crop in crops])[back]
    marks = _read_marks()
    sound = faces.sound[rows]
    slices = {
        FRONTAL: yaw < _FRONTAL_DEGREES,
        "turned 20 to 30 degrees": (yaw >= _FRONTAL_DEGREES) & (yaw < _TURNED_DEGREES[0]),
        "turned 30 to 60 degrees": (yaw >= _TURNED_DEGREES[0]) & (yaw < _TURNED_DEGREES[1]),
        "dark": dark,
        "blurred": blurred,
        "glasses": np.isin(faces.files[rows], marks.get("glasses", [])),
        "hand or thing on the face": np.isin(faces.files[rows], marks.get("covered", [])),
        "eyes 20 to 30 px apart": faces.eye_distances[rows] < _SMALL_EYES,
    }
    return [(SOUND, sound), *((name, np.asarray(sound & chosen, np.bool_)) for name, chosen in slices.items())]


def fine_detail(grey: ByteArray) -> float:
    """Return the share of the differences between neighbouring pixels that a slight blur removes from (H, W) uint8.

    It does not depend on contrast. Blurred images have little to lose; 0 for one grey.

    Source:
        Crete et al., "The blur effect: perception and estimation with a new no-reference
        perceptual blur metric" (2007).
    """
    sharp = grey.astype(np.float32)
    whole = _roughness(sharp)
    kept = _roughness(cv2.GaussianBlur(sharp, (0, 0), _BLUR_SIGMA))
    return max(1 - kept / whole, 0.0) if whole > 0 else 0.0


def _roughness(grey: NDArray[np.generic]) -> float:
    return float(np.abs(np.diff(grey, axis=0)).sum() + np.abs(np.diff(grey, axis=1)).sum())


def _yaw(landmarks: FloatArray) -> float:
    """Degrees; 0 where landmarks are missing."""
    return fit_pose(landmarks).yaw if np.isfinite(landmarks).all() else 0.0


def _grey_crop(faces: FaceSet, row: int) -> ByteArray:
    """Return the crop that the labels give: (96, 96) uint8."""
    image = faces.image(row)
    crop = cut_crop(image, crop_similarity(face_anchors(faces.landmarks[row]), _SIDE).matrix, _SIDE)
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.uint8)


def _read_marks() -> Mapping[str, list[str]]:
    """Mark -> names of the files that bear it."""
    marks: dict[str, list[str]] = {}
    with _MARKS.open(encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            marks.setdefault(cells["mark"], []).append(cells["file"])
    return marks
