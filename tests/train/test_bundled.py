"""Tests that the bundled landmarker is the file its card speaks of and keeps what the card promises."""

import json
from typing import Any

import cv2
import numpy as np
import pytest

from app.vision.card import read_card
from app.vision.landmarker import Landmarker
from tests.shared import REPO

FOLDER = REPO / "model" / "masquerade15"


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return dict(json.loads((FOLDER / "card.json").read_text(encoding="utf-8")))


def test_the_app_finds_on_the_portrait_what_the_card_says(content: dict[str, Any]) -> None:
    example = content["example"]
    photo = cv2.cvtColor(cv2.imread(str(REPO / example["photo"])), cv2.COLOR_BGR2BGRA)
    found = Landmarker(read_card(FOLDER)).find(photo, np.array(example["anchors"], np.float32))
    # Hundredths are rounded in the card; int8 kernels of other processors may round otherwise.
    assert found.points == pytest.approx(np.array(example["points"]), abs=0.3)
    assert found.score > 0.9


def test_the_measured_error_is_at_most_six_percent_where_labels_are_sound(content: dict[str, Any]) -> None:
    assert content["measured"]["crops_with_detector_errors"]["sound labels"]["mean"] <= 0.06


def test_int8_costs_at_most_two_percent(content: dict[str, Any]) -> None:
    assert content["measured"]["int8_worse_by"] <= 0.02


def test_the_card_tells_how_to_train_it_again(content: dict[str, Any]) -> None:
    assert {"recipe", "commit", "seed", "data_sha256", "start"} <= set(content["training"])
