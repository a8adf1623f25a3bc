"""Draws a sheet of images with labels and predictions, from the best image to the worst."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from masquerade.resources import extra_line
from masquerade.values import ByteArray, FloatArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.errors import TrainError, writing
from masquerade_train.inference.predictions import Predictions
from masquerade_train.inputs.rows import fit_square
from masquerade_train.metrics.paper_metrics import landmark_distances

_SIDE = 288
_FACES = 9
_ACROSS = 3
_LABELLED, _FOUND, _OFF = "#35d07f", "#ff9f2e", "#ff4d6d"


def write_sheet(path: Path, faces: FaceSet, findings: Predictions, title: str) -> None:
    """Draw nine images, evenly spread from the smallest mean error to the largest, as a PNG.

    Raises:
        TrainError: matplotlib is missing, or the file cannot be written.
    """
    figure, axes = _figure(title)
    errors = _errors(findings)
    for strip, number in zip(axes, _spread(errors), strict=False):
        image = fit_square(faces.image(int(findings.rows[number])), _SIDE)
        found, labelled = (
            (landmarks[number] + 0.5) * (_SIDE / findings.sizes_wh[number]) - 0.5
            for landmarks in (findings.predicted, findings.labelled)
        )
        _draw_strip(strip, image, found, labelled)
        strip[1].set_title(f"{errors[number]:.2f} px of 96 off", fontsize=9, color="#555", pad=3)
    with writing(path):
        figure.savefig(path, dpi=110)


def _figure(title: str) -> tuple[Any, NDArray[Any]]:
    """Return a figure with three strips of three images across: (figure, axes (9, 3))."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 (half a second)
    except ImportError as error:
        raise TrainError(f"A sheet needs matplotlib. Install it: {extra_line('train')}") from error
    down = _FACES // _ACROSS
    # Figure, not pyplot: no window system, nothing kept between calls.
    figure = Figure(figsize=(3 * _ACROSS * 1.55 + 0.4, down * 1.78 + 0.75), facecolor="white")
    figure.text(0.01, 0.945, title, fontsize=12)
    for right, colour, word in ((0.855, _LABELLED, "labelled"), (0.91, _FOUND, "found"), (0.99, _OFF, "difference")):
        figure.text(right, 0.945, word, color=colour, ha="right", fontsize=11, weight="bold")
    outer = figure.add_gridspec(down, _ACROSS, left=0.01, right=0.99, top=0.89, bottom=0.01, wspace=0.05, hspace=0.17)
    axes = np.empty((_FACES, 3), object)
    for place in range(_FACES):
        inner = outer[place // _ACROSS, place % _ACROSS].subgridspec(1, 3, wspace=0.02)
        for column in range(3):
            axes[place, column] = figure.add_subplot(inner[column])
            axes[place, column].set_axis_off()
    return figure, axes


def _errors(findings: Predictions) -> FloatArray:
    """Return (N,) mean distance of each image's landmarks, pixels of 96."""
    distances = landmark_distances(*findings.in_96())
    counts = np.maximum(np.isfinite(distances).sum(axis=1), 1)
    return np.asarray(np.nansum(distances, axis=1) / counts, np.float32)


def _spread(errors: FloatArray) -> list[int]:
    """Return which images to show, in the order of their error."""
    order = np.argsort(errors, kind="stable")
    picked = np.unique(np.linspace(0, len(order) - 1, _FACES).round().astype(int))
    return [int(order[place]) for place in picked]


def _draw_strip(strip: NDArray[Any], image: ByteArray, found: FloatArray, labelled: FloatArray) -> None:
    dim = cv2.addWeighted(image, 0.45, np.zeros_like(image), 0, 0)
    for axis, shown in zip(strip, (image, image, dim), strict=True):
        axis.imshow(shown, interpolation="bicubic")
        axis.set_xlim(-0.5, _SIDE - 0.5)
        axis.set_ylim(_SIDE - 0.5, -0.5)
    look = {"s": 17, "edgecolors": "black", "linewidths": 0.6}
    strip[0].scatter(*labelled.T, color=_LABELLED, **look)
    strip[1].scatter(*found.T, color=_FOUND, **look)
    for start, end in zip(labelled, found, strict=True):
        strip[2].plot(*np.stack([start, end]).T, color=_OFF, linewidth=2.4, solid_capstyle="round")
    strip[2].scatter(*labelled.T, color=_LABELLED, s=5)
