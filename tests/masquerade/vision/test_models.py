"""Tests that a model is found by its name or path, and that a bad one is an error and changes nothing."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from masquerade.errors import ModelError
from masquerade.resources import bundled
from masquerade.values import ByteArray
from masquerade.vision.landmarker import Landmarker
from masquerade.vision.models import SwappableLandmarker, bundled_landmarkers, find_landmarker

ANCHORS = np.array([[60, 40], [40, 40], [50, 62]], np.float32)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A user's own model: the bundled one under another name."""
    folder = tmp_path / "mine"
    shutil.copytree(bundled("model") / "masquerade15", folder)
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps(card | {"name": "mine"}), encoding="utf-8")
    return folder


def noise() -> ByteArray:
    return np.random.default_rng(0).integers(0, 256, (100, 100, 4)).astype(np.uint8)


def test_the_first_bundled_model_is_used_where_none_is_named() -> None:
    assert find_landmarker("") == bundled_landmarkers()[0]
    assert find_landmarker("").name == "masquerade85"
    assert find_landmarker("").has_contours
    assert not find_landmarker("masquerade15").has_contours


def test_a_model_is_found_by_folder_or_file(own: Path) -> None:
    assert find_landmarker(str(own)).name == find_landmarker(str(own / "model.tflite")).name == "mine"


@pytest.mark.parametrize("card", bundled_landmarkers(), ids=lambda card: card.name)
def test_every_bundled_model_is_found_by_its_name_and_runs(card) -> None:  # type: ignore[no-untyped-def]
    found = Landmarker(find_landmarker(card.name)).find(noise(), ANCHORS)
    assert np.isfinite(found.points).all()


def test_a_bundled_model_that_was_changed_is_refused_when_it_is_used_and_not_before(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own / "model.tflite").write_bytes(b"no model")
    folders = {"model": own.parent}
    monkeypatch.setattr("masquerade.vision.models.bundled", folders.__getitem__)
    assert [card.name for card in bundled_landmarkers()] == ["mine"]
    for name in ("", "mine"):
        with pytest.raises(ModelError, match="damaged"):
            find_landmarker(name)


def test_the_error_of_a_misspelt_name_suggests_the_nearest() -> None:
    with pytest.raises(ModelError, match=r"no model masquerade51 \(did you mean 'masquerade85'\?\)"):
        find_landmarker("masquerade51")


def test_a_detector_is_no_landmarker() -> None:
    with pytest.raises(ModelError, match="is a detector"):
        find_landmarker(str(bundled("model") / "blazeface_full_range"))


def test_a_broken_model_leaves_the_one_before_in_use(own: Path) -> None:
    points = SwappableLandmarker("")
    before = points.find(noise(), ANCHORS).points
    (own / "model.tflite").write_bytes(b"no model")
    with pytest.raises(ModelError, match="damaged"):
        points.use(str(own))
    assert np.array_equal(points.find(noise(), ANCHORS).points, before)
