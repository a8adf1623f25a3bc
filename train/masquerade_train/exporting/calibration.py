"""Picks the training images for calibrating the quantization."""

import numpy as np
from masquerade.values import ByteArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.errors import TrainError
from masquerade_train.inference.predictor import Predictor, as_channels
from masquerade_train.inputs.augment import Cutter
from masquerade_train.inputs.rows import chosen_rows, read_images
from masquerade_train.recipes.augmentation import DETECTOR_LIKE
from masquerade_train.recipes.recipe import FullImages

# They set the steps of every layer; more would bring in rare values that make every step coarser.
_COUNT = 100


def pick_crops(faces: FaceSet, network: Predictor) -> ByteArray:
    """Cut 100 training faces as a detector would: (100, S, S, C).

    No crops beside a face: they would widen the steps of layers that faces use.

    Raises:
        TrainError: the data have no training face with all landmarks.
    """
    rows = faces.where((faces.splits == "train") & faces.has_face & np.isfinite(faces.landmarks).all(axis=(1, 2)))
    if not len(rows):
        raise TrainError("The data contain no training face to calibrate with.")
    cutter = Cutter(network.side, DETECTOR_LIKE, np.random.default_rng(0))
    picked = np.random.default_rng(0).choice(rows, min(_COUNT, len(rows)), replace=False)
    crops = [cutter.face(faces.image(int(row)), faces.landmarks[row]).pixels for row in picked]
    return as_channels(np.stack(crops), network.channels)


def pick_images(faces: FaceSet, given: FullImages, network: Predictor) -> ByteArray:
    """Pick 100 full training images that suit the recipe: (100, S, S, C).

    Raises:
        TrainError: the data have no such image.
    """
    rows = faces.where(chosen_rows(faces, given) & (faces.splits == "train"))
    if not len(rows):
        raise TrainError("The data contain no training image to calibrate with.")
    picked = np.random.default_rng(0).choice(rows, min(_COUNT, len(rows)), replace=False)
    pixels, _ = read_images(faces, picked, network.side, network.channels)
    return np.array(pixels)
