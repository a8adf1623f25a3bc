"""Draws the flower crown's wreath and the unicorn's garland petal by petal.

`python docs/hooks/art/draw_flowers.py` writes their PNGs under assets/filters.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.float32]
WIDTH, HEIGHT, _LARGER = 2000, 210, 2
_ASSETS = Path(__file__).parents[3] / "assets" / "filters"


def _rgb(text: str) -> Plane:
    return np.array([int(text[place : place + 2], 16) for place in (1, 3, 5)], np.float32)


class Wreath:
    """A band of pixels that closes to a ring; everything is drawn from the back to the front."""

    def __init__(self) -> None:
        """Begin empty."""
        self._size = (HEIGHT * _LARGER, WIDTH * _LARGER)
        self.colours = np.zeros((*self._size, 3), np.float32)
        self.cover = np.zeros(self._size, np.float32)

    def leaf(  # noqa: PLR0917 (what a petal is)
        self, x: float, y: float, length: float, width: float, angle: float, inner: str, outer: str, bend: float
    ) -> None:
        """Lay a petal or leaf that begins at (x, y), with a vein, a lit side and a shadow on what is below."""
        length, width = length * _LARGER, width * _LARGER
        side = int(length + 12 * _LARGER)
        v, u = np.mgrid[-side : side + 1, -side : side + 1].astype(np.float32)
        along = (u * np.cos(angle) + v * np.sin(angle)) / length
        across = (v * np.cos(angle) - u * np.sin(angle)) / (width / 2) - bend * along * (1 - along)
        half = np.sqrt(np.clip(along, 0, 1)) * np.clip(1 - np.clip(along, 0, 1) ** 3.2, 0, 1) * 1.15
        edge = (half - np.abs(across)) * (width / 2)
        inside = np.clip(edge + 0.5, 0, 1) * (along > 0) * (along < 1)
        shade = cv2.GaussianBlur(inside, (0, 0), 3.2 * _LARGER)
        tint = _rgb(inner) + (_rgb(outer) - _rgb(inner)) * np.clip(along * 1.15, 0, 1)[..., None] ** 0.8
        light = (
            1.03
            - 0.16 * across * np.sign(np.cos(angle) + 1e-6)
            - 0.22 * np.abs(across) ** 3
            + 0.1 * np.exp(-((across / 0.3) ** 2))
        )
        light -= 0.16 * np.exp(-((across / 0.07) ** 2)) * (1 - along) + 0.05 * np.sin(26 * across) * along
        rows = np.arange(side * -1, side + 1) + round(y * _LARGER)
        columns = (np.arange(side * -1, side + 1) + round(x * _LARGER)) % self._size[1]
        fits = (rows >= 0) & (rows < self._size[0])
        place = np.ix_(rows[fits], columns)
        below = self.colours[place] * (1 - 0.5 * shade[fits])[..., None]
        mix = inside[fits][..., None]
        self.colours[place] = below * (1 - mix) + np.clip(tint * light[..., None], 0, 255)[fits] * mix
        self.cover[place] = np.maximum(self.cover[place], inside[fits])

    def flower(self, random: np.random.Generator, x: float, y: float, size: float, tints: tuple[str, str, str]) -> None:
        """Lay a flower of two or three whorls of petals round a heart."""
        inner, outer, heart = tints
        turn = random.uniform(0, 6.3)
        for whorl, (petals, reach) in enumerate([(8, 1.0), (7, 0.78), (5, 0.52)]):
            for petal in range(petals):
                angle = turn + whorl * 0.5 + 6.2832 * petal / petals + random.normal(0, 0.06)
                length = size * reach * random.uniform(0.92, 1.06)
                self.leaf(x, y, length, length * (0.78 + 0.1 * whorl), angle, inner, outer, random.normal(0, 0.3))
        for _ in range(26):
            radius, angle = size * 0.17 * np.sqrt(random.random()), random.uniform(0, 6.3)
            self.leaf(
                x + radius * np.cos(angle),
                y + radius * np.sin(angle),
                size * 0.1,
                size * 0.1,
                angle,
                "#7a4a10",
                heart,
                0,
            )


_TINTS = [
    ("#c2255c", "#ff8fab", "#ffd43b"), ("#e8a0b4", "#fff1f3", "#f4b942"), ("#7048a8", "#c9a6f2", "#ffe066"),
    ("#e0673f", "#ffc9a3", "#8a4b12"), ("#d9d2c4", "#ffffff", "#f2b632"), ("#a61e4d", "#f06595", "#ffe8a3"),
]  # fmt: skip

_GREENS = (("#1f4d2b", "#4f8a4c"), ("#2c5f2d", "#86b26a"), ("#24503a", "#6fa08a"))
# Columns that the garland lies in: 120 degrees of the ring.
_GARLAND = (667, 1333)


def ring() -> Wreath:
    """Return flowers all round the head, larger in front."""
    random, wreath = np.random.default_rng(12), Wreath()
    for step in range(150):
        x, y = WIDTH * step / 150 + random.normal(0, 4), 116 + random.normal(0, 18)
        angle = random.choice([0.0, np.pi]) + random.normal(0, 0.75)
        wreath.leaf(
            x, y, random.uniform(52, 88), random.uniform(22, 34), angle, *_GREENS[step % 3], random.normal(0, 0.5)
        )
    places = [(WIDTH * (step + 0.5) / 46 + random.normal(0, 6), 122 + random.normal(0, 26)) for step in range(46)]
    for number, (x, y) in enumerate(places):
        wreath.flower(random, x, y, random.uniform(32, 46), _TINTS[number % len(_TINTS)])
    for number in range(18):
        size = 54 + 27 * np.exp(-(((number - 8.5) / 6) ** 2))
        tints = _TINTS[(number * 5 + 2) % len(_TINTS)]
        wreath.flower(random, WIDTH * (number + 0.5) / 18, 112 + random.normal(0, 6), size, tints)
    return wreath


def garland() -> Wreath:
    """Return flowers above the brow, smaller towards leaves at both ends."""
    random, wreath = np.random.default_rng(5), Wreath()
    for step in np.linspace(-1, 1, 46):
        x, y = WIDTH / 2 + 285 * step, 112 + random.normal(0, 14 * (1.2 - abs(step)))
        angle = (0.0 if step > 0 else np.pi) + random.normal(0, 0.5)
        long = random.uniform(60, 88) * (1.1 - 0.4 * abs(step))
        wreath.leaf(x, y, long, long * 0.38, angle, *_GREENS[int(random.integers(3))], random.normal(0, 0.4))
    for number, step in enumerate((-1, 1, -0.82, 0.82, -0.62, 0.62, -0.42, 0.42, -0.2, 0.2, 0.0)):
        x, y, size = WIDTH / 2 + 275 * step, 112 + random.normal(0, 8), 76 - 44 * abs(step)
        wreath.flower(random, x + random.normal(0, 5), y, size, _TINTS[(number // 2 + 4) % len(_TINTS)])
    return wreath


def save(wreath: Wreath, path: Path, left: int, right: int) -> None:
    """Save these columns as a PNG of 256 colours."""
    large = np.dstack([wreath.colours * wreath.cover[..., None], 255 * wreath.cover])
    small = cv2.resize(large, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)[:, left:right]
    straight = small.copy()
    straight[..., :3] /= np.maximum(small[..., 3:] / 255, 1e-3)
    image = Image.fromarray(np.round(np.clip(straight, 0, 255)).astype(np.uint8), "RGBA")
    image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Draw both."""
    save(ring(), _ASSETS / "flower-crown" / "ring.png", 0, WIDTH)
    save(garland(), _ASSETS / "unicorn" / "flowers.png", *_GARLAND)


if __name__ == "__main__":
    main()
