"""Reads the tables of layers that belong to the whole image: looks and particles."""

import re
from collections.abc import Sequence
from itertools import pairwise

from masquerade.filters.format.image_layers import (
    IMAGE_TOP,
    Colour,
    Curve,
    Flight,
    ImageLayer,
    LookArea,
    LookLayer,
    ParticlesLayer,
)
from masquerade.filters.format.layers import Blend, Layer, Motion
from masquerade.filters.format.readers import read_trigger
from masquerade.filters.format.table import Table, nearest, shown
from masquerade.geometry.head import HEAD_POINTS

_FADING = (Motion.SHOW, Motion.HIDE)
_CURVE_MOST = 16
_COLOURS_MOST = 16
_ART_MOST = 8
_PLACES_MOST = 6
_PARTICLES_MOST = 200
# Of a whole package: each look costs a tenth of a frame's time, and so do so many particles.
_LOOKS_IN_ALL, _PARTICLES_IN_ALL = 4, 400
_COLOUR_SCHEMA = {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"}


def read_look(table: Table) -> LookLayer:
    """Return what `[[layer]]` of kind "look" says."""
    area = table.choice("area", LookArea, LookArea.IMAGE)
    layer = LookLayer(
        area=area,
        levels=_whole(table, "levels", 0, 32),
        lines=table.number("lines", 0.0, 0.0, 1.0),
        line_colour=_colour(table, "line_colour", (20, 16, 28)),
        soft=table.flag("soft", False),
        saturation=table.number("saturation", 1.0, 0.0, 2.0),
        gradient=_gradient(table),
        curve=_curve(table, "curve"),
        red=_curve(table, "red"),
        green=_curve(table, "green"),
        blue=_curve(table, "blue"),
        glow=table.number("glow", 0.0, 0.0, 1.0),
        vignette=table.number("vignette", 0.0, 0.0, 1.0),
        grain=table.number("grain", 0.0, 0.0, 1.0),
        opacity=table.number("opacity", 1.0, 0.0, 1.0),
        trigger=read_trigger(table, _FADING),
    )
    if layer.vignette > 0.0 and area is LookArea.FACE:
        table.problem("'vignette' darkens the image's corners; with area = \"face\" there are none")
    return layer


def read_particles(table: Table) -> ParticlesLayer:
    """Return what `[[layer]]` of kind "particles" says."""
    life = _range(table, "life", (1.5, 2.5), 0.1, 20.0)
    layer = ParticlesLayer(
        art=_words(table, "art", _ART_MOST),
        places=_places(table),
        offset=table.pair("offset", (0.0, 0.0), -5.0, 5.0),
        area=table.pair("area", (0.0, 0.0), 0.0, 10.0),
        rate=table.number("rate", 0.0, 0.0, 100.0),
        burst=_whole(table, "burst", 0, 100),
        most=_whole(table, "most", 1, _PARTICLES_MOST, 60),
        life=life,
        size=_range(table, "size", (0.2, 0.4), 0.01, 2.0),
        grow=table.number("grow", 1.0, 0.0, 6.0),
        tilt=table.number("tilt", 0.0, 0.0, 180.0),
        fade=table.pair("fade", (0.1, 0.3), 0.0, 1.0),
        flight=_read_flight(table),
        blend=table.choice("blend", Blend, Blend.NORMAL),
        opacity=table.number("opacity", 1.0, 0.0, 1.0),
        seed=_whole(table, "seed", 0, 999_999),
        trigger=read_trigger(table, (*_FADING, Motion.SPAWN)),
    )
    spawns = layer.trigger is not None and layer.trigger.motion is Motion.SPAWN
    if layer.burst > 0 and not spawns:
        table.problem("'burst' needs a trigger with motion = \"spawn\"")
    if spawns and layer.burst == 0:
        table.problem("motion = \"spawn\" needs a 'burst' (particles born at once)")
    if not spawns and layer.rate == 0.0:
        table.problem("'rate' is missing (particles born a second)")
    if spawns and layer.rate > 0.0:
        table.problem("'rate' and 'burst' need a layer each")
    return layer


def costs(layers: Sequence[Layer | ImageLayer]) -> tuple[str, ...]:
    """Return what is too much in a package, so that no stranger's filter stops the image."""
    looks = sum(isinstance(layer, LookLayer) for layer in layers)
    particles = sum(layer.most for layer in layers if isinstance(layer, ParticlesLayer))
    problems = []
    if looks > _LOOKS_IN_ALL:
        problems.append(f"has {looks} looks; at most {_LOOKS_IN_ALL} are allowed")
    if particles > _PARTICLES_IN_ALL:
        problems.append(f"may have {particles} particles alive ('most' of all layers); {_PARTICLES_IN_ALL} are allowed")
    return tuple(problems)


def _read_flight(table: Table) -> Flight:
    return Flight(
        speed=_range(table, "speed", (0.5, 1.0), 0.0, 20.0),
        direction=table.number("direction", 0.0, -180.0, 180.0),
        spread=table.number("spread", 20.0, 0.0, 180.0),
        gravity=table.number("gravity", 0.0, -20.0, 20.0),
        drag=table.number("drag", 0.0, 0.0, 20.0),
        sway=table.pair("sway", (0.0, 2.0), 0.0, 20.0),
        spin=_range(table, "spin", (0.0, 0.0), -1080.0, 1080.0),
        flip=_range(table, "flip", (0.0, 0.0), 0.0, 10.0),
        cling=table.number("cling", 0.0, 0.0, 1.0),
    )


def _range(table: Table, key: str, default: tuple[float, float], low: float, high: float) -> tuple[float, float]:
    least, most = table.pair(key, default, low, high)
    if least > most:
        table.problem(f"'{key}' must be the least and the most, not [{least:g}, {most:g}]")
        return default
    return least, most


def _whole(table: Table, key: str, low: int, high: int, default: int | None = None) -> int:
    default = low if default is None else default
    value = table.whole(key, {"type": "integer", "minimum": low, "maximum": high, "default": default})
    if value is None:
        return default
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    table.problem(f"'{key}' must be a whole number from {low} to {high}, not {shown(value)}")
    return default


def _words(table: Table, key: str, most: int) -> tuple[str, ...]:
    """Return a text, or a list of 1 to `most`; it must be there."""
    text = {"type": "string", "minLength": 1, "maxLength": 100}
    many = {"type": "array", "items": text, "minItems": 1, "maxItems": most}
    value = table.whole(key, {"anyOf": [text, many]})
    words = value if isinstance(value, list) else [value]
    if value is None:
        table.problem(f"'{key}' is missing")
    elif 1 <= len(words) <= most and all(isinstance(word, str) and 0 < len(word) <= 100 for word in words):
        return tuple(words)
    else:
        table.problem(f"'{key}' must be a text or a list of 1 to {most} texts, not {shown(value)}")
    return ()


def _places(table: Table) -> tuple[str, ...]:
    places = _words(table, "from", _PLACES_MOST)
    for place in places:
        if place not in (IMAGE_TOP, *HEAD_POINTS):
            table.problem(f"unknown place {shown(place)} in 'from'{nearest(place, (IMAGE_TOP, *HEAD_POINTS))}")
    if IMAGE_TOP in places and len(places) > 1:
        table.problem(f"'{IMAGE_TOP}' stands alone in 'from'; use a layer each")
    return tuple(place for place in places if place == IMAGE_TOP or place in HEAD_POINTS)


def _colour(table: Table, key: str, default: Colour) -> Colour:
    value = table.whole(key, _COLOUR_SCHEMA)
    if value is None:
        return default
    colour = _parsed(value)
    if colour is None:
        table.problem(f"'{key}' must be a colour such as \"#ff8800\", not {shown(value)}")
    return colour or default


def _gradient(table: Table) -> tuple[Colour, ...]:
    value = table.whole(
        "gradient", {"type": "array", "items": _COLOUR_SCHEMA, "minItems": 2, "maxItems": _COLOURS_MOST}
    )
    if value is None:
        return ()
    colours = [_parsed(each) for each in value] if isinstance(value, list) else []
    if not 2 <= len(colours) <= _COLOURS_MOST or None in colours:
        table.problem(
            f"'gradient' must be a list of 2 to {_COLOURS_MOST} colours such as \"#ff8800\", not {shown(value)}"
        )
        return ()
    return tuple(colour for colour in colours if colour is not None)


def _parsed(value: object) -> Colour | None:
    if not isinstance(value, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        return None
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


def _curve(table: Table, key: str) -> Curve:
    number = {"type": "number", "minimum": 0, "maximum": 255}
    point = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
    value = table.whole(key, {"type": "array", "items": point, "minItems": 2, "maxItems": _CURVE_MOST})
    if value is None:
        return ()
    points = value if isinstance(value, list) else []
    right = 2 <= len(points) <= _CURVE_MOST and all(_is_point(point) for point in points)
    if not right or any(after[0] <= before[0] for before, after in pairwise(points)):
        table.problem(
            f"'{key}' must be 2 to {_CURVE_MOST} points [before, after] from 0 to 255, rising in the first, "
            f"not {shown(value)}"
        )
        return ()
    return tuple((float(before), float(after)) for before, after in points)


def _is_point(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(each, int | float) and not isinstance(each, bool) and 0 <= each <= 255 for each in value)
    )
