"""Makes the tables that answer one question each: missing labels, longer training, depth, leaks."""

from collections.abc import Mapping

import numpy as np

from masquerade_train.comparison.cells import MEASURED_ON, as_printed, data_of, ours, provenance, training_speed
from masquerade_train.comparison.published import Quantity, find_figure
from masquerade_train.comparison.runs import Run
from masquerade_train.comparison.tables import NOT_RUN, NOT_TOLD, Table, number
from masquerade_train.recipes.table import RECIPES

_TREATMENTS = {
    "": "dropped",
    "+forward-fill": "filled from the row before",
    "+nearest": "filled from like faces",
    "+copies": "dropped, 9 copies more of each image",
    "+mask": "left out of the loss",
}
_LOSS_EPOCHS = (100, 200, 400, 1000)


def treatment_table(runs: tuple[Run, ...]) -> Table:
    """Return the errors by what becomes of points that are not marked."""
    bases = sorted({name.split("+")[0] for name in RECIPES if "+" in name})
    rows = [
        _treatment_row(base, suffix, [run for run in runs if run.record.recipe == base + suffix])
        for base in bases
        if any(run.record.recipe.split("+")[0] == base for run in runs)
        for suffix in _TREATMENTS
    ]
    return Table(
        "treatments",
        "Missing labels: drop, fill, copy or mask",
        f"{MEASURED_ON} Mean over the seeds, and in brackets the runs themselves. Steps are those that were taken; "
        "only rows with about the same number may be held against each other.",
        ("recipe", "what becomes of points that are not marked", "epochs, data", "steps", "seeds", "RMSE px", "MAE px"),
        tuple(rows),
    )


def _treatment_row(base: str, suffix: str, runs: list[Run]) -> tuple[str, ...]:
    measured = [run.measured for run in runs if run.measured]
    if not measured:
        return (base + suffix, _TREATMENTS[suffix], NOT_RUN, *[NOT_TOLD] * 4)
    steps = {round(run.record.epochs * it.epoch_images / _batch(run)) for run, it in zip(runs, measured, strict=True)}
    return (
        base + suffix,
        _TREATMENTS[suffix],
        provenance(runs[0]),
        " / ".join(f"{count:,d}" for count in sorted(steps)),
        str(len(measured)),
        _spread([it.root_mean_squared for it in measured]),
        _spread([it.mean_absolute for it in measured]),
    )


def _batch(run: Run) -> int:
    return run.recipe.batch if run.recipe else 1


def _spread(values: list[float]) -> str:
    if len(values) == 1:
        return number(values[0])
    return f"{number(float(np.mean(values)))} ({', '.join(number(value) for value in sorted(values))})"


def loss_table(found: Mapping[str, Run]) -> Table:
    """Return the losses after so many epochs, ours beside the first paper's."""
    rows = []
    for name in ("kle-hidden", "kle-cnn", "kle-mobilenet"):
        run = found.get(name)
        for epochs in _LOSS_EPOCHS:
            rows.append((name, str(epochs), *_loss_cells(run, epochs), *_printed_losses(name, epochs)))
        if run and run.log and run.log[-1].epoch not in _LOSS_EPOCHS:
            last = run.log[-1].epoch
            rows.append((name, f"{last} (the last run)", *_loss_cells(run, last), *[NOT_TOLD] * 3))
    return Table(
        "losses",
        "Loss at 100, 200, 400 and 1000 epochs",
        "Ours: mean squared error of coordinates from -1 to 1, times 1000; of the batches while training, and of the "
        "tenth of the persons kept aside. The papers' as printed, times 1000; how they are counted is not told.",
        ("recipe", "epochs", "train", "kept aside", "data", "paper: train", "paper: test", "paper: valid"),
        tuple(rows),
    )


def _loss_cells(run: Run | None, epochs: int) -> tuple[str, str, str]:
    line = next((line for line in run.log if line.epoch == epochs), None) if run else None
    if run is None or line is None:
        return (NOT_RUN, NOT_RUN, NOT_TOLD)
    return (number(1000 * line.mean_squared), number(1000 * line.check_mean_squared), data_of(run))


def _printed_losses(name: str, epochs: int) -> tuple[str, ...]:
    quantities = (Quantity.TRAIN_LOSS, Quantity.TEST_LOSS, Quantity.VALID_LOSS)
    return tuple(as_printed(find_figure(name, quantity, epochs), 2) for quantity in quantities)


def ladder_table(found: Mapping[str, Run]) -> Table:
    """Return the errors by depth."""

    def row(name: str) -> tuple[str, ...]:
        run = found.get(name)
        measured = run.measured if run else None
        return (
            name,
            provenance(run),
            ours(measured, lambda it: f"{it.parameters:,d}"),
            number(training_speed(run), 1) if run else NOT_RUN,
            ours(measured, lambda it: number(it.root_mean_squared**2)),
            ours(measured, lambda it: number(it.root_mean_squared)),
            as_printed(find_figure(name, Quantity.MSE_PX), 4),
        )

    names = [name for name in RECIPES if name.startswith("padova-") and not name.endswith("leak")]
    return Table(
        "ladder",
        "The ladder of convolutions (Padova)",
        f"{MEASURED_ON} The paper's figure comes from a split that has copies of one face on both sides.",
        (
            "recipe",
            "epochs, data",
            "parameters",
            "images a second while training",
            "MSE px²",
            "RMSE px",
            "paper: MSE px²",
        ),
        tuple(row(name) for name in names),
    )


def leak_table(found: Mapping[str, Run]) -> Table:
    """Return what leaking nets score on their own split and on new persons."""
    rows = []
    for name in (name for name in RECIPES if name.endswith("leak")):
        run = found.get(name)
        measured = run.measured if run else None
        rows.append(
            (
                name,
                provenance(run),
                ours(measured, lambda it: number(it.held_mean_squared)),
                ours(measured, lambda it: number(it.root_mean_squared**2)),
                ours(measured, lambda it: number(it.root_mean_squared**2 / it.held_mean_squared)),
            )
        )
    return Table(
        "leak",
        "What a split after copying is worth",
        "One and the same net, measured on the copies that its split holds out (copies of training faces), and on "
        "persons it never saw.",
        ("recipe", "epochs, data", "MSE px² on held-out copies", "MSE px² on new persons", "times as large"),
        tuple(rows),
    )
