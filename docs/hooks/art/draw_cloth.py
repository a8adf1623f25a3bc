"""Draws the cloth of two hats, the chef's and the fedora: `python docs/hooks/art/draw_cloth.py` writes their PNGs."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.float32]
_ASSETS = Path(__file__).parents[3] / "assets" / "filters"


def noise(seed: int, shape: tuple[int, int], across: int, down: int, octaves: int = 4) -> Plane:
    """Return (H, W), 0 to 1; its left and right edges meet, for it runs round the head."""
    random, total, weight = np.random.default_rng(seed), np.zeros(shape, np.float32), 0.0
    for octave in range(octaves):
        grid = random.random((max(2, down * 2**octave) + 1, across * 2**octave), np.float32)
        wide = cv2.resize(np.tile(grid, (1, 3)), (3 * shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
        total += 0.5**octave * wide[:, shape[1] : 2 * shape[1]]
        weight += 0.5**octave
    return np.asarray(np.clip(total / weight, 0.0, 1.0), np.float32)


def lit(height: Plane, strength: float) -> Plane:
    """Return (H, W), the brightness of cloth with this height, lit from the upper left; 1 where it is flat."""
    right = np.roll(height, -1, 1) - np.roll(height, 1, 1)
    down = np.gradient(height, axis=0)
    return np.asarray(1.0 - strength * (right + 0.5 * down), np.float32)


def puff() -> Plane:
    """Return the soft folds of a chef's hat, (H, W, 3) RGB, 0 to 255."""
    shape = (300, 1200)
    rows = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None]
    folds = noise(3, shape, 34, 1, 2)
    folds = 1 - np.abs(2 * cv2.GaussianBlur(folds, (0, 0), 3.8) - 1) ** 0.8
    gathered = 0.35 + 0.65 * rows**1.5
    shade = np.clip(lit(folds, 5.0) * (0.8 + 0.3 * folds * gathered), 0.68, 1.04)
    shade = cv2.GaussianBlur(shade, (0, 0), 2.2) * (1.0 - 0.2 * rows**6)
    cool = np.array([246, 247, 250], np.float32) - (1 - shade[..., None]) * np.array([250, 232, 205], np.float32)
    return np.asarray(np.clip(cool, 0, 255), np.float32)


def felt() -> Plane:
    """Return a pinched crown of felt with its ribbon, (H, W, 3) RGB, 0 to 255."""
    shape = (338, 1200)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    x, y = (x / shape[1] - 0.5) * 7.2, y / shape[0]
    bumps = np.zeros(shape, np.float32)
    for place, high, wide, deep in (
        (-0.62, 0.36, 0.3, -1.0),
        (0.62, 0.36, 0.3, -1.0),
        (0.0, 0.28, 0.26, 0.6),
        (0.0, 0.05, 1.3, -0.7),
    ):
        bumps += deep * np.exp(-(((x - place) / wide) ** 2) - ((y - high) / 0.24) ** 2)
    fibres = noise(5, shape, 300, 90, 3) - 0.5
    shade = lit(cv2.GaussianBlur(bumps, (0, 0), 4.5), 8.5) + 0.14 * bumps + 0.1 * fibres
    shade += 0.05 * (noise(6, shape, 12, 4, 3) - 0.5) - 0.25 * np.clip(y - 0.58, 0, 1)
    colours = np.array([184, 142, 92], np.float32) * shade[..., None]
    ribbon = np.clip((y - 0.715) * 220, 0, 1)
    weave = 1 + 0.05 * np.sin(2 * np.pi * np.arange(shape[1]) / 5)[None] + 0.06 * fibres
    sheen = 0.82 + 0.5 * np.exp(-(((y - 0.82) / 0.07) ** 2)) - 0.25 * np.clip(y - 0.9, 0, 1) * 4
    for left, right in ((1.75, 2.2), (1.9, 2.05)):
        knot = np.clip((x - left) * 60, 0, 1) * np.clip((right - x) * 60, 0, 1)
        sheen = sheen * (1 + knot * (0.5 * np.cos((x - left) / (right - left) * 3.2) + 0.05))
    band = np.array([62, 45, 38], np.float32) * (weave * sheen)[..., None]
    shadow = np.exp(-((np.clip(0.715 - y, 0, 1) / 0.018) ** 2)) * 0.35
    colours = colours * (1 - shadow[..., None]) * (1 - ribbon[..., None]) + band * ribbon[..., None]
    return np.asarray(np.clip(colours, 0, 255), np.float32)


def main() -> None:
    """Draw both."""
    for path, pixels in (("chef/puff.png", puff()), ("fedora/body.png", felt())):
        image = Image.fromarray(np.round(pixels).astype(np.uint8), "RGB")
        image.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            _ASSETS / path, optimize=True
        )


if __name__ == "__main__":
    main()
