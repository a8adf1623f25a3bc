"""Tests the command line of the training lab."""

from pathlib import Path

import pytest
from masquerade_train.__main__ import main
from masquerade_train.datasets.face_set import load_faces

from tests.masquerade_train.faces import write_faces15


def test_prepare_packs_a_folder_and_tells_what_is_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "faces.npz"
    assert main(["prepare", str(write_faces15(tmp_path / "set")), str(out)]) == 0
    assert "helen train: 5" in capsys.readouterr().out
    assert len(load_faces(out)) == 6


def test_an_error_is_one_sentence_and_status_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prepare", str(tmp_path), str(tmp_path / "faces.npz")]) == 1
    assert "holds nothing that can be understood" in capsys.readouterr().err


def test_a_model_is_evaluated_from_the_command_line(
    tiny_run: Path, small_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(tiny_run / "model.keras"), str(small_data)]) == 0
    printed = capsys.readouterr().out
    assert "crops with a detector's errors" in printed
    assert "helen" in printed


@pytest.mark.parametrize("command", ["fit", "tune"])
def test_an_unknown_recipe_is_answered_with_the_near_one(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "tinny", "--data", "x", "--out", "y"]) == 1
    assert "did you mean 'tiny'" in capsys.readouterr().err
