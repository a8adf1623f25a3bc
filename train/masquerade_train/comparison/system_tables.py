"""Makes the tables of all systems: size and time, errors, every run."""

from collections.abc import Mapping

from masquerade_train.comparison.cells import (
    MEASURED_ON,
    data_of,
    epoch_seconds,
    ours,
    printed,
    printed_errors,
    provenance,
)
from masquerade_train.comparison.published import Quantity
from masquerade_train.comparison.runs import Run
from masquerade_train.comparison.tables import NOT_RUN, Table, number, percent
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.recipes.table import RECIPES

# The ladder has a table of its own; the smallest net is for tests.
_LEFT_OUT = {"tiny", *(name for name in RECIPES if name.startswith("padova-") and name != "padova-15")}


def _plain_recipes() -> tuple[Recipe, ...]:
    """Return the systems of the papers and ours, without treatments and rungs, which have tables of their own."""
    return tuple(recipe for recipe in RECIPES.values() if recipe.name not in _LEFT_OUT and "+" not in recipe.name)


def size_table(found: Mapping[str, Run]) -> Table:
    """Return parameters, megabytes and seconds, ours beside the papers'."""

    def row(recipe: Recipe) -> tuple[str, ...]:
        run = found.get(recipe.name)
        measured = run.measured if run else None
        seconds = f"{number(epoch_seconds(run), 1)} ({ours(measured, lambda it: f'{it.epoch_images:,d}')})"
        return (
            recipe.name,
            recipe.paper or "ours",
            provenance(run),
            ours(measured, lambda it: f"{it.parameters:,d}"),
            printed(recipe, Quantity.PARAMETERS, 0),
            ours(measured, lambda it: number(4 * it.parameters / 1e6)),
            printed(recipe, Quantity.MEGABYTES, 2),
            seconds if run else NOT_RUN,
            printed(recipe, Quantity.SECONDS_AN_EPOCH, 2),
            ours(measured, lambda it: number(it.seconds_for_100)),
            printed(recipe, Quantity.SECONDS_FOR_100, 2),
        )

    return Table(
        "sizes",
        "Size and time",
        "Megabytes are four bytes a parameter. Seconds are of this machine, as busy as it was, and of theirs.",
        (
            "recipe",
            "paper",
            "epochs, data",
            "parameters",
            "paper",
            "MB",
            "paper",
            "s an epoch (images)",
            "paper",
            "s for 100 images",
            "paper",
        ),
        tuple(row(recipe) for recipe in _plain_recipes()),
    )


def error_table(found: Mapping[str, Run]) -> Table:
    """Return the errors on new persons, and what the papers print."""

    def row(recipe: Recipe) -> tuple[str, ...]:
        run = found.get(recipe.name)
        measured = run.measured if run else None
        return (
            recipe.name,
            provenance(run),
            ours(measured, lambda it: number(it.root_mean_squared)),
            ours(measured, lambda it: number(it.mean_absolute)),
            ours(measured, lambda it: " / ".join(percent(x) for x in (it.within_5, it.within_10, it.within_15))),
            ours(measured, lambda it: percent(it.eye_distances)),
            ours(measured, lambda it: f"{percent(it.accuracy)} ({percent(it.accuracy_of_a_constant)})"),
            printed_errors(recipe),
        )

    return Table(
        "errors",
        "Errors",
        f'{MEASURED_ON} "Accuracy" is Keras\'s metric for classes, counted on coordinates: how often the largest '
        "coordinate of the label is the largest of the prediction; in brackets what naming always the same one scores.",
        (
            "recipe",
            "epochs, data",
            "RMSE px",
            "MAE px",
            "points within 5 / 10 / 15 px",
            "mean distance / eye distance",
            '"accuracy"',
            "the paper prints",
        ),
        tuple(row(recipe) for recipe in _plain_recipes()),
    )


def run_table(runs: tuple[Run, ...]) -> Table:
    """Return where every run came from and what it gave."""
    rows = tuple(
        (
            run.folder.name,
            run.record.recipe,
            str(run.record.seed),
            str(run.record.epochs),
            str(run.record.best_epoch),
            number(run.record.minutes, 1),
            percent(run.record.fraction, 0),
            run.record.start,
            run.record.precision,
            data_of(run),
            run.record.commit,
            ours(run.measured, lambda it: number(it.root_mean_squared)),
            ours(run.measured, lambda it: number(it.all_root_mean_squared)),
        )
        for run in runs
    )
    return Table(
        "runs",
        "Every run",
        "RMSE px of the val images with all points marked, and of all val images.",
        (
            "folder",
            "recipe",
            "seed",
            "epochs",
            "kept epoch",
            "minutes",
            "of the persons",
            "start",
            "precision",
            "data",
            "commit",
            "RMSE px",
            "over all",
        ),
        rows,
    )
