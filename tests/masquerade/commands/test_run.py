"""Tests `masquerade run` without a window, as a user runs it."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.masquerade.commands.faces import face_video, portrait, save
from tests.masquerade.commands.program import (
    LONG_SECONDS,
    environment,
    masquerade,
    masquerade_process,
    start_masquerade,
)
from tests.masquerade.studio.full_disk import files_end_at, needs_a_limit
from tests.masquerade.studio.sample_clips import flash_begins, make_clip, sound_codecs, tone_begins
from tests.masquerade.studio.videos import ffmpeg_complaints, needs_ffmpeg, read_video


def test_a_recording_of_two_seconds_lasts_two_seconds(tmp_path: Path) -> None:
    words = ("run", "--no-window", "--source", "demo", "--filter", "crown", "--seconds", "2", "--record", "take.mp4")
    done = masquerade(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert "Recorded take.mp4: 2.0 s" in done.stderr
    assert read_video(tmp_path / "take.mp4", decode=False).end == pytest.approx(2.0, abs=0.005)


def test_a_file_is_played_to_its_end_and_run_may_be_left_out(tmp_path: Path) -> None:
    clip = face_video(tmp_path / "clip.mp4", frames=20, sound=False)
    done = masquerade(tmp_path, "--no-window", "--source", clip, "--record", "take.mp4")
    assert done.returncode == 0, done.stderr
    assert read_video(tmp_path / "take.mp4", decode=False).end == pytest.approx(1.0, abs=0.1)


def test_an_older_recording_is_kept(tmp_path: Path) -> None:
    (tmp_path / "take.mp4").write_text("mine")
    image = save(tmp_path / "face.png", portrait((128, 128)))
    done = masquerade(tmp_path, "--no-window", "--source", image, "--record", "take.mp4", "--seconds", "0.3")
    assert done.returncode == 0, done.stderr
    assert "take-2.mp4" in done.stderr
    assert (tmp_path / "take.mp4").read_text() == "mine"


@needs_ffmpeg
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C goes another way there")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl+C", "kill"])
def test_an_interruption_finishes_the_recording(tmp_path: Path, ending: signal.Signals) -> None:
    words = ("--no-window", "--source", "demo", "--record", "take.mp4", "--verbose")
    with start_masquerade(tmp_path, *words) as program:
        assert program.stderr is not None
        for line in program.stderr:
            if "the first image" in line:
                break
        program.send_signal(ending)
        reported = program.stderr.read()
        assert program.wait(LONG_SECONDS) == 130
    assert "Recorded take.mp4" in reported
    assert "Traceback" not in reported
    assert ffmpeg_complaints(tmp_path / "take.mp4") == ""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--source", "nothing.mp4"], "There is no file 'nothing.mp4'"),
        (["--source", "camera:97"], "no camera 97"),
        (["--source", "demo", "--filter", "fedra"], "Did you mean 'fedora'?"),
        (["--source", "demo", "--record", "take.avi"], "ends in .mp4"),
        (["--source", "demo", "--record", "none/take.mp4"], "does not exist. Create it"),
        (["--source", "demo", "--model", "none"], "There is no model none"),
    ],
)
def test_an_impossible_option_is_one_sentence(tmp_path: Path, words: list[str], sentence: str) -> None:
    done = masquerade(tmp_path, "run", "--no-window", "--seconds", "1", *words)
    assert done.returncode == 1
    (reported,) = [line for line in done.stderr.splitlines() if line.startswith("masquerade:")]
    assert sentence in reported
    assert "Traceback" not in done.stderr
    assert list(tmp_path.glob("*.mp4")) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a screen")
def test_without_a_screen_the_window_says_what_to_do(tmp_path: Path) -> None:
    done = masquerade_process(tmp_path, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert done.returncode == 1
    assert "There is no screen" in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a screen")
@pytest.mark.parametrize(
    "screen",
    [
        {"DISPLAY": ":1234"},
        {"DISPLAY": ":1234", "WAYLAND_DISPLAY": "wayland-9"},
        {"DISPLAY": "", "QT_QPA_PLATFORM": "bogus"},
    ],
)
@pytest.mark.parametrize("runtime_folder", ["", "there"])
def test_a_screen_that_does_not_answer_is_one_line(tmp_path: Path, screen: dict[str, str], runtime_folder: str) -> None:
    """Without a runtime folder too, as in a bare container: libwayland then has something to say."""
    folder = str(tmp_path) if runtime_folder else ""
    empty = {"WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": "", "XDG_RUNTIME_DIR": folder}
    done = masquerade_process(tmp_path, **{**empty, **screen})
    assert done.returncode == 1
    (reported,) = done.stderr.splitlines()
    assert "No window can be opened on the screen" in reported
    assert any(value in reported for value in screen.values() if value)


@pytest.mark.parametrize("part", ["QtCore", "QtGui", "QtWidgets"])
def test_a_qt_that_does_not_load_is_one_line(tmp_path: Path, part: str) -> None:
    script = (
        f"import sys, masquerade.__main__ as program\nsys.modules['PySide6.{part}'] = None\nsys.exit(program.main([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**environment(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert done.returncode == 1
    (reported,) = done.stderr.splitlines()
    assert reported.startswith("masquerade: Qt does not load")


@needs_a_limit
def test_a_full_disk_while_recording_is_reported_once_and_what_fitted_plays(tmp_path: Path) -> None:
    with files_end_at(400_000):
        done = masquerade_process(
            tmp_path, "--no-window", "--source", "demo", "--record", "take.mp4", "--seconds", "20", "--filter", "hat"
        )
    assert done.returncode == 1
    assert done.stderr.count("the disk is full") == 1
    assert read_video(tmp_path / "take.mp4", decode=False).end > 0.5


def test_a_video_keeps_its_sound_in_the_recording(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "party.mp4", 2.0)
    done = masquerade(tmp_path, "--no-window", "--source", clip, "--record", "take.webm")
    assert done.returncode == 0, done.stderr
    assert sound_codecs(tmp_path / "take.webm") == ["opus"]
    # A frame may come late on a busy machine, sound never does.
    assert -0.05 < flash_begins(tmp_path / "take.webm") - tone_begins(tmp_path / "take.webm") < 0.4


def test_a_mirrored_recording_is_mirrored(tmp_path: Path) -> None:
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[:, :48] = 255
    image = save(tmp_path / "half.png", pixels)
    words = ("--no-window", "--source", image, "--record", "take.mp4", "--seconds", "0.3", "--mirror")
    done = masquerade(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    shown = read_video(tmp_path / "take.mp4").images[0]
    assert shown[:, :40].mean() < 20
    assert shown[:, 56:].mean() > 230
