"""Paint background layers: what is behind the people is blurred or replaced, without a halo round them."""

import cv2
import numpy as np

from masquerade.filters.backgrounds.video_loop import VideoLoop
from masquerade.filters.compositing.painting import as_bytes, blend_patch
from masquerade.filters.compositing.placement import smoothstep
from masquerade.filters.compositing.rasters import draw_art
from masquerade.filters.compositing.resizing import enlarge
from masquerade.filters.compositing.scratch import ScratchBuffers
from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.image_layers import BackgroundEffect, BackgroundLayer, Fit
from masquerade.filters.format.layers import Blend
from masquerade.filters.people.motion import step_towards
from masquerade.filters.people.presence import FrameContext, VisibleFace, all_active
from masquerade.values import ByteArray

_INVISIBLE = 1 / 512
# Rows on which a blur is worked out: what is blurred needs no more.
_BLUR_ROWS = 180
# Half the window of a blur at full strength, as a share of the image's height.
_MAX_RADIUS = 0.09


class BackgroundPainter:
    """Paint one background layer. For one thread.

    Args:
        layer: what is painted.
        art: its image; empty for a blur or a colour.
        scratch: shared by all layers.
    """

    def __init__(self, layer: BackgroundLayer, art: tuple[Art, ...], scratch: ScratchBuffers) -> None:
        self._layer = layer
        self._art = art
        self._scratch = scratch
        self._progress: float | None = None
        self._filled: tuple[tuple[int, int], ByteArray] | None = None
        self._video = VideoLoop(art[0]) if art and art[0].video else None
        self._video_frame: ByteArray | None = None

    def paint(self, pixels: ByteArray, faces: tuple[VisibleFace, ...], frame: FrameContext) -> None:
        """Paint behind the people of a frame, in place; without a mask of them the frame stays as it is.

        Args:
            pixels: (H, W, 4) uint8 BGRA, contiguous and writable.
            faces: those that wear the filter; may be empty.
            frame: the time since the last one, how strongly it is painted, and the mask of its people.
        """
        trigger = self._layer.trigger
        is_on = trigger is not None and trigger.on in all_active(faces)
        self._progress = step_towards(trigger, self._progress, is_on, frame.first, frame.seconds)
        amount = self._layer.opacity * frame.intensity * smoothstep(self._progress)
        if frame.person is None or amount < _INVISIBLE:
            return
        if self._video is not None:
            self._play(self._video, frame.seconds, (pixels.shape[1], pixels.shape[0]))
        if self._layer.effect is BackgroundEffect.BLUR:
            patch = self._blurred(pixels, frame.person)
        else:
            patch = self._replaced(pixels, frame.person)
        blend_patch(pixels, patch, (0, 0), Blend.NORMAL, amount)

    def _play(self, video: VideoLoop, seconds: float, size_wh: tuple[int, int]) -> None:
        """Fill the background with the video's current frame, if it has changed."""
        shown = video.step(seconds)
        if shown is self._video_frame and self._filled is not None and self._filled[0] == size_wh:
            return
        self._video_frame = shown
        if self._filled is None or self._filled[0] != size_wh:
            self._filled = size_wh, self._coloured(size_wh)
        self._lay(self._filled[1], shown, (shown.shape[1], shown.shape[0]))

    def _blurred(self, pixels: ByteArray, person: ByteArray) -> ByteArray:
        """Return the blurred background, premultiplied by the mask of everything but people.

        The colours of people are left out of the blur: it divides what it has summed by what it
        has counted, or a halo of skin would stand round every head.
        """
        rows, columns = person.shape
        size_wh = max(columns * _BLUR_ROWS // max(rows, _BLUR_ROWS), 1), min(rows, _BLUR_ROWS)
        # By halves: a mean of areas takes four times as long.
        half = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_LINEAR)
        small = cv2.resize(half, size_wh, interpolation=cv2.INTER_LINEAR)
        behind = as_bytes(cv2.bitwise_not(cv2.resize(person, size_wh, interpolation=cv2.INTER_LINEAR)))
        share = behind.astype(np.float32) / np.float32(255)
        # A little of everything, so that a person who fills the frame leaves no hole.
        share = np.maximum(share * share, np.float32(1e-3))
        radius = max(1, round(_MAX_RADIUS * self._layer.strength * size_wh[1]))
        window = (2 * radius + 1, 2 * radius + 1)
        weighted = np.empty((*share.shape, 4), np.float32)
        np.multiply(small[..., :3], share[..., None], out=weighted[..., :3])
        weighted[..., 3] = share
        # Two boxes make a tent, which looks like a lens and not like a box.
        summed = np.asarray(cv2.blur(cv2.blur(weighted, window), window), np.float32)
        blurred = np.full((*share.shape, 4), 255, np.uint8)
        np.divide(summed[..., :3], summed[..., 3:], out=blurred[..., :3], casting="unsafe")
        # At the size of the mask, which is no finer, and then both together to that of the frame.
        middle = self._scratch.get("behind", rows, columns, 4)
        enlarge(blurred, middle)
        patch = self._scratch.get("blurred", *pixels.shape)
        enlarge(self._behind(middle, person), patch)
        return patch

    def _replaced(self, pixels: ByteArray, person: ByteArray) -> ByteArray:
        """Return the colour or image, premultiplied by the mask of everything but people."""
        size_wh = (pixels.shape[1], pixels.shape[0])
        if self._filled is None or self._filled[0] != size_wh:
            self._filled = size_wh, self._fill(size_wh)
        return self._behind(self._filled[1], person)

    def _behind(self, image: ByteArray, person: ByteArray) -> ByteArray:
        """Return an opaque image (H, W, 4), premultiplied by the mask of everything but people."""
        height, width = image.shape[:2]
        if person.shape != (height, width):
            person = as_bytes(cv2.resize(person, (width, height), interpolation=cv2.INTER_LINEAR))
        mask = as_bytes(cv2.bitwise_not(person))
        patch = self._scratch.get("background", height, width, 4)
        cv2.multiply(image, self._scratch.merged([mask, mask, mask, mask]), dst=patch, scale=1 / 255)
        return patch

    def _fill(self, size_wh: tuple[int, int]) -> ByteArray:
        """Return the layer's colour or image at the size of the frame, opaque."""
        canvas = self._coloured(size_wh)
        if not self._art:
            return canvas
        box = self._art[0].box
        raster = draw_art(self._art[0], self._scale((box.width, box.height), size_wh))
        corner = ((raster.left - box.left) * raster.scale, (raster.top - box.top) * raster.scale)
        self._lay(canvas, raster.pixels, (box.width * raster.scale, box.height * raster.scale), corner)
        return canvas

    def _coloured(self, size_wh: tuple[int, int]) -> ByteArray:
        red, green, blue = self._layer.colour
        canvas = np.empty((size_wh[1], size_wh[0], 4), np.uint8)
        canvas[:] = (blue, green, red, 255)
        return canvas

    def _scale(self, box_wh: tuple[float, float], size_wh: tuple[int, int]) -> float:
        across, down = size_wh[0] / box_wh[0], size_wh[1] / box_wh[1]
        # Art ends softly: two pixels more keep that out of the frame.
        return max(across, down) * (1 + 4 / min(size_wh)) if self._layer.fit is Fit.FILL else min(across, down)

    def _lay(
        self, canvas: ByteArray, image: ByteArray, box_wh: tuple[float, float], corner: tuple[float, float] = (0.0, 0.0)
    ) -> None:
        """Lay an image (h, w, 4) on a canvas, in place, as `fit` and `pan` say.

        Args:
            canvas: at the size of the frame.
            image: premultiplied.
            box_wh: what is fitted, in pixels of the image.
            corner: where the image begins in that.
        """
        height, width = canvas.shape[:2]
        factor = self._scale(box_wh, (width, height))
        across, down = self._layer.pan if self._layer.fit is Fit.FILL else (0.0, 0.0)
        left = (width - box_wh[0] * factor) * (1.0 + across) / 2 + corner[0] * factor
        top = (height - box_wh[1] * factor) * (1.0 + down) / 2 + corner[1] * factor
        matrix = np.array([[factor, 0.0, left + (factor - 1) / 2], [0.0, factor, top + (factor - 1) / 2]])
        drawn = as_bytes(cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR))
        blend_patch(canvas, drawn, (0, 0), Blend.NORMAL, 1.0)
