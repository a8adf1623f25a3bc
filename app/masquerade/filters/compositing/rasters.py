"""Rasterizes art at the sizes needed, and caches the results within a limit of memory."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from masquerade.filters.compositing.idle_cache import IdleCache
from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.art.svg import ArtBox
from masquerade.values import ByteArray

# Two sizes for every doubling: art is never shrunk by more than 1.4 when it is painted,
# so that no pixel of it is skipped, and rarely enlarged by more than a twentieth.
_STEPS_PER_DOUBLING = 2
_ENLARGING_ALLOWED = math.log2(1.05)
_MAX_SIDE = 2048
# A drawing of two sizes more or less does for a frame in which another one was drawn.
_NEAR_LEVELS = 2
# Nor is it worth a stop where the face has changed its size by less than this.
_REALTIME_LEVELS = 4
_SECONDS_A_FRAME = 0.002
# Drawings of filters that were taken off, in case they are put on again; some five filters at 720p.
_MAX_IDLE_BYTES = 16_000_000
_BAND_PIXELS = 12_000
_MARGIN = 2
_LOOK_SIDE = 256
# A soft edge thinner than 1 % is not seen, yet it can double the area that is painted.
_FAINTEST = 2


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Rasterized art, cropped to what is not empty.

    Attributes:
        pixels: (h, w, 4) uint8, premultiplied BGRA; the outermost 2 pixels are transparent,
            so that borders come out smooth.
        scale: pixels of the raster for one unit of the art.
        left, top: where the corner of the raster lies, units of the art.
        black: True where it has no colour at all, as a shadow.
    """

    pixels: ByteArray
    scale: float
    left: float
    top: float
    black: bool


class RasterCache:
    """Rasterize art and cache the newest results. For one thread."""

    def __init__(self, max_bytes: int = 48_000_000, realtime: bool = False) -> None:
        """Keep nothing yet.

        Args:
            max_bytes: of pixels kept; the longest unused go first.
            realtime: True draws further sizes of the same art in bands, a few a frame, and gives
                the nearest size meanwhile: a drawing takes up to 50 ms. (On a thread of its own
                it would stop the image as well: QtSvg does not let go of the interpreter.)
        """
        self._realtime = realtime
        self._begun: dict[Art, tuple[int, Iterator[Raster | None]]] = {}
        self._spent_seconds = 0.0
        self._kept = IdleCache[tuple[Art, int], Raster](raster_bytes, max_bytes, _MAX_IDLE_BYTES)
        self._sources: dict[Art, _Source] = {}
        self._may_draw = True

    def begin_frame(self) -> None:
        """Allow one more drawing at a new size in this frame, so that an approaching head does not stall the video."""
        self._may_draw = True
        self._spent_seconds = 0.0
        if self._kept.begin_frame():
            self._release_sources()

    def get(self, art: Art, pixels_per_unit: float) -> Raster:
        """Return the raster that suits this many pixels per unit of the art."""
        level = _level_of(pixels_per_unit)
        kept = self._kept.get((art, level))
        if kept is not None:
            return kept
        near = self._nearest(art, level)
        if near is not None and self._realtime and abs(near[1] - level) <= _REALTIME_LEVELS:
            return self._draw_on(art, level) or self._kept_at(near)
        if near is not None and not self._may_draw and abs(near[1] - level) <= _NEAR_LEVELS:
            return self._kept_at(near)
        self._may_draw = False
        return self._kept.put((art, level), self._source(art).draw(_scale_of(level)))

    def _kept_at(self, key: tuple[Art, int]) -> Raster:
        kept = self._kept.get(key)
        assert kept is not None
        return kept

    def _nearest(self, art: Art, level: int) -> tuple[Art, int] | None:
        """Return the key of the cached raster closest in size; of two, the larger one."""
        keys = (key for key in self._kept if key[0] is art)
        return min(keys, key=lambda key: (abs(key[1] - level), key[1] < level), default=None)

    def _draw_on(self, art: Art, level: int) -> Raster | None:
        """Continue a drawing while this frame has time; return it when it is done."""
        begun_level, bands = self._begun.get(art) or (level, self._source(art).bands(_scale_of(level)))
        if begun_level != level:
            # The face has gone on to another size.
            bands = self._source(art).bands(_scale_of(level))
        self._begun[art] = (level, bands)
        while self._spent_seconds < _SECONDS_A_FRAME:
            began = time.perf_counter()
            raster = next(bands)
            self._spent_seconds += time.perf_counter() - began
            if raster is not None:
                del self._begun[art]
                return self._kept.put((art, level), raster)
        return None

    def _source(self, art: Art) -> "_Source":
        if art not in self._sources:
            self._sources[art] = _Source(art)
        return self._sources[art]

    def _release_sources(self) -> None:
        """Free the parsed trees of art that was not drawn recently; all of them together take 125 MB."""
        arts = {art for art, _ in self._kept}
        self._sources = {art: source for art, source in self._sources.items() if art in arts}
        for art, source in self._sources.items():
            if not source.was_drawn():
                source.release()
                self._begun.pop(art, None)
        self._begun = {art: begun for art, begun in self._begun.items() if art in arts}


def draw_art(art: Art, pixels_per_unit: float) -> Raster:
    """Return the raster of a piece of art that is drawn only once, without a cache."""
    return _Source(art).draw(_scale_of(_level_of(pixels_per_unit)))


def raster_bytes(raster: Raster) -> int:
    """Return the bytes of a raster's pixels."""
    return raster.pixels.nbytes


def _level_of(pixels_per_unit: float) -> int:
    return math.ceil(_STEPS_PER_DOUBLING * (math.log2(max(pixels_per_unit, 1e-6)) - _ENLARGING_ALLOWED))


def _scale_of(level: int) -> float:
    return float(2.0 ** (level / _STEPS_PER_DOUBLING))


class _Source:
    """One piece of art: its bounds, and its parsed form until that is released."""

    def __init__(self, art: Art) -> None:
        self._art = art
        self._renderer: QSvgRenderer | None = None
        self._image: ByteArray | None = None
        self._drawn = True
        self._content = self._look() if art.vector else _bounds(self._decoded(), 1.0, art.box)

    def was_drawn(self) -> bool:
        """Return whether anything was drawn since the last call."""
        drawn, self._drawn = self._drawn, False
        return drawn

    def release(self) -> None:
        """Free the parsed art; the next drawing parses it again."""
        self._renderer = self._image = None

    def draw(self, scale: float) -> Raster:
        """Return the art at a scale, in pixels for a unit."""
        *_, raster = self.bands(scale, _MAX_SIDE * _MAX_SIDE)
        assert raster is not None
        return raster

    def bands(self, scale: float, pixels_at_once: int = _BAND_PIXELS) -> Iterator[Raster | None]:
        """Draw the art band by band: yield None after each, and the raster at the end."""
        content = self._content
        scale = min(scale, (_MAX_SIDE - 2 * _MARGIN) / max(content.width, content.height))
        if not self._art.vector:
            yield self._shrink(scale)
            return
        width = math.ceil(content.width * scale) + 2 * _MARGIN
        height = math.ceil(content.height * scale) + 2 * _MARGIN
        left, top = content.left - _MARGIN / scale, content.top - _MARGIN / scale
        rows = max(1, pixels_at_once // width)
        drawn = []
        for first in range(0, height, rows):
            drawn.append(self._draw_svg(width, min(rows, height - first), scale, left, top + first / scale))
            yield None
        pixels = drawn[0] if len(drawn) == 1 else np.concatenate(drawn)
        yield Raster(pixels, scale, left, top, not pixels[..., :3].any())

    def _draw_svg(self, width: int, height: int, scale: float, left: float, top: float) -> ByteArray:
        self._drawn = True
        if self._renderer is None:
            self._renderer = QSvgRenderer(QByteArray(self._art.drawing()))
        pixels = np.zeros((height, width, 4), np.uint8)
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = self._art.box
        target = QRectF((box.left - left) * scale, (box.top - top) * scale, box.width * scale, box.height * scale)
        painter.setClipRect(target)
        self._renderer.render(painter, target)
        painter.end()
        return pixels

    def _decoded(self) -> ByteArray:
        self._drawn = True
        if self._image is None:
            self._image = decode_png(self._art.content)
        return self._image

    def _look(self) -> ArtBox:
        """Find the bounds of the art by drawing it small."""
        box = self._art.box
        scale = _LOOK_SIDE / max(box.width, box.height)
        width, height = max(1, math.ceil(box.width * scale)), max(1, math.ceil(box.height * scale))
        return _bounds(self._draw_svg(width, height, scale, box.left, box.top), scale, box)

    def _shrink(self, scale: float) -> Raster:
        """Return a PNG shrunk by a whole number, so that every pixel is a true mean; it is never enlarged."""
        factor = max(1, int(1.0 / scale))
        left, top = int(self._content.left), int(self._content.top)
        width, height = int(self._content.width), int(self._content.height)
        part = self._decoded()[top : top + height, left : left + width]
        part = np.pad(part, ((0, -height % factor), (0, -width % factor), (0, 0)))
        size_wh = (part.shape[1] // factor, part.shape[0] // factor)
        small = part if factor == 1 else cv2.resize(part, size_wh, interpolation=cv2.INTER_AREA)
        framed = as_bytes(np.pad(small, ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0))))
        margin = _MARGIN * factor
        return Raster(framed, 1.0 / factor, left - margin, top - margin, not framed[..., :3].any())


def is_empty(art: Art) -> bool:
    """Return whether nothing can be seen of a piece of art."""
    raster = _Source(art).draw(_LOOK_SIDE / max(art.box.width, art.box.height))
    return not bool((raster.pixels[..., 3] > _FAINTEST).any())


def decode_png(content: bytes) -> ByteArray:
    """Return a PNG (its header was checked) as (h, w, 4) uint8, premultiplied BGRA.

    One that is broken further on is answered with one transparent pixel.
    """
    image = QImage.fromData(content).convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    if image.isNull():
        return np.zeros((1, 1, 4), np.uint8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).copy()


def _bounds(pixels: ByteArray, scale: float, box: ArtBox) -> ArtBox:
    """Return the part of the box, in whole pixels of this drawing, that is not empty."""
    columns = np.flatnonzero((pixels[..., 3] > _FAINTEST).any(axis=0))
    rows = np.flatnonzero((pixels[..., 3] > _FAINTEST).any(axis=1))
    if not len(columns):
        return ArtBox(box.left, box.top, 1 / scale, 1 / scale)
    left, top = columns[0] / scale, rows[0] / scale
    right = min((columns[-1] + 1) / scale, box.width)
    bottom = min((rows[-1] + 1) / scale, box.height)
    return ArtBox(box.left + left, box.top + top, right - left, bottom - top)
