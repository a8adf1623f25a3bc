"""Makes the cells of comparison tables: what was measured, its origin, and what a paper prints."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from masquerade_train.comparison.published import Figure, Quantity, find_figure
from masquerade_train.comparison.runs import Run
from masquerade_train.comparison.score import Measured, Score
from masquerade_train.comparison.tables import NO_VALUE, NOT_RUN, number, percent
from masquerade_train.recipes.recipe import Precision, Recipe
from masquerade_train.recipes.table import RECIPES

MEAN_FACE = "the mean face of the training labels"
WORSE = "(worse than the mean face)"
MEASURED_ON = "Errors are of the test images with all landmarks marked, pixels of an image 96 wide."
_SHARES = (
    Quantity.WITHIN_5,
    Quantity.WITHIN_10,
    Quantity.WITHIN_15,
    Quantity.ACCURACY,
    Quantity.VALIDATION_ACCURACY,
)


def first_runs(runs: tuple[Run, ...]) -> Mapping[str, Run]:
    """Return, by the recipe's name, the run with the recipe's own seed, else any."""
    found: dict[str, Run] = {}
    for run in runs:
        name, known = run.record.recipe, RECIPES.get(run.record.recipe)
        if run.recipe and (name not in found or (known and run.record.seed == known.seed)):
            found[name] = run
    return found


def mean_face_runs(runs: Iterable[Run]) -> list[tuple[str, Measured]]:
    """Return one measured run for each mean face, by the data and the images that it was measured on."""
    faces: dict[tuple[str, float], Measured] = {}
    for run in runs:
        if run.measured is not None and run.measured.mean_face is not None:
            error = round(run.measured.mean_face.root_mean_squared, 3)
            faces.setdefault((run.measured.data, error), run.measured)
    return [(f"{MEAN_FACE}, {data}", measured) for (data, _), measured in faces.items()]


def provenance(run: Run | None) -> str:
    """Return how long a run was trained, and on what: "12 epochs, 912 steps, 3.4 min, faces.npz".

    An epoch that the budget cut off counts as one; the steps are exact.
    """
    if run is None:
        return NOT_RUN
    record = run.record
    share = f", {percent(record.fraction, 0)} of the persons" if record.fraction < 1 else ""
    plural = "" if record.epochs == 1 else "s"
    precision = "" if record.precision == Precision.FLOAT32 else f", {record.precision}"
    falling = ", still falling" if run.is_still_falling else ""
    # A recipe that decides by its validation set kept the best epoch.
    if (best := run.rises_since) and run.record.best_epoch != best:
        falling = f", validation rising since epoch {best}"
    steps = f", {record.steps:,d} steps" if record.steps else ""
    minutes = number(record.minutes, 1)
    earlier = ", an earlier recipe" if run.is_of_earlier_recipe else ""
    return f"{record.epochs} epoch{plural}{steps}{falling}, {minutes} min, {data_of(run)}{share}{precision}{earlier}"


def data_of(run: Run) -> str:
    """Return the name of the data that a run was measured on, or the sum of those it was trained from."""
    return run.measured.data if run.measured else f"data {run.record.data_sha256[:8]}"


def ours(measured: Measured | None, text: Callable[[Measured], str]) -> str:
    """Return `text` of a measured run, or "not run"."""
    return text(measured) if measured else NOT_RUN


def of_score(score: Score | None, text: Callable[[Score], str]) -> str:
    """Return `text` of a score, or a dash."""
    return text(score) if score else NO_VALUE


def shares(values: tuple[float, ...]) -> str:
    """Return shares within 5, 10 and 15 px: "70.9 / 94.7 / 98.6 %"."""
    return " / ".join(number(100 * value, 1) for value in values) + " %"


def spread(values: list[float]) -> str:
    """Return a mean over seeds and the runs themselves: "3.27 (3.24, 3.30)"."""
    if len(values) == 1:
        return number(values[0])
    return f"{number(float(np.mean(values)))} ({', '.join(number(value) for value in sorted(values))})"


def rmse_and_mae(score: Score | None) -> str:
    """Return "6.06 / 4.37", or a dash."""
    return of_score(score, lambda it: f"{number(it.root_mean_squared)} / {number(it.mean_absolute)}")


def epoch_seconds(run: Run | None) -> float:
    """Return the median, because the first epoch includes the start."""
    if run is None or not run.log:
        return float("nan")
    return 60 * float(np.median(np.diff([0.0, *(line.minutes for line in run.log)])))


def training_speed(run: Run | None) -> float:
    """Return images a second, the median of the epochs."""
    return float(np.median([line.images_per_second for line in run.log])) if run and run.log else float("nan")


def printed(recipe: Recipe, quantity: Quantity, digits: int) -> str:
    """Return what a paper prints for the system that the recipe follows."""
    return as_printed(find_figure(recipe.name, quantity), digits)


def as_printed(figure: Figure | None, digits: int) -> str:
    """Return the cell of one printed figure, with its conditions."""
    if figure is None:
        return NO_VALUE
    return number(figure.value, digits) + (f" ({figure.remark})" if figure.remark else "")


def printed_errors(name: str) -> str:
    """Return all errors that the paper prints of a recipe's system, in one cell."""
    cells = []
    for quantity in (Quantity.RMSE_PX, Quantity.MAE_PX, Quantity.MSE_PX, *_SHARES[:4]):
        if figure := find_figure(name, quantity):
            text = percent(figure.value) if quantity in _SHARES else number(figure.value)
            cells.append(f"{quantity} {text}" + (f" ({figure.remark})" if figure.remark else ""))
    return ", ".join(cells) or NO_VALUE
