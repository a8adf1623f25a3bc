"""Installs Masquerade into .venv and starts it: `python3 start.py`, or `python3 start.py test` for all tests."""

# Runs before anything is installed: the standard library only, and it must be READ by an
# old Python too, so that it can say what is wrong.
from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Iterator, NoReturn, Sequence  # noqa: UP035 (an old Python reads this line too)

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
STAMP = VENV / "masquerade-stamp.json"
LOG = VENV / "masquerade-install.log"
TEST_EXTRAS = ("docs", "lint", "mediapipe", "test", "train")
# Exact versions with hashes; megabytes to download and on disk, measured on Linux with Python 3.11.
APP_LOCK, TEST_LOCK = "requirements/app.txt", "requirements/dev.txt"
APP_MB, TEST_MB = (230, 700), (1110, 3600)
# What pip and uv say where the network does not answer.
NO_NETWORK = re.compile(
    r"Failed to establish a new connection|Temporary failure in name resolution|Name or service not known|"
    r"dns error|error sending request|getaddrinfo failed|Network is unreachable|ConnectTimeout|tcp connect error"
)
DOWNLOADING = re.compile(r"Downloading (\S+?)(?:-\d\S*)? \(([\d.]+) ?([kKMG])i?B\)")
MEGABYTES = {"k": 0.001, "K": 0.001, "M": 1.0, "G": 1000.0}
# The newest for which every package exists: ai-edge-litert, PyAV and pi-heif have none for 3.15.
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 14)
OTHER_PYTHONS = ("3.13", "3.12", "3.11", "3.14")
# What pip and uv say of a package that does not exist for this computer.
NO_PACKAGE = re.compile(r"No matching distribution found for|no wheels with a matching")
WINDOWS = os.name == "nt"
LINUX = sys.platform.startswith("linux")


def main(words: Sequence[str]) -> int:
    """Install what is missing, then hand over to the app or to pytest; return the exit code."""
    use_fitting_python(words)
    testing = list(words[:1]) == ["test"]
    extras = TEST_EXTRAS if testing else ()
    if not is_installed(extras):
        make_venv()
        install(extras)
    if LINUX:
        add_system_libraries()
    if not testing:
        # Hints name the command as this user can type it.
        os.environ["MASQUERADE_COMMAND"] = f"{'python' if WINDOWS else 'python3'} start.py"
        hand_over([str(venv_program("masquerade")), *words])
    return run_tests(words[1:])


def use_fitting_python(words: Sequence[str]) -> None:
    """Go on under another Python of this machine where this one is too old or too new."""
    if OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        return
    for command in other_pythons():
        # A wrapper may stand there for a version that is not installed: ask it first.
        if works([*command, "-c", ""]):
            hand_over([*command, str(Path(__file__).resolve()), *words])
    stop(
        "Masquerade needs Python {}.{} to {}.{}; this is Python {}.{} ({}).\nGet one of these from "
        "https://www.python.org/downloads or your system's package tool, then run this again with it.".format(
            *OLDEST_PYTHON, *NEWEST_PYTHON, *sys.version_info[:2], sys.executable
        )
    )


def other_pythons() -> Iterator[list[str]]:
    """Give the commands that may start a fitting Python: by name, by Windows' launcher, by uv, which downloads one."""
    launcher = shutil.which("py") if WINDOWS else None
    for version in OTHER_PYTHONS:
        found = shutil.which(f"python{version}")
        if found:
            yield [found]
        if launcher:
            yield [launcher, f"-{version}"]
    uv = shutil.which("uv")
    if uv:
        yield [uv, "run", "--no-project", "--python", OTHER_PYTHONS[0], "python"]


def make_venv() -> None:
    """Make the folder .venv with a Python of its own, unless a working one is there."""
    if works(
        [
            str(venv_python()),
            "-c",
            f"import pip, sys; sys.exit(not {OLDEST_PYTHON} <= sys.version_info[:2] <= {NEWEST_PYTHON})",
        ]
    ):
        return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        add_venv_module()
    say("Creating a Python environment in .venv")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        stop(f"No Python environment could be made in {VENV}:\n{(made.stdout + made.stderr).strip()}")


def add_venv_module() -> None:
    """Add what Debian and Ubuntu leave out of Python, or say how to."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if may_use_apt():
        apt_install([package])
        return
    stop(
        f"This Python lacks its modules 'venv' and 'ensurepip'. Install them with:\n\n    sudo apt install {package}\n"
    )


def is_installed(extras: Sequence[str]) -> bool:
    """Return whether the project as it is now stands in .venv, with these extras."""
    project, has = read_stamp()
    return project == project_sum() and has.issuperset(extras) and venv_program("masquerade").exists()


def install(extras: Sequence[str]) -> None:
    """Install the project into .venv, with these extras and those that were there."""
    union = sorted(read_stamp()[1].union(extras))
    lock = HERE / (TEST_LOCK if union else APP_LOCK)
    download, disk = TEST_MB if union else APP_MB
    say(
        f"Installing what Masquerade needs into .venv, once: about {download} MB to download, {disk} MB on disk "
        f"(with {'uv' if shutil.which('uv') else 'pip'})"
    )
    if shutil.disk_usage(HERE).free < 1_000_000 * disk:
        stop(f"There is not enough room on the disk of {HERE}: {disk} MB are needed.")
    project = f"{HERE}[{','.join(union)}]" if union else str(HERE)
    with LOG.open("w", encoding="utf-8") as log:
        if lock.exists():
            pip_install(["--require-hashes", "-r", str(lock)], download, log)
            # All that it needs is there, what builds it too.
            pip_install(["--no-deps", "--no-build-isolation", "-e", str(HERE)], 0, log)
        else:
            pip_install(["-e", project], download, log)
    STAMP.write_text(json.dumps({"project": project_sum(), "extras": union}), encoding="utf-8")


def pip_install(words: Sequence[str], download: int, log: IO[str]) -> None:
    """Install with uv where there is one, which takes a quarter of pip's time, else with pip; stop where that fails."""
    settings = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--retries", "2"]
    commands = [[str(venv_python()), "-m", "pip", "install", *settings, *words]]
    uv = shutil.which("uv")
    if uv:
        # pip's own settings (another index, a proxy) are not uv's: where uv fails pip may not.
        commands.insert(0, [uv, "pip", "install", "--python", str(venv_python()), *words])
    lines: list[str] = []
    for command in commands:
        code, lines = run_installer(command, download, log)
        if code == 0:
            return
    explain_failure(lines)


def run_installer(command: Sequence[str], download: int, log: IO[str]) -> tuple[int, list[str]]:
    """Run uv or pip; return its exit code and what it printed."""
    # With the system's certificates, as pip: behind a company's proxy others are worth nothing.
    environment = {**os.environ, "NO_COLOR": "1", "UV_NATIVE_TLS": "true", "UV_SYSTEM_CERTS": "true"}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=HERE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
    ) as process:
        lines = list(follow(process.stdout or iter(()), download, log))
    return process.returncode, lines


def follow(output: Iterator[str] | IO[str], download: int, log: IO[str]) -> Iterator[str]:
    """Keep what the installer prints, and show how much of the download it has come to."""
    begun = 0.0
    for line in output:
        log.write(line)
        yield line.rstrip()
        found = DOWNLOADING.search(line)
        if found and download:
            name, size, unit = found.groups()
            begun += float(size) * MEGABYTES[unit]
            show_progress(f"{begun:4.0f} of about {download} MB: {name}")
    if begun and sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)


def show_progress(words: str) -> None:
    """Show it in one line that changes, or line by line where the output is no terminal."""
    if sys.stdout.isatty():
        print(f"\r\033[K  {words}", end="", flush=True)
    else:
        print(f"  {words}", flush=True)


def explain_failure(lines: Sequence[str]) -> NoReturn:
    """Stop: one sentence where the network or a package for this computer is missing, else the installer's words."""
    if any(NO_NETWORK.search(line) for line in lines):
        stop(f"The packages could not be downloaded: there is no network connection. Details: {LOG}")
    if any(NO_PACKAGE.search(line) for line in lines):
        stop(
            "Not every package exists for this computer ({}, Python {}.{}). Masquerade needs 64-bit Windows 10, "
            "macOS 14 on Apple silicon, or a Linux of 2022 or newer (glibc 2.34). Details: {}".format(
                platform.platform(), *sys.version_info[:2], LOG
            )
        )
    last = "\n".join([line for line in lines if not line.startswith("Ignoring")][-15:])
    stop(f"The packages could not be installed:\n\n{last}\n\nDetails: {LOG}")


def project_sum() -> str:
    """Return a sum of what an installation depends on: the project, its lock files, its place, the system's Python."""
    paths = [HERE / name for name in ("pyproject.toml", APP_LOCK, TEST_LOCK)]
    files = [path.read_bytes() for path in paths if path.exists()]
    parts = (*files, str(HERE).encode(), os.path.realpath(venv_python()).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def read_stamp() -> tuple[str, set[str]]:
    """Return the sum of what was installed, and its extras."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        return str(stamp["project"]), set(stamp["extras"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", set()


def add_system_libraries() -> None:
    """Install the libraries of the system that Qt and OpenCV want, or stop and name them."""
    sys.path.insert(0, str(HERE / "app"))
    from masquerade import system_libraries as libraries  # noqa: PLC0415 (an old Python cannot read it)

    missing = libraries.find_missing(site_packages())
    if not missing:
        return
    tool = libraries.find_package_tool()
    if tool is not None and may_use_apt():
        packages = libraries.packages_for(missing, tool)
        apt_install(packages)
        missing = libraries.find_missing(site_packages())
    if missing:
        stop(libraries.explain(missing, tool))


def run_tests(words: Sequence[str]) -> int:
    """Run pytest: on Linux with the window on a screen of its own (Xvfb), else without a screen."""
    if LINUX and not (shutil.which("Xvfb") and shutil.which("xdotool")):
        if may_use_apt():
            apt_install(["xvfb", "xdotool"])
        else:
            say("Xvfb and xdotool are not installed: the window is tested without a screen, some tests are skipped.")
    with screen() as display:
        environment = {**os.environ, **display}
        # One worker a core; a word of the caller's own wins.
        command = [str(venv_python()), "-m", "pytest", "-n", "logical", "--dist", "worksteal", *words]
        return subprocess.call(command, cwd=HERE, env=environment)


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """Give the environment variables of a screen for the tests; no window ever pops up on the user's own."""
    if not (LINUX and shutil.which("Xvfb")):
        yield {"QT_QPA_PLATFORM": "offscreen"}
        return
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1920x1200x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        # Xvfb writes its number once it takes connections, and closes the pipe if it cannot.
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"} if number else {"QT_QPA_PLATFORM": "offscreen"}
    finally:
        server.terminate()
        server.wait()


def may_use_apt() -> bool:
    """Return whether packages of the system can be installed without asking anybody."""
    return not WINDOWS and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(packages: Sequence[str]) -> None:
    """Install packages of the system; stop with apt's own words where that fails."""
    say(f"Installing from the system's packages: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install_them = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    # Without the lists of packages (a fresh container) the first try fails.
    for command in (install_them, ["apt-get", "update", "-q"], install_them):
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if command is install_them and done.returncode == 0:
            return
    stop(f"{' '.join(install_them)} failed:\n\n{(done.stdout + done.stderr).strip()[-2000:]}")


def venv_python() -> Path:
    """Return the Python of .venv."""
    return venv_program("python")


def venv_program(name: str) -> Path:
    """Return a program of .venv; it need not exist."""
    return VENV / "Scripts" / f"{name}.exe" if WINDOWS else VENV / "bin" / name


def site_packages() -> Path:
    """Return the folder of .venv that packages are installed into, on Linux and macOS."""
    return next(VENV.glob("lib/python3*/site-packages"))


def works(command: Sequence[str]) -> bool:
    """Return whether `command` ends well, whatever it prints."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def hand_over(command: Sequence[str]) -> NoReturn:
    """Turn this process into `command`; on Windows, where that loses the terminal, wait for it."""
    sys.stdout.flush()
    if WINDOWS:
        sys.exit(subprocess.call(command))
    os.execv(command[0], list(command))


def say(line: str) -> None:
    """Say what takes time."""
    print(f"start.py: {line}", flush=True)


def stop(reason: str) -> NoReturn:
    """End with `reason` and the exit code 1."""
    print(f"start.py: {reason}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
