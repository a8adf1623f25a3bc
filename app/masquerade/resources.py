"""Finds the bundled files and the user's folders, and says what to type to run or install something."""

import os
import sys
from pathlib import Path

import platformdirs

from masquerade.errors import AppError

_HERE = Path(__file__).resolve().parent


def bundled(folder: str) -> Path:
    """Return the folder `model` or `assets` of this installation.

    In a checkout they lie beside `app`; a wheel carries them inside it.

    Raises:
        AppError: the folder is in neither place, so the installation is damaged.
    """
    for root in (_HERE / "_bundled", _HERE.parents[1]):
        if (root / folder).is_dir():
            return root / folder
    raise AppError(f"The folder '{folder}' is missing beside {_HERE}. Reinstall Masquerade.")


def user_filters() -> Path:
    """Return the folder for filters that the user added; it may not exist yet."""
    return Path(platformdirs.user_data_dir("masquerade", appauthor=False)) / "filters"


def user_models() -> Path:
    """Return the folder for models that the user trained; it may not exist yet."""
    return Path(platformdirs.user_data_dir("masquerade", appauthor=False)) / "models"


def settings_file() -> Path:
    """Return the path of the settings file; it may not exist yet."""
    return Path(platformdirs.user_config_dir("masquerade", appauthor=False)) / "settings.toml"


def log_file() -> Path:
    """Return the path of the log; it may not exist yet."""
    return Path(platformdirs.user_log_dir("masquerade", appauthor=False)) / "masquerade.log"


def cache_folder() -> Path:
    """Return the folder for what can be rebuilt at any time; it may not exist yet."""
    return Path(platformdirs.user_cache_dir("masquerade", appauthor=False))


def runtime_folder() -> Path:
    """Return the folder for sockets and locks, which only this user can enter; it may not exist yet."""
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    return Path(given) / "masquerade" if given and Path(given).is_dir() else cache_folder() / "run"


def command_line(words: str) -> str:
    """Return what this user types to run the program with these words.

    Who starts it with start.py has no `masquerade` on the PATH.
    """
    program = os.environ.get("MASQUERADE_COMMAND")
    if not program:
        as_module = Path(sys.argv[0]).name == "__main__.py"
        program = f"{Path(sys.executable).name} -m masquerade" if as_module else "masquerade"
    return f"{program} {words}".rstrip()


def extra_line(extra: str) -> str:
    """Return what to type to add one of the optional parts, such as "train"; a checkout installs itself."""
    checkout = _HERE.parents[1]
    if (checkout / "pyproject.toml").is_file():
        return pip_line(f'-e "{checkout}[{extra}]"')
    return pip_line(f'"masquerade[{extra}]"')


def pip_line(wanted: str) -> str:
    """Return what to type to install `wanted`, options of pip included, for the very Python that runs this.

    A bare `pip` is another Python's where the program was started by start.py.
    """
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f"{python} -m pip install {wanted}"


def program_version() -> str:
    """Return the version of this program; "(not installed)" where it runs from a folder."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 (slow, and seldom asked for)

    try:
        return version("masquerade")
    except PackageNotFoundError:
        return "(not installed)"
