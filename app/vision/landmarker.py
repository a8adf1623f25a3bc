"""Finds the 15 points of one face in its crop."""

from typing import Protocol

import cv2
import numpy as np

from app.errors import ModelError
from app.geometry.similarity import invert_similarity, transform_points
from app.values import POINT_COUNT, ByteArray, FloatArray, Keypoints
from app.vision.card import ModelCard
from app.vision.crop import crop_matrix, cut_crop
from app.vision.tflite import Network


class PointFinder(Protocol):
    """Anything that finds the points of a face whose eyes and mouth are roughly known."""

    def find(self, pixels: ByteArray, anchors: FloatArray) -> Keypoints:
        """Returns the points of the face at `anchors` (3, 2) in `pixels` (H, W, 4) BGRA."""


class Landmarker:
    """The network that gives 15 points; called on one thread at a time."""

    def __init__(self, card: ModelCard) -> None:
        """Loads the net.

        Raises:
            ModelError: the file cannot be loaded or does not fit its card.
        """
        self._network = Network(card.path, low=0.0, high=255.0)
        self._side = card.input_side
        self._presence = card.presence
        channels = 3 if card.colour == "rgb" else 1
        if (self._network.input_side, self._network.channels) != (self._side, channels):
            raise ModelError(
                f"The model {card.path} takes {self._network.input_side} pixels and {self._network.channels} "
                f"channels, its card says {self._side} and {channels}. Write the card anew."
            )
        self._check_output(card)

    def find(self, pixels: ByteArray, anchors: FloatArray) -> Keypoints:
        """Returns the points of the face at `anchors`.

        Args:
            pixels: (H, W, 4) uint8, BGRA.
            anchors: (3, 2) float32, pixels: left eye, right eye, middle of the mouth.

        Raises:
            ValueError: the anchors are all one point.
        """
        matrix = crop_matrix(anchors, self._side)
        output = self._run(cut_crop(pixels, matrix, self._side))
        crop_xy = (output[: 2 * POINT_COUNT].reshape(POINT_COUNT, 2) + 1) * (self._side / 2) - 0.5
        return Keypoints(transform_points(invert_similarity(matrix), crop_xy), self._score(output))

    def _run(self, crop: ByteArray) -> FloatArray:
        """(side, side, 4) BGRA -> the net's output, (30 or 31,)."""
        if self._network.channels == 3:
            picture = cv2.cvtColor(crop, cv2.COLOR_BGRA2RGB)
        else:
            picture = cv2.cvtColor(crop, cv2.COLOR_BGRA2GRAY)[..., np.newaxis]
        return self._network.run(picture)[0].reshape(-1)  # type: ignore[arg-type]  # OpenCV's stubs name every dtype

    def _score(self, output: FloatArray) -> float:
        """How sure the net is of a face; 1 where it cannot tell."""
        if not self._presence:
            return 1.0
        logit = float(np.clip(output[2 * POINT_COUNT], -30, 30))
        return 1 / (1 + float(np.exp(-logit)))

    def _check_output(self, card: ModelCard) -> None:
        blank = np.zeros((self._side, self._side, self._network.channels), np.uint8)
        found = self._network.run(blank)[0].size
        wanted = 2 * POINT_COUNT + self._presence
        if found != wanted:
            raise ModelError(f"The model {card.path} gives {found} numbers where its card promises {wanted}.")
