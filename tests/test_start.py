"""Tests how start.py sets a machine up, on a copy of the project in a folder of its own."""

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import NoReturn

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
docs = []
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
        extras = "".join(f"Provides-Extra: {name}\\n" for name in ("docs", "test", "train", "lint", "mediapipe"))
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


INSTALLERS = {
    "uv": "error: Request failed after 3 retries\n  Caused by: dns error: failed to lookup address information\n",
    "pip": "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError: Failed to establish a "
    "new connection: [Errno -2] Name or service not known'\nERROR: No matching distribution found for numpy==2.4.6\n",
}


@pytest.mark.parametrize("installer", INSTALLERS)
def test_without_a_network_one_sentence_says_so(
    installer: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(start, "LOG", tmp_path / "log.txt")
    with pytest.raises(SystemExit) as ending:
        start.explain_failure(INSTALLERS[installer].splitlines())
    assert ending.value.code == 1
    (reported,) = capsys.readouterr().err.splitlines()
    assert (
        reported
        == f"start.py: The packages could not be downloaded: there is no network connection. Details: {start.LOG}"
    )


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        # uv, then pip.
        ("Downloading numpy (15.9MiB)\nDownloading opencv-python-headless (57.3MiB)\n", "  73 of about 220 MB: opencv"),
        ("  Downloading av-18.1.0-cp311-abi3-manylinux_2_28_x86_64.whl (35.8 MB)\n", "  36 of about 220 MB: av\n"),
        ("Downloading tqdm-4.70.1-py3-none-any.whl (78 kB)\n", "   0 of about 220 MB: tqdm\n"),
        ("Using cached numpy-2.4.6.whl (16 MB)\n", ""),
    ],
)
def test_the_download_is_shown_as_it_goes(output: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    log = io.StringIO()
    assert list(start.follow(iter(output.splitlines(keepends=True)), 220, log)) == output.splitlines()
    assert log.getvalue() == output
    assert shown in capsys.readouterr().out


@pytest.mark.parametrize("with_uv", [True, False], ids=["uv", "pip"])
def test_what_the_lock_names_is_installed_and_another_file_is_refused(
    started: Path, with_uv: bool, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Without a network: the lock names a wheel by its path."""
    if with_uv and shutil.which("uv") is None:
        pytest.skip("uv is not installed")
    if not with_uv:
        monkeypatch.setattr(shutil, "which", lambda name: None)
    wheel = tmp_path / "parcel-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as content:
        content.writestr("parcel.py", "")
        content.writestr("parcel-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: parcel\nVersion: 1\n")
        content.writestr("parcel-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        content.writestr("parcel-1.dist-info/RECORD", "")
    monkeypatch.setattr(start, "VENV", started / ".venv")
    monkeypatch.setattr(start, "HERE", started)
    right = hashlib.sha256(wheel.read_bytes()).hexdigest()
    for number, digest in enumerate(("0" * 64, right)):
        lock = tmp_path / f"{number}.txt"
        lock.write_text(f"parcel @ {wheel.as_uri()} --hash=sha256:{digest}\n", encoding="utf-8")
        words = ["--require-hashes", "-r", str(lock)]
        if digest == right:
            start.pip_install(words, 0, io.StringIO())
            assert start.works([str(start.venv_python()), "-c", "import parcel"])
        else:
            with pytest.raises(SystemExit):
                start.pip_install(words, 0, io.StringIO())
            assert "hash" in capfd.readouterr().err.lower()
    subprocess.run([str(start.venv_python()), "-m", "pip", "uninstall", "-q", "-y", "parcel"], check=True)


@pytest.mark.skipif(os.name == "nt", reason="the fake uv is a shell script")
def test_where_uv_fails_pip_takes_over(started: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """uv knows nothing of pip's settings: another index, say."""
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\necho 'error: dns error'\nexit 1\n")
    uv.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(uv) if name == "uv" else None)
    monkeypatch.setattr(start, "VENV", started / ".venv")
    monkeypatch.setattr(start, "HERE", started)
    log = io.StringIO()
    start.pip_install(["pip"], 0, log)
    assert "dns error" in log.getvalue()
    assert "already satisfied" in log.getvalue()


def test_the_two_opencv_packages_are_locked_at_one_version_and_everything_has_a_hash() -> None:
    for name in (start.APP_LOCK, start.TEST_LOCK):
        text = (REPO / name).read_text(encoding="utf-8")
        assert len(set(re.findall(r"^opencv-[\w-]+==(\S+)", text, re.MULTILINE))) == 1
        packages = re.split(r"\n(?=\S)", text.strip())
        assert all("==" in each and "--hash=sha256:" in each for each in packages)


def test_the_lock_has_what_the_project_asks_for() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {"app.txt": project["dependencies"]}
    extras = project["optional-dependencies"]
    wanted["dev.txt"] = [*project["dependencies"], *(each for name in start.TEST_EXTRAS for each in extras[name])]
    for name, requirements in wanted.items():
        locked = set(
            re.findall(r"^([\w-]+)==", (REPO / "requirements" / name).read_text(encoding="utf-8"), re.MULTILINE)
        )
        asked = {re.split(r"[^\w-]", each, maxsplit=1)[0].lower() for each in requirements}
        assert asked <= locked


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
    assert "no network" not in failed.stderr
    assert "this project cannot be built" in failed.stderr
    assert "Installing" in run_start(started).stdout


def test_a_folder_at_another_place_is_installed_again(started: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(started, moved, symlinks=True)
    assert "Installing" in run_start(moved).stdout
    assert run_start(moved, "again").stdout == "handed over: again\n"


def test_a_broken_environment_is_rebuilt(started: Path, tmp_path: Path) -> None:
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


@pytest.mark.parametrize("version", [(3, 9, 2), (3, 15, 0)])
def test_a_python_too_old_or_too_new_stops_with_the_versions_that_are_needed(
    version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as ending:
        start.use_fitting_python([])
    assert ending.value.code == 1
    assert f"needs Python 3.11 to 3.14; this is Python 3.{version[1]}" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
@pytest.mark.parametrize(
    ("scripts", "used"),
    [
        ({"python3.13": "exit 127", "python3.11": "exit 0"}, ["python3.11"]),
        ({"python3.12": "exit 127", "uv": "exit 0"}, ["uv", "run", "--no-project", "--python", "3.13", "python"]),
    ],
    ids=["a wrapper without its version", "uv alone"],
)
def test_a_python_that_fits_takes_over(
    scripts: dict[str, str], used: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, script in scripts.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(sys, "version_info", (3, 15, 0))
    monkeypatch.setenv("PATH", str(tmp_path))
    handed: list[list[str]] = []

    def hand_over(command: list[str]) -> NoReturn:
        handed.append(command)
        sys.exit()

    monkeypatch.setattr(start, "hand_over", hand_over)
    with pytest.raises(SystemExit):
        start.use_fitting_python(["doctor"])
    (program, *words), *_ = handed
    assert [Path(program).name, *words] == [*used, str(REPO / "start.py"), "doctor"]


def test_the_project_asks_for_the_versions_of_python_that_start_takes() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (_, oldest), (_, newest) = start.OLDEST_PYTHON, start.NEWEST_PYTHON
    assert project["requires-python"] == f">=3.{oldest},<3.{newest + 1}"
    assert f"Python 3.{oldest} to 3.{newest}" in (REPO / "README.md").read_text(encoding="utf-8")


def test_a_package_that_this_computer_cannot_have_says_which_systems_can(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(start, "LOG", tmp_path / "log.txt")
    with pytest.raises(SystemExit):
        start.explain_failure(
            [
                "ERROR: Could not find a version that satisfies the requirement pyside6-essentials==6.12.0 "
                "(from versions: 6.8.0, 6.9.3)",
                "ERROR: No matching distribution found for pyside6-essentials==6.12.0",
            ]
        )
    (reported,) = capsys.readouterr().err.splitlines()
    assert "macOS 14 on Apple silicon" in reported
    assert "ERROR" not in reported


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
