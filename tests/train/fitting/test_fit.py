"""Tests that training learns, and that a run that was killed goes on as if nothing had been."""

import csv
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.shared import REPO
from tests.train.faces import tiny_recipe
from train.errors import TrainError
from train.fitting.fit import LOG_FILE, MODEL_FILE, Plan, fit
from train.fitting.run_record import read_record
from train.recipes.recipe import Optimizer


def losses(out: Path) -> list[float]:
    with (out / LOG_FILE).open(encoding="utf-8") as file:
        return [float(row["loss"]) for row in csv.DictReader(file)]


def test_the_loss_falls_and_a_model_is_written(tiny_run: Path) -> None:
    curve = losses(tiny_run)
    assert len(curve) == 6
    assert curve[-1] < curve[0]
    assert (tiny_run / MODEL_FILE).is_file()


def test_the_record_tells_what_the_run_was_made_from(tiny_run: Path) -> None:
    record = read_record(tiny_run)
    assert (record.recipe, record.seed, record.epochs, record.start) == ("tiny", 15, 6, "random")
    assert len(record.data_sha256) == 64


def test_a_killed_run_resumes_with_the_same_losses(small_data: Path, tiny_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-m", "train", "fit", "tiny", "--data", small_data, "--out", out, "--epochs", "6"]
    with subprocess.Popen(
        [*map(str, command), "--workers", "0"], cwd=REPO, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stderr is not None
        # In the middle of the third epoch, more or less.
        assert any("epoch 2," in line for line in process.stderr)
        process.kill()
    assert 1 <= read_epochs(out) < 6
    fit(tiny_recipe(6), Plan(small_data, out, workers=0, resume=True))
    # An epoch that was logged, but killed before its checkpoint, is run again: its last line counts.
    again = {int(row["epoch"]): float(row["loss"]) for row in read_log(out)}
    assert [again[epoch] for epoch in range(1, 7)] == pytest.approx(losses(tiny_run), rel=1e-4)


def read_log(out: Path) -> list[dict[str, str]]:
    with (out / LOG_FILE).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_epochs(out: Path) -> int:
    return len(read_log(out)) if (out / LOG_FILE).exists() else 0


def test_a_folder_with_a_run_is_not_overwritten(small_data: Path, tiny_run: Path) -> None:
    with pytest.raises(TrainError, match="--resume"):
        fit(tiny_recipe(6), Plan(small_data, tiny_run, workers=0))


def test_resuming_with_another_recipe_is_refused(small_data: Path, tiny_run: Path) -> None:
    with pytest.raises(TrainError, match="optimizer"):
        fit(replace(tiny_recipe(6), optimizer=Optimizer("sgd")), Plan(small_data, tiny_run, workers=0, resume=True))
    assert losses(tiny_run)


def test_a_budget_of_minutes_ends_the_run(small_data: Path, tmp_path: Path) -> None:
    fit(tiny_recipe(1000), Plan(small_data, tmp_path / "run", budget_minutes=0.001, workers=0))
    assert read_epochs(tmp_path / "run") < 5
