"""Draws two puffs of steam: `python docs/hooks/art/draw_steam.py` writes their PNGs under assets/filters."""

from pathlib import Path

import cv2
import numpy as np
from draw_cloth import noise
from PIL import Image

_ASSETS = Path(__file__).parents[3] / "assets" / "filters"
_SIDE = 192


def puff(seed: int, stretched: float) -> Image.Image:
    """Return a cloud with billows, lit from above, longer than wide by `stretched`."""
    shape = (_SIDE, _SIDE)
    y, x = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32) / (_SIDE / 2) - 1
    bend = 0.5 * (noise(seed, shape, 3, 3) - 0.5), 0.5 * (noise(seed + 1, shape, 3, 3) - 0.5)
    reach = np.hypot((x + bend[0]) * stretched, y + bend[1])
    billows = 1 - np.abs(2 * noise(seed + 2, shape, 4, 4, 5) - 1)
    depth = np.clip(1.25 - 1.55 * reach + 0.75 * (billows - 0.6), 0, 1)
    rim = np.clip((0.98 - np.hypot(x, y)) / 0.25, 0, 1)
    alpha = cv2.GaussianBlur(np.clip(depth * 0.95, 0, 0.8), (0, 0), 3) * rim
    height = cv2.GaussianBlur(depth + 0.3 * billows * depth, (0, 0), 5)
    light = 1.0 - 1.8 * np.gradient(height, axis=0) - 0.6 * np.gradient(height, axis=1)
    white = np.clip(light, 0.85, 1.03)[..., None] * np.array([248, 250, 253], np.float32)
    pixels = np.dstack([np.clip(white, 0, 255), 255 * alpha])
    return Image.fromarray(np.round(pixels).astype(np.uint8), "RGBA")


def main() -> None:
    """Draw both."""
    for name, image in (("puff", puff(41, 1.1)), ("wisp", puff(77, 1.6))):
        quantized = image.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        quantized.save(_ASSETS / "steam" / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
