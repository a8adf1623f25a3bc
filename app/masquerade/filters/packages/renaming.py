"""Gives a filter package another display name, in its folder or its zip."""

import json
import os
import tempfile
import tomllib
import zipfile
from pathlib import Path

from masquerade.errors import FilterError
from masquerade.filters.format.tables.document import MANIFEST_FILE
from masquerade.filters.format.tables.toml_lines import Lines
from masquerade.filters.packages.archive import ZIP_ERRORS
from masquerade.filters.packages.packages import is_zip

_MAX_NAME_LETTERS = 60


def rename_package(path: Path, name: str) -> None:
    """Change the display name of a package; everything else, comments included, stays.

    The folder or zip keeps its own name, by which settings and command lines know the filter.

    Raises:
        FilterError: the name cannot be used, or the package cannot be read or written.
    """
    if not name.strip() or not name.isprintable() or len(name) > _MAX_NAME_LETTERS:
        raise FilterError(f"A filter's name must have 1 to {_MAX_NAME_LETTERS} characters on one line.")
    try:
        if is_zip(path):
            _rename_in_zip(path, name)
        else:
            manifest = path / MANIFEST_FILE
            replace_file(manifest, _renamed(manifest.read_bytes(), name))
    except (OSError, *ZIP_ERRORS) as error:
        raise FilterError(f"{path} could not be renamed ({error}).") from error


def _renamed(content: bytes, name: str) -> bytes:
    """Return a filter.toml with another name.

    Raises:
        ValueError: the name cannot be replaced without touching something else.
    """
    text = content.decode("utf-8")
    before = tomllib.loads(text)
    if "name" not in before:
        raise ValueError("it has no name")
    lines = text.splitlines(keepends=True)
    number = Lines(text).of(("name",)) - 1
    ending = lines[number][len(lines[number].rstrip("\r\n")) :]
    # JSON's escapes are TOML's, too.
    lines[number] = f"name = {json.dumps(name, ensure_ascii=False)}{ending}"
    changed = "".join(lines)
    if tomllib.loads(changed) != before | {"name": name}:
        raise ValueError("its name is not on a line of its own")
    return changed.encode("utf-8")


def _rename_in_zip(path: Path, name: str) -> None:
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=".new-", suffix=".part")
    os.close(handle)
    try:
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as new:
            (manifest,) = [each for each in old.namelist() if Path(each).name == MANIFEST_FILE]
            for entry in old.infolist():
                content = old.read(entry)
                new.writestr(entry, _renamed(content, name) if entry.filename == manifest else content)
        Path(part).replace(path)
    finally:
        Path(part).unlink(missing_ok=True)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file atomically."""
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(part).chmod(path.stat().st_mode)
        Path(part).replace(path)
    finally:
        Path(part).unlink(missing_ok=True)
