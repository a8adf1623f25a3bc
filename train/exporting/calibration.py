"""Picks the training pictures over which a network is quantized."""

from dataclasses import dataclass

import numpy as np

from app.values import ByteArray
from train.crops.augment import Cutter
from train.datasets.face_set import FaceSet
from train.errors import TrainError
from train.measuring.net import Net, as_channels
from train.pictures.rows import chosen_rows, read_pictures
from train.recipes.augmentation import DETECTOR_LIKE
from train.recipes.recipe import Pictures

_CORRECTED_OVER = 400
_STRAY_EVERY = 5
_RANGES_OVER = 100


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """What a network sees while it is quantized.

    Attributes:
        ranges: (100, S, S, C) uint8, faces as the net will see them; they set the steps of
            every layer. More, or other ones, bring in rare values that make every step coarser.
        correction: (400, S, S, C) uint8; over these the mean error is corrected.
    """

    ranges: ByteArray
    correction: ByteArray


def pick_crops(faces: FaceSet, net: Net) -> Calibration:
    """Cuts training faces as a detector would.

    For the correction every fifth is cut beside the face; among the ranges those would
    widen the steps of layers that faces use.

    Raises:
        TrainError: the data have no training face with all points.
    """
    rows = faces.where((faces.splits == "train") & faces.has_face & np.isfinite(faces.points).all(axis=(1, 2)))
    if not len(rows):
        raise TrainError("The data hold no training face to calibrate with.")
    cutter = Cutter(net.side, DETECTOR_LIKE, np.random.default_rng(0))
    picked = np.random.default_rng(0).choice(rows, min(_CORRECTED_OVER, len(rows)), replace=False)
    cuts = [
        (cutter.face if number % _STRAY_EVERY else cutter.stray)(faces.picture(int(row)), faces.points[row])
        for number, row in enumerate(picked)
    ]
    with_face = [cut.pixels for cut in cuts if cut.is_face]
    return Calibration(
        as_channels(np.stack(with_face[:_RANGES_OVER]), net.channels),
        as_channels(np.stack([cut.pixels for cut in cuts]), net.channels),
    )


def pick_pictures(faces: FaceSet, given: Pictures, net: Net) -> Calibration:
    """Takes whole training pictures of those that a recipe is about.

    Raises:
        TrainError: the data have no such picture.
    """
    rows = faces.where(chosen_rows(faces, given) & (faces.splits == "train"))
    if not len(rows):
        raise TrainError("The data hold no training picture to calibrate with.")
    picked = np.random.default_rng(0).choice(rows, min(_CORRECTED_OVER, len(rows)), replace=False)
    pixels, _ = read_pictures(faces, picked, net.side, net.channels)
    return Calibration(np.array(pixels[:_RANGES_OVER]), np.array(pixels))
