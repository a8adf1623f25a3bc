"""Records a model's landmarks on the demo portrait, for the card and a test."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from masquerade.resources import bundled
from masquerade.values import LANDMARK_COUNT, ByteArray, FloatArray
from masquerade.vision.crop import crop_similarity, cut_crop

from masquerade_train.inference.predictor import PredictFunction, to_pixels

PHOTO = Path("assets") / "demo" / "eileen_collins.jpg"
# Left eye, right eye, middle of the mouth, as a detector would give them.
_ANCHORS = np.array([[247, 104], [203, 102], [223, 147]], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A model's result on the portrait, in its pixels: the given anchors (3, 2) and the landmarks (15, 2)."""

    anchors: FloatArray
    landmarks: FloatArray


def predict_example(predict: PredictFunction, side: int) -> Example | None:
    """Cut the portrait's face as the app does and return the predicted landmarks.

    None where the portrait is not at its place.
    """
    photo = cv2.imread(str(bundled("assets").parent / PHOTO), cv2.IMREAD_COLOR_RGB)
    if photo is None:
        return None
    view = crop_similarity(_ANCHORS, side)
    crop: ByteArray = cut_crop(np.asarray(photo, np.uint8), view.matrix, side)
    landmarks = to_pixels(predict(crop[None]), side)[0, :LANDMARK_COUNT]
    return Example(_ANCHORS, view.inverse().apply(landmarks))
