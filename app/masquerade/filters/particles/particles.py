"""Paints particle layers: hearts, snow, sparks, steam, confetti."""

import math

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter, QTransform

from masquerade.filters.compositing.painting import MODES
from masquerade.filters.compositing.rasters import Raster, RasterCache
from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.image_layers import ParticlesLayer
from masquerade.filters.particles.emitters import Emitters
from masquerade.filters.particles.swarm import Particles, Seen, nothing, seen
from masquerade.filters.people.presence import FrameContext, VisibleFace
from masquerade.values import ByteArray, Matrix

_INVISIBLE = 1 / 255
_MAX_IMAGES = 64
# Of one layer, in frames: large particles over each other must not stop the image.
_MAX_AREA = 2.0
# A particle that flips is never thinner than this share of its width: paper has an edge.
_THINNEST = 0.12


class ParticlesPainter:
    """Paints one particles layer. For one thread.

    Particles fly in the image; those of a face that is gone finish their flight.
    """

    def __init__(self, layer: ParticlesLayer, art: tuple[Art, ...], rasters: RasterCache) -> None:
        self._layer = layer
        self._art = art
        self._rasters = rasters
        self._emitters = Emitters(layer)
        self._swarm: Particles = nothing()
        self._places: dict[int, Matrix] = {}
        self._images: dict[Raster, QImage] = {}

    def paint(self, pixels: ByteArray, present: tuple[VisibleFace, ...], moment: FrameContext) -> None:
        """Create particles, move them and paint them into a frame, in place.

        Args:
            pixels: (H, W, 4) uint8 BGRA, contiguous and writable.
            present: the faces that wear the filter; may be empty.
            moment: of the frame.
        """
        self._swarm["age"] += moment.seconds
        self._carry(present)
        alive = self._swarm[self._swarm["age"] < self._swarm["life"]]
        fresh = self._emitters.step(present, (pixels.shape[1], pixels.shape[0]), moment)
        # Where there are too many, the newest wait: nothing vanishes in flight.
        room = max(self._layer.most - len(alive), 0)
        self._swarm = np.concatenate([alive, fresh[-room:] if room else fresh[:0]])
        if len(self._swarm) > 0:
            self._draw(pixels, seen(self._layer, self._swarm), self._layer.opacity * moment.intensity)

    def _carry(self, present: tuple[VisibleFace, ...]) -> None:
        """Move particles along with their face, by how much they follow it."""
        if self._layer.flight.cling == 0.0:
            return
        places = {each.face.identity: each.face.keypoints.points.mean(axis=0) for each in present}
        for identity in places.keys() & self._places.keys():
            moved = self._layer.flight.cling * (places[identity] - self._places[identity])
            theirs = self._swarm["owner"] == identity
            self._swarm["x"][theirs] += moved[0]
            self._swarm["y"][theirs] += moved[1]
        self._places = places

    def _draw(self, pixels: ByteArray, where: Seen, opacity: float) -> None:
        height, width = pixels.shape[:2]
        target = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        painter = QPainter(target)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setCompositionMode(MODES[self._layer.blend])
        art = self._swarm["art"].tolist()
        rows = zip(*(each.tolist() for each in (where.x, where.y, where.width, where.angle, where.turned)), strict=True)
        shown = (opacity * where.opacity).tolist()
        area = _MAX_AREA * width * height
        for piece, alpha, (x, y, wide, angle, turned) in zip(art, shown, rows, strict=True):
            reach = 2.0 * wide
            if alpha >= _INVISIBLE and -reach < x < width + reach and -reach < y < height + reach:
                area -= min(wide * wide, width * height)
                if area < 0.0:
                    break
                painter.setOpacity(alpha)
                self._draw_one(painter, self._art[piece], x, y, wide, angle, turned)
        painter.end()

    def _draw_one(  # noqa: PLR0917 (one row of Seen, kept as plain floats for speed)
        self, painter: QPainter, art: Art, x: float, y: float, wide: float, angle: float, turned: float
    ) -> None:
        box = art.box
        scale = wide / box.width
        raster = self._rasters.get(art, scale)
        across = math.copysign(max(abs(turned), _THINNEST), turned) * scale
        cosine, sine = math.cos(angle), math.sin(angle)
        xx, xy, yx, yy = across * cosine, across * sine, -scale * sine, scale * cosine
        # From the middle of the art to the raster's corner; a pixel's middle lies half a pixel in.
        left, top = raster.left - box.left - box.width / 2, raster.top - box.top - box.height / 2
        place_x, place_y = x + 0.5 + xx * left + yx * top, y + 0.5 + xy * left + yy * top
        share = 1.0 / raster.scale
        painter.setTransform(QTransform(xx * share, xy * share, yx * share, yy * share, place_x, place_y))
        painter.drawImage(QPointF(0.0, 0.0), self._image(raster))

    def _image(self, raster: Raster) -> QImage:
        found = self._images.get(raster)
        if found is None:
            if len(self._images) >= _MAX_IMAGES:
                self._images.clear()
            height, width = raster.pixels.shape[:2]
            found = QImage(raster.pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
            self._images[raster] = found
        return found
