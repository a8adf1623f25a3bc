"""Paints privacy layers over a head: the bar over the eyes, and the cover over all of it."""

import math

import cv2
import numpy as np

from masquerade.filters.compositing.painting import blend_patch
from masquerade.filters.compositing.perspective import cut_patch
from masquerade.filters.compositing.rasters import RasterCache
from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.layers import Area, Blend, Effect, PrivacyLayer
from masquerade.filters.people.per_face import PerFace
from masquerade.filters.people.presence import FrameContext, VisibleFace
from masquerade.filters.privacy.hidden_area import HiddenBoxes, drift, growth, hidden_outline, seen_landmarks
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.pose import pose_of, project
from masquerade.values import ByteArray, Matrix

_BLACK = "#000000"
# Eyes and brows are the first ten landmarks.
_EYE_LANDMARKS, _BAR_LANDMARKS = 6, 10
# How far the bar reaches out beyond them, eye distances: to the temples, over the brows'
# hairs, under the lower lids.
_BAR_BESIDE, _BAR_ABOVE, _BAR_BELOW = 0.45, 0.16, 0.34
# Landmarks of a small face are off by a pixel or two, whatever its size.
_MARGIN_PIXELS = 3.0
# A cover is worn for fun, too: it need not be tight, and hair, chins and buns differ.
_COVER_MARGIN = 1.1
_SUBPIXEL_BITS = 4
# A smooth edge reaches so far beyond its corners.
_SOFT_PIXELS = 2


class CoverPainter:
    """Paints one layer of effect "bar" or "cover" on all faces. For one thread.

    What is under it is painted over with a colour without any transparency; art only comes
    on top of that. As with every privacy layer there is no intensity.
    """

    hides_faces = True

    def __init__(self, layer: PrivacyLayer, art: Art | None, rasters: RasterCache, hidden: HiddenBoxes) -> None:
        self._hidden = hidden
        self._is_bar = layer.effect is Effect.BAR
        # Nothing is remembered of a face.
        self.memory = PerFace[None]()
        self.covers_head = not self._is_bar
        self._colour = _bgr(_BLACK if self._is_bar else layer.colour)
        self._art = art
        self._rasters = rasters

    def paint(self, pixels: ByteArray, presence: VisibleFace, frame: FrameContext) -> VisibleFace:
        """Hide one face; see FaceLayerPainter. A lost one stays hidden where it was last seen."""
        if presence.cover > 0.0:
            self._hide(pixels, presence)
        return presence

    def _hide(self, pixels: ByteArray, presence: VisibleFace) -> None:
        if self._is_bar:
            self._cover(pixels, bar_corners(presence), presence.cover)
            return
        centre_xy, radius = cover_disc(presence)
        turn = np.linspace(0.0, 2.0 * math.pi, 96, endpoint=False)
        # The polygon's sides, too, lie outside the circle.
        circle = centre_xy + radius / math.cos(math.pi / 96) * np.column_stack([np.cos(turn), np.sin(turn)])
        self._cover(pixels, circle, presence.cover)
        if self._art is not None:
            # A square as wide as the disc, which may be turned.
            reach = radius * math.sqrt(2.0) + 1
            self._hidden.add(*(centre_xy - reach).tolist(), *(centre_xy + reach).tolist())
            self._paint_art(pixels, self._art, centre_xy, radius, presence)

    def _cover(self, pixels: ByteArray, corners: Matrix, opacity: float) -> None:
        (left, top), (right, bottom) = corners.min(axis=0) - _SOFT_PIXELS, corners.max(axis=0) + _SOFT_PIXELS
        self._hidden.add(float(left), float(top), float(right), float(bottom))
        _fill(pixels, corners, self._colour, opacity)

    def _paint_art(self, pixels: ByteArray, art: Art, centre_xy: Matrix, radius: float, presence: VisibleFace) -> None:
        """Paint the art centred on the disc, its larger side as long as the disc is wide."""
        scale = 2.0 * radius / max(art.box.width, art.box.height)
        roll = math.radians(pose_of(presence.face).roll)
        cosine, sine = scale * math.cos(roll), scale * math.sin(roll)
        middle = np.array([art.box.left + art.box.width / 2, art.box.top + art.box.height / 2])
        linear = np.array([[cosine, -sine], [sine, cosine]])
        matrix = np.vstack([np.column_stack([linear, centre_xy - linear @ middle]), [0.0, 0.0, 1.0]])
        cut = cut_patch(self._rasters.get(art, scale), matrix, (pixels.shape[1], pixels.shape[0]))
        if cut is not None:
            patch, left, top = cut
            blend_patch(pixels, patch, (left, top), Blend.NORMAL, presence.cover)


def bar_corners(presence: VisibleFace) -> Matrix:
    """Return (N, 2) the bar's convex outline, pixels of the frame.

    It holds the eyes and brows where they were found and where the pose puts them, and for
    a lost face everything from there to where it may be by now.
    """
    pose = pose_of(presence.face)
    roll = math.radians(pose.roll)
    axes = np.array([[math.cos(roll), math.sin(roll)], [-math.sin(roll), math.cos(roll)]])
    found = seen_landmarks(presence.face, _BAR_LANDMARKS)
    inside = np.vstack([found, project(pose, model_landmarks()[:_BAR_LANDMARKS])]).astype(np.float64) @ axes.T
    eyes = inside.reshape(-1, _BAR_LANDMARKS, 2)[:, :_EYE_LANDMARKS].reshape(-1, 2)
    beside, above, below = (share * pose.scale + _MARGIN_PIXELS for share in (_BAR_BESIDE, _BAR_ABOVE, _BAR_BELOW))
    left, right = inside[:, 0].min() - beside, inside[:, 0].max() + beside
    top, bottom = inside[:, 1].min() - above, max(eyes[:, 1].max() + below, inside[:, 1].max() + _MARGIN_PIXELS)
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    middle = corners.mean(axis=0)
    grown = (middle + growth(presence) * (corners - middle)) @ axes
    if not drift(presence).any():
        return np.asarray(grown, np.float64)
    both = np.vstack([grown, grown + drift(presence)]).astype(np.float32)
    return np.asarray(cv2.convexHull(both)[:, 0], np.float64)


def cover_disc(presence: VisibleFace) -> tuple[Matrix, float]:
    """Return the middle (2,) and the radius of a disc that holds the whole head, pixels of the frame."""
    outline = hidden_outline(presence, Area.HEAD)
    return outline.centre_xy, _COVER_MARGIN * float(np.linalg.norm(outline.axes, 2)) + _MARGIN_PIXELS


def _fill(pixels: ByteArray, corners: Matrix, bgr: tuple[int, int, int], opacity: float) -> None:
    """Paint a convex polygon with smooth edges; all of its inside is covered at opacity 1."""
    # Far outside the frame a corner would leave OpenCV's whole numbers.
    fixed = np.round(np.clip(corners, -1e5, 1e5) * 2**_SUBPIXEL_BITS).astype(np.int32)
    if opacity >= 1.0:
        cv2.fillConvexPoly(pixels, fixed, (*bgr, 255), cv2.LINE_AA, _SUBPIXEL_BITS)
        return
    covered = pixels.copy()
    cv2.fillConvexPoly(covered, fixed, (*bgr, 255), cv2.LINE_AA, _SUBPIXEL_BITS)
    cv2.addWeighted(covered, opacity, pixels, 1.0 - opacity, 0.0, dst=pixels)


def _bgr(colour: str) -> tuple[int, int, int]:
    """Blue, green and red of "#rrggbb"."""
    return int(colour[5:7], 16), int(colour[3:5], 16), int(colour[1:3], 16)
