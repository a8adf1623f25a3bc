"""Tests that the bundled landmarkers are the files their cards speak of and keep what the cards promise."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from masquerade.vision.card import read_card
from masquerade.vision.landmarker import Landmarker
from masquerade.vision.models import bundled_landmarkers

from tests.shared import REPO

MODELS = [card.path.parent for card in bundled_landmarkers()]


def content_of(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "card.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def first() -> dict[str, Any]:
    """The card of the model that is used where none is chosen."""
    return content_of(MODELS[0])


@pytest.mark.parametrize("folder", MODELS, ids=lambda folder: folder.name)
def test_the_app_finds_on_the_portrait_what_the_card_says(folder: Path) -> None:
    example = content_of(folder)["example"]
    photo = cv2.cvtColor(cv2.imread(str(REPO / example["photo"])), cv2.COLOR_BGR2BGRA)
    found = Landmarker(read_card(folder)).find(photo, np.array(example["anchors"], np.float32))
    # Hundredths are rounded in the card, and int8 kernels of other processors round otherwise: between an AMD EPYC and
    # an Intel Xeon single coordinates of the one model differed by up to 0.48 px, 0.16 on the average.
    landmarks = np.array(example["points"])
    assert np.abs(found.points - landmarks).mean() < 0.2
    assert found.points == pytest.approx(landmarks, abs=0.6)
    assert found.score > 0.9


@pytest.mark.parametrize("folder", MODELS, ids=lambda folder: folder.name)
def test_int8_costs_at_most_two_percent(folder: Path) -> None:
    assert content_of(folder)["measured"]["int8_worse_by"] <= 0.02


@pytest.mark.parametrize("folder", MODELS, ids=lambda folder: folder.name)
def test_the_card_says_how_to_train_it_again(folder: Path) -> None:
    assert {"recipe", "commit", "seed", "data_sha256", "start"} <= set(content_of(folder)["training"])


def test_the_measured_error_is_at_most_five_percent_where_labels_are_sound(first: dict[str, Any]) -> None:
    assert first["measured"]["crops_with_detector_errors"]["sound labels"]["mean"] <= 0.05


def test_the_worst_slice_is_at_most_1_8_times_the_frontal_one(first: dict[str, Any]) -> None:
    assert max(first["measured"]["worst_slice_times_frontal"].values()) <= 1.8
