"""Tests that runs are compared with the papers: what was run, on what, for how long; and what was not."""

import csv
import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from masquerade_train.__main__ import main
from masquerade_train.comparison.compare import Missing, compare, make_tables
from masquerade_train.comparison.plots import write_plots
from masquerade_train.comparison.published import FIGURES, PAPERS, Quantity, find_figure
from masquerade_train.comparison.runs import Measured, Run, collect_runs
from masquerade_train.comparison.tables import Table, number
from masquerade_train.errors import TrainError
from masquerade_train.recipes.table import RECIPES
from masquerade_train.runs.log import LogLine
from masquerade_train.runs.record import RunRecord

NAN = float("nan")


def made_run(recipe: str, rmse: float, seed: int = 15, epochs: int = 100, fraction: float = 1.0) -> Run:
    """A run as it would lie on the disk, with a straight learning curve."""
    record = RunRecord(recipe, "abc", seed, "1234567890", "random", epochs, 2.0, fraction, "tensorflow", epochs)
    log = tuple(
        LogLine(epoch, epoch * 2.0 / epochs, 1e-3, 0.1, 0.1, NAN, NAN, 50, 0.004 / epoch, NAN, 0.005 / epoch)
        for epoch in range(1, epochs + 1)
    )
    measured = Measured(
        "sum",
        "faces.npz",
        246_062,
        2464,
        0.25,
        300,
        rmse,
        1.0,
        0.9,
        0.95,
        0.99,
        0.79,
        0.74,
        0.1,
        rmse + 0.5,
        rmse**2 / 4,
    )
    return Run(Path(recipe), record, log, measured)


def rows(runs: tuple[Run, ...], slug: str) -> list[dict[str, str]]:
    """A table as dicts; columns that bear one name twice keep the second."""
    table = next(table for table in make_tables(runs) if table.slug == slug)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_every_figure_of_the_papers_belongs_to_a_recipe_that_can_be_run() -> None:
    assert {figure.recipe for figure in FIGURES} <= set(RECIPES)
    assert {RECIPES[figure.recipe].paper for figure in FIGURES} == set(PAPERS)


def test_what_was_measured_tells_epochs_minutes_and_data() -> None:
    (row,) = (row for row in rows((made_run("dileep-baseline", 2.5),), "errors") if row["recipe"] == "dileep-baseline")
    assert (row["RMSE px"], row["epochs, data"]) == ("2.50", "100 epochs, 2.0 min, faces.npz")
    assert row['"accuracy"'] == "79.0 % (74.0 %)"


def test_what_was_not_run_says_so_beside_the_papers_figures() -> None:
    (row,) = (row for row in rows((made_run("kle-cnn", 3),), "errors") if row["recipe"] == "base-cnn")
    assert row["RMSE px"] == "not run"
    assert "within 5 px 78.0 %" in row["the paper prints"]


def test_a_part_of_the_persons_is_told() -> None:
    row = rows((made_run("dileep-baseline", 2.5, fraction=0.2),), "runs")[0]
    assert row["of the persons"] == "20 %"


def test_treatments_are_means_over_seeds_with_the_runs_beside_them() -> None:
    name = "dileep-tuned-small+mask"
    found = rows((made_run(name, 2.0), made_run(name, 3.0, seed=16)), "treatments")
    (row,) = (row for row in found if row["recipe"] == name)
    assert (row["RMSE px"], row["seeds"], row["steps"]) == ("2.50 (2.00, 3.00)", "2", "7,700")
    assert "not run" in next(row["epochs, data"] for row in found if row["recipe"] == "dileep-tuned-small+nearest")


def test_losses_stand_beside_the_papers_at_the_same_epochs() -> None:
    found = {(row["recipe"], row["epochs"]): row for row in rows((made_run("kle-hidden", 3, epochs=120),), "losses")}
    hundred = found["kle-hidden", "100"]
    assert (hundred["train"], hundred["kept aside"], hundred["paper: test"]) == ("0.04", "0.05", "4.32")
    assert found["kle-hidden", "200"]["train"] == "not run"
    assert ("kle-hidden", "120 (the last run)") in found


def test_a_leak_is_told_as_the_ratio_of_new_persons_to_held_out_copies() -> None:
    found = rows((made_run("dileep-tuned-small+copies-leak", 2.0),), "leak")
    assert found[0]["times as large"] == "4.00"
    assert found[1]["times as large"] == "not run"


def test_a_range_and_a_remark_of_a_paper_are_kept() -> None:
    (row,) = (row for row in rows((made_run("kle-cnn", 3),), "sizes") if row["recipe"] == "dileep-tuned")
    assert "1.50 to 4.20" in row.values()
    figure = find_figure("padova-15", Quantity.MSE_PX)
    assert figure is not None
    assert "both sides" in figure.remark


def test_plots_are_drawn_of_what_there_is(tmp_path: Path) -> None:
    runs = (made_run("kle-cnn", 3), made_run("dileep-tuned-small", 3), made_run("dileep-tuned-small+mask", 2))
    assert [path.name for path in write_plots(tmp_path, runs)] == [
        "lab_curves.png",
        "lab_errors.png",
        "lab_treatments.png",
    ]
    assert [path.name for path in write_plots(tmp_path, runs[:1])] == ["lab_curves.png", "lab_errors.png"]


def test_runs_are_measured_once_on_the_data_they_were_trained_from(
    tiny_run: Path, small_data: Path, tmp_path: Path
) -> None:
    shutil.copytree(tiny_run, tmp_path / "tiny")
    (untold,) = collect_runs(tmp_path, ())
    assert untold.measured is None
    (run,) = collect_runs(tmp_path, (small_data,))
    assert run.measured is not None
    assert (run.measured.data, run.measured.images, run.measured.epoch_images) == (small_data.name, 6, 32)
    kept = tmp_path / "tiny" / "measured.json"
    marked = dataclasses.asdict(run.measured) | {"root_mean_squared": 99.0}
    kept.write_text(json.dumps(marked), encoding="utf-8")
    (again,) = collect_runs(tmp_path, (small_data,))
    assert again.measured is not None
    assert again.measured.root_mean_squared == 99.0
    kept.write_text(json.dumps(marked | {"model_sha256": "of an older model"}), encoding="utf-8")
    (anew,) = collect_runs(tmp_path, (small_data,))
    assert anew.measured is not None
    assert anew.measured.root_mean_squared == run.measured.root_mean_squared


def test_what_is_missing_is_run_first_and_not_again(
    small_data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = ["compare", "--runs", str(tmp_path / "runs"), "--data", str(small_data)]
    wanted = [*arguments, "--recipes", "tiny", "--epochs", "1", "--seeds", "3"]
    assert main(wanted) == 0
    record = json.loads((tmp_path / "runs" / "tiny@3" / "run.json").read_text(encoding="utf-8"))
    assert (record["epochs"], record["seed"]) == (1, 3)
    before = (tmp_path / "runs" / "tiny@3" / "model.keras").stat().st_mtime_ns
    assert main(wanted) == 0
    assert (tmp_path / "runs" / "tiny@3" / "model.keras").stat().st_mtime_ns == before
    assert "compare.md" in capfd.readouterr().out
    with (tmp_path / "runs" / "compared" / "runs.csv").open(encoding="utf-8") as file:
        assert [row["folder"] for row in csv.DictReader(file)] == ["tiny@3"]


def test_an_unknown_recipe_and_an_empty_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="no recipe nonesuch"):
        compare(tmp_path, tmp_path / "out", (), Missing(recipes=("nonesuch",)))
    with pytest.raises(TrainError, match="holds no run"):
        compare(tmp_path, tmp_path / "out", (), Missing())


def test_data_without_the_points_of_a_recipe_are_refused(small_data: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="nose_bridge_top"):
        compare(tmp_path, tmp_path / "out", (small_data,), Missing(recipes=("nose-nine",)))


def test_a_row_that_does_not_fit_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="2 columns"):
        Table("slug", "title", "note", ("a", "b"), (("1",),))
    assert number(NAN) == "-"
