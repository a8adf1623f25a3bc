"""Remembers what the user chose, in one TOML file that is checked at the door and written whole."""

import difflib
import logging
import os
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

import platformdirs
import tomli_w

from masquerade.errors import SettingsError

_log = logging.getLogger(__name__)


class ThemeChoice(StrEnum):
    """Which colours the window wears."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


class PhotoFormat(StrEnum):
    """How a photo is written."""

    JPEG = "jpeg"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class WindowPlace:
    """Where the window stood, in pixels of the desktop."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is remembered from one start to the next.

    Attributes:
        source: as on the command line; "" = the first camera, or the demo where there is none.
        filters: folder names, worn in this order; empty = no filter.
        intensity: 0 to 1.
        favourites: folder names; the first nine are on the keys 1 to 9.
        mirror_preview: the image in the window is shown as in a mirror.
        mirror_file: recordings and photos are written as in a mirror.
        folder: where recordings and photos go; "" = the system's folders for videos and images.
        model: what finds the points of a face, a bundled model's name or a path; "" = the first bundled one.
        window: None = never placed yet.
    """

    source: str = ""
    filters: tuple[str, ...] = ()
    intensity: float = 1.0
    favourites: tuple[str, ...] = ()
    mirror_preview: bool = True
    mirror_file: bool = False
    show_hud: bool = True
    reduced_motion: bool = False
    theme: ThemeChoice = ThemeChoice.SYSTEM
    photo_format: PhotoFormat = PhotoFormat.JPEG
    folder: str = ""
    model: str = ""
    window: WindowPlace | None = None
    maximised: bool = False

    @property
    def recordings_folder(self) -> Path:
        """Where recordings are written; it may not exist yet."""
        return Path(self.folder or Path(platformdirs.user_videos_dir()) / "Masquerade")

    @property
    def photos_folder(self) -> Path:
        """Where photos are written; it may not exist yet."""
        return Path(self.folder or Path(platformdirs.user_pictures_dir()) / "Masquerade")


def read_settings(path: Path) -> Settings:
    """Read the settings; a file that is not there gives the defaults.

    A key this version does not know is left out and logged: it comes from another version.

    Raises:
        SettingsError: the file is damaged. It has been put aside as `<name>.broken`, so
            that nothing typed by hand is lost; the caller goes on with `Settings()`.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise SettingsError(_put_aside(path, ["it is not text in UTF-8"])) from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(_put_aside(path, [str(error)])) from error
    values, errors = _check(content)
    if errors:
        raise SettingsError(_put_aside(path, errors))
    return Settings(**values)


def write_settings(path: Path, settings: Settings) -> None:
    """Write all settings; a crash in between leaves the old file whole.

    Raises:
        SettingsError: the folder cannot be made or written.
    """
    content = {key: value for key, value in asdict(settings).items() if value is not None}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace_file(path, tomli_w.dumps(content).encode("utf-8"))
    except OSError as error:
        raise SettingsError(f"The settings cannot be saved to {path} ({error.strerror}).") from error


def _replace_file(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _put_aside(path: Path, errors: list[str]) -> str:
    """Rename the damaged file; returns the sentence for the user."""
    aside = path.with_name(path.name + ".broken")
    try:
        path.replace(aside)
    except OSError as error:
        _log.warning("could not put %s aside: %s", path, error)
        aside = path
    return f"The settings were damaged ({'; '.join(errors)}) and start anew; the old file is {aside}."


def _check(content: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    known = {field.name for field in fields(Settings)}
    if isinstance(content.get("filter"), str):
        # Until several could be worn there was one; who was hidden by it must not wake up bare.
        content = {"filters": [content["filter"]] if content["filter"] else [], **content}
        del content["filter"]
    for key in content.keys() - known:
        near = difflib.get_close_matches(key, known, 1)
        _log.warning("unknown setting %r left out%s", key, f" (did you mean {near[0]!r}?)" if near else "")
    values: dict[str, Any] = {}
    errors = []
    for key in sorted(content.keys() & known):
        try:
            values[key] = _CHECKS[key](content[key])
        except (TypeError, ValueError) as error:
            errors.append(f"'{key}' {error}")
    return values, errors


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"must be text, not {value!r}")
    return value


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"must be true or false, not {value!r}")
    return value


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"must be a number, not {value!r}")
    if not 0 <= value <= 1:
        raise ValueError(f"must lie between 0 and 1, not {value!r}")
    return float(value)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise TypeError(f"must be a list of texts, not {value!r}")
    return tuple(dict.fromkeys(value))


def _one_of(choice: type[StrEnum]) -> Callable[[Any], StrEnum]:
    def check(value: Any) -> StrEnum:
        try:
            return choice(value)
        except ValueError:
            names = ", ".join(choice)
            raise ValueError(f"must be one of {names}, not {value!r}") from None

    return check


def _place(value: Any) -> WindowPlace:
    names = {field.name for field in fields(WindowPlace)}
    if not isinstance(value, dict) or value.keys() != names:
        raise TypeError(f"must hold left, top, width and height, not {value!r}")
    if any(isinstance(number, bool) or not isinstance(number, int) for number in value.values()):
        raise TypeError(f"must hold whole numbers, not {value!r}")
    if not (0 < value["width"] <= 32767 and 0 < value["height"] <= 32767):
        raise ValueError("must have a width and a height between 1 and 32767")
    if not all(-100_000 <= value[side] <= 100_000 for side in ("left", "top")):
        raise ValueError("lies outside any desktop")
    return WindowPlace(**value)


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "source": _text,
    "filters": _texts,
    "intensity": _share,
    "favourites": _texts,
    "mirror_preview": _switch,
    "mirror_file": _switch,
    "show_hud": _switch,
    "reduced_motion": _switch,
    "theme": _one_of(ThemeChoice),
    "photo_format": _one_of(PhotoFormat),
    "folder": _text,
    "model": _text,
    "window": _place,
    "maximised": _switch,
}
