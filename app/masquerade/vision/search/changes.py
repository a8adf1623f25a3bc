"""Finds which parts of a stream have changed, and when a new scene begins: ChangeMap."""

from typing import cast

import cv2
import numpy as np

from masquerade.values import Box, ByteArray
from masquerade.vision.crop import every_nth

_GRID_WH = (64, 36)
# Of 255, between two images of one cell: sensor noise changes it by less, a face that comes by more.
_CHANGED = 5.0
# Of 255, the mean over all cells: a cut of a film changes more.
_CUT = 24.0
# The same for the cells under a face.
_JUMP = 14.0


class ChangeMap:
    """Shrinks every frame to a grid of cells, and compares grids. For one thread."""

    def __init__(self) -> None:
        self._grid: ByteArray | None = None
        self._last: ByteArray | None = None
        self._size_wh = (0, 0)

    @property
    def grid(self) -> ByteArray | None:
        """The newest frame as (rows, columns, 3) uint8; None before the first."""
        return self._grid

    def see(self, pixels: ByteArray) -> bool:
        """Take in the next frame, (H, W, 4) uint8 BGRA; return whether it begins a new scene."""
        step = max(min(pixels.shape[0] // _GRID_WH[1], pixels.shape[1] // _GRID_WH[0]) // 4, 1)
        shrunk = cv2.resize(every_nth(pixels, step), _GRID_WH, interpolation=cv2.INTER_AREA)
        grid = cast(ByteArray, np.ascontiguousarray(shrunk[..., :3]))
        size_wh = (pixels.shape[1], pixels.shape[0])
        is_new = size_wh != self._size_wh
        last = self._last = None if is_new else self._grid
        self._grid, self._size_wh = grid, size_wh
        return last is None or float(cv2.absdiff(grid, last).mean()) > _CUT

    def has_changed(self, part: Box, since: ByteArray | None) -> bool:
        """Return whether a part of the newest frame differs from an earlier grid; None always differs."""
        if since is None or self._grid is None:
            return True
        cells = self._cells(part)
        shown = self._grid[cells]
        return shown.size > 0 and float(cv2.absdiff(shown, since[cells]).max()) > _CHANGED

    def has_jumped(self, part: Box) -> bool:
        """Return whether a part changed completely since the previous frame, as after a cut."""
        if self._last is None or self._grid is None:
            return False
        cells = self._cells(part)
        shown = self._grid[cells]
        return shown.size > 0 and float(cv2.absdiff(shown, self._last[cells]).mean()) > _JUMP

    def _cells(self, part: Box) -> tuple[slice, slice]:
        """Return the rows and columns of the cells under a part."""
        across, down = _GRID_WH[0] / self._size_wh[0], _GRID_WH[1] / self._size_wh[1]
        right, bottom = part.left + part.width, part.top + part.height
        rows = slice(max(int(part.top * down), 0), max(int(np.ceil(bottom * down)), 0))
        columns = slice(max(int(part.left * across), 0), max(int(np.ceil(right * across)), 0))
        return rows, columns
