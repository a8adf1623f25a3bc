"""Reads the tables of layers that change the face itself: warps."""

import math

from app.filters.layers import Motion, WarpLayer, WarpMove
from app.filters.readers import read_trigger
from app.filters.table import Table
from app.geometry.head import HEAD_POINTS

_MOVES_MOST = 12
# A middle moved by more of its radius would fold the picture.
_SHIFT_MOST = 0.6
_FADING = (Motion.SHOW, Motion.HIDE)


def read_warp(table: Table) -> WarpLayer:
    """Returns what `[[layer]]` of kind "warp" says."""
    moves = tuple(_read_move(each) for each in table.parts("move", _MOVES_MOST))
    return WarpLayer(moves, read_trigger(table, _FADING))


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
        table.fault(f"'shift' must be at most {_SHIFT_MOST:g} of the radius, or the picture would fold")
    if move.size == (1.0, 1.0) and move.shift == (0.0, 0.0):
        table.fault("does nothing: it needs a 'size' or a 'shift'")
    return move
