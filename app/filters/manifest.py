"""Reads filter.toml, and tells every fault of a package at once."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app.errors import FilterError
from app.filters.art import Art, load_art
from app.filters.layers import (
    Anchor,
    Area,
    Blend,
    Effect,
    Follow,
    Layer,
    LayerTrigger,
    Motion,
    PrivacyLayer,
    StickerLayer,
)
from app.filters.table import Table, nearest, shown
from app.geometry.head import HEAD_POINTS
from app.values import Trigger

MANIFEST_FILE = "filter.toml"
FORMAT = 1
_BYTES_MOST = 100_000
_LAYERS_MOST = 24
_ANCHORS_MOST = 6


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package says about itself.

    Attributes:
        name: for people.
        licence: SPDX name.
        tags: the first one is the group in the gallery.
        hint: shown when the filter is chosen, or None.
        layers: in the order of painting.
        folder: of the package; its name is the filter's id.
    """

    name: str
    author: str
    licence: str
    tags: tuple[str, ...]
    hint: str | None
    layers: tuple[Layer, ...]
    folder: Path

    @property
    def id(self) -> str:
        """The folder's name, by which the command line calls the filter."""
        return self.folder.absolute().name


@dataclass(frozen=True, slots=True, eq=False)
class Filter:
    """A package that is ready to be painted; immutable, may be shared between threads.

    Attributes:
        art: one for each layer; None for a layer that draws nothing of its own.
    """

    manifest: Manifest
    art: tuple[Art | None, ...]

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.manifest.id


def read_manifest(folder: Path) -> Manifest:
    """Reads and checks the package in `folder`, its art included.

    Raises:
        FilterError: one line for each fault: file, layer, what is wrong, what may be meant.
    """
    return load_filter(folder).manifest


def load_filter(folder: Path) -> Filter:
    """Reads and checks the package in `folder` and keeps its art.

    Raises:
        FilterError: as `read_manifest`.
    """
    path = folder / MANIFEST_FILE
    faults: list[str] = []
    top = Table(_read_toml(path), "", faults)
    if not top.has("format"):
        top.fault(f"'format' is missing; write format = {FORMAT}")
    elif (found := top.whole("format")) != FORMAT or isinstance(found, bool):
        raise FilterError(f"{path}: 'format' must be {FORMAT}, not {shown(found)}; a newer Masquerade may read it")
    name, author, licence = top.text("name"), top.text("author"), top.text("licence")
    tags = top.texts("tags", 8)
    hint = top.text("hint", "", 80) or None
    tables = top.tables("layer", _LAYERS_MOST)
    top.close()
    layers, art = _read_layers(folder, tables, faults)
    if faults:
        raise FilterError("\n".join(f"{path}: {fault}" for fault in faults))
    return Filter(Manifest(name, author, licence, tags, hint, layers, folder), art)


def _read_toml(path: Path) -> dict[str, object]:
    try:
        if path.is_symlink() or not path.is_file():
            raise FilterError(f"{path}: there is no such file; a filter is a folder with a {MANIFEST_FILE} in it")
        if path.stat().st_size > _BYTES_MOST:
            raise FilterError(f"{path}: is larger than {_BYTES_MOST // 1000} kB")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FilterError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise FilterError(f"{path}: is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise FilterError(f"{path}: is not TOML: {error}") from error
    except RecursionError as error:
        raise FilterError(f"{path}: has too many brackets inside each other") from error


def _read_layers(
    folder: Path, tables: list[dict[str, object]], faults: list[str]
) -> tuple[tuple[Layer, ...], tuple[Art | None, ...]]:
    layers: list[Layer] = []
    art: list[Art | None] = []
    for number, content in enumerate(tables, start=1):
        table = Table(content, f"layer {number}: ", faults)
        kind = table.word("kind", KINDS)
        # Without a kind there is no telling which keys are right.
        if kind is None:
            continue
        layer = KINDS[kind](table)
        table.close()
        layers.append(layer)
        art.append(_load_layer_art(folder, layer, table))
    return tuple(layers), tuple(art)


def _load_layer_art(folder: Path, layer: Layer, table: Table) -> Art | None:
    if not isinstance(layer, StickerLayer) or not layer.art:
        return None
    art, faults = load_art(folder, layer.art, layer.part)
    for fault in faults:
        table.fault(fault)
    return art


def _read_sticker(table: Table) -> StickerLayer:
    anchors = _read_anchors(table)
    width = table.number("width", 0.0, 0.01, 20.0) if table.has("width") else None
    if len(anchors) == 1 and width is None:
        table.fault("one anchor alone tells no size: 'width' is missing (eye distances that the art is wide)")
    if len(anchors) > 1 and width is not None:
        table.fault("'width' is for one anchor alone; with more, the anchors tell the size")
    return StickerLayer(
        art=table.text("art", longest=100),
        part=table.text("part", "", 100) or None,
        anchors=anchors,
        width=width,
        follows=table.choices("follows", Follow),
        depth=table.number("depth", 0.0, -6.0, 6.0),
        turn=table.pair("turn", (0.0, 0.0), -180.0, 180.0),
        behind=table.flag("behind", False),
        blend=table.choice("blend", Blend, Blend.NORMAL),
        opacity=table.number("opacity", 1.0, 0.0, 1.0),
        lag=table.number("lag", 0.0, 0.0, 2.0),
        trigger=_read_trigger(table),
    )


def _read_anchors(table: Table) -> tuple[Anchor, ...]:
    inner = table.table("anchors", "")
    if inner is None:
        if not table.has("anchors"):
            table.fault("'anchors' is missing; write anchors = { nose_tip = [x, y] }")
        return ()
    anchors = []
    places = inner.rest()
    for name in places:
        if name not in HEAD_POINTS:
            table.fault(f"unknown anchor {shown(name)}{nearest(name, HEAD_POINTS)}")
        else:
            x, y = inner.pair(name, (0.0, 0.0), -1e5, 1e5)
            anchors.append(Anchor(name, x, y))
    if not 1 <= len(places) <= _ANCHORS_MOST:
        table.fault(f"'anchors' must hold 1 to {_ANCHORS_MOST} places, not {len(places)}")
    elif len(anchors) > 1 and len({(anchor.x, anchor.y) for anchor in anchors}) == 1:
        table.fault("the anchors are all one place of the art, which tells no size")
    return tuple(anchors)


def _read_trigger(table: Table) -> LayerTrigger | None:
    inner = table.table("trigger", "trigger: ")
    if inner is None:
        return None
    trigger = LayerTrigger(
        on=inner.choice("on", Trigger),
        motion=inner.choice("motion", Motion, Motion.SHOW),
        seconds=inner.number("seconds", 0.18, 0.0, 5.0),
    )
    inner.close()
    return trigger


def _read_privacy(table: Table) -> PrivacyLayer:
    return PrivacyLayer(
        effect=table.choice("effect", Effect),
        area=table.choice("area", Area, Area.HEAD),
        strength=table.number("strength", 0.5, 0.0, 1.0),
    )


# Every kind of layer: the word in filter.toml, and what reads its table. The painters
# stand in the same closed way in render.py.
KINDS: Mapping[str, Callable[[Table], Layer]] = MappingProxyType({"sticker": _read_sticker, "privacy": _read_privacy})
