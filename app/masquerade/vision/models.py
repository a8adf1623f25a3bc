"""Finds the models for the landmarks of a face: the bundled ones by name, a user's own by path."""

import difflib
import os
from collections.abc import Sequence
from pathlib import Path

from masquerade.errors import ModelError
from masquerade.resources import bundled
from masquerade.values import ByteArray, FloatArray, Keypoints
from masquerade.vision.card import ModelCard, card_order, check_sum, read_card, read_card_alone
from masquerade.vision.landmarker import Landmarker, LandmarkFinder

_KIND = "landmarker"


def bundled_landmarkers() -> tuple[ModelCard, ...]:
    """Return the cards of the bundled models that find landmarks; the first one is used where none is chosen.

    The model files are not looked at: `find_landmarker` checks the one that is used.

    Raises:
        ModelError: there is none, or a card is damaged.
    """
    folders = [path for path in bundled("model").iterdir() if path.is_dir()]
    cards = tuple(sorted((card for card in map(read_card_alone, folders) if card.kind == _KIND), key=card_order))
    if not cards:
        raise ModelError(
            f"There is no landmarker in {bundled('model')}. Reinstall Masquerade, or name one with --model."
        )
    return cards


def find_landmarker(model: str) -> ModelCard:
    """Return the card of a model.

    Args:
        model: the name of a bundled one, the path of a folder with card.json, or of the model
            file in it; "" = the first bundled one.

    Raises:
        ModelError: there is no such model, or it is damaged or finds something else than landmarks.
    """
    known = {card.name: card for card in bundled_landmarkers()}
    chosen = known.get(model) if model else next(iter(known.values()))
    if chosen is not None:
        check_sum(chosen)
        return chosen
    path = Path(model)
    if not os.path.exists(path):
        raise ModelError(_missing(model, tuple(known)))
    card = read_card(path if path.is_dir() else path.parent)
    if card.kind != _KIND:
        raise ModelError(f"The model {card.path} is a {card.kind}, not a landmarker. Choose another one.")
    return card


def _missing(model: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(model, known, 1)
    guess = f" (did you mean '{near[0]}'?)" if near else ""
    return f"There is no model {model}{guess}. Name the folder that holds its card.json, or one of {', '.join(known)}."


class SwappableLandmarker:
    """A landmarker whose model can be changed while it is in use.

    `find` is called on the process thread; `use` on any, and counts from the next call of `find` on.
    """

    def __init__(self, model: str) -> None:
        """Load the model, named as in `find_landmarker`, which may raise ModelError."""
        self._finder: LandmarkFinder = Landmarker(find_landmarker(model))

    def use(self, model: str) -> None:
        """Load another model; if that fails with a ModelError, the previous one stays."""
        self._finder = Landmarker(find_landmarker(model))

    def find(self, pixels: ByteArray, anchors: FloatArray) -> Keypoints:
        """Return what the current model finds; see LandmarkFinder."""
        return self._finder.find(pixels, anchors)

    def detect_batch(self, pixels: ByteArray, places: Sequence[FloatArray]) -> list[Keypoints]:
        """Return what the current model finds for several faces; see LandmarkFinder."""
        return self._finder.detect_batch(pixels, places)
