"""Writes a small working filter package for an artist to begin with."""

import re
import shutil
import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from masquerade.errors import FilterError
from masquerade.filters.format.schema import schema_text
from masquerade.filters.format.tables.document import MANIFEST_FILE
from masquerade.filters.packages.hat_skeleton import HAT_ART, HAT_ART_FILE, HAT_MANIFEST
from masquerade.filters.packages.paint_skeleton import PAINT_ART_FILE, PAINT_MANIFEST, paint_art

SCHEMA_FILE = "filter.schema.json"
_ART_FILE = "glasses.svg"
# Windows has no folders of these names.
_DEVICE = re.compile(r"con|prn|aux|nul|(?:com|lpt)\d")

_MANIFEST = """\
#:schema ./filter.schema.json
# A Masquerade filter. docs/filters.md explains every key; `masquerade filters check FOLDER` checks it.
format = 1
name = "{name}"
author = "{author}"
licence = "CC0-1.0"
tags = ["glasses"]                   # the first tag is its group in the gallery
# hint = "Open your mouth"           # shown for a moment when the filter is chosen

# Layers are painted in this order: first the shadow on the skin, then the glasses.
[[layer]]
kind = "sticker"
art = "{art}"
part = "shadow"                      # only the group with this id
anchors = {{ right_eye_center = [200, 160], left_eye_center = [440, 160] }}
blend = "multiply"

[[layer]]
kind = "sticker"
art = "{art}"
part = "frame"
# Places of the art, in the units of its viewBox, and the points of the face they are laid on.
# Left and right are the person's own: the right eye is on the left of the image.
anchors = {{ right_eye_center = [200, 160], left_eye_center = [440, 160] }}
"""

_ART = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 320">
  <defs>
    <linearGradient id="rim" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="#5b8def"/>
      <stop offset="1" stop-color="#1f3f8f"/>
    </linearGradient>
    <radialGradient id="contact" cx=".5" cy=".5" r=".5">
      <stop offset="0" stop-color="#000" stop-opacity=".30"/>
      <stop offset="1" stop-color="#000" stop-opacity="0"/>
    </radialGradient>
  </defs>
  <g id="shadow">
    <ellipse cx="200" cy="185" rx="125" ry="115" fill="url(#contact)"/>
    <ellipse cx="440" cy="185" rx="125" ry="115" fill="url(#contact)"/>
  </g>
  <g id="frame">
    <circle cx="200" cy="165" r="88" fill="#dfeaff" fill-opacity=".18" stroke="url(#rim)" stroke-width="18"/>
    <circle cx="440" cy="165" r="88" fill="#dfeaff" fill-opacity=".18" stroke="url(#rim)" stroke-width="18"/>
    <path d="M286 148 Q 320 122 354 148" fill="none" stroke="url(#rim)" stroke-width="16" stroke-linecap="round"/>
    <path d="M112 150 L 66 138 M528 150 L 574 138" stroke="url(#rim)" stroke-width="16" stroke-linecap="round"/>
    <path d="M139 128 A 70 70 0 0 1 176 98 M379 128 A 70 70 0 0 1 416 98" fill="none" stroke="#fff"
          stroke-opacity=".65" stroke-width="6" stroke-linecap="round"/>
  </g>
</svg>
"""


class Template(StrEnum):
    """What a new package contains."""

    GLASSES = "glasses"
    HAT = "hat"
    PAINT = "paint"


# Words of a name that say which template is meant.
_WORDS: Mapping[Template, frozenset[str]] = MappingProxyType(
    {
        Template.HAT: frozenset(
            {"hat", "cap", "crown", "helmet", "beanie", "tiara", "hood", "fez", "fedora", "beret", "bonnet", "turban"}
        ),
        Template.PAINT: frozenset({"paint", "makeup", "tattoo", "freckles", "blush"}),
        Template.GLASSES: frozenset({"glasses", "sunglasses", "spectacles", "shades", "goggles", "monocle"}),
    }
)
_FILES: Mapping[Template, tuple[str, str, Callable[[], str]]] = MappingProxyType(
    {
        Template.GLASSES: (_MANIFEST, _ART_FILE, lambda: _ART),
        Template.HAT: (HAT_MANIFEST, HAT_ART_FILE, lambda: HAT_ART),
        Template.PAINT: (PAINT_MANIFEST, PAINT_ART_FILE, paint_art),
    }
)


def template_for(name: str) -> Template:
    """Return the template that matches a name; glasses if none does."""
    words = set(re.findall(r"[a-z]+", name.lower()))
    return next((template for template, known in _WORDS.items() if words & known), Template.GLASSES)


def new_package(folder: Path, name: str, author: str = "Me", template: Template = Template.GLASSES) -> Path:
    """Write a working package into a new folder inside `folder` and return that folder.

    Args:
        folder: where packages lie; created if missing.
        name: display name; the new folder has it in small letters with hyphens.
        author: display name.
        template: what it begins with.

    Raises:
        FilterError: the name has no letter or digit, or is too long; or the folder exists or
            cannot be written.
    """
    identifier = identifier_of(name)
    if not identifier or len(name) > 60 or not name.isprintable():
        raise FilterError(
            f"{name!r} cannot be a filter's name. Use 1 to 60 letters and digits, such as 'Blue glasses'."
        )
    package = folder / identifier
    try:
        folder.mkdir(parents=True, exist_ok=True)
        package.mkdir()
        _fill(package, name, author, template)
    except FileExistsError as error:
        raise FilterError(f"{package} already exists. Choose another name, or delete it first.") from error
    except OSError as error:
        raise FilterError(f"{package} cannot be written ({error.strerror}). Choose another folder.") from error
    return package


def _fill(package: Path, name: str, author: str, template: Template) -> None:
    manifest, file, art = _FILES[template]
    text = manifest.format(name=_quoted(name), author=_quoted(author[:60]), art=file)
    try:
        (package / MANIFEST_FILE).write_text(text, encoding="utf-8")
        (package / file).write_text(art(), encoding="utf-8")
        # Editors that know TOML find it by the manifest's first line.
        (package / SCHEMA_FILE).write_text(schema_text(), encoding="utf-8")
    except OSError:
        # Half a package would be in the way of the next try.
        shutil.rmtree(package, ignore_errors=True)
        raise


def identifier_of(name: str) -> str:
    """Return the name in small plain letters and digits with hyphens: "Frühling!" is "fruhling"."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    identifier = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return f"{identifier}-filter" if _DEVICE.fullmatch(identifier) else identifier


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
