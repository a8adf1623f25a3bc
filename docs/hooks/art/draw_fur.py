"""Draws faces of fur and the beard on the cheeks: thousands of single hairs on the template of face paint.

`python docs/hooks/art/draw_fur.py` writes the PNGs under assets/filters. docs/filters.md shows the template:
800 x 960 units, the eyes at (275, 380) and (525, 380), the tip of the nose at (400, 514), the chin at (400, 855).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.float32]
WIDTH, HEIGHT = 800, 960
# Hairs are drawn so many times as large, and saved at this share of a unit.
_LARGER, _SAVED = 3, 0.7
_ASSETS = Path(__file__).parents[3] / "assets" / "filters"
Y, X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
SIDE = np.abs(X - 400)


@dataclass(frozen=True, slots=True)
class Coat:
    """How hairs grow.

    Attributes:
        count: how many are tried; where the density is 1, all grow.
        length: of a hair, units, from and to.
        width: of a hair at its root, units.
        wild: how far hairs stray from their direction, radians.
        varied: how much their brightness varies.
    """

    count: int = 26000
    length: tuple[float, float] = (16.0, 32.0)
    width: float = 2.6
    wild: float = 0.22
    varied: float = 0.16


def smooth(low: float, high: float, at: Plane) -> Plane:
    """Return 0 up to `low`, 1 from `high` on, eased between."""
    share = np.clip((at - low) / (high - low), 0.0, 1.0)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def oval(x: float, y: float, wide: float, high: float, soft: float = 0.25, *, tilt: float = 0.0) -> Plane:
    """Return (H, W), 1 in an ellipse with a soft edge; `tilt` in degrees leans it and its mirror image outwards."""
    lean = np.radians(tilt)
    dx, dy = SIDE - x, Y - y
    u, v = dx * np.cos(lean) + dy * np.sin(lean), dy * np.cos(lean) - dx * np.sin(lean)
    return smooth(1.0, 1.0 - soft, np.hypot(u / wide, v / high))


def strokes(lines: list[list[tuple[float, float]]], width: float, blur: float) -> Plane:
    """Return (H, W), 1 on pointed strokes (x to the left of the middle counts on both sides)."""
    drawn = np.zeros((HEIGHT, WIDTH), np.float32)
    for line in lines:
        ways = np.linspace(0, 1, 40)
        points = np.stack(
            [np.interp(ways, np.linspace(0, 1, len(line)), values) for values in zip(*line, strict=True)], 1
        )
        for way, (x, y) in zip(ways, points, strict=True):
            radius = max(1.0, 0.5 * width * np.sin(np.pi * (0.12 + 0.82 * way)))
            for place in (x, 800 - x):
                cv2.circle(drawn, (round(16 * place), round(16 * y)), round(16 * radius), 1.0, -1, cv2.LINE_AA, 4)
    return np.asarray(cv2.GaussianBlur(drawn, (0, 0), blur), np.float32)


def tinted(base: str, *layers: tuple[str, Plane]) -> Plane:
    """Return (H, W, 3) RGB, 0 to 1: layers of one colour each on a base."""
    image = np.broadcast_to(_rgb(base), (HEIGHT, WIDTH, 3)).copy()
    for text, share in layers:
        image += (_rgb(text) - image) * share[..., None]
    return image


def _rgb(text: str) -> Plane:
    return np.array([int(text[place : place + 2], 16) for place in (1, 3, 5)], np.float32) / 255


def from_the_nose() -> Plane:
    """Return (H, W), the direction in which an animal's fur lies: away from the nose, and down the cheeks."""
    return np.asarray(np.arctan2(Y - 500 + 0.35 * SIDE, X - 400), np.float32)


def grown(colours: Plane, density: Plane, under: Plane, direction: Plane, coat: Coat) -> Plane:
    """Return (H, W, 4) RGBA, 0 to 1: hairs on a ground.

    Args:
        colours: (H, W, 3), of ground and hairs.
        density: (H, W), where hairs grow.
        under: (H, W), how opaque the ground is.
        direction: (H, W), radians.
        coat: how they grow.
    """
    random = np.random.default_rng(7)
    large = np.zeros((HEIGHT * _LARGER, WIDTH * _LARGER, 4), np.uint8)
    places = np.column_stack([random.uniform(0, WIDTH, coat.count), random.uniform(0, HEIGHT, coat.count)])
    for x, y in places:
        column, row = int(x), int(y)
        if random.random() > density[row, column]:
            continue
        angle = direction[row, column] + random.normal(0, coat.wild)
        bend, length = random.normal(0, 0.25), random.uniform(*coat.length)
        shade = np.clip(colours[row, column] * (1 + random.normal(0, coat.varied)), 0, 1)
        ink = (*(255 * shade).tolist(), 255)
        ways = np.linspace(0, 1, 5)
        turns = angle + bend * ways
        path = np.column_stack([x + length * ways * np.cos(turns), y + length * ways * np.sin(turns)]) * _LARGER
        for part, thick in ((path[:3], 1.0), (path[2:], 0.5)):
            weight = max(1, round(coat.width * _LARGER * thick))
            cv2.polylines(large, [np.round(part * 16).astype(np.int32)], False, ink, weight, cv2.LINE_8, 4)
    hairs = large.astype(np.float32) / 255
    hairs[..., :3] *= hairs[..., 3:]
    hairs = cv2.resize(hairs, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    ground = np.dstack([colours * 0.86 * under[..., None], under])
    premultiplied = hairs + ground * (1 - hairs[..., 3:])
    return laid(np.zeros_like(premultiplied), premultiplied)


def laid(below: Plane, above: Plane) -> Plane:
    """Return premultiplied RGBA laid over another."""
    return np.asarray(above + below * (1 - above[..., 3:]), np.float32)


def ink(text: str, share: Plane) -> Plane:
    """Return premultiplied RGBA of one colour."""
    return np.asarray(np.dstack([_rgb(text) * share[..., None], share]), np.float32)


FACE = oval(0, 468, 300, 360, 0.36)


def panda() -> Plane:
    """White fur with black patches round the eyes."""
    patch = oval(133, 392, 84, 100, 0.22, tilt=-32)
    colours = tinted(
        "#f6f2ea", ("#fffdf8", oval(0, 640, 170, 130)), ("#cfc8bd", oval(250, 560, 120, 190)), ("#17161a", patch)
    )
    return grown(
        colours,
        np.maximum(FACE * 0.9, patch),
        np.maximum(0.75 * FACE, 0.96 * patch),
        from_the_nose(),
        Coat(varied=0.07),
    )


def bear() -> Plane:
    """Brown fur, darker round the eyes, with a cream muzzle."""
    muzzle = oval(0, 610, 178, 112, 0.2)
    colours = tinted(
        "#8a5a34",
        ("#b17a48", oval(0, 250, 210, 170)),
        ("#5c371d", oval(130, 372, 96, 74, 0.6)),
        ("#6d4426", oval(275, 560, 110, 260, 0.5)),
        ("#e9cfa2", muzzle),
        ("#4a2c17", strokes([[(185, 300), (240, 268), (312, 284)]], 30, 3)),
    )
    return grown(colours, np.maximum(FACE, muzzle), 0.9 * FACE, from_the_nose(), Coat(length=(18, 38), varied=0.2))


def cat() -> Plane:
    """A grey tabby: stripes on brow and cheeks, a white muzzle, lined eyes."""
    muzzle = oval(74, 604, 104, 74, 0.3) + oval(0, 720, 110, 90, 0.5)
    stripes = strokes(
        [
            [(400, 285), (365, 232), (330, 205), (300, 268)],
            [(352, 105), (358, 205)],
            [(400, 95), (400, 235)],
            [(262, 212), (205, 128)],
            [(215, 268), (158, 205)],
            [(225, 470), (105, 450)],
            [(230, 522), (100, 530)],
            [(228, 574), (118, 612)],
        ],
        30,
        4,
    )
    pale = oval(128, 325, 74, 34, 0.6) + oval(0, 440, 44, 110, 0.5)
    colours = tinted(
        "#9b948b",
        ("#b3aba0", oval(0, 210, 260, 150, 0.8)),
        ("#3a3532", np.minimum(stripes, 1)),
        ("#efe9e0", np.minimum(pale + muzzle, 1)),
    )
    image = grown(colours, FACE * 0.95, 0.8 * FACE, from_the_nose(), Coat())
    lids = strokes([[(352, 400), (318, 360), (268, 344), (215, 366), (160, 325)]], 20, 1.2)
    mouth = strokes([[(400, 560), (400, 606)], [(400, 604), (350, 632), (300, 622)]], 9, 1.0)
    dots = sum(
        (oval(x, y, 5.5, 5.5) for x, y in ((70, 575), (104, 588), (86, 612), (124, 616), (60, 604))), np.zeros_like(X)
    )
    return laid(image, ink("#1c1917", np.clip(np.maximum(np.maximum(lids, mouth), dots), 0, 1) * 0.92))


def mouse() -> Plane:
    """Soft grey fur, rosy cheeks and a white muzzle."""
    face, muzzle = oval(0, 505, 285, 315, 0.45), oval(66, 600, 100, 66, 0.35)
    cheeks = oval(182, 540, 84, 72, 0.9)
    colours = tinted(
        "#c4ab97",
        ("#dcc8b6", oval(0, 230, 200, 170, 0.8)),
        ("#9a7f6c", oval(270, 560, 110, 260, 0.6)),
        ("#f2949c", cheeks * 0.9),
        ("#f7f2ec", np.minimum(muzzle + oval(0, 450, 46, 100, 0.6) + oval(128, 330, 62, 30, 0.7), 1)),
    )
    image = grown(
        colours, face * 0.8, 0.62 * face, from_the_nose(), Coat(length=(11, 22), width=2.0, varied=0.09, count=34000)
    )
    lines = np.maximum(
        strokes([[(400, 556), (400, 606)], [(400, 604), (362, 626), (328, 618)]], 8, 1.0),
        strokes([[(335, 372), (285, 338), (222, 352)]], 9, 1.2),
    )
    dots = sum((oval(x, y, 5, 5) for x, y in ((66, 578), (98, 590), (80, 608))), np.zeros_like(X))
    return laid(image, ink("#4a3d3d", np.clip(np.maximum(lines, dots), 0, 1) * 0.8))


def fox() -> Plane:
    """Orange fur with white cheeks and chin, darker beside the nose."""
    cheeks = np.minimum(oval(165, 640, 150, 120, 0.4, tilt=-24) + oval(0, 740, 170, 150, 0.4), 1)
    colours = tinted(
        "#d9692a",
        ("#ee8a3c", oval(0, 250, 220, 150, 0.8)),
        ("#9c3f12", oval(96, 470, 60, 120, 0.8, tilt=14)),
        ("#b9531c", oval(285, 470, 90, 170, 0.6)),
        ("#fbf4ea", np.maximum(cheeks, oval(128, 322, 60, 24, 0.7))),
        ("#2b1a12", strokes([[(352, 402), (316, 362), (268, 346), (212, 366), (165, 330)]], 22, 2.5)),
    )
    return grown(colours, FACE * 0.95, 0.86 * FACE, from_the_nose(), Coat(varied=0.15))


def bunny() -> Plane:
    """White fur round nose and muzzle, on brow and cheeks, with rosy cheeks and a mouth."""
    face = oval(0, 500, 285, 320, 0.5)
    colours = tinted(
        "#ece6e0",
        ("#fffdfb", np.minimum(oval(62, 600, 96, 66, 0.4) + oval(0, 440, 60, 130, 0.6), 1)),
        ("#cfc4bf", oval(275, 560, 100, 250, 0.6)),
        ("#f3a0ae", oval(186, 540, 84, 70, 0.95) * 0.85),
    )
    image = grown(colours, face * 0.85, 0.66 * face, from_the_nose(), Coat(length=(14, 28), varied=0.06))
    lines = strokes([[(400, 552), (400, 604)], [(400, 602), (360, 624), (326, 614)]], 8, 1.0)
    return laid(image, ink("#7d4a52", np.clip(lines, 0, 1) * 0.8))


def beard() -> Plane:
    """A full beard on cheeks and jaw, thin where it begins."""
    line = np.interp(SIDE, [0, 60, 112, 165, 215, 255, 305], [735, 742, 695, 612, 548, 480, 380]).astype(np.float32)
    jaw = np.interp(SIDE, [0, 150, 215, 250, 275, 305], [930, 905, 810, 715, 620, 470]).astype(np.float32)
    outer = np.interp(Y, [380, 560, 720, 860, 930], [312, 304, 262, 200, 160]).astype(np.float32)
    here = smooth(0, 55, Y - line) * smooth(0, 34, outer - SIDE) * smooth(14, -70, Y - jaw) * smooth(400, 560, Y)
    direction = np.arctan2(np.full_like(X, 1.0), np.sign(X - 400) * (0.35 - 0.55 * smooth(120, 260, SIDE)))
    colours = tinted("#553722", ("#6b4628", oval(60, 820, 130, 90, 0.9)), ("#3a2415", oval(235, 560, 60, 200, 0.9)))
    return grown(
        colours,
        here,
        0.62 * cv2.GaussianBlur(here, (0, 0), 9),
        np.asarray(direction, np.float32),
        Coat(60000, (16, 32), 1.9, 0.2, 0.42),
    )


FURS: dict[str, Callable[[], Plane]] = {
    "panda/patches": panda,
    "bear/fur": bear,
    "cat/face": cat,
    "mouse/face": mouse,
    "fox/fur": fox,
    "bunny/face": bunny,
    "full-beard/cheeks": beard,
}


def save(premultiplied: Plane, path: Path) -> None:
    """Save as a PNG of 256 colours; its size is a fifth of that of all colours."""
    small = cv2.resize(premultiplied, None, fx=_SAVED, fy=_SAVED, interpolation=cv2.INTER_AREA)
    alpha = np.clip(small[..., 3:], 0, 1)
    straight = np.dstack([np.clip(small[..., :3] / np.maximum(alpha, 1e-3), 0, 1), alpha])
    pixels = Image.fromarray(np.round(255 * straight).astype(np.uint8), "RGBA")
    pixels.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Draw all of them."""
    for name, draw in FURS.items():
        save(draw(), _ASSETS / f"{name}.png")


if __name__ == "__main__":
    main()
