"""Puts filter packages where the user's own ones lie: a copy of one, or a new one to begin with."""

import re
import shutil
import tempfile
from pathlib import Path

from app.errors import FilterError
from app.filters.manifest import MANIFEST_FILE, load_filter

_NEW_ART = "art.svg"

_NEW_MANIFEST = """\
# A filter is a folder with this file and its art in it. Change something, then run
#     masquerade filters check {folder}
format = 1
name = "{name}"
author = "{author}"
licence = "CC0-1.0"
tags = ["mine"]                 # the first one is its group in the gallery
# hint = "Open your mouth"      # shown once, when the filter is chosen

# Layers are painted in this order. Each lays one piece of art on the face.
[[layer]]
kind = "sticker"
art = "art.svg"                 # SVG or PNG, in this folder
# Where the art's own points (in units of its viewBox) go on the face. Left and right are
# the person's own. Other points: nose_tip, mouth_center_top_lip, forehead, head_top, chin...
anchors = {{ right_eye_center = [120, 100], left_eye_center = [280, 100] }}
opacity = 1.0
# depth = -0.1                  # in eye distances: before (-) or behind (+) its anchors
# lag = 0.1                     # seconds it trails the head
# [layer.trigger]               # show it only while the mouth is open:
# on = "mouth_open"
# motion = "show"               # or "hide", "slide"
# seconds = 0.18
"""

# Round party glasses: enough to see on a face at once, and to change.
_NEW_PICTURE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200">
  <defs>
    <linearGradient id="frame" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="#ff8a5c"/>
      <stop offset="1" stop-color="#c2264b"/>
    </linearGradient>
    <linearGradient id="glass" x1="0" y1="0" x2="1" y2="1">
      <stop offset="0" stop-color="#ffffff" stop-opacity="0.55"/>
      <stop offset="0.5" stop-color="#ffd9a0" stop-opacity="0.18"/>
      <stop offset="1" stop-color="#ffb060" stop-opacity="0.30"/>
    </linearGradient>
  </defs>
  <g fill="url(#glass)" stroke="url(#frame)" stroke-width="14">
    <circle cx="120" cy="106" r="66"/>
    <circle cx="280" cy="106" r="66"/>
  </g>
  <g fill="none" stroke="#c2264b" stroke-width="12" stroke-linecap="round">
    <path d="M186 98 Q200 82 214 98"/>
    <path d="M54 92 L22 80"/>
    <path d="M346 92 L378 80"/>
  </g>
  <g fill="none" stroke="#ffffff" stroke-width="5" stroke-linecap="round" stroke-opacity="0.7">
    <path d="M78 76 Q92 56 116 52"/>
    <path d="M238 76 Q252 56 276 52"/>
  </g>
</svg>
"""


def install_package(folder: Path, into: Path) -> Path:
    """Checks a package and copies it; one of the same name there is replaced.

    Args:
        folder: the package.
        into: the user's filters; made where it is missing.

    Returns:
        The copy.

    Raises:
        FilterError: the package is broken, or `into` cannot be written.
    """
    load_filter(folder)
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.is_symlink()]
    return _place(into / folder.resolve().name, {path.name: path.read_bytes() for path in files})


def new_package(name: str, author: str, into: Path) -> Path:
    """Makes a small package that works, to begin with.

    Args:
        name: for people; its folder's name is made from it.
        author: who makes it.
        into: where the folder is put; made where it is missing.

    Returns:
        The new folder.

    Raises:
        FilterError: there is one of this name already, no letter in the name, or `into`
            cannot be written.
    """
    identity = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not identity:
        raise FilterError(f"'{name}' cannot name a filter: a letter from a to z or a digit is needed.")
    folder = into / identity
    if folder.exists():
        raise FilterError(f"There is a filter in {folder} already. Choose another name.")
    manifest = _NEW_MANIFEST.format(folder=folder, name=_toml_text(name), author=_toml_text(author))
    return _place(folder, {MANIFEST_FILE: manifest.encode(), _NEW_ART: _NEW_PICTURE.encode()})


def _toml_text(text: str) -> str:
    """Makes a text fit between two quotation marks."""
    plain = "".join(letter for letter in text if letter.isprintable())
    return plain.replace("\\", "\\\\").replace('"', '\\"')


def _place(folder: Path, files: dict[str, bytes]) -> Path:
    """Writes a folder under a hidden name first, so that no half package is ever seen."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as temporary:
            fresh = Path(temporary) / "fresh"
            fresh.mkdir()
            for name, content in files.items():
                (fresh / name).write_bytes(content)
            if folder.exists():
                shutil.move(folder, Path(temporary) / "older")
            fresh.rename(folder)
    except OSError as error:
        raise FilterError(f"The filter cannot be put into {folder.parent} ({error.strerror}).") from error
    return folder
