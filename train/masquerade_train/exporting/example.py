"""Gives what a model finds on the demo portrait, so that a card can promise it and a test can hold it."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from masquerade.resources import bundled
from masquerade.values import POINT_COUNT, ByteArray, FloatArray
from masquerade.vision.crop import crop_similarity, cut_crop

from masquerade_train.inference.predictor import PredictFunction, to_pixels

PHOTO = Path("assets") / "demo" / "eileen_collins.jpg"
# Left eye, right eye, middle of the mouth, as a detector would give them.
_ANCHORS = np.array([[247, 104], [203, 102], [223, 147]], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """What a model finds on the portrait: the anchors (3, 2) given and the points (15, 2) found, its pixels."""

    anchors: FloatArray
    points: FloatArray


def predict_example(predict: PredictFunction, side: int) -> Example | None:
    """Cut the portrait's face as the app does and return what `predict` finds there.

    None where the portrait is not at its place.
    """
    photo = cv2.imread(str(bundled("assets").parent / PHOTO), cv2.IMREAD_COLOR_RGB)
    if photo is None:
        return None
    view = crop_similarity(_ANCHORS, side)
    crop: ByteArray = cut_crop(np.asarray(photo, np.uint8), view.matrix, side)
    points = to_pixels(predict(crop[None]), side)[0, :POINT_COUNT]
    return Example(_ANCHORS, view.inverse().apply(points))
