"""Declares and reads the layers that change the face itself: warps and paint."""

import math

from masquerade.filters.format.art.svg import ArtBox
from masquerade.filters.format.face_template import TEMPLATE_WH
from masquerade.filters.format.layers import Blend, PaintLayer, RetouchLayer, WarpLayer, WarpMove
from masquerade.filters.format.readers.overlays import FADING, TriggerField
from masquerade.filters.format.tables.fields import Choice, Flag, Number, OneOrTwo, Pair, Tables, Text, Word
from masquerade.filters.format.tables.table import Table
from masquerade.geometry.head import HEAD_ANCHORS

_MAX_MOVES = 12
# A middle moved by more of its radius would fold the image.
_MAX_SHIFT = 0.6
_MAX_ASPECT_ERROR = 0.01


class MoveKeys(Table):
    """`[[layer.move]]`."""

    at = Word(HEAD_ANCHORS, "nose_tip", "the place of the head that it is fixed to, any of those above")
    offset = Pair(-3.0, 3.0, (0.0, 0.0), "eye distances from there to its middle, `[x, y]`")
    radius = OneOrTwo(0.05, 3.0, 0.5, "eye distances from its middle to its edge, one number or `[x, y]`, 0.05 to 3")
    size = OneOrTwo(0.5, 4.0, 1.0, "magnification of the middle, one number or `[x, y]`: 2 is twice as large, 0.5 half")
    shift = Pair(-1.8, 1.8, (0.0, 0.0), "eye distances that the middle is moved, `[x, y]`; at most 0.6 of the radius")


def _read_move(keys: Table) -> WarpMove:
    assert isinstance(keys, MoveKeys)
    move = WarpMove(keys.at, keys.offset, keys.radius, keys.size, keys.shift)
    shift = math.hypot(move.shift[0] / move.radius[0], move.shift[1] / move.radius[1])
    if keys.valid("shift", "radius") and shift > _MAX_SHIFT:
        keys.error("shift", f"must be at most {_MAX_SHIFT:g} of the radius, or the image would fold")
    if keys.valid("size", "shift") and move.size == (1.0, 1.0) and move.shift == (0.0, 0.0):
        keys.spot.error("does nothing: it needs a 'size' or a 'shift'")
    return move


class WarpKeys(Table):
    """`[[layer]]` of kind "warp"."""

    move = Tables(MoveKeys, _read_move, _MAX_MOVES, "1 to 12 moves, one after another, see below")
    trigger = TriggerField(FADING)


class PaintKeys(Table):
    """`[[layer]]` of kind "paint"."""

    art = Text("name of an `.svg` or `.png` in the same folder, drawn on the template below", max_length=100)
    part = Text("id of the only SVG group to draw", default="", max_length=100)
    blend = Choice(
        Blend,
        "`normal` is opaque paint; `multiply`, `screen`, `overlay` and `soft_light` tint the skin",
        default=Blend.NORMAL,
    )
    light = Number(
        0.0, 1.0, 1.0, "with `normal` only: how much of the skin's own light, shade and grain the paint keeps, 0 to 1"
    )
    opacity = Number(0.0, 1.0, 1.0, "0 to 1")
    over_mouth = Flag(False, "`true` paints the inside of an open mouth, too")
    over_eyes = Flag(False, "`true` paints over the eyes, which are cut out between their corners otherwise")
    hair_colour = Flag(
        False, "`true` dyes it in the colour of this person's brows (a beard); its lights and shades stay"
    )
    trigger = TriggerField(FADING)


class RetouchKeys(Table):
    """`[[layer]]` of kind "retouch"."""

    smooth = Number(0.0, 1.0, 0.6, "how much of the skin's unevenness is removed, 0 to 1; pores stay")
    light = Number(0.0, 1.0, 0.2, "how much brighter the skin becomes, 0 to 1")
    trigger = TriggerField(FADING)


def read_retouch(keys: RetouchKeys) -> RetouchLayer:
    """Return the layer."""
    return RetouchLayer(keys.smooth, keys.light, keys.trigger)


def read_warp(keys: WarpKeys) -> WarpLayer:
    """Return the layer."""
    return WarpLayer(keys.move, keys.trigger)


def read_paint(keys: PaintKeys) -> PaintLayer:
    """Return the layer, after comparing its keys with each other."""
    if keys.valid("blend", "light") and keys.blend is not Blend.NORMAL and keys.has("light"):
        keys.error("light", "only applies to the blend 'normal'; the others keep the skin's light by themselves")
    return PaintLayer(
        art=keys.art,
        part=keys.part or None,
        blend=keys.blend,
        opacity=keys.opacity,
        light=keys.light,
        over_mouth=keys.over_mouth,
        over_eyes=keys.over_eyes,
        hair_colour=keys.hair_colour,
        trigger=keys.trigger,
    )


def paint_problem(box: ArtBox) -> str | None:
    """Return why art of this box is not drawn on the template of face paint, or None."""
    width, height = TEMPLATE_WH
    if abs(box.width * height / (box.height * width) - 1.0) <= _MAX_ASPECT_ERROR:
        return None
    return f"is {box.width:g} x {box.height:g}; face paint is drawn on {width:g} x {height:g} or a multiple of it"
