"""Keeps art as it looks in the light of the image, so that lighting it costs nothing frame by frame."""

from collections import OrderedDict
from dataclasses import replace

import cv2
import numpy as np

from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.compositing.rasters import Raster
from masquerade.filters.lighting.image_light import GOOD_LIGHT, Light


class Relit:
    """Lights drawn art and keeps the newest of it. For one thread.

    Args:
        bytes_most: of pixels kept. Too few cost time and nothing else: an animation of many
            large frames is lit again every time.
    """

    def __init__(self, bytes_most: int = 16_000_000) -> None:
        self._bytes_most = bytes_most
        self._bytes = 0
        self._kept: OrderedDict[tuple[Raster, Light], Raster] = OrderedDict()

    def get(self, raster: Raster, light: Light) -> Raster:
        """Return the art in this light; in good light, and where it has no colour, itself."""
        if light == GOOD_LIGHT or raster.black:
            return raster
        key = (raster, light)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        gains = np.array([*light.gains_bgr, 1.0])
        lit = replace(raster, pixels=as_bytes(cv2.multiply(raster.pixels, gains)))
        self._kept[key] = lit
        self._bytes += lit.pixels.nbytes
        while self._bytes > self._bytes_most and len(self._kept) > 1:
            _, old = self._kept.popitem(last=False)
            self._bytes -= old.pixels.nbytes
        return lit
