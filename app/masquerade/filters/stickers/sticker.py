"""Paints sticker layers: flat art in perspective, with its spring and its trigger's motion."""

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from masquerade.filters.compositing.outline import HEAD, head_of, outline_of, outside_mask
from masquerade.filters.compositing.painting import as_bytes, blend_patch, fade_patch
from masquerade.filters.compositing.person import background_mask
from masquerade.filters.compositing.perspective import cut_patch, pixels_per_unit, seen_middle
from masquerade.filters.compositing.placement import Placement, Plane, place, plane_of, smoothstep
from masquerade.filters.compositing.rasters import Raster, RasterCache
from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.layers import Blend, Lighting, Motion, StickerLayer
from masquerade.filters.lighting.hair_dye import HairDye
from masquerade.filters.lighting.image_light import ImageLight
from masquerade.filters.lighting.relit import Relit
from masquerade.filters.lighting.shading import shade_flat, shades
from masquerade.filters.people.motion import step_progress, step_towards
from masquerade.filters.people.per_face import PerFace
from masquerade.filters.people.presence import FrameContext, VisibleFace
from masquerade.filters.stickers.playback import FrameSequence, PlaybackState
from masquerade.filters.stickers.spring import Spring, lean, pull, rest_at
from masquerade.geometry.head import MEASURED_ANCHORS, HeadSize
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray, Face, Matrix

_INVISIBLE = 1 / 512
# Rows over which a sliding layer comes out of its edge, as a share of its height.
_SLIT = 0.06
# All frames of an animation together are drawn with at most so many pixels: they must stay
# in the cache, or each would be drawn again every time.
_MAX_FRAMES_PIXELS = 6_000_000


@dataclass(frozen=True, slots=True)
class _State:
    """What a layer remembers for one face: how far its motion is (0 to 1), its spring, its animation."""

    progress: float
    spring: Spring | None
    playback: PlaybackState


# A head is measured once: the layers of every face that is worn fit in.
_measured_plane = lru_cache(maxsize=64)(plane_of)
_STEADY = _State(1.0, None, PlaybackState(0.0, False))


class StickerPainter:
    """Paints one sticker layer on all faces. For one thread.

    Args:
        layer: what is painted.
        art: its frames; one alone is a still image.
        rasters: where drawn art is kept.
        image_light: the light on each face.
        relit: where lit art is kept.
        hair_dye: the colour of each person's hair.
    """

    hides_faces = False
    covers_head = False

    def __init__(  # noqa: PLR0917 (what all layers share)
        self,
        layer: StickerLayer,
        art: tuple[Art, ...],
        rasters: RasterCache,
        image_light: ImageLight,
        relit: Relit,
        hair_dye: HairDye,
    ) -> None:
        self._layer = layer
        self._frames = art
        self._art = art[0]
        self._rasters = rasters
        self._image_light = image_light
        self._relit = relit
        self._hair_dye = hair_dye
        self._is_lit = layer.light is Lighting.IMAGE and layer.blend is Blend.NORMAL
        self._plane: Plane = plane_of(layer, self._art.box)
        self._is_measured = any(anchor.name in MEASURED_ANCHORS for anchor in layer.anchors)
        self._reel = FrameSequence(tuple(each.seconds for each in art), layer.loop)
        self.memory = PerFace[_State]()
        # Most layers: nothing of them need be remembered.
        self._is_steady = layer.trigger is None and layer.lag <= 0.0 and len(art) == 1

    def paint(self, pixels: ByteArray, presence: VisibleFace, frame: FrameContext) -> VisibleFace:
        """Paint the layer on one face; see FaceLayerPainter."""
        self._paint(pixels, presence, frame)
        return presence

    def _paint(self, pixels: ByteArray, presence: VisibleFace, frame: FrameContext) -> None:
        size_wh = (pixels.shape[1], pixels.shape[0])
        placement = place(self._plane_on(presence.head), presence.face, self._layer.follows, size_wh)
        state = self._step(presence, placement, frame.seconds)
        shown = smoothstep(state.progress)
        opacity = self._layer.opacity * frame.intensity * presence.opacity * placement.opacity
        sliding = self._layer.trigger is not None and self._layer.trigger.motion is Motion.SLIDE
        opacity *= 1.0 if sliding else shown
        if opacity < _INVISIBLE or shown <= 0.0:
            return
        matrix = placement.matrix
        if state.spring is not None:
            matrix = lean(state.spring, placement.anchor_xy, placement.scale) @ matrix
        art = self._frames[self._reel.frame_at(state.playback.played)]
        raster = self._rasters.get(art, pixels_per_unit(matrix, self._art.box))
        # A cover is as bright in the dark, and so is what is worn on it.
        if self._layer.hair_colour:
            # Brows are seen in the light that there is.
            raster = self._hair_dye.dye(raster, self._hair_dye.of(presence.face.identity))
        elif self._is_lit and not presence.under_cover:
            raster = self._relit.get(raster, self._image_light.of(presence.face.identity))
        if sliding and shown < 1.0:
            raster, matrix = _slid(raster, matrix, shown)
        cut = cut_patch(raster, matrix, size_wh)
        if cut is None:
            return
        behind = 1.0 if self._layer.behind else placement.behind
        if behind > 0.0:
            self._hide(cut, presence, frame.person, size_wh, behind)
        patch, left, top = cut
        if self._is_lit and not raster.black and not presence.under_cover:
            self._shade(patch, (left, top), presence.face)
        # Black multiplies as it covers, and covering is five times as quick.
        covers = raster.black and self._layer.blend is Blend.MULTIPLY
        blend_patch(pixels, patch, (left, top), Blend.NORMAL if covers else self._layer.blend, opacity)

    def _plane_on(self, head: HeadSize) -> Plane:
        return _measured_plane(self._layer, self._art.box, head) if self._is_measured else self._plane

    def _shade(self, patch: ByteArray, left_top: tuple[int, int], face: Face) -> None:
        direction = self._image_light.direction_of(face.identity)
        if shades(direction):
            x, y = face.keypoints.anchors.mean(axis=0).tolist()
            shade_flat(patch, left_top, (x, y), pose_of(face).scale, direction)

    def _hide(
        self,
        cut: tuple[ByteArray, int, int],
        presence: VisibleFace,
        person: ByteArray | None,
        size_wh: tuple[int, int],
        share: float,
    ) -> None:
        """Take a share out of what the head covers in a patch, or anybody where people are cut out."""
        patch, left, top = cut
        patch_wh = (patch.shape[1], patch.shape[0])
        head = head_of(presence.head) if self._is_measured else HEAD
        seen = outside_mask(outline_of(head, pose_of(presence.face)), left, top, patch_wh)
        if person is not None:
            seen = as_bytes(cv2.multiply(seen, background_mask(person, (left, top), patch_wh, size_wh), scale=1 / 255))
        fade_patch(patch, as_bytes(cv2.convertScaleAbs(seen, alpha=share, beta=255 * (1.0 - share))))

    def _step(self, presence: VisibleFace, placement: Placement, seconds: float) -> _State:
        if self._is_steady:
            return _STEADY
        old = self.memory.get(presence.face.identity)
        playback = self._playback(old, presence, seconds)
        before = old.progress if old else None
        trigger = self._layer.trigger
        if trigger is not None and trigger.motion is Motion.PLAY:
            settled = presence.age == float("inf")
            progress = step_towards(trigger, before, self._reel.is_playing(playback), settled, seconds)
        else:
            progress = step_progress(trigger, before, presence, seconds)
        state = _State(progress, self._spring(old, placement, seconds), playback)
        self.memory[presence.face.identity] = state
        return state

    def _playback(self, old: _State | None, presence: VisibleFace, seconds: float) -> PlaybackState:
        trigger = self._layer.trigger
        is_on = trigger is not None and trigger.on in presence.face.active
        if old is None:
            return self._reel.begin(trigger, is_on, presence.age == float("inf"))
        return self._reel.step(trigger, old.playback, is_on, old.progress <= 0.0, seconds)

    def _spring(self, old: _State | None, placement: Placement, seconds: float) -> Spring | None:
        if self._layer.lag <= 0.0:
            return None
        target_xy = seen_middle(placement.matrix, self._art.box)
        if old is None or old.spring is None:
            return rest_at(target_xy)
        return pull(old.spring, target_xy, self._layer.lag, seconds)


def _slid(raster: Raster, matrix: Matrix, shown: float) -> tuple[Raster, Matrix]:
    """Return the lower part of the art, moved up so that it comes out from under the art's top edge."""
    height = raster.pixels.shape[0]
    hidden = (1.0 - shown) * height
    first = min(int(hidden), height - 1)
    pixels = raster.pixels[first:].copy()
    rows = max(2, min(len(pixels), round(_SLIT * height)))
    # The slit lies at `hidden`, between two rows; the ramp makes it exact and soft.
    ramp = np.clip((np.arange(first, first + rows) - hidden) / rows, 0.0, 1.0)[: len(pixels)]
    pixels[: len(ramp)] = pixels[: len(ramp)] * ramp[:, None, None]
    up = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, -hidden / raster.scale], [0.0, 0.0, 1.0]])
    return replace(raster, pixels=pixels, top=raster.top + first / raster.scale), matrix @ up
