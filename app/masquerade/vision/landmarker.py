"""Finds the 15 landmarks of one face in its crop, and its contours where the model has them."""

import math
from collections.abc import Sequence
from typing import Protocol, cast

import cv2
import numpy as np

from masquerade.errors import ModelError
from masquerade.geometry.similarity import Similarity
from masquerade.values import LANDMARK_COUNT, ByteArray, FloatArray, Keypoints
from masquerade.vision.card import PRESENCE_RANGE, ModelCard
from masquerade.vision.crop import crop_similarity, cut_crop
from masquerade.vision.tflite import Network


class LandmarkFinder(Protocol):
    """Finds the landmarks of a face whose eyes and mouth are roughly known."""

    def find(self, pixels: ByteArray, anchors: FloatArray) -> Keypoints:
        """Return the landmarks of the face at `anchors` (3, 2) in `pixels` (H, W, 4) BGRA."""

    def detect_batch(self, pixels: ByteArray, places: Sequence[FloatArray]) -> list[Keypoints]:
        """Return the landmarks of several faces, each as `find` does."""


class Landmarker:
    """The network that gives 15 landmarks, or 85 with the contours; called on one thread at a time."""

    def __init__(self, card: ModelCard) -> None:
        """Load the network.

        Raises:
            ModelError: the file cannot be loaded or does not fit its card.
        """
        self._network = Network(card.path, low=0.0, high=255.0)
        self._side = card.input_side
        self._half = self._side / 2
        self._presence = card.presence
        self._count = len(card.points)
        self._certainty = card.certainty
        channels = 3 if card.colour == "rgb" else 1
        if (self._network.input_side, self._network.channels) != (self._side, channels):
            raise ModelError(
                f"The model {card.path} takes {self._network.input_side} pixels and {self._network.channels} "
                f"channels, its card says {self._side} and {channels}. Write the card again."
            )
        self._check_output(card)

    def find(self, pixels: ByteArray, anchors: FloatArray) -> Keypoints:
        """Return the landmarks of the face at `anchors`.

        Args:
            pixels: (H, W, 4) uint8, BGRA.
            anchors: (3, 2) float32, pixels: left eye, right eye, middle of the mouth.

        Raises:
            ValueError: the anchors are all one point.
        """
        return self.detect_batch(pixels, (anchors,))[0]

    def detect_batch(self, pixels: ByteArray, places: Sequence[FloatArray]) -> list[Keypoints]:
        """Return the landmarks of several faces, each as `find` does.

        First all crops, then the network on all of them, then what follows: the network empties the
        processor's caches, and whatever comes after it takes five times as long.
        """
        views = [crop_similarity(anchors, self._side) for anchors in places]
        images = [self._image(cut_crop(pixels, view.matrix, self._side)) for view in views]
        outputs = [self._network.run(image) for image in images]
        return [self._keypoints(view, output) for view, output in zip(views, outputs, strict=True)]

    def _image(self, crop: ByteArray) -> ByteArray:
        """Convert (side, side, 4) BGRA to (side, side, 3 or 1), as in training."""
        if self._network.channels == 3:
            return cast(ByteArray, cv2.cvtColor(crop, cv2.COLOR_BGRA2RGB))
        return cast(ByteArray, cv2.cvtColor(crop, cv2.COLOR_BGRA2GRAY))[..., np.newaxis]

    def _keypoints(self, view: Similarity, outputs: tuple[FloatArray, ...]) -> Keypoints:
        """Return the landmarks in the frame.

        Args:
            view: frame to crop.
            outputs: of the network: x and y of each landmark and the logit of the presence, and the spread
                of the landmarks' maps where it says that.
        """
        output = outputs[self._main].reshape(-1)
        # As x + iy, from [-1, 1] to the crop and back to the frame in one step: here every call of numpy's counts.
        back = view.inverse()
        turn, shift = back.factor, back.shift
        middle = turn * complex(self._half - 0.5, self._half - 0.5) + shift
        places = output[: 2 * self._count].view(np.complex64) * (turn * self._half) + middle
        landmarks = places.view(np.float32).reshape(self._count, 2)
        contours = landmarks[LANDMARK_COUNT:] if self._count > LANDMARK_COUNT else None
        return Keypoints(landmarks[:LANDMARK_COUNT], self._score(output), contours, self._certainty_of(outputs, output))

    def _score(self, output: FloatArray) -> float:
        """Return how likely this is a face; 1 if the network has no such output."""
        if not self._presence:
            return 1.0
        return _share(float(output[2 * self._count]))

    def _certainty_of(self, outputs: tuple[FloatArray, ...], main: FloatArray) -> float:
        """Return how likely the landmarks are within 10 % of the eye distance; 1 if the model has no such output."""
        if self._certainty is None:
            return 1.0
        low, high = PRESENCE_RANGE
        presence = min(max(float(main[2 * self._count]), low), high) if self._presence else high
        spread = float(outputs[1 - self._main].reshape(-1)[0])
        return _share(self._certainty.intercept + self._certainty.spread * spread + self._certainty.presence * presence)

    def _check_output(self, card: ModelCard) -> None:
        blank = np.zeros((self._side, self._side, self._network.channels), np.uint8)
        sizes = [output.size for output in self._network.run(blank)]
        wanted = 2 * self._count + self._presence
        if wanted not in sizes:
            raise ModelError(
                f"The model {card.path} has {max(sizes)} outputs, but its card names {wanted}. Write the card again."
            )
        if self._certainty is not None and sorted(sizes) != [1, wanted]:
            raise ModelError(f"The card of {card.path} names an output for certainty that the model does not have.")
        # The file names its outputs in any order.
        self._main = sizes.index(wanted)


def _share(logit: float) -> float:
    return 1 / (1 + math.exp(-min(max(logit, -30.0), 30.0)))
