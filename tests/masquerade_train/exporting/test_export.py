"""Tests that export writes a model that the app accepts, and refuses one that int8 spoils."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from masquerade.vision.card import read_card
from masquerade.vision.landmarker import Landmarker
from masquerade_train.datasets.face_set import face_anchors, load_faces
from masquerade_train.errors import TrainError
from masquerade_train.evaluation.evaluate import cut_faces
from masquerade_train.recipes.augmentation import EXACT

from tests.masquerade_train.faces import LANDMARKS, small_set
from tests.masquerade_train.late import LATE

if LATE:
    import keras
    from masquerade_train.exporting.export import ExportOptions, export, write_card_of
    from masquerade_train.exporting.precisions import Precision


@pytest.fixture(scope="module")
def exported(tiny_run: Path, small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("model") / "tiny15"
    export(tiny_run, out, small_data)
    return out


def test_the_app_reads_the_card(exported: Path) -> None:
    card = read_card(exported)
    assert (card.name, card.kind, card.input_side, card.presence) == ("tiny15", "landmarker", 48, True)


def test_the_card_holds_recipe_commit_seed_and_measured_errors(exported: Path) -> None:
    content = json.loads((exported / "card.json").read_text(encoding="utf-8"))
    assert content["training"]["recipe"] == "tiny"
    assert {"commit", "seed", "data_sha256", "minutes", "epochs"} <= set(content["training"])
    assert content["licence"] == "unknown"
    faces = {"helen": {"train": 24, "test": 6}}
    assert content["data"] == {"faces": faces, "terms": "unknown"}
    measured = content["measured"]
    assert measured["crops_from_labels"]["all"]["faces"] == 6
    assert measured["int8_worse_by"] <= 0.02
    assert len(measured["crops_with_detector_errors"]["points"]) == 15


def test_the_other_precisions_lie_beside_with_the_error_of_each(exported: Path) -> None:
    table = json.loads((exported / "card.json").read_text(encoding="utf-8"))["measured"]["precisions"]
    sizes = {name: table[name]["bytes"] for name in ("int8", "float16", "float32")}
    # The last layer, most of so small a network, stays in float32.
    assert max(sizes["int8"], sizes["float16"]) < sizes["float32"]
    assert (exported / "model_float32.tflite").stat().st_size == sizes["float32"]
    assert table["float32"]["worse_by"] == 0
    assert table["int8"]["error"] > 0


def spoiled_model() -> keras.Model:
    """A model that is right in float, where two channels cancel; in int8 the smaller one is drowned by the other."""
    _, samples = cut_faces(small_set(), small_set().test_faces, 48, EXACT)
    mean = np.mean([(sample.landmarks + 0.5) * 2 / 48 - 1 for sample in samples], axis=0).reshape(-1)
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


def test_what_int8_spoils_can_be_exported_in_float(tiny_run: Path, small_data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(tiny_run, run)
    spoiled_model().save(run / "model.keras")
    export(run, tmp_path / "out", small_data, ExportOptions(Precision.FLOAT16, only=True))
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"model.tflite", "card.json"}
    blank = np.zeros((192, 192, 4), np.uint8)
    assert Landmarker(read_card(tmp_path / "out")).find(blank, face_anchors(LANDMARKS)).points.shape == (15, 2)


@pytest.fixture(scope="module")
def whole_run(tiny_run: Path, small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run whose network takes whole grey images and knows the mean face."""
    run = tmp_path_factory.mktemp("whole")
    shutil.copy(tiny_run / "run.json", run)
    pixels = keras.Input((48, 48, 1))
    features = keras.layers.Conv2D(4, 5, strides=5)(keras.layers.Rescaling(1 / 127.5, offset=-1)(pixels))
    model = keras.Model(pixels, keras.layers.Dense(30)(keras.layers.Flatten()(features)))
    kernel, _ = model.layers[-1].get_weights()
    places = load_faces(small_data).landmarks[:24].mean(axis=0)
    model.layers[-1].set_weights([kernel * 0.02, ((places + 0.5) * 2 / 192 - 1).reshape(-1)])
    model.save(run / "model.keras")
    return run


def test_the_app_runs_a_grey_network_for_full_images(whole_run: Path, small_data: Path, tmp_path: Path) -> None:
    report = export(whole_run, tmp_path / "whole15", small_data)
    card = read_card(tmp_path / "whole15")
    assert (card.colour, card.presence, card.input_side) == ("grey", False, 48)
    blank = np.zeros((192, 192, 4), np.uint8)
    assert Landmarker(card).find(blank, face_anchors(LANDMARKS)).score == 1.0
    measured = json.loads((tmp_path / "whole15" / "card.json").read_text(encoding="utf-8"))["measured"]
    assert 0 < measured["whole_images"]["all"]["rmse_px"] < 10
    assert measured["crops_with_detector_errors"]["all"]["faces"] == 18
    assert "does not recognise when a face is gone" in report


def test_a_card_is_written_again_and_keeps_what_it_was_trained_from(exported: Path, small_data: Path) -> None:
    before = json.loads((exported / "card.json").read_text(encoding="utf-8"))
    assert write_card_of(exported, small_data) == exported / "card.json"
    after = json.loads((exported / "card.json").read_text(encoding="utf-8"))
    assert after == before


def test_the_card_of_a_run_takes_its_int8_file_along(
    tiny_run: Path, exported: Path, small_data: Path, tmp_path: Path
) -> None:
    del exported  # it leaves model_int8.tflite in the run
    card = write_card_of(tiny_run, small_data, tmp_path / "mine15")
    assert read_card(tmp_path / "mine15").name == "mine15"
    assert json.loads(card.read_text(encoding="utf-8"))["training"]["recipe"] == "tiny"


def test_a_folder_without_a_model_gets_no_card(small_data: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="not an exported run"):
        write_card_of(tmp_path, small_data)


def test_a_folder_that_is_no_run_is_refused(small_data: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainError, match=r"run\.json"):
        export(tmp_path, tmp_path / "out", small_data)
