"""Tests the top of the program: its words, its exit codes, its log, what it loads."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.masquerade.commands.program import REPOSITORY, environment, masquerade

HEAVY = ("cv2", "PySide6", "ai_edge_litert", "mediapipe", "tensorflow", "av", "numpy")


def test_help_names_every_command_and_loads_nothing_heavy(tmp_path: Path) -> None:
    script = (
        "import sys, masquerade.__main__ as program\n"
        "try:\n    program.main(['--help'])\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print('loaded', [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(tmp_path), check=True
    )
    for name in ("run", "render", "keypoints", "bench", "filters", "doctor"):
        assert f"\n    {name}" in done.stdout
    assert "loaded []" in done.stdout


@pytest.mark.parametrize("name", ["run", "render", "keypoints", "bench", "filters", "doctor"])
def test_the_help_of_a_command_loads_no_network_and_no_window(tmp_path: Path, name: str) -> None:
    script = (
        "import sys, masquerade.__main__ as program\n"
        f"try:\n    program.main(['{name}', '--help'])\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print('loaded', [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(tmp_path), check=True
    )
    assert "loaded []" in done.stdout


def test_filters_list_needs_no_opencv_and_no_network(tmp_path: Path) -> None:
    script = (
        "import sys, masquerade.__main__ as program\nassert program.main(['filters', 'list']) == 0\n"
        "print('loaded', [name for name in ('cv2', 'ai_edge_litert', 'av') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(tmp_path), check=True
    )
    assert "loaded []" in done.stdout


def test_the_window_comes_up_without_pyav_and_without_reading_sources(tmp_path: Path) -> None:
    """PySide reads the source of each module that is imported after it, where nobody stops it."""
    script = (
        "import linecache, sys\nfrom masquerade.gui.screen import check_screen\ncheck_screen()\n"
        "import masquerade.gui.start\n"
        "print('loaded', [name for name in ('ai_edge_litert', 'av', 'ssl') if name in sys.modules])\n"
        "print('read', [name for name in linecache.cache if 'masquerade' in name])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**environment(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        check=True,
    )
    assert "loaded []" in done.stdout
    assert "read []" in done.stdout


@pytest.mark.parametrize("words", [["bogus"], ["render"], ["run", "--seconds", "-1"], ["render", "--intensity", "2"]])
def test_a_wrong_command_line_ends_with_two(tmp_path: Path, words: list[str]) -> None:
    done = masquerade(tmp_path, *words)
    assert done.returncode == 2
    assert "usage:" in done.stderr


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (["benhc"], "there is no command 'benhc'. Did you mean 'bench'?"),
        (["bench", "--peer", "medipipe"], "there is no choice for --peer 'medipipe'. Did you mean 'mediapipe'?"),
        (["bench", "--fliter", "dog"], "there is no option '--fliter'. Did you mean '--filter'?"),
        (
            ["render", "a.png", "-o", "b.png", "--fliter=dog"],
            "there is no option '--fliter'. Did you mean '--filter'?",
        ),
        (["bench", "--xyzzy"], "there is no option '--xyzzy'. --help lists all."),
        (["filters", "chek", "."], "there is no command 'chek'. Did you mean 'check'?"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_nearest_right_one(
    tmp_path: Path, words: list[str], reported: str
) -> None:
    assert reported in masquerade(tmp_path, *words).stderr.replace("\n", " ")


@pytest.mark.parametrize("name", ["party.mp4", "it's a $party.mp4"])
def test_a_file_alone_says_how_it_is_opened(tmp_path: Path, name: str) -> None:
    assert f"there is no command '{name}'. --help lists all." in masquerade(tmp_path, name).stderr
    (tmp_path / name).touch()
    done = masquerade(tmp_path, name)
    assert done.returncode == 2
    assert (
        f"'{name}' is not a command. To open it in the window: masquerade --source {shlex.quote(name)}" in done.stderr
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is sent another way there")
def test_ctrl_c_while_a_module_is_imported_waits_for_its_end(tmp_path: Path) -> None:
    script = (
        "import signal, sys, masquerade.__main__ as program\nimport masquerade.commands.doctor as command\n"
        "(sys.path.insert(0, '.'), open('slow.py', 'w').write("
        "'import signal\\nsignal.raise_signal(signal.SIGINT)\\nwhole = True\\n'))\n"
        "def run(arguments):\n    import slow, threading\n    assert slow.whole\n    print('whole')\n"
        # A wait that only a signal to the main thread itself ends, as in a read or a join.
        "    threading.Event().wait()\n"
        "command.run = run\nsys.exit(program.main(['doctor']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(tmp_path),
        check=False,
        # Raised in another thread, the signal would not wake the main thread at all.
        timeout=20,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "whole\n", "\nmasquerade: stopped.\n")


def test_the_version_is_printed(tmp_path: Path) -> None:
    done = masquerade(tmp_path, "--version")
    assert done.returncode == 0
    assert done.stdout.startswith("Masquerade ")


def test_errors_are_kept_in_the_log_with_the_user_s_sentence(tmp_path: Path) -> None:
    masquerade(tmp_path, "filters", "check", "nowhere")
    masquerade(tmp_path, "run", "--no-window", "--source", "nothing.mp4")
    (log,) = tmp_path.rglob("masquerade.log")
    assert "nothing.mp4" in log.read_text(encoding="utf-8")


def test_a_home_that_cannot_be_written_does_not_stop_the_command(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder is wanted")
    done = masquerade(tmp_path, "filters", "list", XDG_STATE_HOME=str(blocked), XDG_CACHE_HOME=str(blocked))
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe closes another way there")
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    done = subprocess.run(
        f"'{sys.executable}' -m masquerade filters list | true; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=environment(tmp_path),
        check=False,
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
