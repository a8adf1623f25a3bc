"""Tests the command line of the training lab."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from masquerade_train.__main__ import main
from masquerade_train.datasets.face_set import load_faces

from tests.masquerade_train.faces import write_faces15


def test_prepare_packs_a_folder_and_lists_what_is_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "faces.npz"
    assert main(["prepare", str(write_faces15(tmp_path / "set")), str(out)]) == 0
    assert "helen train: 5" in capsys.readouterr().out
    assert len(load_faces(out)) == 6


def test_an_error_is_one_sentence_and_status_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prepare", str(tmp_path), str(tmp_path / "faces.npz")]) == 1
    assert "contains no known kind of data" in capsys.readouterr().err


def test_a_model_is_evaluated_from_the_command_line(
    tiny_run: Path, small_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(tiny_run / "model.keras"), str(small_data)]) == 0
    printed = capsys.readouterr().out
    assert "crops with a detector's errors" in printed
    assert "helen" in printed


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (["fit", "tiny", "--data", "x", "--out", ""], "--out"),
        (["recipes", "tiny", "--out="], "--out"),
        (["explore", "x.npz", "--out", " "], "--out"),
        (["prepare", "", "faces.npz"], "prepare"),
    ],
)
def test_an_empty_argument_does_not_mean_the_current_folder(
    words: list[str], place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 1
    assert f"What follows '{place}' is empty" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "message"), [("model.tflite", "is not a .tflite model"), (None, "holds no model: `fit` writes")]
)
def test_what_holds_no_model_is_one_sentence_of_ours(
    name: str | None, message: str, small_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if name:
        (tmp_path / name).write_bytes(b"\x1c\0\0\0TFL3" + bytes(range(200)))
    assert main(["evaluate", str(tmp_path), str(small_data)]) == 1
    printed = capsys.readouterr().err
    assert message in printed
    assert len(printed.splitlines()) == 1


@pytest.mark.parametrize("command", ["fit", "tune"])
def test_an_unknown_recipe_is_answered_with_the_near_one(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "tinny", "--data", "x", "--out", "y"]) == 1
    assert "did you mean 'tiny'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["fit", "tiny", "--data", "faces.npz", "--out", "run"],
        ["evaluate", "model.keras", "faces.npz"],
        ["export", "model.keras", "out", "--data", "faces.npz"],
        ["card", "model", "--data", "faces.npz"],
    ],
    ids=lambda words: words[0],
)
def test_without_the_extra_a_command_says_how_to_install_it(words: list[str], tmp_path: Path, small_data: Path) -> None:
    """In a process of its own: this one has the packages."""
    shutil.copy(small_data, tmp_path / "faces.npz")
    (tmp_path / "model.keras").touch()
    (tmp_path / "model").mkdir()
    script = (
        "import sys\nfor name in ('tensorflow', 'keras', 'sklearn', 'matplotlib', 'keras_tuner'):\n"
        f"    sys.modules[name] = None\nfrom masquerade_train.__main__ import main\nsys.exit(main({words}))"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert "is not installed" in sentence or "needs" in sentence
    assert "pip install" in sentence
    assert "[train]" in sentence


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("masquerade-train ")
