"""Makes the tables that answer one question each: missing labels, longer training, depth, thresholds."""

from collections.abc import Mapping

from masquerade_train.comparison.cells import (
    MEAN_FACE,
    MEASURED_ON,
    as_printed,
    data_of,
    mean_face_runs,
    of_score,
    ours,
    provenance,
    rmse_and_mae,
    shares,
    spread,
    training_speed,
)
from masquerade_train.comparison.published import LOSS_EPOCHS, RATINGS, TREATMENTS, Figure, Quantity, find_figure
from masquerade_train.comparison.runs import Run
from masquerade_train.comparison.score import Score
from masquerade_train.comparison.system_tables import BESIDE_MEAN_FACE, kaggle_rmse_cell, rmse_cell
from masquerade_train.comparison.tables import (
    NO_VALUE,
    NOT_RUN,
    Figures,
    Table,
    number,
    numbers_in,
    printed_in,
)
from masquerade_train.metrics.paper_metrics import SIDE
from masquerade_train.recipes.table import RECIPES

_TREATMENTS = {
    "": "dropped",
    "+forward-fill": "filled from the row before",
    "+nearest": "filled from like faces",
    "+copies": "dropped, 9 copies more of each image",
    "+mask": "left out of the loss",
}
_GRID = (
    "dileep-baseline",
    "dileep-manual",
    "dileep-tuned",
    "dileep-mobilenet-frozen",
    "dileep-mobilenet",
    "dileep-nasnet-frozen",
    "dileep-nasnet",
)


def grid_table(found: Mapping[str, Run]) -> Table:
    """Return the 28 cells of the second paper: 7 networks under 4 treatments of missing labels."""
    runs = [found[base + suffix] for base in _GRID for suffix in TREATMENTS if base + suffix in found]
    rows = [
        (
            name,
            NO_VALUE,
            NO_VALUE,
            of_score(it.mean_face, lambda score: number(score.root_mean_squared)),
            of_score(it.kaggle_mean_face, lambda score: number(score.root_mean_squared)),
            *[NO_VALUE] * 3,
        )
        for name, it in mean_face_runs(runs)
    ]
    for base in _GRID:
        for place, suffix in enumerate(TREATMENTS):
            run, name = found.get(base + suffix), base + suffix
            measured = run.measured if run else None
            rows.append(
                (
                    base,
                    _TREATMENTS[suffix],
                    provenance(run),
                    ours(measured, rmse_cell),
                    ours(measured, kaggle_rmse_cell),
                    RATINGS[base][place] if base in RATINGS else NO_VALUE,
                    ours(measured, lambda it: number(it.seconds_for_100)),
                    as_printed(find_figure(name, Quantity.SECONDS_FOR_100), 2),
                )
            )
    return Table(
        "grid",
        "Networks and treatments (Dileep)",
        f"{MEASURED_ON} The paper draws its RMSE in figures 6 and 7 without numbers; its table 2 rates them from '=' "
        "(similar) to '+++'. Its seconds are of a Colab CPU, ours of the processor, all threads together.",
        (
            "network",
            "missing labels",
            "epochs, data",
            "RMSE px",
            "Kaggle RMSE px",
            "paper: table 2",
            "processor s for 100 images",
            "paper: table 3",
        ),
        tuple(rows),
        BESIDE_MEAN_FACE | numbers_in("processor s for 100 images") | printed_in("paper: table 3"),
    )


def treatment_table(runs: tuple[Run, ...]) -> Table:
    """Return the errors by the treatment of missing labels."""
    bases = sorted({name.split("+")[0] for name in RECIPES if "+" in name})
    rows = [
        (name, *[NO_VALUE] * 4, *rmse_and_mae(it.mean_face).split(" / "))
        for name, it in mean_face_runs(run for run in runs if run.record.recipe.split("+")[0] in bases)
    ]
    rows += [
        _treatment_row(base, suffix, [run for run in runs if run.record.recipe == base + suffix])
        for base in bases
        if any(run.record.recipe.split("+")[0] == base for run in runs)
        for suffix in _TREATMENTS
    ]
    return Table(
        "treatments",
        "Missing labels: drop, fill, copy or mask",
        f"{MEASURED_ON} Mean over the seeds, and in brackets the runs themselves. Steps are those that were taken; "
        "only rows with about the same number can be compared.",
        (
            "recipe",
            "what becomes of landmarks that are not marked",
            "epochs, data",
            "steps",
            "seeds",
            "RMSE px",
            "MAE px",
        ),
        tuple(rows),
        {name: Figures((name,), f"{name} by seed") for name in ("RMSE px", "MAE px")}
        | {"steps": Figures(("steps", "steps of other seeds"))}
        | numbers_in("seeds"),
    )


def _treatment_row(base: str, suffix: str, runs: list[Run]) -> tuple[str, ...]:
    runs = [run for run in runs if run.measured]
    measured = [run.measured for run in runs if run.measured]
    if not measured:
        return (base + suffix, _TREATMENTS[suffix], NOT_RUN, *[NO_VALUE] * 4)
    steps = {_steps(run) for run in runs}
    return (
        base + suffix,
        _TREATMENTS[suffix],
        provenance(runs[0]),
        " / ".join(f"{count:,d}" for count in sorted(steps)),
        str(len(measured)),
        spread([it.test.root_mean_squared for it in measured]),
        spread([it.test.mean_absolute for it in measured]),
    )


def _steps(run: Run) -> int:
    """Return the steps of a run; for old records, count whole epochs."""
    if run.record.steps or run.measured is None:
        return run.record.steps
    return round(run.record.epochs * run.measured.epoch_images / (run.recipe.batch if run.recipe else 1))


def loss_table(found: Mapping[str, Run]) -> Table:
    """Return the 24 losses of the first paper after so many epochs, ours beside them."""
    names = ("kle-hidden", "kle-cnn", "kle-mobilenet")
    runs = [run for name in names if (run := found.get(f"{name}-1000") or found.get(name))]
    rows = [
        (name, NO_VALUE, NO_VALUE, _units(it.own_test_mean_face), NO_VALUE, it.data, *[NO_VALUE] * 3)
        for name, it in mean_face_runs(runs)
    ]
    for name in names:
        run = found.get(f"{name}-1000") or found.get(name)
        for epochs in LOSS_EPOCHS:
            rows.append((name, str(epochs), *_loss_cells(run, epochs), *_printed_losses(name, epochs)))
        if run and run.log and run.log[-1].epoch not in LOSS_EPOCHS:
            last = run.log[-1].epoch
            rows.append((name, f"{last} (the last run)", *_loss_cells(run, last), *[NO_VALUE] * 3))
    return Table(
        "losses",
        "Loss at 100, 200, 400 and 1000 epochs (KLE)",
        "Ours: mean squared error of coordinates from -1 to 1, times 1000; of the batches while training, and of the "
        "recipe's own test and validation sets. The paper's as printed, times 1000.",
        (
            "recipe",
            "epochs",
            "train",
            "test",
            "validation",
            "data",
            "paper: train",
            "paper: test",
            "paper: valid",
        ),
        tuple(rows),
        printed_in("epochs", "paper: train", "paper: test", "paper: valid") | numbers_in("train", "test", "validation"),
    )


def _units(score: Score | None) -> str:
    """Return the mean squared error of coordinates from -1 to 1, times 1000."""
    return of_score(score, lambda it: number(1000 * it.mean_squared * (2 / SIDE) ** 2))


def _loss_cells(run: Run | None, epochs: int) -> tuple[str, str, str, str]:
    line = next((line for line in run.log if line.epoch == epochs), None) if run else None
    if run is None or line is None:
        return (NOT_RUN, NOT_RUN, NOT_RUN, NO_VALUE)
    losses = (line.mean_squared, line.test_mean_squared, line.val_mean_squared)
    train, test, validation = (number(1000 * loss) for loss in losses)
    return (train, test, validation, data_of(run))


def _printed_losses(name: str, epochs: int) -> tuple[str, ...]:
    quantities = (Quantity.TRAIN_LOSS, Quantity.TEST_LOSS, Quantity.VALID_LOSS)
    return tuple(as_printed(find_figure(name, quantity, epochs), 2) for quantity in quantities)


_FOUR = (Quantity.VALIDATION_MSE_PX, Quantity.VALIDATION_ACCURACY, Quantity.MSE_PX, Quantity.ACCURACY)


_LADDER_FIGURES = numbers_in("parameters", "images a second while training", "new persons: MSE px²") | {
    name: Figures((f"{name}: MSE px²", f"{name}: accuracy"))
    for name in ("validation", "test", "paper: validation", "paper: test")
}


def ladder_table(found: Mapping[str, Run]) -> Table:
    """Return the third paper's tables 3, 4 and 5, ours beside them."""

    def row(name: str) -> tuple[str, ...]:
        run = found.get(name)
        measured = run.measured if run else None
        figures = [find_figure(name, quantity) for quantity in _FOUR]
        return (
            name,
            figures[0].source if figures[0] else "ours",
            provenance(run),
            ours(measured, lambda it: f"{it.parameters:,d}"),
            number(training_speed(run), 1) if run else NOT_RUN,
            ours(measured, lambda it: _ladder_cell(it.own_validation)),
            ours(measured, lambda it: _ladder_cell(it.own_test)),
            ours(measured, lambda it: number(it.test.mean_squared)),
            _pair(figures[:2]),
            _pair(figures[2:]),
        )

    rungs = [name for name in RECIPES if name.startswith("padova-")]
    return Table(
        "ladder",
        "The ladder of convolutions (Padova)",
        f'{MEASURED_ON} Loss is MSE px² and "accuracy". The paper\'s split has copies of one face on both sides; ours '
        "is the same, and beside it stand new persons. The mean face is of the first row's split.",
        (
            "recipe",
            "table",
            "epochs, data",
            "parameters",
            "images a second while training",
            "validation",
            "test",
            "new persons: MSE px²",
            "paper: validation",
            "paper: test",
        ),
        (*_ladder_faces(found, rungs), *(row(name) for name in rungs)),
        _LADDER_FIGURES,
    )


def _ladder_faces(found: Mapping[str, Run], rungs: list[str]) -> list[tuple[str, ...]]:
    """Return the rows of the mean faces."""
    return [
        (
            name,
            *[NO_VALUE] * 5,
            _ladder_cell(it.own_test_mean_face),
            of_score(it.mean_face, lambda score: number(score.mean_squared)),
            *[NO_VALUE] * 2,
        )
        for name, it in mean_face_runs(found[name] for name in rungs if name in found)
    ]


def _pair(figures: list[Figure | None]) -> str:
    return " / ".join(number(figure.value, 4) for figure in figures if figure) or NO_VALUE


def _ladder_cell(score: Score | None) -> str:
    return of_score(score, lambda it: f"{number(it.mean_squared, 4)} / {number(it.accuracy, 4)}")


def threshold_table(found: Mapping[str, Run]) -> Table:
    """Return the fifth paper's table in three readings of its thresholds, each with the mean face."""
    rows = []
    for name in ("base-cnn", "model-v1-se"):
        run = found.get(name)
        measured = run.measured if run else None
        printed = [
            find_figure(name, quantity) for quantity in (Quantity.WITHIN_5, Quantity.WITHIN_10, Quantity.WITHIN_15)
        ]
        paper = " / ".join(number(100 * figure.value, 1) for figure in printed if figure) + " %"
        error = as_printed(find_figure(name, Quantity.MAE_PX), 3)
        if measured is None:
            rows.append((name, NOT_RUN, *[NO_VALUE] * 4, error, paper))
            continue
        sets = (
            ("own test set", measured.own_test, measured.own_test_mean_face),
            ("new persons", measured.test, measured.mean_face),
        )
        for where, score, face in (*sets, ("Kaggle's own", measured.kaggle, measured.kaggle_mean_face)):
            rows.append((name, f"{where}, {provenance(run)}", *_threshold_cells(score), error, paper))
            if face:
                rows.append((MEAN_FACE, where, *_threshold_cells(face), NO_VALUE, NO_VALUE))
    return Table(
        "thresholds",
        "Accuracy at three thresholds (base model and model_v1)",
        f"{MEASURED_ON} The paper does not say what it counts: landmarks by their distance, single coordinates, or "
        "images by their mean absolute error.",
        (
            "recipe",
            "measured on",
            "MAE px",
            "landmarks 5 / 10 / 15 px",
            "coordinates",
            "images",
            "paper: MAE",
            "paper: 5 / 10 / 15 px",
        ),
        tuple(rows),
        numbers_in("MAE px")
        | printed_in("paper: MAE")
        | {
            "landmarks 5 / 10 / 15 px": _within("landmarks"),
            "coordinates": _within("coordinates"),
            "images": _within("images"),
            "paper: 5 / 10 / 15 px": _within("paper"),
        },
    )


def _within(counted: str) -> Figures:
    return Figures(tuple(f"{counted}: % within {px} px" for px in (5, 10, 15)))


def _threshold_cells(score: Score | None) -> tuple[str, str, str, str]:
    if score is None:
        return (NO_VALUE, NO_VALUE, NO_VALUE, NO_VALUE)
    readings = (score.within, score.within_coordinates, score.within_images)
    return (number(score.mean_absolute, 3), *(shares(values) for values in readings))  # type: ignore[return-value]
