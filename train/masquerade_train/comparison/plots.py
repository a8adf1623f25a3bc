"""Draws what a comparison shows: learning curves, errors beside sizes, treatments of missing labels."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from masquerade.resources import extra_line
from masquerade.values import LANDMARK_NAMES, FloatArray

from masquerade_train.comparison.runs import Run
from masquerade_train.errors import TrainError, writing
from masquerade_train.metrics.paper_metrics import SIDE

_PAPER_COLOURS = {"KLE": "#4c72b0", "Dileep": "#dd8452", "Padova": "#55a868", "Nose": "#c44e52", "SE": "#8172b3"}
_OURS = "#17a2b8"
_LINES = ("#4c72b0", "#dd8452", "#55a868", "#c44e52", "#8172b3", "#937860", "#da8bc3", "#8c8c8c", "#ccb974", "#64b5cd")
_HEIGHT = 4.6  # inches
_INK, _FAINT = "#2b2b2b", "#d9d9d9"
_TREATMENTS = (
    ("", "dropped"),
    ("+forward-fill", "row before"),
    ("+nearest", "like faces"),
    ("+copies", "copies"),
    ("+mask", "masked"),
)


def write_plots(folder: Path, runs: tuple[Run, ...]) -> tuple[Path, ...]:
    """Draw every plot that `runs` have something for; return the PNG files.

    Raises:
        TrainError: matplotlib is missing, or a file cannot be written.
    """
    plots: tuple[tuple[str, Callable[[Any, tuple[Run, ...]], bool]], ...] = (
        ("lab_curves.png", _draw_curves),
        ("lab_errors.png", _draw_errors),
        ("lab_treatments.png", _draw_treatments),
    )
    written = []
    for name, draw in plots:
        figure = _new_figure()
        if not draw(figure, runs):
            continue
        with writing(folder / name):
            folder.mkdir(parents=True, exist_ok=True)
            figure.savefig(folder / name, dpi=100)
        written.append(folder / name)
    return tuple(written)


def _new_figure() -> Any:
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 (half a second)
    except ImportError as error:
        raise TrainError(f"Plots need matplotlib. Install it: {extra_line('train')}") from error
    return Figure(figsize=(9, _HEIGHT), facecolor="white", layout="constrained")


def _new_axes(figure: Any, title: str, across: str, up: str) -> Any:
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=12, color=_INK)
    axes.set_xlabel(across, color=_INK)
    axes.set_ylabel(up, color=_INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(True, color=_FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    return axes


def _colour(run: Run) -> str:
    recipe = run.recipe
    return _PAPER_COLOURS.get(recipe.paper, _OURS) if recipe else _OURS


def _plain(runs: tuple[Run, ...]) -> list[Run]:
    """Return one run of each recipe that finds the 15 landmarks, without treatments of other recipes."""
    chosen: dict[str, Run] = {}
    for run in runs:
        if run.recipe and run.recipe.input.points == LANDMARK_NAMES and "+" not in run.record.recipe:
            chosen.setdefault(run.record.recipe, run)
    return list(chosen.values())


def _draw_curves(figure: Any, runs: tuple[Run, ...]) -> bool:
    """Draw RMSE on the validation set over the optimizer's steps; return whether there was any."""
    axes = _new_axes(
        figure,
        "Learning curves: validation set while training",
        "steps of the optimizer",
        "RMSE, px of an image 96 wide",
    )
    curves = [(run, _validation_rmse(run)) for run in _plain(runs)]
    curves = [(run, errors) for run, errors in curves if np.isfinite(errors).any()]
    figure.set_figheight(max(_HEIGHT, 0.24 * len(curves)))
    # The legend stands in the order of the lines' ends.
    for place, (run, errors) in enumerate(sorted(curves, key=lambda curve: -curve[1][-1])):
        steps = _steps(run)
        falling = ", still falling" if run.is_still_falling else ""
        label = f"{run.record.recipe}  {errors[-1]:.2f} px, {steps[-1]:,.0f} steps{falling}"
        again, colour = divmod(place, len(_LINES))
        style = ("-", "--", ":")[again % 3]
        axes.plot(steps, errors, style, color=_LINES[colour], lw=1.8, marker="o", markersize=2.5, label=label)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")
    if curves:
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8)
    return bool(curves)


def _validation_rmse(run: Run) -> FloatArray:
    """Return (epochs,) on the validation set, pixels of 96."""
    squares = np.array([line.val_mean_squared for line in run.log], np.float32)
    return np.asarray(np.sqrt(squares) * SIDE / 2, np.float32)


def _steps(run: Run) -> FloatArray:
    """Return (epochs,) steps of the optimizer after each epoch; a budget may have cut the last one off."""
    an_epoch = 1.0 if np.isnan(run.steps_an_epoch) else run.steps_an_epoch
    steps = np.array([line.epoch * an_epoch for line in run.log], np.float32)
    return np.minimum(steps, run.record.steps) if run.record.steps else steps


def _draw_errors(figure: Any, runs: tuple[Run, ...]) -> bool:
    """Draw RMSE on the test images, smallest first, with the steps of each run; return whether there was any."""
    axes = _new_axes(
        figure, "Error on new persons (what each run had is written beside it)", "RMSE, px of an image 96 wide", ""
    )
    shown = [(run, run.measured) for run in _plain(runs) if run.measured]
    shown.sort(key=lambda pair: -pair[1].test.root_mean_squared)
    figure.set_figheight(max(_HEIGHT, 0.3 * len(shown)))
    for place, (run, measured) in enumerate(shown):
        axes.barh(place, measured.test.root_mean_squared, height=0.62, color=_colour(run), zorder=2)
        text = (
            f"{measured.test.root_mean_squared:.2f} px   {measured.parameters / 1e6:.1f} M parameters, "
            f"{_steps(run)[-1] if run.log else run.record.steps:,.0f} steps, {run.record.minutes:.0f} min"
        )
        axes.annotate(
            text,
            (measured.test.root_mean_squared, place),
            (5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    faces = {measured.mean_face.root_mean_squared for _, measured in shown if measured.mean_face}
    for place, error in enumerate(sorted(faces)):
        label = "the mean face" if place == 0 else None
        axes.axvline(error, color=_INK, lw=1.0, ls=":", label=label, zorder=3)
    if faces:
        axes.legend(loc="lower right", frameon=False, fontsize=8)
    axes.set_yticks(range(len(shown)), [run.record.recipe for run, _ in shown], fontsize=8)
    axes.grid(False, axis="y")
    axes.set_xlim(right=1.6 * max((measured.test.root_mean_squared for _, measured in shown), default=1.0))
    return bool(shown)


def _draw_treatments(figure: Any, runs: tuple[Run, ...]) -> bool:
    """Draw the recipe with the most treatments: each run as a dot, their mean as a bar."""
    families: dict[str, list[Run]] = {}
    for run in runs:
        if run.measured:
            families.setdefault(run.record.recipe.split("+")[0], []).append(run)
    base = max(families, key=lambda name: len({run.record.recipe for run in families[name]}), default="")
    family = families.get(base, [])
    shown = [(f"{label}\n{_step_text(family, base + key)}", _rmse(family, base + key)) for key, label in _TREATMENTS]
    shown = [(label, values) for label, values in shown if values]
    if len(shown) < 2:
        return False
    axes = _new_axes(figure, f"Missing labels: {base}", "steps of the optimizer", "RMSE on new persons, px of 96")
    for place, (_, values) in enumerate(shown):
        axes.bar(place, np.mean(values), width=0.55, color="#f3c9a8", zorder=2)
        axes.scatter([place] * len(values), values, color=_PAPER_COLOURS["Dileep"], s=40, zorder=3)
        axes.annotate(f"{np.mean(values):.2f}", (place, 0.15), ha="center", fontsize=11, color=_INK)
    axes.set_xticks(range(len(shown)), [label for label, _ in shown])
    face = family[0].measured.mean_face if family[0].measured else None
    if face:
        axes.axhline(face.root_mean_squared, color=_INK, lw=1.0, ls=":", label="the mean face", zorder=1)
        axes.legend(loc="upper right", frameon=False, fontsize=8)
    axes.set_ylim(bottom=0, top=1.2 * axes.dataLim.y1)
    return True


def _step_text(runs: list[Run], recipe: str) -> str:
    """Return the steps of a recipe's runs, "308" or "308, 924"."""
    steps = {round(float(_steps(run)[-1])) for run in runs if run.record.recipe == recipe and run.log}
    return ", ".join(f"{count:,d}" for count in sorted(steps))


def _rmse(runs: list[Run], recipe: str) -> list[float]:
    return [run.measured.test.root_mean_squared for run in runs if run.measured and run.record.recipe == recipe]
