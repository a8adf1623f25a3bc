"""Reads a package: filter.toml and its art. All problems are reported at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from masquerade.errors import PackageError
from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.image_layers import ImageLayer
from masquerade.filters.format.layers import Layer
from masquerade.filters.format.readers.backgrounds import BackgroundKeys, read_background
from masquerade.filters.format.readers.faces import (
    PaintKeys,
    RetouchKeys,
    WarpKeys,
    read_paint,
    read_retouch,
    read_warp,
)
from masquerade.filters.format.readers.images import LookKeys, ParticlesKeys, costs, read_look, read_particles
from masquerade.filters.format.readers.layer_art import load_layer_art
from masquerade.filters.format.readers.overlays import PrivacyKeys, StickerKeys, read_privacy, read_sticker
from masquerade.filters.format.readers.wraps import WrapKeys, read_wrap
from masquerade.filters.format.tables.document import (
    MANIFEST_FILE,
    Document,
    package_error,
    parse_document,
    read_document,
)
from masquerade.filters.format.tables.fields import Text, Texts, parse_tables
from masquerade.filters.format.tables.table import Field, InvalidValueError, Report, Schema, Spot, Table
from masquerade.filters.format.wording import nearest, one_of, shown

# Loads the art of a layer, and reports its problems in the layer's table.
LoadArt = Callable[[Layer | ImageLayer, Table], tuple[Art, ...]]

# Format 2 added the kinds in `_SINCE_2`; everything that format 1 knows is the same in both.
FORMATS = (1, 2)
_SINCE_2 = ("background", "retouch", "wrap")
_WRITTEN = [str(version) for version in FORMATS]
MAX_KEYWORDS = 64
_MAX_LAYERS = 24


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


def load_filter(folder: Path, shown_as: Path | None = None) -> Filter:
    """Read and check the package in `folder`, and keep its art.

    Args:
        folder: of the package.
        shown_as: the path that problems name; None = the folder.

    Raises:
        PackageError: one line for each problem: file, line, layer, what is wrong, what may be meant.
    """
    path = (shown_as or folder) / MANIFEST_FILE
    return _read(read_document(folder / MANIFEST_FILE, path), path, folder, partial(load_layer_art, folder))


def filter_of(text: str, art: tuple[tuple[Art, ...], ...], folder: Path) -> Filter:
    """Return the filter of a filter.toml whose art has been checked and loaded already.

    Raises:
        ValueError: the text and the art do not belong together.
    """
    document = parse_document(text, folder / MANIFEST_FILE)
    loaded = iter(art)
    try:
        return _read(document, folder / MANIFEST_FILE, folder, lambda _layer, _keys: next(loaded))
    except (PackageError, StopIteration) as error:
        raise ValueError(str(error)) from error


def list_manifest(folder: Path) -> Manifest:
    """Read a filter.toml without its art; for trusted packages.

    Raises:
        PackageError: as `load_filter`.
    """
    path = folder / MANIFEST_FILE
    return _read(read_document(path, path), path, folder, lambda _layer, _keys: ()).manifest


def _read(document: Document, path: Path, folder: Path, load: LoadArt) -> Filter:
    spot = Spot(Report(document.lines))
    problems = spot.report.problems
    version = document.content.get("format")
    if isinstance(version, int) and not isinstance(version, bool) and version > FORMATS[-1]:
        spot.error(
            f"'format' must be {one_of(_WRITTEN)}, not {shown(version)}; a newer Masquerade may read it", "format"
        )
        raise package_error(path, problems)
    head = HeadKeys(document.content, spot)
    layers, art = _read_layers(head.layer, spot, head.format, load)
    for problem in costs(layers):
        spot.error(problem, "layer")
    if problems:
        raise package_error(path, problems)
    hint = head.hint or None
    return Filter(Manifest(head.name, head.author, head.licence, head.tags, hint, layers, folder, head.keywords), art)


class _Format(Field[int]):
    """The version of the format."""

    def __init__(self) -> None:
        doc = f"`1`, or `2` for layers of the kind {one_of([f'`{kind}`' for kind in _SINCE_2])}"
        super().__init__(None, FORMATS[-1], doc, missing=f"is missing; write format = {FORMATS[-1]}")

    def _parse(self, value: object, spot: Spot) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value not in FORMATS:
            raise InvalidValueError(f"must be {one_of(_WRITTEN)}, not {shown(value)}")
        return value

    def _schema(self) -> Schema:
        return {"enum": list(FORMATS)}


class _Layers(Field[tuple[dict[str, object], ...]]):
    """The tables of the layers, unread: their `kind` decides what is in them."""

    def __init__(self) -> None:
        super().__init__(None, (), f"`[[layer]]`, 1 to {_MAX_LAYERS} times, painted in this order")

    def _parse(self, value: object, spot: Spot) -> tuple[dict[str, object], ...]:
        return tuple(parse_tables(value, self.key, _MAX_LAYERS))

    def _schema(self) -> Schema:
        return {"type": "array", "minItems": 1, "maxItems": _MAX_LAYERS}


class HeadKeys(Table):
    """What stands above the layers."""

    format = _Format()
    name = Text("display name, up to 60 characters")
    author = Text("who made it")
    licence = Text("SPDX name, such as `CC0-1.0`")
    tags = Texts("1 to 8 words; the first one is the group in the gallery", 8)
    keywords = Texts(
        'further words that the gallery finds it by, in any language: `["spectacles", "Brille", "lunettes"]`',
        MAX_KEYWORDS,
        default=(),
    )
    hint = Text('shown for a moment when the filter is chosen: `"Open your mouth"`', default="", max_length=80)
    layer = _Layers()


def _read_layers(
    tables: tuple[dict[str, object], ...], spot: Spot, version: int, load: LoadArt
) -> tuple[tuple[Layer | ImageLayer, ...], tuple[tuple[Art, ...], ...]]:
    layers: list[Layer | ImageLayer] = []
    art: list[tuple[Art, ...]] = []
    for number, content in enumerate(tables, start=1):
        at = spot.inner(f"layer {number}: ", "layer", number - 1)
        kind, rest = _find_kind(content, at)
        if kind is None:
            continue
        if version < FORMATS[-1] and content.get("kind") in _SINCE_2:
            at.error(f"kind = {shown(content['kind'])} needs format = {FORMATS[-1]} at the top of the file", "kind")
        keys = kind.keys(rest, at)
        layer = kind.read(keys)
        layers.append(layer)
        art.append(load(layer, keys))
    return tuple(layers), tuple(art)


def _find_kind(content: dict[str, object], spot: Spot) -> tuple["Kind | None", dict[str, object]]:
    """Return a layer's kind and its other keys; where the kind is wrong, report it and return the likely one.

    So the layer's other problems are reported, too. None where nothing speaks for one kind alone.
    """
    written = content.get("kind")
    rest = {key: value for key, value in content.items() if key != "kind"}
    if isinstance(written, str) and written in KINDS:
        return KINDS[written], rest
    if "kind" in content:
        near = nearest(written, KINDS) if isinstance(written, str) else ""
        hint = f" (did you mean '{near}'?)" if near else ""
        spot.error(f"'kind' must be {one_of(list(KINDS))}, not {shown(written)}{hint}", "kind")
        return (KINDS[near] if near else _likely_kind(rest)), rest
    misspelt = nearest("kind", content)
    spot.error("'kind' is missing" + (f"; is '{misspelt}' meant for it?" if misspelt else ""), misspelt)
    value = rest.pop(misspelt, None)
    return (KINDS[value] if isinstance(value, str) and value in KINDS else _likely_kind(rest)), rest


def _likely_kind(content: Mapping[str, object]) -> "Kind | None":
    """Return the only kind that has most of these keys."""
    counts = {name: len(content.keys() & kind.keys.fields.keys()) for name, kind in KINDS.items()}
    best = [name for name, count in counts.items() if count and count == max(counts.values())]
    return KINDS[best[0]] if len(best) == 1 else None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of layer.

    Attributes:
        keys: declares what its table may hold.
        read: makes the layer of a table that was read.
    """

    keys: type[Table]
    read: Callable[[Any], Layer | ImageLayer]


# The word in filter.toml, and how its table is read.
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "sticker": Kind(StickerKeys, read_sticker),
        "paint": Kind(PaintKeys, read_paint),
        "warp": Kind(WarpKeys, read_warp),
        "privacy": Kind(PrivacyKeys, read_privacy),
        "look": Kind(LookKeys, read_look),
        "particles": Kind(ParticlesKeys, read_particles),
        "wrap": Kind(WrapKeys, read_wrap),
        "retouch": Kind(RetouchKeys, read_retouch),
        "background": Kind(BackgroundKeys, read_background),
    }
)
