"""Paint wrap layers: art on a curved surface round the head, hidden where the head is in front of it."""

import math
from dataclasses import dataclass, replace
from typing import cast

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
from masquerade.filters.compositing.painting import as_bytes, blend_patch
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
_SHIFT_BITS = 4
# Both coordinates lie in the first map; OpenCV's types leave this out.
_NO_SECOND_MAP = cast("FloatArray", None)


@dataclass(frozen=True, slots=True, eq=False)
class View:
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

    @property
    def steady(self) -> bool:
        """Whether the layer is always there, so that only the head and the light change it."""
        return self._layer.trigger is None

    def paint(self, pixels: ByteArray, presence: VisibleFace, frame: FrameContext) -> VisibleFace:
        """Paint the layer on one face; see FaceLayerPainter."""
        share = visible_share(self._layer.trigger, self.memory, presence, frame)
        if self._layer.opacity * share >= _INVISIBLE:
            self.draw(pixels, self.view(presence, frame.person), presence, share)
        return presence

    def view(self, presence: VisibleFace, person: ByteArray | None) -> View:
        """Return the surface as it is seen on a face; a `person` mask hides what is behind people."""
        head = head_of(presence.head) if self._layer.hair > 0.0 else HEAD
        return _view_of(surface_of(self._layer, presence.head), pose_of(presence.face), head, person)

    def raster(self, presence: VisibleFace) -> Raster:
        """Return the art at the size in which it is seen on a face, not lit yet."""
        width = surface_of(self._layer, presence.head).width
        return self._rasters.get(self._art, pose_of(presence.face).scale * width / self._art.box.width)

    def draw(
        self, pixels: ByteArray, view: View, presence: VisibleFace, share: float, transparent: bool = False
    ) -> None:
        """Draw the layer into an image, in place.

        Args:
            pixels: (H, W, 4) uint8 BGRA; premultiplied if `transparent`.
            view: where it is seen there.
            presence: the face, for its light.
            share: 0 to 1, of the layer's opacity.
            transparent: True for an image that is laid over another one.
        """
        identity, raster = presence.face.identity, self.raster(presence)
        if self._layer.light is Lighting.IMAGE and not presence.under_cover:
            raster = self._relit.get(raster, self._image_light.of(identity))
            direction = self._image_light.direction_of(identity)
            view = replace(view, lit=shade_normals(direction, view.surface.normals @ view.pose.rotation.T))
        for outside in _passes(self._layer.side):
            patch = self._patch(view, raster, outside, (pixels.shape[1], pixels.shape[0]))
            if patch is not None:
                opacity = share * self._layer.opacity
                blend_patch(pixels, patch[0], patch[1:], Blend.NORMAL, opacity, transparent=transparent)

    def _patch(
        self, view: View, raster: Raster, outside: bool, size_wh: tuple[int, int]
    ) -> tuple[ByteArray, int, int] | None:
        """Return one side as it is seen, (h, w, 4) premultiplied, with its left and top; None outside of the image."""
        surface = view.surface
        triangles = surface.triangles if outside else surface.triangles[:, [0, 2, 1]]
        facing = _faces_camera(view.xy, triangles)
        painted = triangles[facing & ~surface.skirt]
        window = _window(view, painted, size_wh)
        if window is None:
            return None
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
        gains = as_bytes(np.clip(np.round(nodes[..., 2]), 0, 255))
        _shade(patch, as_bytes(refine(gains, window)), mask)
        return patch, window.left, window.top

    def _gain(self, view: View, outside: bool) -> FloatArray:
        """Return (V,) how bright the surface is: darker where it turns away, and inside."""
        facing = np.clip(view.facing if outside else -view.facing, 0.0, 1.0)
        gain = 1.0 - self._layer.shade * (1.0 - facing) ** 2
        return np.asarray(255.0 * gain * (view.lit if outside else _INSIDE_GAIN), np.float32)

    def _lay(self, raster: Raster, nodes: FloatArray, window: GridWindow) -> ByteArray:
        """Return the art as it lies on the surface, premultiplied (h, w, 4)."""
        box, scale = self._art.box, raster.scale
        extent = np.array([box.width * scale, box.height * scale], np.float32)
        # Pixel 0 of the raster has its centre half a pixel from the raster's edge.
        corner = np.array([(box.left - raster.left) * scale - 0.5, (box.top - raster.top) * scale - 0.5], np.float32)
        places = np.clip(nodes[..., :2], 0.0, 1.0) * extent + corner
        return as_bytes(cv2.remap(raster.pixels, refine(places, window), _NO_SECOND_MAP, cv2.INTER_LINEAR))


def _window(view: View, painted: Indices, size_wh: tuple[int, int]) -> GridWindow | None:
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


def _view_of(surface: Surface, pose: Pose, head: Ellipsoid, person: ByteArray | None) -> View:
    """Project a surface as the pose says, with perspective round one middle for all layers of a hat."""
    xy, depth = _seen(surface.places, pose)
    away = pose.rotation[2]
    # On an ellipsoid, the outline lies in the plane through its centre with this normal.
    normal = away / np.square(np.array(head.radii, np.float32))
    behind = (surface.places - np.array(head.centre, np.float32)) @ normal
    return View(
        surface=surface,
        pose=pose,
        head=head,
        person=person,
        xy=xy,
        depth=depth,
        facing=np.asarray(-(surface.normals @ away), np.float32),
        behind=np.asarray(behind, np.float32),
        lit=np.ones(len(surface.places), np.float32),
    )


def seen_middle(pose: Pose) -> FloatArray:
    """Return (2,) where a hat's middle is seen; scale and roll of the head change a wrap about it alone."""
    return np.asarray(pose.origin_xy + pose.scale * (pose.rotation[:2] @ _MIDDLE), np.float32)


def _seen(places: FloatArray, pose: Pose) -> tuple[FloatArray, FloatArray]:
    """Return where places (V, 3) of the head model are seen, (V, 2), and how far behind the hat's middle, (V,)."""
    seen = (places - _MIDDLE) @ pose.rotation.T
    xy = seen_middle(pose) + pose.scale * seen[:, :2] / (1.0 + seen[:, 2:] / _CAMERA_DISTANCE)
    return np.asarray(xy, np.float32), np.asarray(seen[:, 2], np.float32)


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


def _hide_behind(mask: ByteArray, behind: FloatArray, view: View, window: GridWindow, size_wh: tuple[int, int]) -> None:
    """Take out of a mask what lies behind the head, or behind the hair in the surface's opening, in place."""
    patch_wh = (mask.shape[1], mask.shape[0])
    outside = outside_mask(outline_of(view.head, view.pose), window.left, window.top, patch_wh)
    neck = (_seen(view.surface.neck, view.pose)[0] - (window.left, window.top)) * (1 << _SHIFT_BITS)
    hull = cv2.convexHull(np.rint(neck).astype(np.int32))
    cv2.fillConvexPoly(outside, hull, 0, cv2.LINE_AA, _SHIFT_BITS)
    hidden = cv2.multiply(mask, outside, scale=1 / 255)
    if view.person is not None:
        background = background_mask(view.person, (window.left, window.top), patch_wh, size_wh)
        hidden = cv2.multiply(hidden, background, scale=1 / 255)
    np.copyto(mask, as_bytes(hidden), where=behind > 0.0)


def _shade(patch: ByteArray, gains: ByteArray, mask: ByteArray) -> None:
    """Multiply the colours of a premultiplied patch by gains and mask, its alpha by the mask, in place; 255 is 1."""
    lit = cv2.multiply(gains, mask, scale=1 / 255)
    cv2.multiply(patch, cv2.merge([lit, lit, lit, mask]), dst=patch, scale=1 / 255)
