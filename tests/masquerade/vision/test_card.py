"""Tests that a model is taken only with a sound card and the very file the card was written for."""

import hashlib
import json
from pathlib import Path

import pytest
from masquerade.contours import CONTOUR_NAMES
from masquerade.errors import ModelError
from masquerade.resources import bundled
from masquerade.values import LANDMARK_NAMES
from masquerade.vision.card import CertaintyCurve, read_card, read_card_alone

CONTENT = b"a model"
GOOD = {
    "name": "small",
    "kind": "landmarker",
    "file": "model.tflite",
    "sha256": hashlib.sha256(CONTENT).hexdigest(),
    "input_side": 96,
    "colour": "rgb",
    "points": list(LANDMARK_NAMES),
    "presence": True,
    "licence": "Apache-2.0",
    "origin": "here",
}


def folder_with(tmp_path: Path, **changes: object) -> Path:
    (tmp_path / "model.tflite").write_bytes(CONTENT)
    (tmp_path / "card.json").write_text(json.dumps(GOOD | changes))
    return tmp_path


def test_a_sound_card_is_read(tmp_path: Path) -> None:
    card = read_card(folder_with(tmp_path, recipe="told to people, not to the program"))
    assert card.points == LANDMARK_NAMES
    assert card.path == tmp_path / "model.tflite"


def test_a_card_says_whether_there_are_contours_and_a_certainty(tmp_path: Path) -> None:
    plain = read_card(folder_with(tmp_path))
    assert (plain.has_contours, plain.certainty) == (False, None)
    changes = {
        "points": [*LANDMARK_NAMES, *CONTOUR_NAMES],
        "certainty": {"intercept": 4, "spread": -1.5, "presence": 0.5, "auc": 0.9},
    }
    card = read_card(folder_with(tmp_path, **changes))
    assert (card.has_contours, card.certainty) == (True, CertaintyCurve(4.0, -1.5, 0.5))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sha256": "0" * 64}, "damaged or was changed"),
        ({"file": "../model.tflite"}, "file name in the same folder"),
        ({"file": "other.tflite"}, "cannot be read"),
        ({"kind": "oracle"}, "landmarker, detector or segmenter"),
        ({"colour": "sepia"}, "rgb or grey"),
        ({"input_side": 5}, "between 16 and 1024"),
        ({"input_side": "96"}, "must be int"),
        ({"points": ["nose"]}, "Kaggle's order"),
        ({"points": [*LANDMARK_NAMES, *CONTOUR_NAMES[:-1]]}, "alone or with the 70 of the contours"),
        ({"certainty": 1}, "numbers 'intercept', 'spread' and 'presence'"),
        ({"certainty": {"intercept": 1, "spread": 1, "presence": "2"}}, "numbers 'intercept', 'spread' and 'presence'"),
        (
            {"certainty": {"intercept": 1e30, "spread": 1, "presence": 2}},
            "numbers 'intercept', 'spread' and 'presence'",
        ),
        (
            {"certainty": {"intercept": float("nan"), "spread": 1, "presence": 2}},
            "numbers 'intercept', 'spread' and 'presence'",
        ),
    ],
)
def test_an_invalid_card_is_refused_with_the_reason(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        read_card(folder_with(tmp_path, **changes))


def test_all_errors_are_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        read_card(folder_with(tmp_path, kind="oracle", colour="sepia"))
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize("text", ["", "[]", "{", "\x00"])
def test_a_card_that_is_no_json_object_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "card.json").write_text(text)
    with pytest.raises(ModelError, match=r"card\.json"):
        read_card(tmp_path)


def test_a_card_can_be_read_without_its_model_file(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    whole = read_card(folder)
    (folder / "model.tflite").unlink()
    assert read_card_alone(folder) == whole


def test_the_error_of_a_missing_folder_names_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        read_card(tmp_path / "nowhere")


def test_every_bundled_model_is_the_one_of_its_card() -> None:
    folders = [path.parent for path in bundled("model").glob("*/card.json")]
    assert len(folders) >= 2
    for folder in folders:
        assert read_card(folder).name == folder.name
