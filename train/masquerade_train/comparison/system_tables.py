"""Makes the tables of all systems: size and time, errors, every run."""

from collections.abc import Mapping

from masquerade_train.comparison.cells import (
    MEAN_FACE,
    MEASURED_ON,
    WORSE,
    data_of,
    epoch_seconds,
    mean_face_runs,
    of_score,
    ours,
    printed,
    printed_errors,
    provenance,
    shares,
)
from masquerade_train.comparison.published import Quantity, find_figure
from masquerade_train.comparison.runs import Run
from masquerade_train.comparison.score import Measured, Score
from masquerade_train.comparison.tables import (
    NO_VALUE,
    NOT_RUN,
    Figures,
    Table,
    number,
    numbers_in,
    percent,
    printed_in,
)
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.recipes.table import RECIPES

# The ladder has a table of its own; the smallest network is for tests.
_LEFT_OUT = {"tiny", *(name for name in RECIPES if name.startswith("padova-") and name != "padova-15")}

# In the CSV the verdict has a column of its own.
BESIDE_MEAN_FACE = {
    "RMSE px": Figures(("RMSE px",), "verdict"),
    "Kaggle RMSE px": Figures(("Kaggle RMSE px",), "Kaggle verdict"),
}


def _listed_recipes(found: Mapping[str, Run]) -> tuple[Recipe, ...]:
    """Return the recipes of the papers, our own, and other recipes that were run, such as tuned ones.

    Treatments and rungs have tables of their own, but for networks of their own whose size a paper prints.
    """
    known = (
        recipe
        for recipe in RECIPES.values()
        if recipe.name not in _LEFT_OUT and ("+" not in recipe.name or find_figure(recipe.name, Quantity.PARAMETERS))
    )
    others = (run.recipe for name, run in found.items() if run.recipe and name not in RECIPES)
    return (*known, *others)


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
        "Megabytes are four bytes a parameter. Seconds an epoch are of this machine, as busy as it was; for 100 images "
        "those of its processor, all threads together.",
        (
            "recipe",
            "paper",
            "epochs, data",
            "parameters",
            "paper: parameters",
            "MB",
            "paper: MB",
            "s an epoch (images)",
            "paper: s an epoch",
            "processor s for 100 images",
            "paper: s for 100 images",
        ),
        tuple(row(recipe) for recipe in _listed_recipes(found)),
        numbers_in("parameters", "MB", "processor s for 100 images")
        | printed_in("paper: parameters", "paper: MB", "paper: s an epoch", "paper: s for 100 images")
        | {"s an epoch (images)": Figures(("s an epoch", "images an epoch"))},
    )


def error_table(found: Mapping[str, Run]) -> Table:
    """Return the errors on new persons and on Kaggle's own images, and what the papers print."""
    rows = [*_mean_faces(found), *(_error_row(recipe, found.get(recipe.name)) for recipe in _listed_recipes(found))]
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
            "landmarks within 5 / 10 / 15 px",
            "mean distance / eye distance",
            '"accuracy"',
            "Kaggle RMSE px",
            "Kaggle MAE px",
            "the paper prints",
        ),
        tuple(rows),
        BESIDE_MEAN_FACE
        | numbers_in("MAE px", "Kaggle MAE px")
        | {
            "landmarks within 5 / 10 / 15 px": Figures(tuple(f"% of landmarks within {px} px" for px in (5, 10, 15))),
            "mean distance / eye distance": Figures(("mean distance, % of the eye distance",)),
            '"accuracy"': Figures(("accuracy %", "accuracy of a constant %")),
        },
    )


def _error_row(recipe: Recipe, run: Run | None) -> tuple[str, ...]:
    measured = run.measured if run else None
    return (
        recipe.name,
        provenance(run),
        ours(measured, rmse_cell),
        ours(measured, lambda it: number(it.test.mean_absolute)),
        ours(measured, lambda it: shares(it.test.within)),
        ours(measured, lambda it: percent(it.eye_distances)),
        ours(measured, lambda it: f"{percent(it.test.accuracy)} ({percent(it.test.accuracy_of_a_constant)})"),
        ours(measured, kaggle_rmse_cell),
        ours(measured, lambda it: of_score(it.kaggle, lambda score: number(score.mean_absolute))),
        printed_errors(recipe.name),
    )


def rmse_cell(measured: Measured) -> str:
    """Return the RMSE on new people, with a note if a constant answer is better."""
    return _beside_mean_face(measured.test, measured.mean_face)


def kaggle_rmse_cell(measured: Measured) -> str:
    """Return the RMSE on Kaggle's own images, with a note if a constant answer is better."""
    return of_score(measured.kaggle, lambda score: _beside_mean_face(score, measured.kaggle_mean_face))


def _beside_mean_face(score: Score, face: Score | None) -> str:
    text = number(score.root_mean_squared)
    return f"{text} {WORSE}" if face and score.root_mean_squared >= face.root_mean_squared else text


def _mean_faces(found: Mapping[str, Run]) -> list[tuple[str, ...]]:
    """Return one row for each data file, and for each choice of test images."""
    return [_mean_face_row(measured) for _, measured in mean_face_runs(found.values())]


def _mean_face_row(measured: Measured) -> tuple[str, ...]:
    face, kaggle = measured.mean_face, measured.kaggle_mean_face
    assert face is not None
    return (
        MEAN_FACE,
        f"{face.images} images, {measured.data}",
        number(face.root_mean_squared),
        number(face.mean_absolute),
        shares(face.within),
        NO_VALUE,
        percent(face.accuracy),
        of_score(kaggle, lambda score: number(score.root_mean_squared)),
        of_score(kaggle, lambda score: number(score.mean_absolute)),
        NO_VALUE,
    )


def run_table(runs: tuple[Run, ...]) -> Table:
    """Return the origin and the result of every run."""
    rows = tuple(
        (
            run.folder.name,
            run.record.recipe,
            run.record.recipe_sha256[:12] or "not recorded",
            str(run.record.seed),
            str(run.record.epochs),
            str(run.record.best_epoch),
            number(run.record.minutes, 1),
            percent(run.record.fraction, 0),
            run.record.start,
            run.record.precision,
            data_of(run),
            run.record.commit,
            ours(run.measured, rmse_cell),
            ours(run.measured, lambda it: of_score(it.mean_face, lambda score: number(score.root_mean_squared))),
            ours(run.measured, lambda it: number(it.all_root_mean_squared)),
        )
        for run in runs
    )
    return Table(
        "runs",
        "Every run",
        "RMSE px of the test images with all landmarks marked, the mean face's on them, and of all test images.",
        (
            "folder",
            "recipe",
            "recipe's sum",
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
            "mean face",
            "over all",
        ),
        rows,
        {"RMSE px": BESIDE_MEAN_FACE["RMSE px"], "of the persons": Figures(("% of the persons",))}
        | numbers_in("seed", "epochs", "kept epoch", "minutes", "mean face", "over all"),
    )
