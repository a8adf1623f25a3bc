"""Runs the whole way from photos to a model of one's own, with a small network in place of the bundled one."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from masquerade.resources import settings_file
from masquerade.settings_file import read_settings
from masquerade.values import LANDMARK_NAMES
from masquerade.vision.card import read_card
from masquerade_train.__main__ import main
from masquerade_train.personal.before_after import BeforeAfter
from masquerade_train.personal.folder import write_folder
from masquerade_train.recipes.recipe import Recipe

from tests.masquerade_train.late import LATE
from tests.masquerade_train.personal.test_photos import photo

if LATE:
    from masquerade_train.fitting.start_weights import bundled_card
    from masquerade_train.personal import personalise as personal


def shortened(recipe: Recipe) -> Recipe:
    """One epoch of four batches."""
    return replace(recipe, epochs=1, batch=8, input=replace(recipe.input, epoch_images=32))


@pytest.fixture
def folder(tmp_path: Path, tiny_run: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model's folder with photos in it; what is trained on is the tiny network of another test."""
    card = SimpleNamespace(path=tiny_run / "model.keras", input_side=48, colour="rgb", points=LANDMARK_NAMES)
    monkeypatch.setattr(personal, "bundled_card", lambda: card)
    monkeypatch.setattr(personal, "network_of", lambda path: "tiny")
    whole = personal.personal_recipe
    monkeypatch.setattr(personal, "personal_recipe", lambda faces: shortened(whole(faces)))
    write_folder(tmp_path / "mine" / "photos", tuple(photo(time) for time in np.arange(0, 60, 0.5)))
    return tmp_path / "mine"


def better(is_better: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the measurement come out as asked; that the figures decide is tested by themselves."""
    errors = np.full(8, 0.05, np.float32)
    found = BeforeAfter(errors, errors * np.float32(0.5 if is_better else 1.5), np.zeros(8, np.bool_), 0.0)
    measured = personal.measure_both
    monkeypatch.setattr(personal, "measure_both", lambda *given: (measured(*given), found)[1])


def test_a_better_model_is_used_by_the_app_and_one_command_goes_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    better(True, monkeypatch)
    assert main(["personalise", str(folder), "--no-window"]) == 0
    said = capsys.readouterr().out
    assert "8 photos kept aside: 5.00 % of the eye distance before, 2.50 % after" in said
    assert "the app uses it now. `masquerade model standard` goes back." in said
    assert read_card(folder).name == "mine"
    assert read_settings(settings_file()).settings.model == str(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["card.json", "model.tflite", "photos"]


def test_a_model_that_is_not_better_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    better(False, monkeypatch)
    assert main(["personalise", str(folder), "--no-window"]) == 0
    assert "not better than the bundled model, so nothing was changed" in capsys.readouterr().out
    assert [path.name for path in folder.iterdir()] == ["photos"]
    assert not settings_file().exists()


def test_a_pretrained_base_stays_as_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from masquerade_train.personal.folder import read_folder  # noqa: PLC0415

    monkeypatch.setattr(personal, "network_of", lambda path: "mobilenet_v2_heat_maps")
    assert personal.personal_recipe(read_folder(folder / "photos")).frozen_until == "all"


def test_the_recipe_follows_the_bundled_models_card(folder: Path) -> None:
    from masquerade_train.personal.folder import read_folder  # noqa: PLC0415

    recipe = personal.personal_recipe(read_folder(folder / "photos"))
    assert (recipe.net, recipe.input.side, recipe.input.points) == ("tiny", 48, LANDMARK_NAMES)
    assert dict(recipe.input.shares).keys() == {"you", "background"}
    assert recipe.frozen_until == ""  # the tiny network has no pretrained base
    assert bundled_card().kind == "landmarker"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Name a video or a folder of photos, or a camera with --camera 0."),
        (["a.mp4", "--camera", "0"], "Name a video or a folder"),
        (["a.mp4", "--minutes", "0"], "must be above 0"),
        (["none.mp4", "--out", "x"], "There is no file"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["personalise", *words]) == 1
    errors = capsys.readouterr().err
    assert sentence in errors
    assert "Traceback" not in errors
