"""Tests how start.py sets a machine up, on a copy of the project in a folder of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import start
from tests.shared import REPO

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "masquerade"
version = "0"

[project.optional-dependencies]
test = []
train = []
lint = []
mediapipe = []
"""
# A whole project of a few lines, so that pip needs neither a network nor time.
BACKEND = '''
"""Builds an editable wheel with a command `masquerade` that prints its words."""
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    if pathlib.Path("broken").exists():
        raise SystemExit("this project cannot be built")
    with zipfile.ZipFile(pathlib.Path(folder) / "masquerade-0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("masquerade_words.py", "import sys\\ndef main():\\n    print('handed over:', *sys.argv[1:])\\n")
        info = "masquerade-0.dist-info/"
        extras = "".join(f"Provides-Extra: {name}\\n" for name in ("test", "train", "lint", "mediapipe"))
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: masquerade\\nVersion: 0\\n" + extras)
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "entry_points.txt", "[console_scripts]\\nmasquerade = masquerade_words:main\\n")
        wheel.writestr(info + "RECORD", "")
    return "masquerade-0-py3-none-any.whl"

def get_requires_for_build_editable(config_settings=None):
    return []
'''


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that was started once; made for all tests, since an environment takes seconds."""
    project = tmp_path_factory.mktemp("project")
    shutil.copy(REPO / "start.py", project)
    package = project / "app" / "masquerade"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    shutil.copy(REPO / "app" / "masquerade" / "system_libraries.py", package)
    (project / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (project / "backend.py").write_text(BACKEND, encoding="utf-8")
    first = run_start(project, "render", "a b.png", "--filter", "dog")
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[-1] == "handed over: render a b.png --filter dog"
    return project


def run_start(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / "start.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def change(project: Path) -> None:
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")


def test_a_later_start_is_silent_and_hands_the_words_over(started: Path) -> None:
    assert run_start(started, "doctor", "--x").stdout == "handed over: doctor --x\n"


def test_a_changed_project_is_installed_again(started: Path) -> None:
    change(started)
    assert "Installing" in run_start(started).stdout


def test_a_failed_installation_shows_what_pip_said_and_is_tried_again(started: Path) -> None:
    (started / "broken").touch()
    change(started)
    failed = run_start(started)
    (started / "broken").unlink()
    assert failed.returncode == 1
    assert "this project cannot be built" in failed.stderr
    assert "Installing" in run_start(started).stdout


def test_a_folder_at_another_place_is_installed_again(started: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(started, moved, symlinks=True)
    assert "Installing" in run_start(moved).stdout
    assert run_start(moved, "again").stdout == "handed over: again\n"


def test_a_broken_environment_is_made_anew(started: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(started, broken, symlinks=True)
    shutil.rmtree(broken / ".venv" / ("Lib" if os.name == "nt" else "lib"))
    assert run_start(broken, "again").stdout.splitlines()[-1] == "handed over: again"


def test_the_extras_of_the_tests_stay_when_the_app_is_installed_again(
    started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "HERE", started)
    monkeypatch.setattr(start, "VENV", started / ".venv")
    monkeypatch.setattr(start, "STAMP", started / ".venv" / "masquerade-stamp.json")
    monkeypatch.setattr(start, "LOG", started / ".venv" / "log.txt")
    start.install(start.TEST_EXTRAS)
    assert start.is_installed(())
    change(started)
    start.install(())
    assert start.is_installed(start.TEST_EXTRAS)


def test_an_old_python_is_told_which_one_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as ending:
        start.use_new_python([])
    assert ending.value.code == 1
    assert "needs Python 3.11 or newer; this is Python 3.9" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="there is no apt on Windows")
def test_debian_without_venv_names_the_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit):
        start.add_venv_module()
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert f"sudo apt install python{version}-venv" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")
def test_the_screen_for_the_tests_takes_connections_and_goes_away() -> None:
    with start.screen() as environment:
        socket = Path(f"/tmp/.X11-unix/X{environment['DISPLAY'].removeprefix(':')}")
        assert socket.exists()
    assert not socket.exists()
