"""Paints face paint: a texture laid on the skin by a mesh, lit as the skin is."""

from dataclasses import replace

import cv2
import numpy as np

from masquerade.filters.compositing.mesh_map import GridWindow, refine, window_over
from masquerade.filters.compositing.painting import as_bytes, blend_patch
from masquerade.filters.compositing.rasters import Raster, RasterCache
from masquerade.filters.compositing.scratch import ScratchBuffers
from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.face_template import TEMPLATE_WH, UNIT, lattice
from masquerade.filters.format.layers import Blend, PaintLayer
from masquerade.filters.lighting.hair_dye import Bgr, HairDye
from masquerade.filters.lighting.image_light import ImageLight
from masquerade.filters.people.motion import visible_share
from masquerade.filters.people.per_face import PerFace
from masquerade.filters.people.presence import FrameContext, VisibleFace
from masquerade.filters.skin.contour_fit import eye_rings
from masquerade.filters.skin.face_mesh import Cutting, Mesh, Meshes, cut, spread
from masquerade.filters.skin.skin_light import GAIN_ONE, SkinLight, beard_floor, gain_table
from masquerade.geometry.pose import pose_of
from masquerade.values import LANDMARK_INDEX, ByteArray, Face, FloatArray, Matrix

_INVISIBLE = 1 / 128
# Nodes of the map for one eye distance: enough for the lips, the finest thing that moves.
_NODES = 14.0
# Small art, a lipstick, can afford more of them: lips of an open mouth are pressed to a third.
_SMALL, _FINE_NODES = 1.9, 32.0
_MIN_CELL = 2
# An open mouth is cut out from this many pixels on; below, its edges touch.
_OPEN_PIXELS = 1.0
_SHIFT_BITS = 4
# How far lids open from the middle between the corners, in shares of the eye's width.
_UPPER_LID, _LOWER_LID = 0.2, 0.16


class PaintPainter:
    """Paints one paint layer on all faces. For one thread.

    Args:
        layer: what to paint.
        art: drawn in the template.
        rasters: shared by all layers.
        meshes: shared by all layers.
        skin_light: shared by all layers.
        image_light: shared by all layers.
        hair_dye: shared by all layers.
        scratch: shared by all layers.
    """

    hides_faces = False
    covers_head = False

    def __init__(  # noqa: PLR0917 (what all layers share)
        self,
        layer: PaintLayer,
        art: Art,
        rasters: RasterCache,
        meshes: Meshes,
        skin_light: SkinLight,
        image_light: ImageLight,
        hair_dye: HairDye,
        scratch: ScratchBuffers,
    ) -> None:
        self._layer = layer
        self._art = art
        self._rasters = rasters
        self._meshes = meshes
        self._skin_light = skin_light
        self._image_light = image_light
        self._hair_dye = hair_dye
        self._scratch = scratch
        self._cutting: Cutting | None = None
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
        mesh = self._meshes.get(presence.face)
        to_art = self._art.box.width / TEMPLATE_WH[0]
        raster = self._rasters.get(self._art, mesh.scale / (UNIT * to_art))
        cutting = self._cut(raster, to_art)
        window = _window(mesh, cutting, (pixels.shape[1], pixels.shape[0]))
        if window is None:
            return
        skin = self._skin_light.skin(pixels, mesh, identity, frame.seconds)
        if self._layer.hair_colour:
            raster = self._hair_dye.dye(raster, self._unlit(self._hair_dye.of(identity), skin.middle))
        patch, seen, nodes = self._lay(raster, mesh, cutting, window, to_art)
        if mesh.opening > _OPEN_PIXELS and not self._layer.over_mouth:
            _open_mouth(seen, mesh, window)
        if not self._layer.over_eyes:
            _open_eyes(seen, presence.face, window)
        # Brows are seen in the tint of the light that there is.
        tint = (1.0, 1.0, 1.0) if self._layer.hair_colour else self._image_light.of(identity).tint_bgr
        table = gain_table(skin.middle, self._layer.light)
        least = beard_floor(nodes[..., 0], nodes[..., 1], skin, table)
        self._blend(pixels, patch, seen, window, (table, least), opacity, tint)

    def _unlit(self, colour: Bgr, brightness: float) -> Bgr:
        """Return the colour in good light of hair that has this colour where the skin is so bright."""
        gain = max(float(gain_table(brightness, self._layer.light)[min(round(brightness), 255)]), 1.0) / GAIN_ONE
        blue, green, red = (min(round(each / gain), 255) for each in colour)
        return blue, green, red

    def _cut(self, raster: Raster, to_art: float) -> Cutting:
        """Return the part of the lattice under what is drawn; found once, since every size draws the same."""
        if self._cutting is None:
            left = (raster.left - self._art.box.left) / to_art
            top = (raster.top - self._art.box.top) / to_art
            height, width = (side / raster.scale / to_art for side in raster.pixels.shape[:2])
            self._cutting = cut(left, top, left + width, top + height)
        return self._cutting

    def _lay(
        self, raster: Raster, mesh: Mesh, cutting: Cutting, window: GridWindow, to_art: float
    ) -> tuple[ByteArray, ByteArray, FloatArray]:
        """Return the art as it lies on the face, premultiplied (h, w, 4), its visibility, 0 to 128, and the nodes."""
        nodes = spread(mesh, cutting, window)
        step = np.float32(to_art * raster.scale)
        # Pixel 0 of the raster has its centre half a pixel from the raster's edge.
        x = nodes[..., 0] * step + np.float32((self._art.box.left - raster.left) * raster.scale - 0.5)
        y = nodes[..., 1] * step + np.float32((self._art.box.top - raster.top) * raster.scale - 0.5)
        seen = np.round(nodes[..., 2] * GAIN_ONE).astype(np.uint8)
        patch = self._scratch.get("patch", window.bottom - window.top, window.right - window.left, 4)
        cv2.remap(raster.pixels, refine(x, window), refine(y, window), cv2.INTER_LINEAR, dst=patch)
        return patch, np.ascontiguousarray(refine(seen, window)), nodes

    def _blend(  # noqa: PLR0917 (the parts of one image)
        self,
        pixels: ByteArray,
        patch: ByteArray,
        seen: ByteArray,
        window: GridWindow,
        light: tuple[ByteArray, ByteArray],
        opacity: float,
        tint_bgr: tuple[float, float, float],
    ) -> None:
        target = pixels[window.top : window.bottom, window.left : window.right]
        if self._layer.blend is not Blend.NORMAL:
            cv2.multiply(patch, self._scratch.merged([seen, seen, seen, seen]), dst=patch, scale=1 / GAIN_ONE)
            blend_patch(pixels, patch, (window.left, window.top), self._layer.blend, opacity)
            return
        table, least = light
        gain, alpha = (self._scratch.get(use, *seen.shape) for use in ("gain", "alpha"))
        cv2.cvtColor(target, cv2.COLOR_BGRA2GRAY, dst=gain)
        cv2.LUT(gain, table, dst=gain)
        cv2.max(gain, refine(least, window), dst=gain)
        cv2.multiply(gain, seen, dst=gain, scale=opacity / GAIN_ONE)
        cv2.convertScaleAbs(seen, dst=alpha, alpha=opacity)
        tint = [each**self._layer.light for each in tint_bgr]
        gains = [gain if each == 1.0 else cv2.convertScaleAbs(gain, alpha=each) for each in tint]
        cv2.multiply(patch, self._scratch.merged([*map(as_bytes, gains), alpha]), dst=patch, scale=1 / GAIN_ONE)
        through = cv2.extractChannel(patch, 3, dst=alpha)
        cv2.bitwise_not(through, dst=through)
        # Its fourth channel is full: the frame stays opaque.
        kept = self._scratch.get("kept", *patch.shape)
        cv2.cvtColor(through, cv2.COLOR_GRAY2BGRA, dst=kept)
        cv2.multiply(target, kept, dst=target, scale=1 / 255)
        # Saturates: where the skin gleams, so does the paint.
        cv2.add(target, patch, dst=target)


def _window(mesh: Mesh, cutting: Cutting, size_wh: tuple[int, int]) -> GridWindow | None:
    """Return the box of all that is seen; None outside of the frame."""
    shown = cutting.vertices[mesh.seen[cutting.vertices] > 0]
    window = window_over(mesh.xy[shown], size_wh, int(max(mesh.scale / _NODES, _MIN_CELL)))
    if window is None or max(window.right - window.left, window.bottom - window.top) > _SMALL * mesh.scale:
        return window
    return replace(window, cell=int(max(mesh.scale / _FINE_NODES, _MIN_CELL)))


def _open_mouth(seen: ByteArray, mesh: Mesh, window: GridWindow) -> None:
    """Take the inside of an open mouth out of the mask, with soft edges."""
    _cut_out(seen, mesh.xy[list(lattice().rim)].astype(np.float64), window)


def _open_eyes(seen: ByteArray, face: Face, window: GridWindow) -> None:
    """Take the eyes out of the mask: between their lids, or as far as they may open between their corners."""
    if face.contours is not None:
        for ring in eye_rings(face.contours):
            _cut_out(seen, ring, window)
        return
    down = pose_of(face).rotation[:2, 1].astype(np.float64)
    down /= max(float(np.hypot(*down)), 1e-6)
    for side in ("left", "right"):
        inner, outer, middle = (
            face.keypoints.points[LANDMARK_INDEX[f"{side}_eye_{name}"]].astype(np.float64)
            for name in ("inner_corner", "outer_corner", "center")
        )
        width = float(np.hypot(*(outer - inner)))
        upper, lower = middle - 2 * _UPPER_LID * width * down, middle + 2 * _LOWER_LID * width * down
        # Two arcs through the corners whose middles lie half-way to these points.
        almond = np.concatenate([_arc(outer, upper, inner), _arc(inner, lower, outer)])
        _cut_out(seen, almond, window)


def _cut_out(seen: ByteArray, ring: Matrix, window: GridWindow) -> None:
    """Take what lies inside of a ring (n, 2), pixels of the frame, out of the mask."""
    inside = (ring - [window.left, window.top]) * (1 << _SHIFT_BITS)
    cv2.fillPoly(seen, [np.round(inside).astype(np.int32)], 0, cv2.LINE_AA, _SHIFT_BITS)


def _arc(start: Matrix, towards: Matrix, end: Matrix) -> Matrix:
    """Return (9, 2), a quadratic curve."""
    steps = np.linspace(0.0, 1.0, 9)[:, None]
    return np.asarray((1 - steps) ** 2 * start + 2 * steps * (1 - steps) * towards + steps**2 * end)
