"""Draws the plots of the report as SVG text that takes its colours from the page."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
from masquerade.values import ByteArray, FloatArray
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse
from numpy.typing import NDArray

from masquerade_train.exploring.palette import INK, LINE, PAGE_COLOURS, SOFT, colour_of, words_of

_STYLE: Any = {
    "svg.fonttype": "none",
    "font.size": 9.8,
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "axes.edgecolor": LINE,
    "xtick.color": SOFT,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
}
# Inches; the page shows plots at about this size.
_WIDE, _HALF = 10.6, 5.2
# More landmarks than this make a plot heavier, not clearer.
_MAX_DOTS = 4000
# Half the axis of an ellipse that holds 95 % of a normal distribution in the plane, in standard deviations.
_NEARLY_ALL = 2.4477


@contextmanager
def _drawing(width: float, height: float, name: str) -> Iterator[tuple[Figure, list[str]]]:
    """Return a figure in inches; its SVG is in the list afterwards. `name` makes ids unique on a page."""
    written: list[str] = []
    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, written
        stream = io.StringIO()
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    for stand_in, colour in PAGE_COLOURS.items():
        text = text.replace(stand_in, colour)
    written.append(text)


def plot_places(shares: FloatArray, mean_image: ByteArray, names: tuple[str, ...]) -> str:
    """Return every landmark of every face over the mean of all images.

    Args:
        shares: (N, K, 2) float32, shares of the image's width and height; NaN = not marked.
        mean_image: (S, S, 3) uint8, RGB.
        names: of the K landmarks.
    """
    with _drawing(_HALF, _HALF, "places") as (figure, written):
        _draw_cloud(figure.subplots(), shares, mean_image, (0.0, 1.0, 1.0, 0.0), names)
    return written[0]


def plot_shape(landmarks: FloatArray, mean_face: ByteArray, reach: float, names: tuple[str, ...]) -> str:
    """Return every landmark of every face after the faces were laid on one another, over their mean.

    Args:
        landmarks: (N, K, 2) float32, in the frame of an Alignment.
        mean_face: (S, S, 3) uint8, RGB.
        reach: of the mean face about the frame's middle.
        names: of the K landmarks.
    """
    with _drawing(_HALF, _HALF, "shape") as (figure, written):
        extent = (-reach, reach, reach, -reach)
        _draw_cloud(figure.subplots(), landmarks, mean_face, extent, names)
    return written[0]


def _draw_cloud(
    axes: Axes,
    landmarks: FloatArray,
    image: ByteArray,
    extent: tuple[float, float, float, float],
    names: tuple[str, ...],
) -> None:
    """`extent` of the image and the axes: left, right, bottom, top."""
    # Pale enough that the landmarks stand before it, in either theme.
    axes.imshow(image, extent=extent, alpha=0.55, interpolation="bilinear")
    step = max(len(landmarks) // _MAX_DOTS, 1)
    for index, name in enumerate(names):
        known = landmarks[np.isfinite(landmarks[:, index]).all(axis=1), index]
        if not len(known):
            continue
        some = known[::step]
        axes.scatter(some[:, 0], some[:, 1], s=2.0, alpha=0.14, color=colour_of(name), linewidths=0, rasterized=True)
        _draw_ellipse(axes, known, colour_of(name))
    axes.set_xlim(extent[0], extent[1])
    axes.set_ylim(extent[2], extent[3])
    axes.set_axis_off()


def _draw_ellipse(axes: Axes, known: FloatArray, colour: str) -> None:
    """Return where 95 % of the landmarks would lie if they were normally distributed."""
    middle = np.median(known, axis=0)
    axes.plot(*middle, "o", markersize=4.2, color=colour, markeredgecolor="#ffffff", markeredgewidth=0.8)
    if len(known) < 8:
        return
    values, vectors = np.linalg.eigh(np.cov(known.T))
    width, height = 2 * _NEARLY_ALL * np.sqrt(np.maximum(values, 0))
    angle = float(np.rad2deg(np.arctan2(vectors[1, 0], vectors[0, 0])))
    axes.add_patch(Ellipse(tuple(middle), width, height, angle=angle, fill=False, edgecolor=colour, linewidth=1.1))


def plot_spread(distances: FloatArray, names: tuple[str, ...], unit: str) -> str:
    """Return how far each landmark lies from its mean place: half of all faces, nine in ten, 99 in a hundred.

    Args:
        distances: (N, K) float32, NaN = not marked.
        names: of the K landmarks.
        unit: of the distances, for people.
    """
    order = np.argsort(-np.nan_to_num(np.nanmedian(distances, axis=0)))
    with _drawing(_WIDE, 0.62 + 0.31 * len(names), "spread") as (figure, written):
        axes = figure.subplots()
        for row, index in enumerate(order[::-1]):
            known = distances[np.isfinite(distances[:, index]), index]
            if len(known):
                half, most, nearly = np.quantile(known, [0.5, 0.9, 0.99])
                colour = colour_of(names[index])
                for end, width, alpha in ((nearly, 2.5, 0.35), (most, 8.0, 0.4), (half, 8.0, 1.0)):
                    line = LineCollection([[(0, row), (end, row)]], linewidths=width, colors=colour, alpha=alpha)
                    axes.add_collection(line)
        axes.set_yticks(range(len(order)), [words_of(names[index]) for index in order[::-1]])
        axes.set_ylim(-0.7, len(order) - 0.3)
        axes.set_xlim(0, max(float(np.nanquantile(distances, 0.999)), 1.0))
        axes.set_xlabel(f"distance from the mean place, {unit}")
        axes.grid(axis="x", color=LINE, linewidth=0.8)
        axes.set_axisbelow(True)
    return written[0]


def plot_histograms(values: list[tuple[str, NDArray[np.float32]]]) -> str:
    """Return how titled quantities are distributed, each on a plot of its own; NaN and the rarest are left out."""
    with _drawing(_WIDE, 1.9, "histograms") as (figure, written):
        all_axes = figure.subplots(1, len(values), squeeze=False)[0]
        for axes, (title, quantity) in zip(all_axes, values, strict=True):
            known = quantity[np.isfinite(quantity)]
            low, high = np.quantile(known, [0.003, 0.985]) if len(known) else (0.0, 1.0)
            bins = np.linspace(low, max(high, low + 1e-3), 32)
            axes.hist(known, bins=bins.tolist(), color="#4cc2ff", alpha=0.85, rwidth=0.86)
            axes.set_title(title, fontsize=9.8, loc="left")
            axes.set_yticks([])
            axes.locator_params(axis="x", nbins=5)
    return written[0]
