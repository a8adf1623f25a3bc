"""Loads models that find landmarks, bundled ones and those a user has trained."""

from collections.abc import Sequence
from pathlib import Path

from masquerade.values import ByteArray, FloatArray, Keypoints
from masquerade.vision.card import ModelCard
from masquerade.vision.landmarker import Landmarker
from masquerade.vision.models import find_landmarker


class LandmarkModel:
    """A network that finds the 15 landmarks of a face; used on one thread at a time.

    Pass it as `model` to whatever finds faces.
    """

    def __init__(self, card: ModelCard) -> None:
        """Load the network that a card describes; `load_model` finds the card."""
        self._card = card
        self._landmarker = Landmarker(card)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._card.name

    @property
    def path(self) -> Path:
        """The .tflite file."""
        return self._card.path

    @property
    def licence(self) -> str:
        """SPDX name of the licence."""
        return self._card.licence

    def find(self, pixels: ByteArray, anchors: FloatArray) -> Keypoints:
        """Find the landmarks of one face at a roughly known position.

        Args:
            pixels: (H, W, 4) uint8, BGRA.
            anchors: (3, 2) float32, pixels: the person's left eye, right eye, middle of the mouth.

        Raises:
            ValueError: the anchors are all one point.
        """
        return self._landmarker.find(pixels, anchors)

    def detect_batch(self, pixels: ByteArray, places: Sequence[FloatArray]) -> list[Keypoints]:
        """Find the landmarks of several faces, each as `find` does."""
        return self._landmarker.detect_batch(pixels, places)


def load_model(model: str | Path = "") -> LandmarkModel:
    """Load a model that finds landmarks.

    Args:
        model: a bundled model's name, the folder of a trained one (with card.json, as
            `masquerade-train export` writes it) or its .tflite file; "" is the default model.

    Raises:
        ModelError: there is no such model, it is damaged, or it finds something else.
    """
    return LandmarkModel(find_landmarker(str(model)))
