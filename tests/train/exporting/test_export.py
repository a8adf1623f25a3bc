"""Tests that export writes a model that the app accepts, and refuses one that int8 spoils."""

import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from app.vision.card import read_card
from tests.train.faces import small_set
from train.errors import TrainError
from train.exporting.export import export
from train.measuring.evaluate import cut_faces
from train.recipes.augmentation import EXACT


@pytest.fixture(scope="module")
def exported(tiny_run: Path, small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("model") / "tiny15"
    export(tiny_run, out, small_data)
    return out


def test_the_app_reads_the_card(exported: Path) -> None:
    card = read_card(exported)
    assert (card.name, card.kind, card.input_side, card.presence) == ("tiny15", "landmarker", 48, True)


def test_the_card_tells_recipe_commit_seed_and_measured_errors(exported: Path) -> None:
    content = json.loads((exported / "card.json").read_text(encoding="utf-8"))
    assert content["training"]["recipe"] == "tiny"
    assert {"commit", "seed", "data_sha256", "minutes", "epochs"} <= set(content["training"])
    measured = content["measured"]
    assert measured["crops_from_labels"]["all"]["faces"] == 6
    assert measured["int8_worse_by"] <= 0.02
    assert len(measured["crops_with_detector_errors"]["points"]) == 15


def spoiled_model() -> keras.Model:
    """A model that is right in float, where two channels cancel; in int8 the smaller one is drowned by the other."""
    _, samples = cut_faces(small_set(), small_set().val_faces, 48, EXACT)
    mean = np.mean([(sample.points + 0.5) * 2 / 48 - 1 for sample in samples], axis=0).reshape(-1)
    pixels = keras.Input((48, 48, 3))
    features = keras.layers.Conv2D(2, 16, strides=16, name="features")(keras.layers.Rescaling(1 / 255)(pixels))
    model = keras.Model(pixels, keras.layers.Dense(31, name="points")(keras.layers.Flatten()(features)))
    brightness, large, gain = np.full((16, 16, 3, 1), 1 / 768), 1e4, 30
    kernel = np.concatenate([large * brightness, brightness], axis=3)
    model.get_layer("features").set_weights([kernel, np.zeros(2)])
    sums = np.zeros((18, 31))
    sums[0::2], sums[1::2] = -gain / large, gain
    model.get_layer("points").set_weights([sums, np.append(mean, 0)])
    return model


def test_a_model_that_int8_spoils_is_refused_and_nothing_is_touched(
    tiny_run: Path, small_data: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(tiny_run, run)
    spoiled_model().save(run / "model.keras")
    with pytest.raises(TrainError, match=r"int8 is .* worse than float"):
        export(run, tmp_path / "out", small_data)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_run_is_refused(small_data: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainError, match=r"run\.json"):
        export(tmp_path, tmp_path / "out", small_data)
