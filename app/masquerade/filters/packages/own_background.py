"""Writes a user's background as a package, and changes how it is placed in the frame."""

import json
import re
import shutil
import tomllib
from itertools import chain, count
from pathlib import Path

from masquerade.errors import FilterError
from masquerade.filters.format.image_layers import BackgroundEffect, Fit
from masquerade.filters.format.tables.document import MANIFEST_FILE
from masquerade.filters.packages.renaming import replace_file
from masquerade.filters.packages.skeleton import identifier_of

_MAX_NAME_LETTERS = 60
_MANIFEST = """\
format = 2
name = {name}
author = "Me"
licence = "CC0-1.0"
tags = ["backgrounds"]

[[layer]]
kind = "background"
effect = "{effect}"
art = "{art}"
fit = "fill"
pan = [0, 0]
"""
_KEY = re.compile(r"^[ \t]*(fit|pan)[ \t]*=.*$", re.MULTILINE)


def write_background(  # noqa: PLR0917 (all that is in a package)
    into: Path, name: str, art_name: str, content: bytes, effect: BackgroundEffect, beside: Path
) -> Path:
    """Write a package with one background layer into a folder and return the package's folder.

    Args:
        into: a folder of its own; created if missing.
        name: display name; what cannot stand in a filter's name is left out.
        art_name: of the art's file.
        content: of the art's file.
        effect: IMAGE or VIDEO.
        beside: the user's filters; a package that is there keeps its id, and this one gets a number.

    Raises:
        FilterError: the folder cannot be written.
    """
    shown = "".join(letter for letter in name if letter.isprintable()).strip()[:_MAX_NAME_LETTERS] or "My background"
    package = into / _free_id(f"background-{identifier_of(shown) or 'mine'}", beside)
    try:
        package.mkdir(parents=True)
        (package / art_name).write_bytes(content)
        manifest = _MANIFEST.format(name=json.dumps(shown, ensure_ascii=False), effect=effect, art=art_name)
        (package / MANIFEST_FILE).write_text(manifest, encoding="utf-8")
    except OSError as error:
        shutil.rmtree(package, ignore_errors=True)
        raise FilterError(f"{package} cannot be written ({error.strerror}). Free some space and try again.") from error
    return package


def _free_id(wanted: str, beside: Path) -> str:
    names = chain([wanted], (f"{wanted}-{number}" for number in count(2)))
    return next(name for name in names if not (beside / name).exists() and not (beside / f"{name}.zip").exists())


def place_background(package: Path, fit: Fit, pan: tuple[float, float]) -> None:
    """Change `fit` and `pan` in a package that has them once, each on a line of its own.

    Args:
        package: the folder of a background of the user's own.
        fit: FILL cuts it to the frame, FIT leaves bars.
        pan: which part FILL keeps, -1 to 1 across and down.

    Raises:
        FilterError: the package is none of these, or cannot be read or written.
    """
    manifest = package / MANIFEST_FILE
    lines = {"fit": f'fit = "{fit}"', "pan": f"pan = [{pan[0]:g}, {pan[1]:g}]"}
    try:
        text = manifest.read_text(encoding="utf-8")
        changed = _KEY.sub(lambda found: lines[found[1]], text)
        (before,), (after,) = (tomllib.loads(each)["layer"] for each in (text, changed))
        if after != before | {"fit": str(fit), "pan": list(pan)} or not {"fit", "pan"} <= before.keys():
            raise ValueError("its layer has no 'fit' and 'pan'")
        replace_file(manifest, changed.encode("utf-8"))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise FilterError(
            f"{package} cannot be placed from here ({error}). Change 'fit' and 'pan' in its {MANIFEST_FILE}."
        ) from error
