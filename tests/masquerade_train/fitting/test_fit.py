"""Tests that training learns, and that a run that was killed goes on as if nothing had been."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from masquerade_train.__main__ import main
from masquerade_train.errors import TrainError
from masquerade_train.fitting.run_config import Budget, RunConfig
from masquerade_train.inference.predictor import load_model
from masquerade_train.inputs.maker import open_maker
from masquerade_train.recipes.recipe import FullImages, Loss, Optimizer, Recipe, Schedule, SplitBy, SplitRule
from masquerade_train.recipes.recipe_file import recipe_sum
from masquerade_train.runs.log import EVENTS, read_log
from masquerade_train.runs.record import read_record

from tests.masquerade_train.faces import tiny_recipe
from tests.masquerade_train.late import LATE

if LATE:
    from masquerade_train.fitting.compiling import start_model
    from masquerade_train.fitting.fit import MODEL_FILE, fit

# On whole images, by all that a run can decide by its validation set.
WHOLE = Recipe(
    "whole",
    net="tiny",
    input=FullImages(side=32, channels=3),
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


def test_the_record_holds_what_the_run_was_made_from(tiny_run: Path) -> None:
    record = read_record(tiny_run)
    assert (record.recipe, record.seed, record.epochs, record.start) == ("tiny", 15, 6, "random")
    assert len(record.data_sha256) == 64
    assert record.backend == "tensorflow"


def test_the_record_keeps_the_whole_recipe_and_its_sum(tiny_run: Path) -> None:
    record = read_record(tiny_run)
    assert record.as_run() == tiny_recipe(6)
    assert record.recipe_sha256 == recipe_sum(record.recipe_content)


def test_the_better_of_weights_and_average_is_kept(small_data: Path, tmp_path: Path) -> None:
    """Early in a run an average of the last hundreds of steps lags far behind: the plain weights win."""
    recipe = replace(tiny_recipe(3), average_momentum=0.999, optimizer=Optimizer("adam", 3e-3), schedule=Schedule())
    fit(recipe, RunConfig(small_data, tmp_path / "run"))
    model = load_model(tmp_path / "run" / MODEL_FILE)
    batches = open_maker(small_data, recipe).validation_batches()
    pixels = np.concatenate([batch.pixels for batch in batches]).astype(np.float32)
    targets = np.concatenate([batch.targets for batch in batches])
    error = float(np.mean((np.asarray(model(pixels))[:, :30] - targets[:, :30]) ** 2))
    last = read_log(tmp_path / "run")[-1]
    assert error == pytest.approx(last.val_mean_squared, rel=1e-3)
    assert read_record(tmp_path / "run").averaged is bool(last.averaged)


def test_the_average_warms_up(small_data: Path) -> None:
    model = start_model(tiny_recipe(1), None)
    assert float(model.optimizer.ema_momentum) == pytest.approx(0.1)
    model.optimizer.iterations.assign(1_000_000)
    assert float(model.optimizer.ema_momentum) == pytest.approx(tiny_recipe(1).average_momentum)


def test_the_log_has_accuracy_and_mae_of_every_epoch(stopped: Path) -> None:
    for line in read_log(stopped):
        for value in (line.accuracy, line.val_accuracy):
            assert 0 <= value <= 1
        assert line.mean_absolute > 0
        assert line.val_mean_absolute > 0


def test_a_recipe_with_a_test_set_of_its_own_measures_it_at_the_end(small_data: Path, tmp_path: Path) -> None:
    images = replace(WHOLE.input, split=SplitRule(SplitBy.IMAGE, 0.2, 0.2))
    fit(replace(WHOLE, input=images, epochs=2), RunConfig(small_data, tmp_path / "run"))
    first, last = read_log(tmp_path / "run")
    assert np.isnan(first.test_mean_squared)
    assert last.test_mean_squared > 0


@pytest.fixture(scope="module")
def stopped(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that its validation losses ended."""
    out = tmp_path_factory.mktemp("stopped")
    # Far too high a rate at the end makes it worse again.
    fit(WHOLE, RunConfig(small_data, out))
    return out


def test_a_run_stops_early_and_keeps_its_best_weights(stopped: Path, small_data: Path) -> None:
    lines = read_log(stopped)
    best = min(lines, key=lambda line: line.val_loss)
    record = read_record(stopped)
    assert record.best_epoch == best.epoch
    assert len(lines) == min(best.epoch + WHOLE.stop_patience, WHOLE.epochs)
    (batch,) = open_maker(small_data, WHOLE).validation_batches()
    outputs = np.asarray(load_model(stopped / MODEL_FILE)(batch.pixels.astype(np.float32)))
    assert ((outputs - batch.targets[:, :30]) ** 2).mean() == pytest.approx(best.val_loss, rel=1e-3)


def test_the_plateau_lowers_the_learning_rate(stopped: Path) -> None:
    rates = [line.learning_rate for line in read_log(stopped)]
    assert rates[0] == pytest.approx(0.02)
    assert rates[-1] < rates[0]


def test_a_run_in_parts_decides_as_one_in_one_piece(stopped: Path, small_data: Path, tmp_path: Path) -> None:
    for epochs in (2, 5, 12):
        fit(replace(WHOLE, epochs=epochs), RunConfig(small_data, tmp_path / "run", resume=epochs > 2))
    parts, whole = read_log(tmp_path / "run"), read_log(stopped)
    for name in ("epoch", "learning_rate", "loss", "val_loss"):
        assert [getattr(line, name) for line in parts] == pytest.approx([getattr(line, name) for line in whole])
    assert read_record(tmp_path / "run").best_epoch == read_record(stopped).best_epoch


def test_the_test_set_is_not_looked_at_by_recipes_on_full_images(stopped: Path) -> None:
    assert np.isnan([line.test_error for line in read_log(stopped)]).all()


def test_a_model_of_an_earlier_run_is_trained_on(tiny_run: Path, small_data: Path, tmp_path: Path) -> None:
    plan = RunConfig(small_data, tmp_path / "again", weights=tiny_run / MODEL_FILE)
    fit(replace(tiny_recipe(1), optimizer=Optimizer("adam", 1e-9), schedule=Schedule()), plan)
    before, after = (load_model(folder / MODEL_FILE) for folder in (tiny_run, tmp_path / "again"))
    for one, other in zip(before.trainable_weights, after.trainable_weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-5)
    assert read_record(tmp_path / "again").start == f"{tiny_run.name}/{MODEL_FILE}"


def test_a_model_of_another_network_is_refused(tiny_run: Path, small_data: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainError, match=r"of 48x48x3 and 31 outputs, and the recipe has .* of 32x32x3 and 30"):
        fit(WHOLE, RunConfig(small_data, tmp_path / "run", weights=tiny_run / MODEL_FILE))


def test_a_folder_with_a_run_is_not_overwritten(small_data: Path, tiny_run: Path) -> None:
    with pytest.raises(TrainError, match="--resume"):
        fit(tiny_recipe(6), RunConfig(small_data, tiny_run))


def test_resuming_with_another_recipe_is_refused(small_data: Path, tiny_run: Path) -> None:
    with pytest.raises(TrainError, match="optimizer"):
        fit(replace(tiny_recipe(6), optimizer=Optimizer("sgd")), RunConfig(small_data, tiny_run, resume=True))
    assert losses(tiny_run)


def test_resuming_with_other_data_is_refused(small_data: Path, tiny_run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.npz"
    other.write_bytes(small_data.read_bytes() + b" ")
    with pytest.raises(TrainError, match="Use the same --data"):
        fit(tiny_recipe(6), RunConfig(other, tiny_run, resume=True))


def test_a_budget_of_minutes_ends_the_run(small_data: Path, tmp_path: Path) -> None:
    fit(tiny_recipe(1000), RunConfig(small_data, tmp_path / "run", budget=Budget(minutes=0.001)))
    assert len(read_log(tmp_path / "run")) < 5


def test_a_budget_of_steps_is_exact_and_can_be_raised(small_data: Path, tmp_path: Path) -> None:
    recipe = replace(tiny_recipe(1000), schedule=Schedule("constant"))
    fit(recipe, RunConfig(small_data, tmp_path / "parts", budget=Budget(steps=5)))
    assert read_record(tmp_path / "parts").steps == 5
    fit(recipe, RunConfig(small_data, tmp_path / "parts", budget=Budget(steps=7), resume=True))
    fit(recipe, RunConfig(small_data, tmp_path / "parts", budget=Budget(steps=7), resume=True))  # is spent already
    fit(recipe, RunConfig(small_data, tmp_path / "whole", budget=Budget(steps=7)))
    assert read_record(tmp_path / "parts").steps == read_record(tmp_path / "whole").steps == 7
    parts, whole = (load_model(tmp_path / name / MODEL_FILE).get_weights() for name in ("parts", "whole"))
    for one, other in zip(parts, whole, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--fraction", "0"], "fraction must be above 0"),
        (["--epochs", "0"], "epochs must be above 0"),
        (["--resume"], "no run to resume"),
        (["--budget-steps", "0"], "budget-steps must be above 0"),
        (["--weights", "none.keras"], "none.keras"),
        (["--weights", "none.weights.h5"], "'tiny' has no pretrained base"),
        (["--set", "frozen_until=all"], "'tiny' has no pretrained base"),
        (["--workers", "-1"], "--workers must not be negative"),
        (["--seed", "-1"], "seed must be from 0"),
        (["--data", "none.npz"], "`prepare` writes it"),
    ],
)
def test_a_wrong_flag_is_one_sentence(
    flags: list[str], message: str, small_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert main(["fit", "tiny", "--data", str(small_data), "--out", str(out), *flags]) == 1
    printed = capsys.readouterr().err
    assert message in printed
    assert "Traceback" not in printed


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_checkpoint(small_data: Path, tmp_path: Path) -> None:
    wild = replace(WHOLE, optimizer=Optimizer("sgd", 1e20), schedule=Schedule(), stop_patience=0)
    with pytest.raises(TrainError, match="Lower the learning rate"):
        fit(wild, RunConfig(small_data, tmp_path / "run"))


def test_layers_may_compute_in_bfloat16_and_the_model_is_in_float32(
    small_data: Path, tiny_run: Path, tmp_path: Path
) -> None:
    recipe = replace(tiny_recipe(6), precision="bfloat16")
    model = load_model(fit(recipe, RunConfig(small_data, tmp_path / "run")))
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    assert read_record(tmp_path / "run").precision == "bfloat16"
    # Rounded on the way, so nearly the same, but not the same.
    assert losses(tmp_path / "run") == pytest.approx(losses(tiny_run), rel=0.05)
    assert losses(tmp_path / "run") != pytest.approx(losses(tiny_run), rel=1e-6)


def test_a_run_is_not_resumed_in_another_precision(small_data: Path, tiny_run: Path) -> None:
    with pytest.raises(TrainError, match="precision 'float32' -> 'bfloat16'"):
        fit(replace(tiny_recipe(6), precision="bfloat16"), RunConfig(small_data, tiny_run, resume=True))


def test_the_log_is_written_before_the_hooks_of_an_epoch(small_data: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, float]] = []

    def look(epochs: int, logs: dict[str, float]) -> None:
        assert read_log(tmp_path / "run")[-1].epoch == read_record(tmp_path / "run").epochs == epochs
        seen.append((epochs, logs["val_loss"]))

    fit(tiny_recipe(2), RunConfig(small_data, tmp_path / "run"), look)
    assert seen == [(line.epoch, pytest.approx(line.val_loss)) for line in read_log(tmp_path / "run")]
