"""Paints privacy layers: blurs or pixelates a head so that it cannot be recognised."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from masquerade.filters.compositing.outline import Outline, soft_inside
from masquerade.filters.compositing.painting import as_bytes, blend_patch
from masquerade.filters.format.layers import Blend, Effect, PrivacyLayer
from masquerade.filters.people.per_face import PerFace
from masquerade.filters.people.presence import FrameContext, VisibleFace
from masquerade.filters.privacy.hidden_area import HiddenBoxes, hidden_outline
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray, Matrix

_SOFT_EDGE = 0.2
# A face is about 2.4 eye distances wide. Nine cells across it at the least strength, five at
# the most: below ten, people and machines alike fail to recognise faces.
_FACE_WIDTH = 2.4
_CELLS_WEAKEST, _CELLS_STRONGEST = 9.0, 5.0
_MIN_CELL_PIXELS = 4
# A cell keeps its size until it would have to be this much larger than wanted: a head that
# nods to and fro must not make the mosaic flicker.
_CELL_HEADROOM = 1.3
# Standard deviation in eye distances (eyes to mouth is about one).
_SIGMA_WEAKEST, _SIGMA_STRONGEST = 0.30, 0.65
_SIGMA_IN_CELLS = 4.0
# A face that moves behind a plain mosaic shows every cell something else, and many frames together give back
# what one hides. Blurred by a cell, they give back no more than a blurred face.
_MOSAIC_SIGMA_IN_CELLS = 1.0


@dataclass(frozen=True, slots=True)
class _Grid:
    """Cells of the frame: side in pixels, first column and row of cells, and how many."""

    side: int
    left: int
    top: int
    columns: int
    rows: int


class PrivacyPainter:
    """Paints one privacy layer on all faces. For one thread.

    There is no intensity here: a face that should be hidden is hidden.
    """

    hides_faces = True
    covers_head = False

    def __init__(self, layer: PrivacyLayer, hidden: HiddenBoxes) -> None:
        self._layer = layer
        self._hidden = hidden
        self.memory = PerFace[int]()

    def paint(self, pixels: ByteArray, presence: VisibleFace, frame: FrameContext) -> VisibleFace:
        """Hide one face; see FaceLayerPainter. A lost one stays hidden where it was last seen."""
        if presence.cover > 0.0:
            self._hide(pixels, presence)
        return presence

    def _hide(self, pixels: ByteArray, presence: VisibleFace) -> None:
        outline = hidden_outline(presence, self._layer.area)
        side = self._side(presence)
        smooth = self._layer.effect is Effect.BLUR
        # Between the middles of two cells a blur is a mixture of both; a mosaic's cell ends half-way.
        spread = _spread(outline, side if smooth else side / 2)
        grid = _grid(outline.grown(1.0 + _SOFT_EDGE + spread), side, (pixels.shape[1], pixels.shape[0]))
        if grid is None:
            return
        left, top = grid.left * side, grid.top * side
        self._hidden.add(left, top, left + grid.columns * side, top + grid.rows * side)
        cells = _average(pixels, grid)
        sigma = _SIGMA_IN_CELLS if smooth else _MOSAIC_SIGMA_IN_CELLS
        cells = as_bytes(cv2.GaussianBlur(cells, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))
        _fade(cells, _cover(outline, grid, spread))
        method = cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST
        patch = cv2.resize(cells, (grid.columns * side, grid.rows * side), interpolation=method)
        blend_patch(pixels, as_bytes(patch), (left, top), Blend.NORMAL, presence.cover)

    def _side(self, presence: VisibleFace) -> int:
        """Return the side of a cell in pixels, at least what the strength requires."""
        scale = pose_of(presence.face).scale
        if self._layer.effect is Effect.BLUR:
            sigma = _between(_SIGMA_WEAKEST, _SIGMA_STRONGEST, self._layer.strength) * scale
            return max(1, math.ceil(sigma / _SIGMA_IN_CELLS))
        cells = _between(_CELLS_WEAKEST, _CELLS_STRONGEST, self._layer.strength)
        wanted = max(_FACE_WIDTH * scale / cells, _MIN_CELL_PIXELS)
        old = self.memory.get(presence.face.identity, 0)
        side = old if wanted <= old <= _CELL_HEADROOM * wanted else math.ceil(wanted * math.sqrt(_CELL_HEADROOM))
        self.memory[presence.face.identity] = side
        return side


def _between(weakest: float, strongest: float, strength: float) -> float:
    return weakest + (strongest - weakest) * strength


def _grid(outline: Outline, side: int, size_wh: tuple[int, int]) -> _Grid | None:
    """Return the cells under the outline, aligned to the frame's corner so that they stand still."""
    left, top, right, bottom = outline.box()
    first_x, first_y = max(math.floor(left / side), 0), max(math.floor(top / side), 0)
    last_x = min(math.ceil(right / side), math.ceil(size_wh[0] / side))
    last_y = min(math.ceil(bottom / side), math.ceil(size_wh[1] / side))
    if last_x <= first_x or last_y <= first_y:
        return None
    return _Grid(side, first_x, first_y, last_x - first_x, last_y - first_y)


def _average(pixels: ByteArray, grid: _Grid) -> ByteArray:
    """Return the means (rows, columns, 4) of the cells, clipped to the frame."""
    side = grid.side
    part = pixels[grid.top * side : (grid.top + grid.rows) * side, grid.left * side : (grid.left + grid.columns) * side]
    below, right = grid.rows * side - part.shape[0], grid.columns * side - part.shape[1]
    if below or right:
        part = as_bytes(cv2.copyMakeBorder(part, 0, below, 0, right, cv2.BORDER_REPLICATE))
    return as_bytes(cv2.resize(part, (grid.columns, grid.rows), interpolation=cv2.INTER_AREA))


def _spread(outline: Outline, half_side: float) -> float:
    """Return how far a cell reaches out from its middle at most, as a share of the outline's own radius."""
    corners = outline.centre_xy + half_side * np.array([[1.0, 1.0], [1.0, -1.0]])
    return float(outline.reach(corners).max())


def _cover(outline: Outline, grid: _Grid, spread: float) -> Matrix:
    """Return the opacity (rows, columns) of the cells; one that touches the area is opaque."""
    x = (grid.left + np.arange(grid.columns) + 0.5) * grid.side - 0.5
    y = (grid.top + np.arange(grid.rows) + 0.5) * grid.side - 0.5
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    return soft_inside(outline.reach(points) - spread, _SOFT_EDGE).reshape(grid.rows, grid.columns)


def _fade(cells: ByteArray, cover: Matrix) -> None:
    """Premultiply cells with this alpha, in place; the frame's own alpha is ignored."""
    cells[..., 3] = 255
    cells[:] = np.round(cells * cover[..., None])
