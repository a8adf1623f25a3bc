"""Reads and checks model/<name>/card.json, which says what a model file is and how good it is."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from masquerade.errors import ModelError
from masquerade.values import ALL_LANDMARK_NAMES, LANDMARK_NAMES

CARD_FILE = "card.json"
_LARGEST = 1000.0
# Logits of the presence; beyond it a face is no surer.
PRESENCE_RANGE = (-5.0, 12.0)


@dataclass(frozen=True, slots=True)
class CertaintyCurve:
    """How likely landmarks are within 10 % of the eye distance.

    1 / (1 + exp(-(intercept + spread * s + presence * p))), where
    `s` is how far the network's maps spread, `p` the logit of the presence, within PRESENCE_RANGE.
    """

    intercept: float
    spread: float
    presence: float


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The description of a model.

    Attributes:
        name: as in the folder's name.
        kind: "landmarker" (a face crop to landmarks) or "detector" (an image to faces).
        path: the .tflite file.
        sha256: of that file, hexadecimal.
        input_side: pixels of the square input; the values run from 0 to 255.
        colour: "rgb" or "grey".
        points: names of the landmarks, in the order of the output; LANDMARK_NAMES for a
            landmarker, and CONTOUR_NAMES after them where it finds contours, too. The output
            holds x, y of each in [-1, 1] across the crop (pixel = (value + 1) / 2 * input_side - 0.5).
        presence: True where one more output follows the landmarks: the logit of "this is a face".
        certainty: where one more output says how far the landmarks' maps spread, what makes a certainty of it and
            of the presence; None where there is none.
        licence: SPDX name.
        origin: where the model comes from.
    """

    name: str
    kind: str
    path: Path
    sha256: str
    input_side: int
    colour: str
    points: tuple[str, ...]
    presence: bool
    licence: str
    origin: str
    certainty: CertaintyCurve | None = None

    @property
    def has_contours(self) -> bool:
        """Whether the 70 contour landmarks follow the 15."""
        return self.points == ALL_LANDMARK_NAMES


def card_order(card: ModelCard) -> tuple[int, str]:
    """Return the key by which the bundled models are sorted; the one with the most landmarks is used by default."""
    return -len(card.points), card.name


def read_card(folder: Path) -> ModelCard:
    """Read `folder`/card.json and check it and the model file against each other.

    Raises:
        ModelError: a file is missing, no JSON, a key is missing or wrong, or the model
            file does not have the sum that the card names; all errors at once.
    """
    card = read_card_alone(folder)
    check_sum(card)
    return card


def read_card_alone(folder: Path) -> ModelCard:
    """Read `folder`/card.json without checking the model file, which takes some ms a megabyte.

    Keys that are not named in ModelCard (recipe, commit, measured errors...) are for
    people and are left alone here.

    Raises:
        ModelError: as in `read_card`, but for what is wrong with the model file.
    """
    content = _read_json(folder / CARD_FILE)
    errors = _problems(content)
    if errors:
        raise ModelError("\n".join(f"{folder / CARD_FILE}: {error}" for error in errors))
    return ModelCard(
        name=content["name"],
        kind=content["kind"],
        path=folder / content["file"],
        sha256=content["sha256"],
        input_side=content["input_side"],
        colour=content["colour"],
        points=tuple(content["points"]),
        presence=content["presence"],
        licence=content["licence"],
        origin=content["origin"],
        certainty=_certainty(content),
    )


def check_sum(card: ModelCard) -> None:
    """Check that the model file is the one the card was written for.

    Raises:
        ModelError: the file is missing or its content is another one.
    """
    try:
        with card.path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"The model file {card.path} cannot be read ({error.strerror}). Reinstall Masquerade."
        ) from error
    if found != card.sha256:
        raise ModelError(
            f"The model file {card.path} is damaged or was changed: its SHA-256 is {found[:12]}..., "
            f"its card says {card.sha256[:12]}.... Reinstall Masquerade, or write a new card."
        )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        if (path.parent / "run.json").exists():
            raise ModelError(
                f"{path.parent} is the folder of a training run, not a model. "
                f"Export it first: masquerade-train export {path.parent} model/NAME --data FACES.npz"
            ) from error
        raise ModelError(
            f"The model card {path} cannot be read ({error.strerror}). Reinstall Masquerade, or name another model."
        ) from error
    except ValueError as error:
        raise ModelError(
            f"The model card {path} is not JSON: {error}. Reinstall Masquerade, or correct the file."
        ) from error
    if not isinstance(content, dict):
        raise ModelError(f"The model card {path} must hold one JSON object.")
    return content


def _certainty(content: dict[str, Any]) -> CertaintyCurve | None:
    """Return the curve.

    Raises:
        ValueError: its entries are something else than numbers of a sensible size.
    """
    if "certainty" not in content:
        return None
    table = content["certainty"]
    numbers = [table.get(key) for key in ("intercept", "spread", "presence")] if isinstance(table, dict) else []
    sound = [float(each) for each in numbers if isinstance(each, int | float) and abs(each) < _LARGEST]
    if len(sound) != 3:
        raise ValueError("'certainty' must hold the numbers 'intercept', 'spread' and 'presence'")
    return CertaintyCurve(*sound)


def _problems(content: dict[str, Any]) -> list[str]:
    wanted = {
        "name": str,
        "kind": str,
        "file": str,
        "sha256": str,
        "input_side": int,
        "colour": str,
        "points": list,
        "presence": bool,
        "licence": str,
        "origin": str,
    }
    errors = [
        f"'{key}' is missing" if key not in content else f"'{key}' must be {kind.__name__}, not {content[key]!r}"
        for key, kind in wanted.items()
        if not isinstance(content.get(key), kind)
    ]
    if errors:
        return errors
    if content["kind"] not in ("landmarker", "detector", "segmenter"):
        errors.append(f"'kind' must be landmarker, detector or segmenter, not {content['kind']!r}")
    if content["colour"] not in ("rgb", "grey"):
        errors.append(f"'colour' must be rgb or grey, not {content['colour']!r}")
    if not 16 <= content["input_side"] <= 1024:
        errors.append(f"'input_side' must lie between 16 and 1024, not {content['input_side']}")
    if Path(content["file"]).name != content["file"]:
        errors.append(f"'file' must be a file name in the same folder, not {content['file']!r}")
    try:
        _certainty(content)
    except ValueError as error:
        errors.append(str(error))
    known = (LANDMARK_NAMES, ALL_LANDMARK_NAMES)
    if content["kind"] == "landmarker" and tuple(content["points"]) not in known:
        errors.append(
            "'points' must be the 15 landmarks in Kaggle's order, alone or with the 70 of the contours after them"
        )
    return errors
