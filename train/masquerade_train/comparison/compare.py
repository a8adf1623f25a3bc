"""Compares recipes with the papers' figures: runs what is missing, collects runs, writes tables and plots."""

import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from masquerade_train.comparison.cells import first_runs
from masquerade_train.comparison.keep import keep_runs
from masquerade_train.comparison.measuring import MeasuringSet
from masquerade_train.comparison.plots import write_plots
from masquerade_train.comparison.published import PAPERS
from masquerade_train.comparison.question_tables import (
    grid_table,
    ladder_table,
    loss_table,
    threshold_table,
    treatment_table,
)
from masquerade_train.comparison.runs import Run, collect_runs, follows
from masquerade_train.comparison.system_tables import error_table, run_table, size_table
from masquerade_train.comparison.tables import Table, write_tables
from masquerade_train.datasets.face_set import load_faces
from masquerade_train.datasets.measuring_set import read_measuring_set
from masquerade_train.errors import TrainError
from masquerade_train.fitting.run_config import Budget
from masquerade_train.recipes.recipe import Precision, Recipe
from masquerade_train.recipes.table import RECIPES
from masquerade_train.runs.record import FILE as RECORD_FILE
from masquerade_train.runs.record import file_sha256, read_record

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Missing:
    """What to run before the comparison.

    Attributes:
        recipes: names; () = nothing.
        seeds: other than the recipe's own; () = that one.
        epochs: instead of the recipe's; None leaves them.
        budget_minutes, budget_steps: of each run; None = no limit.
        weights: ImageNet weights for the networks with a MobileNetV2 as base.
        precision: that layers compute in.
        fraction: share of the training persons that take part.
    """

    recipes: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    epochs: int | None = None
    budget_minutes: float | None = None
    budget_steps: int | None = None
    weights: Path | None = None
    precision: Precision = Precision.FLOAT32
    fraction: float = 1.0


def compare(
    runs: Path,
    out: Path,
    data: tuple[Path, ...],
    missing: Missing,
    kaggle: Path | None = None,
    *,
    keep: Path | None = None,
) -> str:
    """Write `out`/compare.md, one CSV a table and the plots; return what was written.

    Args:
        runs: folder with a folder for each run.
        out: folder of the report, its tables and plots.
        data: files of faces: runs are measured on the one they were trained from, and
            what is missing is trained on the first that has the recipe's landmarks.
        missing: which recipes are run before the comparison, and how.
        kaggle: Kaggle's own images, which every run is measured on as well: an .npz of images and keypoints,
            training.csv or a .zip.
        keep: folder that gets record, log and errors of each run, without weights; None = none.

    Raises:
        TrainError: a name is no recipe's, no data have its landmarks, or there is no run at all.
    """
    for recipe, seed in _wanted(missing):
        _run(recipe, seed, runs, data, missing)
    images = MeasuringSet(read_measuring_set(kaggle), file_sha256(kaggle)) if kaggle else None
    found = collect_runs(runs, data, images)
    report = write_tables(out, make_tables(found), _head(len(found)))
    written = [report, *write_plots(out, found)]
    if keep is not None:
        written.append(keep_runs(found, keep))
    return "\n".join(f"wrote {path}" for path in written)


def make_tables(runs: tuple[Run, ...]) -> tuple[Table, ...]:
    """Return every table; a recipe that none of `runs` followed says so."""
    found = first_runs(runs)
    by_system = (size_table(found), error_table(found))
    return (
        *by_system,
        grid_table(found),
        treatment_table(runs),
        loss_table(found),
        ladder_table(found),
        threshold_table(found),
        run_table(runs),
    )


def _head(count: int) -> str:
    sources = "\n".join(f"- {short}: {title}" for short, title in PAPERS.items())
    return (
        f"# The papers' networks, compared\n\nFrom {count} runs. What was not run says so, and what more epochs would "
        f'improve is "still falling"; "-" is what a paper does not print, or cannot be measured. Columns "paper" hold '
        f"what is printed there, on other data:\n\n{sources}\n"
    )


def _wanted(missing: Missing) -> list[tuple[Recipe, int]]:
    unknown = [name for name in missing.recipes if name not in RECIPES]
    if unknown:
        raise TrainError(f"There is no recipe {', '.join(unknown)}. `masquerade-train recipes` lists them.")
    recipes = [RECIPES[name] for name in missing.recipes]
    return [(recipe, seed) for recipe in recipes for seed in missing.seeds or (recipe.seed,)]


def _run(recipe: Recipe, seed: int, runs: Path, data: tuple[Path, ...], missing: Missing) -> None:
    """Run one recipe in a separate process, or resume it; a finished run is left alone."""
    # Keras takes ten seconds, and is not needed to draw results again.
    from masquerade_train.fitting.checkpoint import has_checkpoint  # noqa: PLC0415
    from masquerade_train.zoo.catalog import PRETRAINED  # noqa: PLC0415

    folder = runs / (recipe.name if seed == recipe.seed else f"{recipe.name}@{seed}")
    if _is_over(folder, recipe, missing):
        _log.info("%s has been run.", folder.name)
        return
    _log.info("%s ...", folder.name)
    arguments = ["fit", recipe.name, "--out", str(folder), "--data", str(_data_for(recipe, data)), "--seed", str(seed)]
    arguments += ["--precision", missing.precision, "--fraction", str(missing.fraction)]
    if missing.epochs is not None:
        arguments += ["--epochs", str(missing.epochs)]
    if missing.budget_minutes is not None:
        arguments += ["--budget-minutes", str(missing.budget_minutes)]
    if missing.budget_steps is not None:
        arguments += ["--budget-steps", str(missing.budget_steps)]
    if missing.weights and PRETRAINED.get(recipe.net) == "MobileNetV2":
        arguments += ["--weights", str(missing.weights)]
    if has_checkpoint(folder):
        arguments.append("--resume")
    # One process each: TensorFlow gives no memory back.
    done = subprocess.run([sys.executable, "-m", "masquerade_train", *arguments], check=False)
    if done.returncode:
        _log.warning("%s failed (%d); the others go on.", folder.name, done.returncode)


def _is_over(folder: Path, recipe: Recipe, missing: Missing) -> bool:
    """Return whether the run has a model and all requested epochs or minutes."""
    if not (folder / "model.keras").exists() or not (folder / RECORD_FILE).exists():
        return False
    record = read_record(folder)
    wanted = missing.epochs or recipe.epochs
    if record.recipe_sha256 and not follows(record, recipe):
        raise TrainError(f"{folder} holds a run of another recipe '{record.recipe}'. Move it, or use another --runs.")
    budget = Budget(missing.budget_minutes, missing.budget_steps)
    return record.epochs >= wanted or budget.share_spent(record.minutes, record.steps) >= 1


def _data_for(recipe: Recipe, data: tuple[Path, ...]) -> Path:
    """Return the first file that has the recipe's landmarks.

    Raises:
        TrainError: none has.
    """
    for path in data:
        if set(recipe.input.points) <= set(load_faces(path).names):
            return path
    raise TrainError(f"None of the given data has the landmarks of '{recipe.name}': {', '.join(recipe.input.points)}.")
