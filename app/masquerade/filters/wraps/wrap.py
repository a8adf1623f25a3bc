"""Paint wrap layers: art on a curved surface round the head, hidden where the head is in front of it."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from masquerade.filters.compositing.mesh_map import (
    GridWindow,
    Indices,
    carry_beyond,
    map_nodes,
    refine,
    splat_vertices,
    window_over,
)
from masquerade.filters.compositing.outline import HEAD, Ellipsoid, head_of, outline_of, outside_mask
from masquerade.filters.compositing.painting import as_bytes, blend_patch, fade_patch
from masquerade.filters.compositing.person import background_mask
from masquerade.filters.compositing.rasters import Raster, RasterCache
from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.layers import Blend, Lighting, Side, WrapLayer
from masquerade.filters.lighting.image_light import ImageLight
from masquerade.filters.lighting.relit import Relit
from masquerade.filters.lighting.shading import shade_normals
from masquerade.filters.people.motion import visible_share
from masquerade.filters.people.per_face import PerFace
from masquerade.filters.people.presence import FrameContext, VisibleFace
from masquerade.filters.wraps.surface import HAT_LINE, Surface, surface_of
from masquerade.geometry.head import HEAD_CENTRE
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray, FloatArray, Pose

_INVISIBLE = 1 / 512
# The camera's distance in eye distances, as for stickers.
_CAMERA_DISTANCE = 8.0
# On the head's axis, at the height of a hat's edge.
_MIDDLE = np.array([HEAD_CENTRE[0], -HAT_LINE, HEAD_CENTRE[2]], np.float32)
# Nodes of the map for one eye distance, and the least pixels between two; a thin window, as of a brim seen
# from its side, has up to so many in all.
_NODES, _MIN_CELL, _MAX_NODES = 14.0, 2, 1600
# How much darker the inside of a surface is.
_INSIDE_GAIN = 0.6
_GAIN_ONE = 128
_SHIFT_BITS = 4


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """A surface as it is seen on one face.

    Attributes:
        surface: what is seen.
        pose: of the head.
        head: the head that hides what is behind it.
        person: the mask of the people, who hide it, too; None where it is not known.
        xy: (V, 2) float32, pixels of the frame.
        depth: (V,) float32, eye distances away from the camera.
        facing: (V,) float32, the cosine between the outside and the camera.
        behind: (V,) float32, above 0 behind the head's own outline.
        lit: (V,) float32, how bright the outside is in the light that falls on the face.
    """

    surface: Surface
    pose: Pose
    head: Ellipsoid
    person: ByteArray | None
    xy: FloatArray
    depth: FloatArray
    facing: FloatArray
    behind: FloatArray
    lit: FloatArray


class WrapPainter:
    """Paint one wrap layer on all faces. For one thread.

    Args:
        layer: what is painted.
        art: of the layer.
        rasters: where drawn art is kept.
        image_light: the light on each face.
        relit: where lit art is kept.
    """

    hides_faces = False
    covers_head = False

    def __init__(self, layer: WrapLayer, art: Art, rasters: RasterCache, image_light: ImageLight, relit: Relit) -> None:
        self._layer = layer
        self._art = art
        self._rasters = rasters
        self._image_light = image_light
        self._relit = relit
        self.memory = PerFace[float]()

    def paint(self, pixels: ByteArray, presence: VisibleFace, frame: FrameContext) -> VisibleFace:
        """Paint the layer on one face; see FaceLayerPainter."""
        self._paint(pixels, presence, frame)
        return presence

    def _paint(self, pixels: ByteArray, presence: VisibleFace, frame: FrameContext) -> None:
        identity = presence.face.identity
        opacity = self._layer.opacity * visible_share(self._layer.trigger, self.memory, presence, frame)
        if opacity < _INVISIBLE:
            return
        surface, pose = surface_of(self._layer, presence.head), pose_of(presence.face)
        head = head_of(presence.head) if self._layer.hair > 0.0 else HEAD
        view = _view_of(surface, pose, head, frame.person)
        raster = self._rasters.get(self._art, pose.scale * surface.width / self._art.box.width)
        if self._layer.light is Lighting.IMAGE and not presence.under_cover:
            raster = self._relit.get(raster, self._image_light.of(identity))
            direction = self._image_light.direction_of(identity)
            view = replace(view, lit=shade_normals(direction, surface.normals @ pose.rotation.T))
        for outside in _passes(self._layer.side):
            self._paint_side(pixels, view, raster, outside, opacity)

    def _paint_side(self, pixels: ByteArray, view: _View, raster: Raster, outside: bool, opacity: float) -> None:
        surface = view.surface
        triangles = surface.triangles if outside else surface.triangles[:, [0, 2, 1]]
        facing = _faces_camera(view.xy, triangles)
        painted = triangles[facing & ~surface.skirt]
        size_wh = (pixels.shape[1], pixels.shape[0])
        window = _window(view, painted, size_wh)
        if window is None:
            return
        # The skirt first, so that it never lies over what is painted.
        ordered = np.concatenate([triangles[facing & surface.skirt], _farthest_first(painted, view.depth)])
        gain = self._gain(view, outside)
        attributes = np.column_stack([surface.art, gain, view.behind])
        nodes, covered = map_nodes(view.xy, attributes, ordered, window)
        splat_vertices(nodes, covered, xy=view.xy, attributes=attributes, triangles=painted, window=window)
        nodes = carry_beyond(nodes, covered)
        patch = self._lay(raster, nodes, window)
        mask = _coverage(view.xy, facing & ~surface.skirt, surface.shape, window)
        if view.behind[painted].max() > 0.0:
            _hide_behind(mask, refine(np.ascontiguousarray(nodes[..., 3]), window), view, window, size_wh)
        _shade(patch, refine(np.ascontiguousarray(nodes[..., 2]), window))
        fade_patch(patch, mask)
        blend_patch(pixels, patch, (window.left, window.top), Blend.NORMAL, opacity)

    def _gain(self, view: _View, outside: bool) -> FloatArray:
        """Return (V,) how bright the surface is: darker where it turns away, and inside."""
        facing = np.clip(view.facing if outside else -view.facing, 0.0, 1.0)
        gain = 1.0 - self._layer.shade * (1.0 - facing) ** 2
        return np.asarray(_GAIN_ONE * gain * (view.lit if outside else _INSIDE_GAIN), np.float32)

    def _lay(self, raster: Raster, nodes: FloatArray, window: GridWindow) -> ByteArray:
        """Return the art as it lies on the surface, premultiplied (h, w, 4)."""
        box, scale = self._art.box, raster.scale
        across, down = np.clip(nodes[..., 0], 0.0, 1.0), np.clip(nodes[..., 1], 0.0, 1.0)
        # Pixel 0 of the raster has its centre half a pixel from the raster's edge.
        x = across * np.float32(box.width * scale) + np.float32((box.left - raster.left) * scale - 0.5)
        y = down * np.float32(box.height * scale) + np.float32((box.top - raster.top) * scale - 0.5)
        return as_bytes(cv2.remap(raster.pixels, refine(x, window), refine(y, window), cv2.INTER_LINEAR))


def _window(view: _View, painted: Indices, size_wh: tuple[int, int]) -> GridWindow | None:
    """Return the box of what is painted, with as fine a grid as its size allows; None outside of the frame."""
    window = window_over(view.xy[painted.ravel()], size_wh, _MIN_CELL)
    if window is None:
        return None
    area = (window.right - window.left) * (window.bottom - window.top)
    cell = min(view.pose.scale / _NODES, math.sqrt(area / _MAX_NODES))
    return replace(window, cell=int(max(cell, _MIN_CELL)))


def _passes(side: Side) -> tuple[bool, ...]:
    """Return which sides are painted, the inside first."""
    return {Side.OUTSIDE: (True,), Side.INSIDE: (False,), Side.BOTH: (False, True)}[side]


def _view_of(surface: Surface, pose: Pose, head: Ellipsoid, person: ByteArray | None) -> _View:
    """Project a surface as the pose says, with perspective round one middle for all layers of a hat."""
    seen = (surface.places - _MIDDLE) @ pose.rotation.T
    middle_xy = pose.origin_xy + pose.scale * (pose.rotation[:2] @ _MIDDLE)
    xy = middle_xy + pose.scale * seen[:, :2] / (1.0 + seen[:, 2:] / _CAMERA_DISTANCE)
    away = pose.rotation[2]
    # On an ellipsoid, the outline lies in the plane through its centre with this normal.
    normal = away / np.square(np.array(head.radii, np.float32))
    behind = (surface.places - np.array(head.centre, np.float32)) @ normal
    return _View(
        surface=surface,
        pose=pose,
        head=head,
        person=person,
        xy=np.asarray(xy, np.float32),
        depth=np.asarray(seen[:, 2], np.float32),
        facing=np.asarray(-(surface.normals @ away), np.float32),
        behind=np.asarray(behind, np.float32),
        lit=np.ones(len(surface.places), np.float32),
    )


def _faces_camera(xy: FloatArray, triangles: Indices) -> NDArray[np.bool_]:
    """Return (T,), True for triangles that are seen from their outside."""
    a, b, c = (np.take(xy, triangles[:, corner], axis=0) for corner in range(3))
    across, down = b - a, c - a
    return np.asarray(across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0] > 0.0)


def _farthest_first(triangles: Indices, depth: FloatArray) -> Indices:
    return np.asarray(triangles[np.argsort(-depth[triangles].sum(axis=1))], np.intp)


def _coverage(xy: FloatArray, painted: NDArray[np.bool_], shape: tuple[int, int], window: GridWindow) -> ByteArray:
    """Return (h, w) uint8, 255 on the triangles that are painted, with a smooth outline.

    Cells of one row that lie side by side are filled as one polygon: a tenth of the time of
    filling triangles.
    """
    mask = np.zeros((window.bottom - window.top, window.right - window.left), np.uint8)
    scaled = (xy - np.array((window.left, window.top), np.float32)) * np.float32(1 << _SHIFT_BITS)
    corners = np.rint(scaled).astype(np.int32).reshape(*shape, 2)
    both = painted.reshape(2, shape[0] - 1, shape[1] - 1)
    cells = np.zeros((shape[0] - 1, shape[1] + 1), np.int8)
    np.logical_or(both[0], both[1], out=cells[:, 1:-1])
    edges = np.diff(cells, axis=1)
    rows, begins = np.nonzero(edges > 0)
    ends = np.nonzero(edges < 0)[1]
    for row, begin, end in zip(rows.tolist(), begins.tolist(), (ends + 1).tolist(), strict=True):
        strip = np.concatenate([corners[row, begin:end], corners[row + 1, begin:end][::-1]])
        cv2.fillPoly(mask, [strip], 255, cv2.LINE_AA, _SHIFT_BITS)
    return mask


def _hide_behind(
    mask: ByteArray, behind: FloatArray, view: _View, window: GridWindow, size_wh: tuple[int, int]
) -> None:
    """Take out of a mask what lies behind the head, in place."""
    patch_wh = (mask.shape[1], mask.shape[0])
    outside = outside_mask(outline_of(view.head, view.pose), window.left, window.top, patch_wh)
    hidden = cv2.multiply(mask, outside, scale=1 / 255)
    if view.person is not None:
        background = background_mask(view.person, (window.left, window.top), patch_wh, size_wh)
        hidden = cv2.multiply(hidden, background, scale=1 / 255)
    np.copyto(mask, as_bytes(hidden), where=behind > 0.0)


def _shade(patch: ByteArray, gain: FloatArray) -> None:
    """Multiply the colours of a premultiplied patch by a gain, 128 is 1, in place."""
    gains = as_bytes(np.clip(np.round(gain), 0, 255))
    full = np.full_like(gains, _GAIN_ONE)
    cv2.multiply(patch, cv2.merge([gains, gains, gains, full]), dst=patch, scale=1 / _GAIN_ONE)
