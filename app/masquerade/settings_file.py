"""Reads and writes the settings: one TOML file, of which every usable value is kept."""

import codecs
import difflib
import logging
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import tomli_w

from masquerade.errors import SettingsError
from masquerade.salvage import parse_or_salvage, short_repr
from masquerade.settings import (
    PHOTO_DELAYS,
    REPLAY_SECONDS,
    SPLIT_MEGABYTES,
    VIRTUAL_CAMERA_HEIGHTS,
    FilterIntensity,
    GalleryOrder,
    KeyBinding,
    PhotoFormat,
    PhotoSeries,
    Settings,
    SourceKind,
    StatsDetail,
    ThemeChoice,
    VideoFormat,
    VideoQuality,
    WindowPlace,
)

_log = logging.getLogger(__name__)
_MAX_BYTES = 1_000_000
_MAX_BACKUPS = 9
_MAX_DEPTH = 4
_MAX_PROBLEMS = 4


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """What a settings file holds, and what in it cannot be used.

    Attributes:
        settings: every value that can be read; the others have their defaults.
        problems: one clause for each thing that cannot be used, such as "'theme' must be ...".
        notice: one or two sentences for the user, or "".
    """

    settings: Settings
    problems: tuple[str, ...] = ()
    notice: str = ""


def read_settings(path: Path) -> LoadedSettings:
    """Read the settings; a bad value costs its own key only, and nothing is changed on disk.

    Whatever lies at `path` (a folder, a FIFO, a huge or binary file), this returns: a file of
    the user's must not keep the program from starting. Unknown keys come from another version
    and are logged.
    """
    try:
        text, problems = _read_text(path)
    except FileNotFoundError:
        return LoadedSettings(Settings())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return LoadedSettings(Settings(), (f"it cannot be read ({reason})",))
    content, broken = parse_or_salvage(text)
    values, invalid = _check(content)
    return LoadedSettings(Settings(**values), (*problems, *broken, *invalid))


def open_settings(path: Path) -> LoadedSettings:
    """Read the settings, and repair a damaged file.

    The damaged file is kept beside the new one, as `<name>.broken`. What can be read is written
    back at once: a privacy filter must still be on at the next start, too.
    """
    loaded = read_settings(path)
    if not loaded.problems:
        return loaded
    backup = _put_aside(path)
    try:
        write_settings(path, loaded.settings)
    except SettingsError as error:
        _log.warning("%s", error)
    problems = "; ".join(loaded.problems[:_MAX_PROBLEMS])
    kept = f"The old file is kept as {backup}." if backup else f"Check the file {path}."
    return replace(loaded, notice=f"Some settings could not be read and were reset: {problems}. {kept}")


def _read_text(path: Path) -> tuple[str, tuple[str, ...]]:
    """Return a regular file's text, the beginning of a large one, and what is wrong with it.

    Raises:
        OSError: the file cannot be read.
        ValueError: this is no regular file.
    """
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        raise ValueError("it is not a file")
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES)
    problems = (f"it is larger than {_MAX_BYTES // 1000} kB",) if state.st_size > _MAX_BYTES else ()
    # Some editors of Windows save it so.
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return content.decode(encoding), problems
    except UnicodeDecodeError:
        return content.decode(encoding, "replace"), (*problems, "it is not UTF-8 text")


def write_settings(path: Path, settings: Settings) -> None:
    """Write all settings; a crash half-way leaves the old file as it was.

    Raises:
        SettingsError: the folder or file cannot be written.
    """
    values = {key: _writable(value) for key, value in asdict(settings).items()}
    content = {key: value for key, value in values.items() if value is not None}
    content["intensities"] = {each.id: each.intensity for each in settings.intensities if not _has_surrogates(each.id)}
    content["shortcuts"] = {binding.command: binding.keys for binding in settings.shortcuts}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace_file(path, tomli_w.dumps(content).encode("utf-8"))
    except OSError as error:
        raise SettingsError(f"The settings cannot be saved to {path} ({error.strerror}).") from error


def _writable(value: object) -> object:
    """Return what TOML can hold of a value: a file's name may be bytes that are no UTF-8; None = nothing.

    Of a list the rest is kept: one such name must not take off the filter that hides a face.
    """
    if isinstance(value, tuple):
        return tuple(each for each in value if _writable(each) is not None)
    return None if isinstance(value, str) and _has_surrogates(value) else value


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


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


def _put_aside(path: Path) -> Path | None:
    """Rename what is at `path`; return its new path, or None if that fails."""
    for number in range(1, _MAX_BACKUPS + 1):
        backup = path.with_name(path.name + (".broken" if number == 1 else f".broken-{number}"))
        try:
            if backup.is_dir() and not backup.is_symlink():
                continue
            path.replace(backup)
        except (OSError, ValueError) as error:
            _log.warning("could not put %s aside: %s", path, error)
            continue
        return backup
    return None


def _check(content: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    known = {field.name for field in fields(Settings)}
    content = _migrate(content)
    for key in content.keys() - known:
        near = difflib.get_close_matches(key[:60], known, 1)
        _log.warning("unknown setting %.60r ignored%s", key, f" (did you mean {near[0]!r}?)" if near else "")
    values: dict[str, Any] = {}
    problems = []
    for key in sorted(content.keys() & known):
        try:
            values[key] = _CHECKS[key](content[key])
        except _PartlyReadError as error:
            values[key] = error.value
            problems.append(f"'{key}' {error}")
        except (TypeError, ValueError, OverflowError) as error:
            problems.append(f"'{key}' {error}")
    return values, problems


def _migrate(content: dict[str, Any]) -> dict[str, Any]:
    """Return what an earlier version's file holds, by the keys of this version."""
    content = dict(content)
    if isinstance(content.get("filter"), str):
        # Earlier versions had a single filter; a face that it hid must stay hidden.
        worn = content.pop("filter")
        content.setdefault("filters", [worn] if worn else [])
    if "intensity" in content:
        # Earlier versions had one intensity for all filters; it stays with those that are on.
        intensity, worn = content.pop("intensity"), content.get("filters")
        if isinstance(worn, list) and _is_share(intensity) and intensity < 1:
            content.setdefault("intensities", {each: intensity for each in worn if isinstance(each, str)})
    if isinstance(content.get("mirror_preview"), bool):
        content["mirror_preview"] = [SourceKind.CAMERA] if content["mirror_preview"] else []
    if isinstance(content.get("show_hud"), bool):
        content.setdefault("stats", StatsDetail.SHORT if content.pop("show_hud") else StatsDetail.OFF)
    return content


class _PartlyReadError(ValueError):
    """A part of a value can be used.

    Attributes:
        value: that part.
    """

    def __init__(self, message: str, value: object) -> None:
        super().__init__(message)
        self.value = value


def _one_number_of(choices: tuple[int, ...]) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if isinstance(value, bool) or value not in choices:
            raise ValueError(f"must be one of {', '.join(map(str, choices))}, not {short_repr(value)}")
        return int(value)

    return check


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"must be text, not {short_repr(value)}")
    if "\0" in value:
        # No path may hold one: every call that opens such a file would raise.
        raise ValueError("must not hold a NUL character")
    return value


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"must be true or false, not {short_repr(value)}")
    return value


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _intensities(value: Any) -> tuple[FilterIntensity, ...]:
    if not isinstance(value, dict):
        raise TypeError(f"must be a table of filters and their intensities, not {short_repr(value)}")
    known = tuple(
        FilterIntensity(filter_id, float(share))
        for filter_id, share in value.items()
        if _is_share(share) and "\0" not in filter_id
    )
    if len(known) == len(value):
        return known
    raise _PartlyReadError(f"must be a table of filters and their intensities, 0 to 1, not {short_repr(value)}", known)


def _texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a list; one text alone counts as a list of one.

    Raises:
        _PartlyReadError: not all entries are texts: a mistake in one must not take off the others, and a
            text in a list or table of its own counts.
    """
    entries = value if isinstance(value, list) else [value]
    texts = tuple(dict.fromkeys(_texts_within(entries)))
    if all(isinstance(entry, str) and "\0" not in entry for entry in entries):
        return texts
    raise _PartlyReadError(f"must be a list of texts, not {short_repr(value)}", texts)


def _texts_within(value: Any, depth: int = 0) -> Iterator[str]:
    """Give the texts in lists and tables, whatever else is in them."""
    if isinstance(value, str):
        if "\0" not in value:
            yield value
    elif isinstance(value, list | dict) and depth < _MAX_DEPTH:
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts_within(each, depth + 1)


def _one_of(choice: type[StrEnum]) -> Callable[[Any], StrEnum]:
    def check(value: Any) -> StrEnum:
        try:
            return choice(value)
        except ValueError:
            names = ", ".join(choice)
            raise ValueError(f"must be one of {names}, not {short_repr(value)}") from None

    return check


def _place(value: Any) -> WindowPlace:
    names = {field.name for field in fields(WindowPlace)}
    if not isinstance(value, dict) or value.keys() != names:
        raise TypeError(f"must hold left, top, width and height, not {short_repr(value)}")
    if any(isinstance(number, bool) or not isinstance(number, int) for number in value.values()):
        raise TypeError(f"must hold whole numbers, not {short_repr(value)}")
    if not (0 < value["width"] <= 32767 and 0 < value["height"] <= 32767):
        raise ValueError("must have a width and a height between 1 and 32767")
    if not all(-100_000 <= value[side] <= 100_000 for side in ("left", "top")):
        raise ValueError("lies outside any desktop")
    return WindowPlace(**value)


def _mirrored_kinds(value: Any) -> tuple[SourceKind, ...]:
    allowed = (SourceKind.CAMERA, SourceKind.DEMO)
    entries = value if isinstance(value, list) else [value]
    kinds = tuple(SourceKind(entry) for entry in allowed if entry in entries)
    if all(entry in allowed for entry in entries):
        return kinds
    raise _PartlyReadError(f"must be a list of camera and demo, not {short_repr(value)}", kinds)


def _bindings(value: Any) -> tuple[KeyBinding, ...]:
    if not isinstance(value, dict):
        raise TypeError(f"must be a table of commands and their keys, not {short_repr(value)}")
    bindings = tuple(
        KeyBinding(command, keys)
        for command, keys in value.items()
        if isinstance(keys, str) and "\0" not in f"{command}{keys}"
    )
    if len(bindings) == len(value):
        return bindings
    raise _PartlyReadError(f"must be a table of commands and their keys, not {short_repr(value)}", bindings)


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "source": _text,
    "filters": _texts,
    "hides_faces": _switch,
    "intensities": _intensities,
    "favourites": _texts,
    "recent": _texts,
    "gallery_order": _one_of(GalleryOrder),
    "small_cards": _switch,
    "mirror_preview": _mirrored_kinds,
    "mirror_file": _switch,
    "stats": _one_of(StatsDetail),
    "reduced_motion": _switch,
    "theme": _one_of(ThemeChoice),
    "photo_format": _one_of(PhotoFormat),
    "folder": _text,
    "model": _text,
    "photo_delay": _one_number_of(PHOTO_DELAYS),
    "countdown_sound": _switch,
    "photo_series": _one_of(PhotoSeries),
    "replay_seconds": _one_number_of(REPLAY_SECONDS),
    "video_quality": _one_of(VideoQuality),
    "video_format": _one_of(VideoFormat),
    "hardware_encoder": _switch,
    "split_megabytes": _one_number_of(SPLIT_MEGABYTES),
    "clean_copy": _switch,
    "global_shortcuts": _switch,
    "record_sound": _switch,
    "microphone": _text,
    "mute_videos": _switch,
    "virtual_camera": _switch,
    "mirror_virtual_camera": _switch,
    "virtual_camera_card": _text,
    "virtual_camera_height": _one_number_of(VIRTUAL_CAMERA_HEIGHTS),
    "virtual_camera_explained": _switch,
    "other_files": _texts,
    "last_recording": _text,
    "window": _place,
    "maximised": _switch,
    "shortcuts": _bindings,
}
