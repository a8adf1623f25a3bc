"""Build the surface that art is wrapped on: a profile turned round the head's upright axis."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from masquerade.filters.compositing.mesh_map import Indices
from masquerade.filters.format.layers import WrapLayer
from masquerade.geometry.head import HEAD_CENTRE, HEAD_RADII, MEAN_HEAD, HeadSize
from masquerade.values import FloatArray

# A hat's line on the head model: this far above the eyes, where the forehead begins to curve back.
HAT_LINE = 0.95
# Hair stands out by so much more than the 1.1 at which hats are drawn for a mean head; and how much of what is
# wider is taller, too.
_HAIR, _TALLER = 1.1, 0.6
_STEPS_ROUND = 48
# Head and hair fill a hat's opening for so many eye distances below it; and points of a ring there.
_NECK, _NECK_POINTS = 0.5, 24
_ROWS_PER_UNIT = 4


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A lattice of triangles in the head model's unit and axes.

    Attributes:
        places: (V, 3) float32.
        normals: (V, 3) float32, of length 1, away from the axis (up on a brim).
        art: (V, 2) float32, 0 to 1: from the art's left to its right and from its top to its bottom.
        triangles: (T, 3), anticlockwise seen from inside, so that their area is positive in the image
            where the outside faces the camera.
        shape: rows and columns of vertices; the two triangles of a cell stand one cell count apart.
        skirt: (T,) True for triangles beyond the art's edges: they say where the art would go on, so that
            its last pixels come out whole, and are not painted themselves.
        width: eye distances that the art's width covers at its widest.
        neck: (n, 3) float32, a ring round head and hair where they fill the surface's opening, and one below it.
    """

    places: FloatArray
    normals: FloatArray
    art: FloatArray
    triangles: Indices
    shape: tuple[int, int]
    skirt: NDArray[np.bool_]
    width: float
    neck: FloatArray


@lru_cache(maxsize=64)
def surface_of(layer: WrapLayer, size: HeadSize = MEAN_HEAD) -> Surface:
    """Return the surface of a layer on a head of this size; built once for each."""
    wider, higher = 1.0 + layer.hair * (_HAIR * size.side - 1.0), layer.hair * size.hat_rise
    taller = 1.0 + _TALLER * (wider - 1.0)
    heights, factors, shares = _rows_of(layer.profile)
    angles, ways = _columns_of(*layer.arc)
    sines, cosines = np.sin(angles)[None], np.cos(angles)[None]
    reach = math.sqrt(1.0 - (HAT_LINE / HEAD_RADII[1]) ** 2)
    radius_x, radius_z = HEAD_RADII[0] * reach, HEAD_RADII[2] * reach
    narrowest, widest = factors[1:-1].min(), factors[1:-1].max()
    # The narrow edge, where a brim meets the hat, stays level.
    outwards = np.clip((factors - narrowest) / max(widest - narrowest, 1e-6), 0.0, 1.0)[:, None]
    curl = layer.curl * (sines**2 - 0.5) * outwards**2
    x = radius_x * wider * factors[:, None] * sines
    y = -(taller * heights[:, None] + curl)
    # Hair stands out to the sides and to the back, seldom over the brow.
    z = -radius_z * np.where(cosines < 0.0, wider, 1.0) * factors[:, None] * cosines
    local = np.stack([x, y, z], axis=-1)
    tilt = _tilted(layer.tilt, layer.lean)
    origin = np.array([HEAD_CENTRE[0] + layer.offset[0], -HAT_LINE - higher - layer.offset[1], HEAD_CENTRE[2]])
    places = local @ tilt.T + origin
    across = ways[None].repeat(len(heights), 0)
    down = (1.0 - shares)[:, None].repeat(len(angles), 1)
    triangles = _triangles(len(heights), len(angles))
    outer = ((across < 0.0) | (across > 1.0) | (down < 0.0) | (down > 1.0)).ravel()
    return Surface(
        places=np.asarray(places.reshape(-1, 3), np.float32),
        normals=np.asarray(_normals(places).reshape(-1, 3), np.float32),
        art=np.asarray(np.stack([across, down], axis=-1).reshape(-1, 2), np.float32),
        triangles=triangles,
        shape=(len(heights), len(angles)),
        skirt=np.asarray(outer[triangles].any(axis=1), np.bool_),
        width=float(np.linalg.norm(np.diff(places, axis=1), axis=-1).sum(axis=1).max()),
        neck=np.asarray(_neck(layer, wider, taller) @ tilt.T + origin, np.float32),
    )


def _neck(layer: WrapLayer, wider: float, taller: float) -> FloatArray:
    """Return (n, 3), the opening at the hat line, or at the edge nearest to it, and the same ring lower down."""
    heights, factors = np.array(layer.profile, np.float64).T
    height = min(max(0.0, float(heights.min())), float(heights.max()))
    factor = min(_HAIR, max(1.0, float(factors.min())))
    angles = np.linspace(0.0, 2.0 * math.pi, _NECK_POINTS, endpoint=False)
    sines, cosines = np.sin(angles), np.cos(angles)
    reach = math.sqrt(1.0 - (HAT_LINE / HEAD_RADII[1]) ** 2)
    x = HEAD_RADII[0] * reach * wider * factor * sines
    z = -HEAD_RADII[2] * reach * np.where(cosines < 0.0, wider, 1.0) * factor * cosines
    rings = [np.stack([x, np.full_like(x, down - taller * height), z], axis=1) for down in (0.0, _NECK)]
    return np.asarray(np.concatenate(rings), np.float32)


def _rows_of(profile: tuple[tuple[float, float], ...]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return height, radius and share of the way of every row, with one more row beyond each end."""
    points = np.array(profile, np.float64)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    way = np.concatenate([[0.0], np.cumsum(lengths)])
    rows = max(2, math.ceil(way[-1] * _ROWS_PER_UNIT)) + 1
    shares = np.unique(np.concatenate([np.linspace(0.0, 1.0, rows), way / way[-1]]).round(6))
    heights, factors = (_longer(np.interp(shares * way[-1], way, each)) for each in points.T)
    shares = _longer(shares)
    return np.asarray(heights, np.float32), np.maximum(factors, 0.0).astype(np.float32), shares.astype(np.float32)


def _columns_of(first: float, last: float) -> tuple[FloatArray, FloatArray]:
    """Return the angle of every column in radians and its share of the way; a whole round has no ends to pass."""
    steps = max(4, round(_STEPS_ROUND * (last - first) / 360.0))
    ways = np.linspace(0.0, 1.0, steps + 1)
    angles = np.radians(np.linspace(first, last, steps + 1))
    return _longer(angles).astype(np.float32), _longer(ways).astype(np.float32)


def _longer(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values with one more at each end, as far on as the last step."""
    return np.concatenate([[2 * values[0] - values[1]], values, [2 * values[-1] - values[-2]]])


def _tilted(back: float, side: float) -> FloatArray:
    """Return the (3, 3) rotation that leans the axis back and to the person's left, in degrees."""
    nod, roll = math.radians(back), math.radians(side)
    about_x = np.array([[1, 0, 0], [0, math.cos(nod), math.sin(nod)], [0, -math.sin(nod), math.cos(nod)]])
    about_z = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_x, np.float32)


def _normals(places: FloatArray) -> FloatArray:
    """(rows, columns, 3) -> the same shape: the normal at every vertex, outwards."""
    up, round_ = np.gradient(places, axis=0), np.gradient(places, axis=1)
    normals = np.cross(round_, up)
    length = np.linalg.norm(normals, axis=-1, keepdims=True)
    return np.asarray(normals / np.maximum(length, 1e-9), np.float32)


def _triangles(rows: int, columns: int) -> Indices:
    first = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)[None]).ravel()
    above = first + columns
    return np.concatenate([np.stack([first, above, first + 1], 1), np.stack([above, above + 1, first + 1], 1)])
