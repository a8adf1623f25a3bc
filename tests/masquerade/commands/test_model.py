"""Tests that the model which follows faces is chosen from the command line, and that a bad one changes nothing."""

import shutil
from pathlib import Path

import pytest
from masquerade.__main__ import main
from masquerade.resources import bundled, settings_file
from masquerade.settings_file import read_settings


@pytest.fixture
def own_model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundled("model") / "seed96grey", tmp_path / "mine"))


def remembered() -> str:
    return read_settings(settings_file()).settings.model


def test_ones_own_model_is_remembered_by_its_path_and_standard_goes_back(
    own_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["model", str(own_model)]) == 0
    assert remembered() == str(own_model)
    assert "`masquerade model standard` goes back" in capsys.readouterr().out
    assert main(["model"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "  masquerade85",
        "  masquerade15",
        "  seed96grey",
        f"* {own_model}  (your own)",
    ]
    assert main(["model", "standard"]) == 0
    assert remembered() == "masquerade85"


def test_a_relative_path_holds_from_any_folder(own_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own_model.parent)
    assert main(["model", "mine"]) == 0
    assert remembered() == str(own_model)


def test_a_model_that_cannot_be_used_changes_nothing(own_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "seed96grey"]) == 0
    with (own_model / "model.tflite").open("ab") as file:
        file.write(b"more")
    assert main(["model", str(own_model)]) == 1
    assert "is damaged or was changed" in capsys.readouterr().err
    assert main(["model", "seed96gray"]) == 1
    assert "did you mean 'seed96grey'" in capsys.readouterr().err
    assert remembered() == "seed96grey"
