"""Makes the cells of comparing tables: what was measured, where it is from, what a paper prints."""

import math
from collections.abc import Callable, Mapping

import numpy as np

from masquerade_train.comparison.published import Figure, Quantity, find_figure
from masquerade_train.comparison.runs import Measured, Run
from masquerade_train.comparison.tables import NOT_RUN, NOT_TOLD, number, percent
from masquerade_train.recipes.recipe import Precision, Recipe

MEASURED_ON = "Errors are of the val images with all points marked, pixels of an image 96 wide."


def first_runs(runs: tuple[Run, ...]) -> Mapping[str, Run]:
    """Return, by the recipe's name, the run with the recipe's own seed, else any."""
    found: dict[str, Run] = {}
    for run in runs:
        recipe = run.recipe
        if recipe and (recipe.name not in found or run.record.seed == recipe.seed):
            found[recipe.name] = run
    return found


def provenance(run: Run | None) -> str:
    """Return how many epochs a run was trained for, how long and on what: "12 epochs, 3.4 min, faces.npz"."""
    if run is None:
        return NOT_RUN
    record = run.record
    share = f", {percent(record.fraction, 0)} of the persons" if record.fraction < 1 else ""
    plural = "" if record.epochs == 1 else "s"
    precision = "" if record.precision == Precision.FLOAT32 else f", {record.precision}"
    return f"{record.epochs} epoch{plural}, {number(record.minutes, 1)} min, {data_of(run)}{share}{precision}"


def data_of(run: Run) -> str:
    """Return the name of the data that a run was measured on, or the sum of those it was trained from."""
    return run.measured.data if run.measured else f"data {run.record.data_sha256[:8]}"


def ours(measured: Measured | None, text: Callable[[Measured], str]) -> str:
    """Return what `text` says of a measured run, or "not run"."""
    return text(measured) if measured else NOT_RUN


def epoch_seconds(run: Run | None) -> float:
    """Return the median; the first epoch has the start in it."""
    if run is None or not run.log:
        return float("nan")
    return 60 * float(np.median(np.diff([0.0, *(line.minutes for line in run.log)])))


def training_speed(run: Run | None) -> float:
    """Return images a second, the median of the epochs."""
    return float(np.median([line.images_per_second for line in run.log])) if run and run.log else float("nan")


def printed(recipe: Recipe, quantity: Quantity, digits: int) -> str:
    """Return what a paper prints of the system that the recipe follows."""
    return as_printed(find_figure(recipe.name, quantity), digits)


def as_printed(figure: Figure | None, digits: int) -> str:
    """Return the cell of one printed figure, with its conditions."""
    if figure is None:
        return NOT_TOLD
    upper = "" if math.isnan(figure.upper) else f" to {number(figure.upper, digits)}"
    return number(figure.value, digits) + upper + (f" ({figure.remark})" if figure.remark else "")


def printed_errors(recipe: Recipe) -> str:
    """Return all errors that the paper prints of a system, in one cell."""
    shares = (Quantity.WITHIN_5, Quantity.WITHIN_10, Quantity.WITHIN_15, Quantity.ACCURACY)
    errors = (Quantity.RMSE_PX, Quantity.MAE_PX, Quantity.MSE_PX)
    cells = []
    for quantity in (*errors, *shares):
        if figure := find_figure(recipe.name, quantity):
            text = percent(figure.value) if quantity in shares else number(figure.value)
            cells.append(f"{quantity} {text}" + (f" ({figure.remark})" if figure.remark else ""))
    return ", ".join(cells) or NOT_TOLD
