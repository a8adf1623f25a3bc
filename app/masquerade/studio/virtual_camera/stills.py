"""The images that a virtual camera shows instead of frames: the card, and the colour bars of a test."""

import logging
from pathlib import Path

import numpy as np

from masquerade.errors import AppError
from masquerade.pipeline.sources.photos.image_files import read_image
from masquerade.resources import bundled
from masquerade.values import ByteArray

# The bars of ITU-R BT.471 at 75 %: white, yellow, cyan, green, magenta, red, blue, black; as BGR.
_BARS = ((191, 191, 191), (0, 191, 191), (191, 191, 0), (0, 191, 0), (191, 0, 191), (0, 0, 191), (191, 0, 0), (0, 0, 0))

_log = logging.getLogger(__name__)


def read_card(path: str) -> ByteArray:
    """Return what is shown while there are no frames, (H, W, 4) BGRA.

    Args:
        path: the user's own image; "", or one that cannot be read, gives the bundled one.
    """
    if path:
        try:
            return read_image(Path(path))
        except AppError as error:
            _log.warning("the card of the virtual camera is the bundled one: %s", error)
    return read_image(bundled("assets") / "studio" / "paused.png")


def draw_test_image(size_wh: tuple[int, int]) -> ByteArray:
    """Return eight colour bars, (H, W, 4) BGRA."""
    width, height = size_wh
    pixels = np.full((height, width, 4), 255, np.uint8)
    for place, colour in enumerate(_BARS):
        pixels[:, place * width // len(_BARS) : (place + 1) * width // len(_BARS), :3] = colour
    return pixels
