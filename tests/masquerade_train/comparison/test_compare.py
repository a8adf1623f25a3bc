"""Tests that runs are compared with the papers: what was run, on what, for how long; and what was not."""

import csv
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from masquerade_train.__main__ import main
from masquerade_train.comparison import compare as compare_module
from masquerade_train.comparison.compare import Missing, compare, make_tables
from masquerade_train.comparison.plots import write_plots
from masquerade_train.comparison.runs import Run, collect_runs
from masquerade_train.comparison.score import MEASURED_FILE, Measured, Score, read_measured, write_measured
from masquerade_train.comparison.tables import Figures, Table, number, numbers_in
from masquerade_train.datasets.face_set import save_faces
from masquerade_train.errors import TrainError
from masquerade_train.recipes.recipe import FullImages, Recipe
from masquerade_train.recipes.recipe import Missing as MissingLabels
from masquerade_train.recipes.recipe_file import recipe_content, write_recipe
from masquerade_train.recipes.table import RECIPES
from masquerade_train.runs.log import LogLine
from masquerade_train.runs.record import RunRecord

from tests.masquerade_train.faces import small_set
from tests.shared import REPO

NAN = float("nan")


def csv_of(table: Table) -> list[dict[str, str]]:
    heads, *rows = table.csv_rows()
    assert len(set(heads)) == len(heads)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def made_run(
    recipe: str, rmse: float, seed: int = 15, epochs: int = 100, fraction: float = 1.0, flat: bool = True
) -> Run:
    """A run as it would lie on the disk, with a straight learning curve."""
    record = RunRecord(recipe, "abc", seed, "1234567890", "random", epochs, 2.0, fraction, "tensorflow", epochs)
    log = tuple(
        LogLine(
            epoch,
            minutes=epoch * 2.0 / epochs,
            images_per_second=50,
            mean_squared=0.004 / epoch,
            val_loss=0.005 if flat else 0.005 / epoch,
            val_mean_squared=0.005 / epoch,
            test_mean_squared=0.006 / epoch if epoch in {100, epochs} else NAN,
        )
        for epoch in range(1, epochs + 1)
    )
    score = Score(300, rmse, 1.0, (0.9, 0.95, 0.99), (0.95, 0.97, 1.0), (0.98, 0.99, 1.0), 0.79, 0.74)
    face = replace(score, root_mean_squared=6.0, mean_absolute=4.4)
    measured = Measured(
        "sum",
        "faces.npz",
        246_062,
        2464,
        0.25,
        score,
        face,
        0.1,
        rmse + 0.5,
        own_test=replace(score, root_mean_squared=rmse / 2),
        own_test_mean_face=replace(face, root_mean_squared=5.0),
        own_validation=score,
        kaggle=replace(score, root_mean_squared=4.25, mean_absolute=2.75),
        kaggle_mean_face=replace(face, root_mean_squared=3.25),
    )
    return Run(Path(recipe), record, log, measured)


def rows(runs: tuple[Run, ...], slug: str) -> list[dict[str, str]]:
    """A table as dicts; columns that bear one name twice keep the second."""
    table = next(table for table in make_tables(runs) if table.slug == slug)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_the_table_of_runs_has_epochs_minutes_and_data() -> None:
    (row,) = (row for row in rows((made_run("dileep-baseline", 2.5),), "errors") if row["recipe"] == "dileep-baseline")
    assert (row["RMSE px"], row["epochs, data"]) == ("2.50", "100 epochs, 2.0 min, faces.npz")
    assert row['"accuracy"'] == "79.0 % (74.0 %)"


def test_what_was_not_run_says_so_beside_the_papers_figures() -> None:
    (row,) = (row for row in rows((made_run("kle-cnn", 3),), "errors") if row["recipe"] == "base-cnn")
    assert row["RMSE px"] == "not run"
    assert "within 5 px 78.0 %" in row["the paper prints"]


def test_a_part_of_the_persons_is_reported() -> None:
    row = rows((made_run("dileep-baseline", 2.5, fraction=0.2),), "runs")[0]
    assert row["of the persons"] == "20 %"


def test_treatments_are_means_over_seeds_with_the_runs_beside_them() -> None:
    name = "dileep-tuned-small+mask"
    found = rows((made_run(name, 2.0), made_run(name, 3.0, seed=16)), "treatments")
    (row,) = (row for row in found if row["recipe"] == name)
    assert (row["RMSE px"], row["seeds"], row["steps"]) == ("2.50 (2.00, 3.00)", "2", "7,700")
    assert "not run" in next(row["epochs, data"] for row in found if row["recipe"] == "dileep-tuned-small+nearest")


def test_steps_are_those_that_were_taken_not_whole_epochs() -> None:
    cut = made_run("dileep-baseline+copies", 2.0, epochs=1)
    cut = replace(cut, record=replace(cut.record, steps=308))
    (row,) = (row for row in rows((cut,), "treatments") if row["recipe"] == "dileep-baseline+copies")
    assert row["steps"] == "308"
    assert row["epochs, data"].startswith("1 epoch, 308 steps, still falling")


def test_losses_stand_beside_the_papers_at_the_same_epochs() -> None:
    found = {(row["recipe"], row["epochs"]): row for row in rows((made_run("kle-hidden", 3, epochs=120),), "losses")}
    hundred = found["kle-hidden", "100"]
    assert (hundred["train"], hundred["validation"], hundred["test"]) == ("0.04", "0.05", "0.06")
    assert (hundred["paper: train"], hundred["paper: test"], hundred["paper: valid"]) == ("6.25", "4.32", "6.27")
    assert found["kle-hidden", "200"]["train"] == "not run"
    assert ("kle-hidden", "120 (the last run)") in found
    # 25 px² are 25 (2 / 96)² in units.
    assert found["the mean face of the training labels, faces.npz", "-"]["test"] == "10.85"


def test_a_network_worse_than_the_mean_face_is_called_that() -> None:
    runs = (made_run("kle-cnn", 6.5), made_run("dileep-baseline", 3.0))
    found = {row["recipe"]: row for row in rows(runs, "errors")}
    assert found["kle-cnn"]["RMSE px"] == "6.50 (worse than the mean face)"
    assert found["dileep-baseline"]["RMSE px"] == "3.00"
    assert found["the mean face of the training labels"]["RMSE px"] == "6.00"


def test_kaggles_own_images_stand_beside_the_papers_figure() -> None:
    found = {row["recipe"]: row for row in rows((made_run("kle-mobilenet", 3.0),), "errors")}
    assert (found["kle-mobilenet"]["Kaggle RMSE px"][:4], found["kle-mobilenet"]["Kaggle MAE px"]) == ("4.25", "2.75")
    assert found["the mean face of the training labels"]["Kaggle RMSE px"] == "3.25"


def test_a_network_worse_than_the_mean_face_on_kaggles_images_is_called_that() -> None:
    found = {row["recipe"]: row for row in rows((made_run("kle-mobilenet", 3.0),), "errors")}
    assert found["kle-mobilenet"]["RMSE px"] == "3.00"
    assert found["kle-mobilenet"]["Kaggle RMSE px"] == "4.25 (worse than the mean face)"


def test_a_run_that_has_not_come_to_rest_says_so() -> None:
    cells = [rows((made_run("kle-cnn", 3, flat=flat),), "errors") for flat in (True, False)]
    entries = [next(row["epochs, data"] for row in found if row["recipe"] == "kle-cnn") for found in cells]
    assert entries == ["100 epochs, 2.0 min, faces.npz", "100 epochs, still falling, 2.0 min, faces.npz"]


def test_a_short_run_or_one_with_a_stub_of_an_epoch_is_not_called_settled() -> None:
    assert made_run("kle-cnn", 3, epochs=4).is_still_falling
    assert not made_run("kle-cnn", 3, epochs=5).is_still_falling
    falling = made_run("dileep-baseline", 3, epochs=6, flat=False)
    # One step of an epoch of 77 after five that fell: its loss is that of the fifth.
    log = (*falling.log[:5], replace(falling.log[4], epoch=6))
    cut = replace(falling, log=log, record=replace(falling.record, steps=5 * 77 + 1))
    assert cut.is_still_falling
    assert not replace(cut, record=replace(cut.record, steps=6 * 77)).is_still_falling


def test_a_run_that_left_its_best_epoch_behind_says_so() -> None:
    run = made_run("kle-cnn", 3.0, epochs=10)
    log = tuple(replace(line, val_loss=0.005 + 0.001 * line.epoch) for line in run.log)
    cells = [
        next(row["epochs, data"] for row in rows((one,), "errors") if row["recipe"] == "kle-cnn")
        for one in (replace(run, log=log), replace(run, log=log, record=replace(run.record, best_epoch=1)))
    ]
    assert cells == [
        "10 epochs, validation rising since epoch 1, 2.0 min, faces.npz",
        "10 epochs, 2.0 min, faces.npz",
    ]


def test_a_run_of_a_recipe_that_changed_since_says_so() -> None:
    run = made_run("kle-cnn", 3.0)
    other = recipe_content(replace(RECIPES["kle-cnn"], batch=8, epochs=3, seed=4))
    changed = replace(run, record=replace(run.record, recipe_content=other))
    same = replace(run, record=replace(run.record, recipe_content=other | {"batch": RECIPES["kle-cnn"].batch}))
    cells = [
        next(row["epochs, data"] for row in rows((one,), "errors") if row["recipe"] == "kle-cnn")
        for one in (changed, same)
    ]
    assert [cell.endswith("an earlier recipe") for cell in cells] == [True, False]


def test_the_28_cells_of_dileep_are_there_with_what_was_run() -> None:
    found = rows((made_run("dileep-mobilenet+copies", 2.0),), "grid")
    assert found[0]["network"].startswith("the mean face")
    assert (found[0]["RMSE px"], found[0]["Kaggle RMSE px"]) == ("6.00", "3.25")
    assert len(found) == 1 + 28
    run = [row for row in found[1:] if row["RMSE px"] != "not run"]
    assert [
        (row["network"], row["missing labels"][:7], row["paper: table 2"], row["paper: table 3"]) for row in run
    ] == [("dileep-mobilenet", "dropped", "+++", "0.88")]


def test_the_ladder_has_the_papers_22_rows_and_ours() -> None:
    found = {row["recipe"]: row for row in rows((made_run("padova-15", 2.0),), "ladder")}
    assert len(found) == 1 + 16 + 1 + 3 + 2 + 1
    mean_face = found["the mean face of the training labels, faces.npz"]
    assert (mean_face["test"], mean_face["new persons: MSE px²"]) == ("25.0000 / 0.7900", "36.00")
    assert found["padova-15"]["test"] == "1.0000 / 0.7900"
    assert found["padova-15"]["paper: test"] == "0.6964 / 0.9309"
    assert found["padova-16-pools-7"]["paper: validation"] == "3.5023 / 0.7867"
    assert found["padova-15-sound"]["table"] == "ours"


def test_thresholds_stand_in_three_readings_beside_the_mean_face() -> None:
    found = rows((made_run("base-cnn", 3.0),), "thresholds")
    assert [row["recipe"] for row in found].count("the mean face of the training labels") == 3
    assert (found[0]["landmarks 5 / 10 / 15 px"], found[0]["coordinates"]) == (
        "90.0 / 95.0 / 99.0 %",
        "95.0 / 97.0 / 100.0 %",
    )
    assert found[0]["paper: 5 / 10 / 15 px"] == "78.0 / 94.7 / 98.6 %"
    assert found[-1]["measured on"] == "not run"


def test_what_was_measured_comes_back_from_its_file(tmp_path: Path) -> None:
    measured = made_run("kle-cnn", 3).measured
    assert measured is not None
    write_measured(tmp_path, replace(measured, own_test=None))
    assert read_measured(tmp_path) == replace(measured, own_test=None)
    (tmp_path / MEASURED_FILE).write_text('{"model_sha256": "of version 0.1"}')
    assert read_measured(tmp_path) is None


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
    (unmeasured,) = collect_runs(tmp_path, ())
    assert unmeasured.measured is None
    (run,) = collect_runs(tmp_path, (small_data,))
    assert run.measured is not None
    assert (run.measured.data, run.measured.test.images, run.measured.epoch_images) == (small_data.name, 6, 32)
    assert run.measured.mean_face is not None
    marked = replace(run.measured, parameters=99)
    write_measured(tmp_path / "tiny", marked)
    (again,) = collect_runs(tmp_path, (small_data,))
    assert again.measured == marked
    write_measured(tmp_path / "tiny", replace(marked, model_sha256="of an older model"))
    (current,) = collect_runs(tmp_path, (small_data,))
    assert current.measured is not None
    assert current.measured.parameters == run.measured.parameters
    (tmp_path / "tiny" / "model.keras").unlink()
    (without_weights,) = collect_runs(tmp_path, ())
    assert without_weights.measured is not None


def test_runs_are_kept_without_weights_and_compared_again(tiny_run: Path, small_data: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_run, tmp_path / "runs" / "tiny")
    arguments = [
        "compare",
        "--runs",
        str(tmp_path / "runs"),
        "--data",
        str(small_data),
        "--keep",
        str(tmp_path / "kept"),
    ]
    assert main(arguments) == 0
    assert {path.name for path in (tmp_path / "kept" / "tiny").iterdir()} == {"run.json", "log.csv", "measured.json"}
    (run,), (kept,) = collect_runs(tmp_path / "runs", ()), collect_runs(tmp_path / "kept", ())
    assert (kept.record, kept.measured) == (run.record, run.measured)
    assert [line.val_loss for line in kept.log] == pytest.approx([line.val_loss for line in run.log], rel=1e-5)
    assert write_plots(tmp_path / "plots", (kept,)) == write_plots(tmp_path / "plots", (run,))
    assert make_tables((kept,))[-1] == make_tables((run,))[-1]


def test_kept_runs_are_drawn_again_without_keras(tmp_path: Path) -> None:
    script = (
        "import sys; from masquerade_train.__main__ import main; "
        "code = main(['compare', '--runs', sys.argv[1], '--out', sys.argv[2]]); "
        "sys.exit(code or 'keras' in sys.modules)"
    )
    arguments = [sys.executable, "-c", script, str(REPO / "train" / "results"), str(tmp_path)]
    assert subprocess.run(arguments, check=False).returncode == 0
    assert {"compare.md", "errors.csv", "lab_errors.png"} <= {path.name for path in tmp_path.iterdir()}


def test_one_odd_folder_never_stops_the_others(
    tiny_run: Path, small_data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(tiny_run, tmp_path / "good")
    for name, content in (("empty", ""), ("list", "[]"), ("other", '{"a": 1}'), ("deep", "[" * 100_000)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(content)
    shutil.copytree(tiny_run, tmp_path / "cut")
    (tmp_path / "cut" / "model.keras").write_bytes(b"PK")
    assert [run.folder.name for run in collect_runs(tmp_path, (small_data,))] == ["good"]
    assert caplog.text.count("is left out") == 5


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("run.json", {"minutes": None}),
        ("run.json", {"epochs": "3"}),
        ("run.json", {"steps": [1]}),
        ("run.json", {"recipe": ["kle-cnn"]}),
        ("run.json", {"seed": "x", "recipe_content": {}}),
        ("run.json", {"fraction": True}),
        ("run.json", {"recipe_content": [1]}),
        ("measured.json", {"parameters": "many"}),
        ("measured.json", {"test": None}),
        ("measured.json", {"test": "nan"}),
        ("measured.json", {"mean_face": 3}),
        ("log.csv", "epoch,loss\ninf,0.1\n"),
        ("log.csv", "epoch,loss\n1e400,0.1\n"),
    ],
)
def test_values_of_another_kind_never_stop_the_tables(file: str, changes: object, tmp_path: Path) -> None:
    results = REPO / "train" / "results"
    shutil.copytree(results / "kle-cnn", tmp_path / "odd")
    shutil.copytree(results / "base-cnn", tmp_path / "good")
    path = tmp_path / "odd" / file
    text = changes if isinstance(changes, str) else json.dumps(json.loads(path.read_text()) | cast(Any, changes))
    path.write_text(text)
    runs = collect_runs(tmp_path, ())
    assert "good" in {run.folder.name for run in runs}
    assert make_tables(runs)


def test_a_run_of_a_recipe_file_is_measured_as_what_it_was(
    small_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = Recipe("mine", "tiny", FullImages(side=32, channels=3, missing=MissingLabels.MASK), batch=8, epochs=1)
    write_recipe(recipe, tmp_path / "mine.json")
    out = tmp_path / "runs" / "mine"
    assert main(["fit", str(tmp_path / "mine.json"), "--data", str(small_data), "--out", str(out)]) == 0
    (run,) = collect_runs(tmp_path / "runs", (small_data,))
    assert run.recipe == recipe
    assert run.measured is not None
    assert run.measured.epoch_images == 16
    assert main(["evaluate", str(out), str(small_data)]) == 0
    assert "full images" in capsys.readouterr().out


def _run_here(command: list[str], check: bool) -> "subprocess.CompletedProcess[bytes]":
    """In place of a process of its own, in which tensorflow is loaded once more."""
    program, arguments = command[:3], command[3:]
    assert program == [sys.executable, "-m", "masquerade_train"]
    return subprocess.CompletedProcess(command, main(arguments))


def test_what_is_missing_is_run_first_and_not_again(
    small_data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare_module, "subprocess", SimpleNamespace(run=_run_here))
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


def test_an_unknown_recipe_and_an_empty_folder_are_errors(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="no recipe nonesuch"):
        compare(tmp_path, tmp_path / "out", (), Missing(recipes=("nonesuch",)))
    with pytest.raises(TrainError, match="contains no runs"):
        compare(tmp_path, tmp_path / "out", (), Missing())


def test_data_without_the_landmarks_of_a_recipe_are_refused(small_data: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="nose_bridge_top"):
        compare(tmp_path, tmp_path / "out", (small_data,), Missing(recipes=("nose-nine",)))


def test_a_row_that_does_not_fit_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="2 columns"):
        Table("slug", "title", "note", ("a", "b"), (("1",),))
    assert number(NAN) == "-"


def test_a_csv_has_numbers_in_columns_of_numbers_and_the_verdict_beside_them() -> None:
    runs = tuple(made_run(name, 10.99) for name in ("dileep-tuned-small", "padova-15", "base-cnn", "kle-cnn"))
    runs += (made_run("dileep-tuned-small", 12.5, seed=16),)
    tables = {table.slug: table for table in make_tables(runs)}
    for table in tables.values():
        numbers = [name for figures in table.figures.values() for name in figures.names]
        for row in csv_of(table):
            # Raises where a cell is neither a number nor empty.
            assert all(float(row[name]) > 0 for name in numbers if row[name]), table.slug
    (row,) = (row for row in csv_of(tables["errors"]) if row["recipe"] == "dileep-tuned-small")
    assert (row["RMSE px"], row["verdict"]) == ("10.99", "worse than the mean face")
    assert (row["accuracy %"], row["accuracy of a constant %"]) == ("79.0", "74.0")
    assert [row[f"% of landmarks within {px} px"] for px in (5, 10, 15)] == ["90.0", "95.0", "99.0"]
    assert "10.99 (worse than the mean face)" in tables["errors"].markdown()


@pytest.mark.parametrize(
    ("cell", "columns"),
    [
        ("10.99 (worse than the mean face)", ["10.99", "worse than the mean face"]),
        ("12,345.6", ["12345.6", ""]),
        ("-3.1 (about)", ["-3.1", "about"]),
        ("not run", ["", "not run"]),
        ("-", ["", ""]),
    ],
)
def test_a_cell_is_taken_apart_into_number_and_words(cell: str, columns: list[str]) -> None:
    assert list(Figures(("px",), "verdict").cells(cell)) == columns


def test_a_table_names_columns_of_its_own_alone() -> None:
    with pytest.raises(ValueError, match="no column"):
        Table("slug", "title", "note", ("a",), (("1",),), numbers_in("b"))


def test_data_that_are_given_are_read_or_refused(tiny_run: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_run, tmp_path / "runs" / "tiny")
    for name, message in (("none.npz", "none.npz cannot be read"), ("folder.npz", "folder.npz cannot be read")):
        (tmp_path / "folder.npz").mkdir(exist_ok=True)
        with pytest.raises(TrainError, match=message):
            collect_runs(tmp_path / "runs", (tmp_path / name,))
    (tmp_path / "text.npz").write_text("no data")
    with pytest.raises(TrainError, match=r"text\.npz was not written by `prepare`"):
        collect_runs(tmp_path / "runs", (tmp_path / "text.npz",))


def test_data_that_no_run_was_trained_on_are_named(
    tiny_run: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(tiny_run, tmp_path / "runs" / "tiny")
    faces = small_set()
    save_faces(faces.select(faces.splits == "train"), tmp_path / "others.npz")
    assert len(collect_runs(tmp_path / "runs", (tmp_path / "others.npz",))) == 1
    assert "was trained on" in caplog.text
    assert "others.npz" in caplog.text


def test_a_run_of_a_recipe_of_ones_own_stands_beside_the_papers() -> None:
    run = made_run("dileep-tuned-small", 2.5)
    recipe = replace(RECIPES["dileep-tuned-small"], name="mine")
    record = replace(run.record, recipe="mine", recipe_content=recipe_content(recipe))
    tables = {table.slug: table for table in make_tables((replace(run, record=record),))}
    for slug in ("errors", "sizes"):
        (row,) = (row for row in csv_of(tables[slug]) if row["recipe"] == "mine")
        assert row.get("RMSE px", "2.50") == "2.50"
        assert row.get("parameters", "246062") == "246062"


@pytest.mark.parametrize("seeds", ["a", "1;2", "1.5", "15,x"])
def test_seeds_that_are_no_numbers_are_one_sentence(
    seeds: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "--runs", str(tmp_path), "--recipes", "tiny", "--seeds", seeds]) == 1
    assert f"--seeds must be whole numbers separated by commas, e.g. 15,16, not '{seeds}'." in capsys.readouterr().err
