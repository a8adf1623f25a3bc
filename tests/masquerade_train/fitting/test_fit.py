"""Tests that training learns, and that a run that was killed goes on as if nothing had been."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from masquerade_train.__main__ import main
from masquerade_train.errors import TrainError
from masquerade_train.fitting.checkpoint import FILE as CHECKPOINT_FILE
from masquerade_train.fitting.fit import MODEL_FILE, fit
from masquerade_train.fitting.run_config import RunConfig
from masquerade_train.inference.predictor import load_model
from masquerade_train.recipes.recipe import Loss, Optimizer, Pictures, Recipe, Schedule
from masquerade_train.runs.log import EVENTS, read_log
from masquerade_train.runs.record import read_record

from tests.masquerade_train.faces import tiny_recipe
from tests.shared import REPO

# On whole images, by all that a run can decide by its check split.
WHOLE = Recipe(
    "whole",
    net="tiny",
    input=Pictures(side=32, channels=3),
    batch=8,
    epochs=12,
    optimizer=Optimizer("sgd", 0.02, momentum=0.9, nesterov=True),
    schedule=Schedule("plateau", patience=1, factor=0.1),
    loss=Loss.MEAN_SQUARED,
    stop_patience=3,
)


def losses(out: Path) -> list[float]:
    return [line.loss for line in read_log(out)]


def test_the_loss_falls_and_a_model_is_written(tiny_run: Path) -> None:
    curve = losses(tiny_run)
    assert len(curve) == 6
    assert curve[-1] < curve[0]
    assert (tiny_run / MODEL_FILE).is_file()
    assert list((tiny_run / EVENTS).iterdir())


def test_the_record_tells_what_the_run_was_made_from(tiny_run: Path) -> None:
    record = read_record(tiny_run)
    assert (record.recipe, record.seed, record.epochs, record.start) == ("tiny", 15, 6, "random")
    assert len(record.data_sha256) == 64
    assert record.backend == "tensorflow"


def test_a_killed_run_resumes_with_the_same_losses(small_data: Path, tiny_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [
        sys.executable,
        "-m",
        "masquerade_train",
        "fit",
        "tiny",
        "--data",
        small_data,
        "--out",
        out,
        "--epochs",
        "6",
    ]
    with subprocess.Popen(
        [*map(str, command), "--workers", "0"], cwd=REPO, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stderr is not None
        # In the middle of the third epoch, more or less; the checkpoint may be older.
        assert any("epoch 2," in line for line in process.stderr)
        process.kill()
    assert (out / CHECKPOINT_FILE).exists()
    assert not (out / MODEL_FILE).exists()
    fit(tiny_recipe(6), RunConfig(small_data, out, workers=0, resume=True))
    assert [line.epoch for line in read_log(out)] == [1, 2, 3, 4, 5, 6]
    assert losses(out) == pytest.approx(losses(tiny_run), rel=1e-4)


@pytest.fixture(scope="module")
def stopped(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that its check losses ended."""
    out = tmp_path_factory.mktemp("stopped")
    # Far too high a rate at the end makes it worse again.
    fit(WHOLE, RunConfig(small_data, out))
    return out


def test_a_run_stops_early_and_keeps_its_best_weights(stopped: Path, small_data: Path) -> None:
    lines = read_log(stopped)
    best = min(lines, key=lambda line: line.check_loss)
    record = read_record(stopped)
    assert record.best_epoch == best.epoch
    assert len(lines) == min(best.epoch + WHOLE.stop_patience, WHOLE.epochs)
    from masquerade_train.inputs.stream import open_maker  # noqa: PLC0415

    (batch,) = open_maker(small_data, WHOLE).check_batches()
    outputs = np.asarray(load_model(stopped / MODEL_FILE)(batch.pixels.astype(np.float32)))
    assert ((outputs - batch.targets[:, :30]) ** 2).mean() == pytest.approx(best.check_loss, rel=1e-3)


def test_the_plateau_lowers_the_learning_rate(stopped: Path) -> None:
    rates = [line.learning_rate for line in read_log(stopped)]
    assert rates[0] == pytest.approx(0.02)
    assert rates[-1] < rates[0]


def test_a_run_in_parts_decides_as_one_in_one_piece(stopped: Path, small_data: Path, tmp_path: Path) -> None:
    for epochs in (2, 5, 12):
        fit(replace(WHOLE, epochs=epochs), RunConfig(small_data, tmp_path / "run", resume=epochs > 2))
    parts, whole = read_log(tmp_path / "run"), read_log(stopped)
    for name in ("epoch", "learning_rate", "loss", "check_loss"):
        assert [getattr(line, name) for line in parts] == pytest.approx([getattr(line, name) for line in whole])
    assert read_record(tmp_path / "run").best_epoch == read_record(stopped).best_epoch


def test_the_val_split_is_not_looked_at_by_recipes_on_whole_images(stopped: Path) -> None:
    assert np.isnan([line.val_error for line in read_log(stopped)]).all()


def test_a_model_of_an_earlier_run_is_trained_on(tiny_run: Path, small_data: Path, tmp_path: Path) -> None:
    plan = RunConfig(small_data, tmp_path / "again", weights=tiny_run / MODEL_FILE, workers=0)
    fit(replace(tiny_recipe(1), optimizer=Optimizer("adam", 1e-9), schedule=Schedule()), plan)
    before, after = (load_model(folder / MODEL_FILE) for folder in (tiny_run, tmp_path / "again"))
    for one, other in zip(before.trainable_weights, after.trainable_weights, strict=True):
        assert np.asarray(one) == pytest.approx(np.asarray(other), abs=1e-5)
    assert read_record(tmp_path / "again").start == f"{tiny_run.name}/{MODEL_FILE}"


def test_a_model_of_another_net_is_refused(tiny_run: Path, small_data: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainError, match=r"another size: \(48, 48, 3\) -> \(31,\), wanted \(32, 32, 3\) -> \(30,\)"):
        fit(WHOLE, RunConfig(small_data, tmp_path / "run", weights=tiny_run / MODEL_FILE))


def test_a_folder_with_a_run_is_not_overwritten(small_data: Path, tiny_run: Path) -> None:
    with pytest.raises(TrainError, match="--resume"):
        fit(tiny_recipe(6), RunConfig(small_data, tiny_run, workers=0))


def test_resuming_with_another_recipe_is_refused(small_data: Path, tiny_run: Path) -> None:
    with pytest.raises(TrainError, match="optimizer"):
        fit(
            replace(tiny_recipe(6), optimizer=Optimizer("sgd")), RunConfig(small_data, tiny_run, workers=0, resume=True)
        )
    assert losses(tiny_run)


def test_resuming_with_other_data_is_refused(small_data: Path, tiny_run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.npz"
    other.write_bytes(small_data.read_bytes() + b" ")
    with pytest.raises(TrainError, match="give the same --data"):
        fit(tiny_recipe(6), RunConfig(other, tiny_run, workers=0, resume=True))


def test_a_budget_of_minutes_ends_the_run(small_data: Path, tmp_path: Path) -> None:
    fit(tiny_recipe(1000), RunConfig(small_data, tmp_path / "run", budget_minutes=0.001, workers=0))
    assert len(read_log(tmp_path / "run")) < 5


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--fraction", "0"], "fraction must be above 0"),
        (["--epochs", "0"], "epochs must be above 0"),
        (["--resume"], "no run to resume"),
        (["--weights", "none.keras"], "none.keras"),
        (["--data", "none.npz"], "`prepare` writes it"),
    ],
)
def test_a_wrong_flag_is_one_sentence(
    flags: list[str], message: str, small_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert main(["fit", "tiny", "--data", str(small_data), "--out", str(out), "--workers", "0", *flags]) == 1
    told = capsys.readouterr().err
    assert message in told
    assert "Traceback" not in told


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_checkpoint(small_data: Path, tmp_path: Path) -> None:
    wild = replace(WHOLE, optimizer=Optimizer("sgd", 1e20), schedule=Schedule(), stop_patience=0)
    with pytest.raises(TrainError, match="lower the learning rate"):
        fit(wild, RunConfig(small_data, tmp_path / "run"))


def test_layers_may_compute_in_bfloat16_and_the_model_is_in_float32(
    small_data: Path, tiny_run: Path, tmp_path: Path
) -> None:
    recipe = replace(tiny_recipe(6), precision="bfloat16")
    model = load_model(fit(recipe, RunConfig(small_data, tmp_path / "run", workers=0)))
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    assert read_record(tmp_path / "run").precision == "bfloat16"
    # Rounded on the way, so nearly the same, but not the same.
    assert losses(tmp_path / "run") == pytest.approx(losses(tiny_run), rel=0.05)
    assert losses(tmp_path / "run") != pytest.approx(losses(tiny_run), rel=1e-6)


def test_a_run_is_not_resumed_in_another_precision(small_data: Path, tiny_run: Path) -> None:
    with pytest.raises(TrainError, match="precision 'float32' -> 'bfloat16'"):
        fit(replace(tiny_recipe(6), precision="bfloat16"), RunConfig(small_data, tiny_run, workers=0, resume=True))
