"""Draws the bundled backgrounds: places out of focus, as behind somebody before a camera.

`python docs/hooks/art/draw_scenes.py` writes assets/filters/NAME/scene.png for every scene; the same numbers
give the same pixels. Colours are linear RGB, 0 to 1, until they are saved.
"""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
# Out of focus, more pixels show nothing more; the program enlarges them smoothly.
WIDTH, HEIGHT = 640, 360
_ASSETS = Path(__file__).parents[3] / "assets" / "filters"
_ROWS, _COLUMNS = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
X, Y = _COLUMNS / HEIGHT, _ROWS / HEIGHT
_RIGHT = WIDTH / HEIGHT


def colour(text: str) -> Plane:
    """Return linear RGB (3,) of '#rrggbb'."""
    values = np.array([int(text[place : place + 2], 16) for place in (1, 3, 5)], np.float32) / 255
    return np.asarray(values**2.2, np.float32)


def gradient(stops: list[tuple[float, str]], at: Plane = Y) -> Plane:
    """Return (H, W, 3), colours that change along `at` (H, W)."""
    places = [place for place, _ in stops]
    colours = np.stack([colour(text) for _, text in stops])
    return np.stack([np.interp(at, places, colours[:, channel]) for channel in range(3)], axis=-1).astype(np.float32)


def clouds(seed: int, across: float, down: float, octaves: int = 6) -> Plane:
    """Return (H, W) noise, 0 to 1, with about `across` and `down` blobs over the image."""
    generator, total, weight = np.random.default_rng(seed), np.zeros((HEIGHT, WIDTH), np.float32), 0.0
    for octave in range(octaves):
        shape = (max(2, round(down * 2**octave) + 1), max(2, round(across * 2**octave) + 1))
        grid = generator.random(shape, np.float32)
        total += 0.5**octave * cv2.resize(grid, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        weight += 0.5**octave
    return np.clip(total / weight, 0.0, 1.0)


def lay(image: Plane, what: Plane, share: Plane | float) -> Plane:
    """Return the image with something (H, W, 3) or (3,) laid over it; `share` is (H, W)."""
    share = np.asarray(share, np.float32)
    share = share[..., None] if share.ndim == 2 else share
    return np.asarray(image * (1 - share) + what * share, np.float32)


def smooth(low: float, high: float, at: Plane) -> Plane:
    """Return 0 below `low`, 1 above `high`, eased between."""
    share = np.clip((at - low) / (high - low), 0.0, 1.0)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def box(left: float, top: float, right: float, bottom: float, soft: float = 0.004) -> Plane:
    """Return (H, W), 1 in a box."""
    inside = np.minimum(np.minimum(X - left, right - X), np.minimum(Y - top, bottom - Y))
    return smooth(-soft, soft, inside)


def glow(x: float, y: float, radius: float) -> Plane:
    """Return (H, W), light round a place."""
    return np.asarray(np.exp(-((X - x) ** 2 + (Y - y) ** 2) / radius**2), np.float32)


def defocus(image: Plane, radius: float) -> Plane:
    """Blur as a lens does: each point becomes a disc, `radius` in image heights."""
    pixels = max(1, round(radius * HEIGHT))
    disc = np.zeros((4 * pixels + 5,) * 2, np.float32)
    cv2.circle(disc, (2 * pixels + 2,) * 2, pixels, 1.0, -1, cv2.LINE_AA)
    disc = cv2.GaussianBlur(disc, (0, 0), max(0.6, pixels / 8))
    return np.asarray(cv2.filter2D(image, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT), np.float32)


def bokeh(
    image: Plane, seed: int, count: int, *, radii: tuple[float, float], rows: tuple[float, float], tints: list[str]
) -> Plane:
    """Add lights that are out of focus: discs with a soft, slightly brighter rim."""
    generator = np.random.default_rng(seed)
    for _ in range(count):
        x, radius = generator.uniform(-0.1, _RIGHT + 0.1), generator.uniform(*radii)
        y = rows[0] + (rows[1] - rows[0]) * generator.beta(2.2, 2.2)
        distance = np.hypot(X - x, Y - y) / radius
        disc = smooth(1.03, 0.9, distance) * (0.62 + 0.38 * distance**3)
        tint = colour(tints[generator.integers(len(tints))])
        image = image + (generator.uniform(0.1, 0.65) * disc)[..., None] * tint
    return image


def bright_office() -> Plane:
    """A light room with a window and a shelf."""
    light = 1.1 - 0.16 * X - 0.22 * Y + 0.5 * glow(1.5, 0.25, 0.75)
    image = colour("#cfc6b8") * light[..., None]
    image = lay(image, colour("#8d7a63"), smooth(0.93, 0.935, Y))
    for row, top in enumerate((0.13, 0.37, 0.61)):
        image = lay(image, image * 0.55, box(0.05, top, 0.74, top + 0.2, 0.02) * 0.55)
        generator, x = np.random.default_rng(40 + row), 0.08
        while x < 0.66:
            wide, tall = generator.uniform(0.018, 0.045), generator.uniform(0.1, 0.17)
            tint = colour(
                str(generator.choice(["#7c3b2e", "#30506b", "#c9b27a", "#3f5a45", "#8a8f98", "#e4ddd0", "#54402f"]))
            )
            if generator.random() < 0.8:
                shade = (0.55 + 0.75 * (X - x) / wide)[..., None]
                image = lay(
                    image, tint * np.clip(shade, 0.4, 1.3), box(x, top + 0.195 - tall, x + wide, top + 0.195, 0.002)
                )
            x += wide + 0.003
        image = lay(image, colour("#a9825a"), box(0.04, top + 0.195, 0.75, top + 0.215))
    sky = gradient([(0.05, "#f4f9ff"), (0.5, "#dfeeff"), (0.68, "#b8cbb4"), (0.8, "#8aa583")]) * 1.7
    image = lay(image, colour("#f5f1ea") * 1.2, box(1.1, 0.06, 1.72, 0.78))
    image = lay(image, sky, np.maximum(box(1.13, 0.09, 1.395, 0.75), box(1.425, 0.09, 1.69, 0.75)))
    generator = np.random.default_rng(9)
    image = lay(image, colour("#b9683f") * (1.25 - (X - 0.87))[..., None], box(0.85, 0.8, 0.99, 0.95, 0.01))
    for _ in range(40):
        x, y = 0.92 + generator.normal(0, 0.085), 0.62 + generator.normal(0, 0.1)
        leaf = smooth(1.0, 0.8, np.hypot((X - x) / 0.028, (Y - y) / 0.05))
        image = lay(image, colour(str(generator.choice(["#2f5d3a", "#3f7a4a", "#5c9457", "#24472f"]))), leaf)
    image = defocus(np.asarray(image, np.float32), 0.016)
    return np.asarray(image + 0.22 * glow(1.42, 0.3, 0.6)[..., None] * colour("#fff1dc"), np.float32)


def city_lights() -> Plane:
    """Street lights at night, far out of focus."""
    image = gradient([(0, "#0b1020"), (0.55, "#1d1b33"), (0.7, "#3a2335"), (1, "#120d18")])
    image = image * (0.7 + 0.6 * clouds(2, 4, 3, 3))[..., None]
    warm = ["#ffb45a", "#ff8a3c", "#ffd9a0", "#ff5f4a"]
    image = bokeh(image, 1, 60, radii=(0.02, 0.04), rows=(0.42, 0.72), tints=[*warm, "#9cc7ff"])
    image = bokeh(image, 5, 46, radii=(0.045, 0.085), rows=(0.25, 0.85), tints=[*warm, "#ff4f7a", "#6fb6ff", "#79e0c2"])
    image = bokeh(image, 8, 9, radii=(0.1, 0.15), rows=(0.2, 0.9), tints=["#ffb45a", "#7f9cff", "#ff6f91"])
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 1.2), np.float32)


def misty_forest() -> Plane:
    """Trunks that go paler with the distance, and sunlight from the left."""
    mist = gradient([(0, "#e9f0dc"), (0.55, "#d3e0c6"), (1, "#8fa384")]) * (0.85 + 0.3 * clouds(3, 5, 3, 5))[..., None]
    image = mist + 0.9 * glow(0.35, 0.12, 0.55)[..., None] * colour("#fff4cf")
    for depth in range(6):
        generator = np.random.default_rng(70 + depth)
        near = depth / 5
        layer, trunks = np.zeros_like(X), 15 - 2 * depth
        for trunk in range(trunks):
            middle = (trunk + generator.uniform(0.1, 0.9)) * _RIGHT / trunks
            half = (0.009 + 0.03 * near**1.6) * generator.uniform(0.7, 1.4)
            path = middle + generator.uniform(-0.05, 0.05) * (Y - 0.5) + 0.006 * np.sin(7 * Y + 9 * generator.random())
            layer = np.maximum(layer, smooth(half * 1.12, half * 0.88, np.abs(X - path) - 0.05 * half * Y**4))
        bark = gradient([(0, "#24301f"), (1, "#161d14")]) * (0.6 + 0.8 * clouds(90 + depth, 120, 6, 3))[..., None]
        image = lay(image, lay(bark, mist, 0.82 * (1 - near) ** 0.9), layer * (0.55 + 0.45 * near))
        leaves = smooth(0.52, 0.6, clouds(120 + depth, 12 + 4 * depth, 8 + 3 * depth, 6) + 0.55 * (0.24 - Y))
        image = lay(image, lay(colour("#3b5426"), mist, 0.72 * (1 - near)), leaves * (0.3 + 0.5 * near))
        ground = smooth(0.0, 0.05, Y - 0.93 + 0.16 * (1 - near) - 0.05 * clouds(150 + depth, 7, 2, 5))
        image = lay(image, lay(colour("#2c3d1d"), mist, 0.75 * (1 - near)), ground * 0.8)
        image = lay(image, mist * 1.05, 0.1 * clouds(180 + depth, 4, 4, 4))
        image = defocus(np.asarray(image, np.float32), 0.005 if depth < 5 else 0.008)
    rays = clouds(200, 1, 1, 1) * 0
    for ray in range(9):
        slope = (X - 0.25) - (0.06 + 0.13 * ray) * (Y + 0.35)
        rays += (0.4 + 0.6 * (ray % 3 == 0)) * np.exp(-((slope / 0.035) ** 2)) * smooth(1.0, 0.1, Y)
    return np.asarray(image + 0.16 * cv2.GaussianBlur(rays, (0, 0), 9)[..., None] * colour("#fff2c4"), np.float32)


def mountains() -> Plane:
    """Ranges in the haze below a cloudy sky."""
    image = gradient([(0, "#5f97cf"), (0.35, "#a9cbe6"), (0.55, "#e6e9e2")])
    cloud = smooth(0.5, 0.72, clouds(11, 3, 7, 7) + 0.12 * (0.35 - Y))
    image = lay(image, np.float32(1.0) * colour("#ffffff") * 0.95, 0.85 * cloud * smooth(0.62, 0.3, Y))
    for depth, (base, tall, tint) in enumerate(
        [
            (0.54, 0.34, "#8fa6bd"),
            (0.62, 0.26, "#6f8ba1"),
            (0.72, 0.2, "#4c6b6b"),
            (0.84, 0.17, "#2f4d3c"),
            (0.97, 0.15, "#1d3527"),
        ]
    ):
        line = clouds(21 + depth, 2.2 + 1.3 * depth, 1, 8)[0]
        ridge = base - tall * (1.6 * np.abs(line - 0.5) + 0.6 * line - 0.2)
        inside = smooth(-0.002, 0.002, Y - ridge[None])
        rough = 1 - np.abs(2 * clouds(31 + depth, 14, 8, 6) - 1)
        high = cv2.GaussianBlur(rough, (0, 0), 1.5)
        sun = high - cv2.warpAffine(
            high, np.float32([[1, 0, -3], [0, 1, -2]]), (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT
        )
        relief = np.clip(0.95 + 6.0 * sun + 0.5 * (rough - 0.7), 0.35, 1.5)
        rock = colour(tint) * relief[..., None]
        if depth < 2:
            snow = smooth(0.19, 0.03, Y - ridge[None] + 0.3 * (0.75 - rough)) * (1 - 0.45 * depth)
            rock = lay(rock, colour("#f4f7fb") * np.clip(0.25 + 0.75 * relief, 0.5, 1.15)[..., None], snow)
        haze = np.clip(0.5 - 0.13 * depth, 0.05, 1) * smooth(0.0, 0.34, Y - ridge[None])
        image = lay(image, lay(rock, colour("#c9d6df"), haze), inside)
        image = defocus(np.asarray(image, np.float32), 0.003)
    return image


def night_skyline() -> Plane:
    """A town across the water, at night."""
    shore = 0.68
    image = gradient([(0, "#070b1d"), (0.45, "#1c2350"), (shore, "#5b3a63"), (1, "#0a0d1e")])
    image = image + 0.5 * glow(0.3, 0.16, 0.1)[..., None] * colour("#c9d3ff") * 0.5
    image = lay(image, colour("#f2eede"), smooth(0.036, 0.031, np.hypot(X - 0.3, Y - 0.16)))
    for depth in range(3):
        generator, x = np.random.default_rng(300 + depth), -0.05
        while x < _RIGHT:
            wide = generator.uniform(0.05, 0.13)
            top = shore - generator.uniform(0.08, 0.34 - 0.05 * depth) * (0.6 + 0.4 * np.sin(2.1 * x + depth) ** 2)
            wall = colour(("#2b2a52", "#1a1b39", "#0e1024")[depth])
            image = lay(image, wall * (0.8 + 0.5 * (X - x) / wide)[..., None], box(x, top, x + wide, shore, 0.002))
            for row in np.arange(top + 0.014, shore - 0.01, 0.016):
                for column in np.arange(x + 0.008, x + wide - 0.01, 0.012):
                    if generator.random() < 0.34:
                        tint = colour(str(generator.choice(["#ffcf87", "#ffe3b8", "#ffb668", "#bcd6ff"])))
                        image = lay(
                            image,
                            tint * generator.uniform(0.5, 1.8),
                            box(column, row, column + 0.006, row + 0.007, 0.002),
                        )
            x += wide + generator.uniform(0.0, 0.015)
    image = defocus(np.asarray(image, np.float32), 0.007)
    rows = np.clip(2 * shore - Y + 0.01 * (clouds(77, 14, 60, 3) - 0.5) * (1 + 6 * (Y - shore)), 0, 1)
    mirror = cv2.remap(image, _COLUMNS + 8 * (clouds(78, 10, 70, 3) - 0.5), rows * HEIGHT, cv2.INTER_LINEAR)
    water = cv2.blur(mirror, (1, 41)) * 0.62 + colour("#060a1a")
    return lay(image, water, smooth(shore - 0.002, shore + 0.003, Y))


def outer_space() -> Plane:
    """Stars, a nebula and a planet with a ring."""
    bent = (clouds(401, 3, 2, 5) - 0.5) * 260
    veil = cv2.remap(
        clouds(402, 3, 2, 7), _COLUMNS + bent, _ROWS + bent[::-1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    dust = cv2.remap(
        clouds(403, 5, 3, 7), _COLUMNS - bent, _ROWS + bent, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    image = gradient([(0, "#05060f"), (1, "#0a0715")])
    image = image + (smooth(0.42, 0.75, veil) * smooth(0.75, 0.35, dust))[..., None] * colour("#6a4fd0") * 0.9
    image = image + (smooth(0.5, 0.8, dust) ** 1.5)[..., None] * colour("#d0488c") * 0.7
    image = image + (smooth(0.6, 0.85, veil) ** 2)[..., None] * colour("#7fd3ff") * 0.6
    generator, stars = np.random.default_rng(4), np.zeros((HEIGHT, WIDTH, 3), np.float32)
    for _ in range(700):
        x, y = int(generator.integers(WIDTH)), int(generator.integers(HEIGHT))
        stars[y, x] = colour(str(generator.choice(["#ffffff", "#cfe0ff", "#ffe6c9"]))) * generator.pareto(1.6) * 0.7
    stars = np.minimum(stars, 9.0)
    image = image + cv2.GaussianBlur(stars, (0, 0), 0.6) + 0.8 * cv2.GaussianBlur(stars, (0, 0), 3)
    x, y, radius = 1.48, 0.3, 0.17
    u, v = (X - x) / radius, (Y - y) / radius
    inside, z = np.hypot(u, v), np.sqrt(np.maximum(0.0, 1 - u**2 - v**2))
    latitude = v * 0.93 + 0.36 * z * 0.3
    bands = gradient(
        [(-1, "#9c6b4a"), (-0.5, "#d9a679"), (-0.2, "#f0cfa4"), (0.05, "#c98d5f"), (0.3, "#eac193"), (1, "#8a5638")],
        latitude + 0.08 * (clouds(405, 6, 30, 4) - 0.5),
    )
    light = np.clip(-0.62 * u - 0.35 * v + 0.72 * z, 0.015, 1)
    ring_u, ring_v = (u * 0.94 + v * 0.34), (v * 0.94 - u * 0.34) / 0.26
    ring = np.hypot(ring_u, ring_v)
    stripes = (
        smooth(1.3, 1.36, ring)
        * smooth(2.1, 2.0, ring)
        * (0.35 + 0.65 * (0.5 + 0.5 * np.sin(38 * ring)) * smooth(1.72, 1.76, np.abs(ring - 1.7) + 1.7))
    )
    image = lay(image, colour("#e3c9a6") * 0.8, 0.75 * stripes * (ring_v < 0))
    image = lay(image, bands * light[..., None] * 1.15, smooth(1.005, 0.985, inside))
    image = lay(image, colour("#e3c9a6") * 0.8, 0.8 * stripes * (ring_v >= 0))
    return np.asarray(
        image
        + 0.12
        * np.exp(-(((inside - 1) / 0.1) ** 2) * (inside > 1))[..., None]
        * colour("#ffd9a8")
        * (inside > 0.99)[..., None],
        np.float32,
    )


def _waves(seed: int, horizon: float) -> Plane:
    """Return (H, W), 0 to 1: ripples that grow towards the camera."""
    near = np.maximum(Y - horizon, 1e-3)
    noise = clouds(seed, 60, 60, 6)
    across = (X - _RIGHT / 2) / (near + 0.12) * 40 + WIDTH / 2
    down = 46 / (near + 0.06)
    return cv2.remap(
        noise,
        np.asarray(across, np.float32),
        np.asarray(down, np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )


def palm_beach() -> Plane:
    """Sea, sand and the leaves of a palm."""
    image = gradient([(0, "#2f8fd6"), (0.3, "#7cc3ee"), (0.47, "#d8eff6")])
    cloud = smooth(0.52, 0.75, clouds(511, 3, 8, 7)) * smooth(0.47, 0.25, Y) * smooth(-0.05, 0.2, Y)
    image = lay(image, colour("#ffffff"), 0.9 * cloud)
    sea = gradient([(0.47, "#1f7fae"), (0.56, "#1fa3b8"), (0.68, "#5fd0c8"), (0.76, "#a9e6d8")])
    ripples = _waves(512, 0.46)
    sea = sea * (0.78 + 0.5 * ripples)[..., None] + (smooth(0.62, 0.8, ripples) * 0.35)[..., None]
    image = lay(image, sea, smooth(0.468, 0.472, Y))
    coast = 0.75 + 0.03 * np.sin(2.2 * X + 0.5) + 0.03 * (clouds(514, 4, 1, 4) - 0.5)
    sand = gradient([(0.7, "#d9bd8b"), (1, "#efd9ac")]) * (0.86 + 0.28 * clouds(515, 60, 40, 5))[..., None]
    wet = smooth(0.1, 0.0, Y - coast)
    image = lay(image, sand * (1 - 0.35 * wet)[..., None], smooth(-0.004, 0.004, Y - coast))
    foam = np.exp(-(((Y - coast + 0.008) / 0.014) ** 2)) * smooth(0.3, 0.6, clouds(516, 30, 14, 5))
    image = lay(
        defocus(np.asarray(image, np.float32), 0.004), colour("#ffffff"), 0.9 * cv2.GaussianBlur(foam, (0, 0), 1.5)
    )
    leaves, shade = np.zeros((HEIGHT, WIDTH), np.float32), np.zeros((HEIGHT, WIDTH), np.float32)
    for seed, (x0, y0, x1, y1) in enumerate(
        [
            (1.86, -0.1, 1.2, 0.34),
            (1.9, -0.02, 1.42, 0.5),
            (1.8, -0.2, 1.05, 0.12),
            (1.95, 0.05, 1.66, 0.55),
            (-0.15, -0.12, 0.3, 0.2),
            (-0.12, -0.2, 0.42, 0.03),
        ]
    ):
        generator = np.random.default_rng(600 + seed)
        for step in np.linspace(0.12, 1, 34):
            x, y = x0 + (x1 - x0) * step, y0 + (y1 - y0) * step**1.5
            along = np.array([x1 - x0, 1.5 * (y1 - y0) * step**0.5])
            along /= np.hypot(*along)
            for side in (-1, 1):
                tip = 0.17 * np.sin(np.pi * (0.15 + 0.8 * step)) * generator.uniform(0.8, 1.1)
                out = along * 0.75 + side * np.array([-along[1], along[0]]) + np.array([0, 0.35])
                end = np.array([x, y]) + tip * out / np.hypot(*out)
                points = [tuple(int(16 * HEIGHT * each) for each in place) for place in ((x, y), end)]
                cv2.line(leaves, *points, 1.0, 2, cv2.LINE_AA, 4)
                cv2.line(shade, *points, float(generator.uniform(0.4, 1.4)), 1, cv2.LINE_AA, 4)
    blurred = cv2.GaussianBlur(leaves, (0, 0), 1.4)
    green = colour("#2d6b2f") * (0.35 + cv2.GaussianBlur(shade, (0, 0), 1.2))[..., None]
    return lay(image, green, np.clip(1.25 * blurred, 0, 1))


def sunset_by_the_sea() -> Plane:
    """The sun above the horizon, its light on the waves."""
    horizon, sun_x, sun_y = 0.6, 1.2, 0.52
    image = gradient([(0, "#2b2a5c"), (0.25, "#7a3f7c"), (0.45, "#e0704f"), (0.58, "#ffc46b")])
    image = image + (1.5 * glow(sun_x, sun_y, 0.16) + 0.55 * glow(sun_x, sun_y, 0.5))[..., None] * colour("#ffb45e")
    streaks = smooth(0.48, 0.7, clouds(701, 2.5, 16, 7)) * smooth(horizon, 0.42, Y)
    below = gradient([(0, "#4a3a72"), (0.3, "#b0517a"), (0.48, "#ff9a5e"), (0.6, "#ffdca0")])
    image = lay(image, below * (0.75 + 0.7 * clouds(702, 4, 22, 6))[..., None], 0.8 * streaks)
    image = lay(image, colour("#fff3cf") * 2.2, smooth(0.058, 0.05, np.hypot(X - sun_x, Y - sun_y)))
    ripples = _waves(703, horizon - 0.01)
    sea = gradient([(horizon, "#d98a62"), (0.7, "#84506f"), (1, "#26244d")]) * (0.5 + 0.9 * ripples)[..., None]
    near = np.maximum(Y - horizon, 0.0)
    path = np.exp(-(((X - sun_x) / (0.05 + 0.35 * near)) ** 2)) * smooth(0.36, 0.62, ripples + 0.12 * np.exp(-9 * near))
    sea = sea + (1.8 * path * np.exp(-1.6 * near))[..., None] * colour("#ffce86")
    image = lay(image, sea, smooth(horizon - 0.002, horizon + 0.002, Y))
    return defocus(np.asarray(image, np.float32), 0.004)


SCENES: dict[str, Callable[[], Plane]] = {
    "bright-office": bright_office,
    "city-lights": city_lights,
    "misty-forest": misty_forest,
    "mountains": mountains,
    "night-skyline": night_skyline,
    "outer-space": outer_space,
    "palm-beach": palm_beach,
    "sunset-by-the-sea": sunset_by_the_sea,
}


def developed(image: Plane) -> NDArray[np.uint8]:
    """Return (H, W, 3) uint8 BGR: highlights rolled off as on film, dark corners, 8 bits."""
    corners = 1.0 - 0.22 * ((X / _RIGHT - 0.5) ** 2 + (Y - 0.5) ** 2) * 2
    image = np.maximum(image * corners[..., None], 0.0)
    rolled = np.where(image > 0.7, 0.7 + 0.3 * np.tanh((image - 0.7) / 0.45), image)
    return np.round(255 * np.clip(rolled, 0, 1) ** (1 / 2.2)).astype(np.uint8)[..., ::-1]


def main() -> None:
    """Draw all scenes."""
    for name, draw in SCENES.items():
        cv2.imwrite(str(_ASSETS / name / "scene.png"), developed(draw()), [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    main()
