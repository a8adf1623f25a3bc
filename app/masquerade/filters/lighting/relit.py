"""Caches art as lit by the light of the image, so that it is not lit again in every frame."""

from dataclasses import replace

import cv2
import numpy as np

from masquerade.filters.compositing.idle_cache import IdleCache
from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.compositing.rasters import Raster, raster_bytes
from masquerade.filters.lighting.image_light import GOOD_LIGHT, Light


class Relit:
    """Light drawn art and cache the newest results. For one thread."""

    def __init__(self, max_bytes: int = 16_000_000) -> None:
        """Keep nothing yet.

        Args:
            max_bytes: of pixels kept. Too few cost time and nothing else: an animation of many
                large frames is lit again every time.
        """
        self._kept = IdleCache[tuple[Raster, Light], Raster](raster_bytes, max_bytes)

    def begin_frame(self) -> None:
        """Free what has not been used for a while."""
        self._kept.begin_frame()

    def get(self, raster: Raster, light: Light) -> Raster:
        """Return the art in this light; in good light, or without colour, the art itself."""
        if light == GOOD_LIGHT or raster.black:
            return raster
        kept = self._kept.get((raster, light))
        if kept is not None:
            return kept
        gains = np.array([*light.gains_bgr, 1.0])
        return self._kept.put((raster, light), replace(raster, pixels=as_bytes(cv2.multiply(raster.pixels, gains))))
