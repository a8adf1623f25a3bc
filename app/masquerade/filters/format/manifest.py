"""Reads filter.toml, and tells every problem of a package at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from masquerade.filters.format.art import Art
from masquerade.filters.format.document import MANIFEST_FILE, package_error, read_document
from masquerade.filters.format.face_readers import read_paint, read_warp
from masquerade.filters.format.image_layers import ImageLayer
from masquerade.filters.format.image_readers import costs, read_look, read_particles
from masquerade.filters.format.layer_art import load_layer_art
from masquerade.filters.format.layers import Layer
from masquerade.filters.format.readers import read_privacy, read_sticker
from masquerade.filters.format.table import Problem, Table, shown
from masquerade.filters.format.toml_lines import Lines

FORMAT = 1
MAX_KEYWORDS = 64
_LAYERS_MOST = 24


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package says about itself.

    Attributes:
        name: for people.
        licence: SPDX name.
        tags: the first one is the group in the gallery.
        keywords: further words that the gallery's search finds the filter by, in any language.
        hint: shown when the filter is chosen, or None.
        layers: in the order of painting.
        folder: of the package; its name is the filter's id.
    """

    name: str
    author: str
    licence: str
    tags: tuple[str, ...]
    hint: str | None
    layers: tuple[Layer | ImageLayer, ...]
    folder: Path
    keywords: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The folder's name, by which the command line calls the filter."""
        return self.folder.absolute().name


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Filter:
    """A package that is ready to be painted; immutable, may be shared between threads.

    Attributes:
        art: the pieces of each layer, in the order of its files; empty for one that draws nothing of its own.
    """

    manifest: Manifest
    art: tuple[tuple[Art, ...], ...]

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.manifest.id


def read_manifest(folder: Path) -> Manifest:
    """Read and checks the package in `folder`, its art included.

    Raises:
        PackageError: one line for each problem: file, line, layer, what is wrong, what may be meant.
    """
    return load_filter(folder).manifest


def load_filter(folder: Path, told_as: Path | None = None) -> Filter:
    """Read and checks the package in `folder` and keeps its art.

    Args:
        folder: of the package.
        told_as: what problems call it; None = the folder.

    Raises:
        PackageError: as `read_manifest`.
    """
    path = (told_as or folder) / MANIFEST_FILE
    document = read_document(folder / MANIFEST_FILE, path)
    problems: list[Problem] = []
    top = Table(document.content, "", problems, document.lines)
    if not top.has("format"):
        top.problem(f"'format' is missing; write format = {FORMAT}")
    elif (found := top.whole("format")) != FORMAT or isinstance(found, bool):
        top.problem(f"'format' must be {FORMAT}, not {shown(found)}; a newer Masquerade may read it")
        raise package_error(path, problems)
    head = read_head(top)
    top.close()
    layers, art = _read_layers(folder, head.layers, problems, document.lines)
    for problem in costs(layers):
        top.problem(problem)
    if problems:
        raise package_error(path, problems)
    manifest = Manifest(head.name, head.author, head.licence, head.tags, head.hint, layers, folder, head.keywords)
    return Filter(manifest, art)


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands above the layers, and their tables, unread."""

    name: str
    author: str
    licence: str
    tags: tuple[str, ...]
    keywords: tuple[str, ...]
    hint: str | None
    layers: list[dict[str, object]]


def read_head(top: Table) -> _Head:
    """Return what a filter.toml says besides its format and what its layers hold."""
    return _Head(
        name=top.text("name"),
        author=top.text("author"),
        licence=top.text("licence"),
        tags=top.texts("tags", 8),
        keywords=top.texts("keywords", MAX_KEYWORDS, ()),
        hint=top.text("hint", "", 80) or None,
        layers=top.tables("layer", _LAYERS_MOST),
    )


def _read_layers(
    folder: Path, tables: list[dict[str, object]], problems: list[Problem], lines: Lines
) -> tuple[tuple[Layer | ImageLayer, ...], tuple[tuple[Art, ...], ...]]:
    layers: list[Layer | ImageLayer] = []
    art: list[tuple[Art, ...]] = []
    for number, content in enumerate(tables, start=1):
        table = Table(content, f"layer {number}: ", problems, lines, ("layer", number - 1))
        kind = table.word("kind", KINDS)
        # Without a kind there is no telling which keys are right.
        if kind is None:
            continue
        layer = KINDS[kind](table)
        table.close()
        layers.append(layer)
        art.append(load_layer_art(folder, layer, table))
    return tuple(layers), tuple(art)


# Every kind of layer: the word in filter.toml, and what reads its table. The painters
# stand in the same closed way in render.py.
KINDS: Mapping[str, Callable[[Table], Layer | ImageLayer]] = MappingProxyType(
    {
        "sticker": read_sticker,
        "paint": read_paint,
        "warp": read_warp,
        "privacy": read_privacy,
        "look": read_look,
        "particles": read_particles,
    }
)
