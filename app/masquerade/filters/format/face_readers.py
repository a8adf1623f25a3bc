"""Reads the tables of layers that change the face itself: warps and paint."""

import math

from masquerade.filters.format.face_template import TEMPLATE_WH
from masquerade.filters.format.layers import Blend, Motion, PaintLayer, WarpLayer, WarpMove
from masquerade.filters.format.readers import read_trigger
from masquerade.filters.format.svg import ArtBox
from masquerade.filters.format.table import Table
from masquerade.geometry.head import HEAD_POINTS

_MOVES_MOST = 12
# A middle moved by more of its radius would fold the image.
_SHIFT_MOST = 0.6
_ASPECT_OFF_MOST = 0.01
_FADING = (Motion.SHOW, Motion.HIDE)


def read_warp(table: Table) -> WarpLayer:
    """Return what `[[layer]]` of kind "warp" says."""
    moves = tuple(_read_move(each) for each in table.parts("move", _MOVES_MOST))
    return WarpLayer(moves, read_trigger(table, _FADING))


def read_paint(table: Table) -> PaintLayer:
    """Return what `[[layer]]` of kind "paint" says."""
    blend = table.choice("blend", Blend, Blend.NORMAL)
    if blend is not Blend.NORMAL and table.has("light"):
        table.problem("'light' is for the blend 'normal' alone; the others keep the skin's light by themselves")
    return PaintLayer(
        art=table.text("art", longest=100),
        part=table.text("part", "", 100) or None,
        blend=blend,
        opacity=table.number("opacity", 1.0, 0.0, 1.0),
        light=table.number("light", 1.0, 0.0, 1.0),
        over_mouth=table.flag("over_mouth", False),
        trigger=read_trigger(table, _FADING),
    )


def paint_problem(box: ArtBox) -> str | None:
    """Return why art of this box is not drawn in the template of face paint, or None."""
    wide, high = TEMPLATE_WH
    if abs(box.width * high / (box.height * wide) - 1.0) <= _ASPECT_OFF_MOST:
        return None
    return f"is {box.width:g} x {box.height:g}; face paint is drawn on {wide:g} x {high:g} or a multiple of it"


def _read_move(table: Table) -> WarpMove:
    move = WarpMove(
        at=table.word("at", HEAD_POINTS) or "nose_tip",
        offset=table.pair("offset", (0.0, 0.0), -3.0, 3.0),
        radius=table.one_or_two("radius", 0.5, 0.05, 3.0),
        size=table.one_or_two("size", 1.0, 0.5, 4.0),
        shift=table.pair("shift", (0.0, 0.0), -1.8, 1.8),
    )
    table.close()
    if math.hypot(move.shift[0] / move.radius[0], move.shift[1] / move.radius[1]) > _SHIFT_MOST:
        table.problem(f"'shift' must be at most {_SHIFT_MOST:g} of the radius, or the image would fold")
    if move.size == (1.0, 1.0) and move.shift == (0.0, 0.0):
        table.problem("does nothing: it needs a 'size' or a 'shift'")
    return move
