"""Tests that a run goes on within an epoch as if nothing had been, or that its checkpoint is refused with a reason."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from masquerade_train.errors import TrainError
from masquerade_train.fitting.run_config import RunConfig
from masquerade_train.recipes.recipe import FullImages, Loss, Optimizer, Recipe, Schedule
from masquerade_train.recipes.table import RECIPES
from masquerade_train.runs.log import read_log
from masquerade_train.runs.record import file_sha256

from tests.masquerade_train.faces import tiny_recipe
from tests.masquerade_train.late import LATE

if LATE:
    import keras
    from masquerade_train.fitting import checkpoint
    from masquerade_train.fitting.checkpoint import FOLDER, RunFingerprint, has_checkpoint, read_position
    from masquerade_train.fitting.fit import fit

# With dropout, norms, a plateau and a validation set: all that a run has to remember.
RECIPE = Recipe(
    "parts",
    net="padova_5_pools_3_dropout_30_dense_1",
    input=FullImages(side=16),
    batch=4,
    epochs=4,
    optimizer=Optimizer("adam", 1e-3),
    schedule=Schedule("plateau", patience=1, factor=0.5),
    loss=Loss.MEAN_SQUARED,
    stop_patience=4,
)


class Killed(BaseException):
    """What ends a run in the middle, as a signal would."""


class KillAfter:
    """Ends the run after so many steps."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        self.left -= 1
        if not self.left:
            raise Killed


def test_a_run_killed_within_an_epoch_goes_on_at_the_next_step(
    small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit(RECIPE, RunConfig(small_data, tmp_path / "whole"))
    monkeypatch.setattr(checkpoint, "_SECONDS_BETWEEN", 0.0)
    make = checkpoint.Checkpoint.set_model

    def with_a_kill(self: object, model: keras.Model) -> None:
        make(self, model)
        saved = self.on_train_batch_end  # type: ignore[attr-defined]
        killer = KillAfter(8)

        def after(batch: int, logs: object = None) -> None:
            saved(batch, logs)
            killer.on_train_batch_end(batch)

        self.on_train_batch_end = after  # type: ignore[attr-defined]

    with monkeypatch.context() as context:
        context.setattr(checkpoint.Checkpoint, "set_model", with_a_kill)
        with pytest.raises(Killed):
            fit(RECIPE, RunConfig(small_data, tmp_path / "parts"))
    fingerprint = RunFingerprint(RECIPE, "random", file_sha256(small_data))
    position = read_position(tmp_path / "parts", fingerprint)
    assert (position.epoch, position.batch) == (1, 3)  # five steps an epoch
    fit(RECIPE, RunConfig(small_data, tmp_path / "parts", resume=True))
    parts, whole = (read_log(tmp_path / name) for name in ("parts", "whole"))
    assert [line.epoch for line in parts] == [line.epoch for line in whole]
    for name in ("learning_rate", "loss", "accuracy", "mean_absolute", "val_loss"):
        assert [getattr(line, name) for line in parts] == pytest.approx(
            [getattr(line, name) for line in whole], rel=1e-4
        )


@pytest.fixture
def folder(tiny_run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_run, tmp_path / "run"))


@pytest.fixture
def fingerprint(small_data: Path) -> RunFingerprint:
    return RunFingerprint(tiny_recipe(6), "random", file_sha256(small_data))


def test_more_epochs_are_no_other_recipe(folder: Path, fingerprint: RunFingerprint) -> None:
    longer = replace(fingerprint, recipe=replace(fingerprint.recipe, epochs=99))
    assert read_position(folder, longer).epoch == 6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"recipe": replace(RECIPES["tiny"], seed=16)}, "seed 15 -> 16"),
        ({"recipe": replace(RECIPES["tiny"], fraction=0.5)}, r"fraction 1\.0 -> 0\.5"),
        ({"recipe": replace(RECIPES["tiny"], optimizer=Optimizer("sgd"))}, "optimizer.kind 'adamw' -> 'sgd'"),
        ({"start": "imagenet"}, "'random', not 'imagenet'"),
        ({"data_sha256": "ffff"}, "other data"),
    ],
)
def test_another_run_is_refused_and_the_difference_named(
    folder: Path, fingerprint: RunFingerprint, change: dict[str, object], message: str
) -> None:
    with pytest.raises(TrainError, match=message):
        read_position(folder, replace(fingerprint, **change))  # type: ignore[arg-type]


def test_a_missing_checkpoint_is_an_error(tmp_path: Path, fingerprint: RunFingerprint) -> None:
    with pytest.raises(TrainError, match="no run to resume"):
        read_position(tmp_path, fingerprint)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"epoch": 1}'])
def test_a_damaged_checkpoint_is_an_error(folder: Path, fingerprint: RunFingerprint, content: str) -> None:
    (folder / FOLDER / "state.json").write_text(content)
    with pytest.raises(TrainError, match="damaged"):
        read_position(folder, fingerprint)


def test_truncated_weights_are_an_error(folder: Path, small_data: Path) -> None:
    weights = folder / FOLDER / "latest.weights.h5"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(TrainError, match="does not match the network 'tiny': it is damaged"):
        fit(tiny_recipe(7), RunConfig(small_data, folder, resume=True))


def test_missing_weights_do_not_begin_again_with_random_ones(folder: Path, small_data: Path) -> None:
    (folder / FOLDER / "latest.weights.h5").unlink()
    with pytest.raises(TrainError, match="does not match the network 'tiny': it is damaged"):
        fit(tiny_recipe(7), RunConfig(small_data, folder, resume=True))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("fingerprint", None),
        ("fingerprint", {}),
        ("epoch", "6"),
        ("epoch", -1),
        ("batch", 1.5),
        ("callbacks", {}),
        ("callbacks", []),
        ("callbacks", [{"remembers": "x"}]),
        ("seeds", None),
        ("seeds", [[1, 2, 3]]),
        ("metrics", "x"),
    ],
)
def test_a_state_of_other_types_is_an_error(folder: Path, small_data: Path, key: str, value: object) -> None:
    path = folder / FOLDER / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(TrainError, match="damaged"):
        fit(tiny_recipe(7), RunConfig(small_data, folder, resume=True))


def test_a_kill_while_the_folders_are_exchanged_leaves_one_of_them(folder: Path, fingerprint: RunFingerprint) -> None:
    (folder / FOLDER).rename(folder / "checkpoint.old")
    assert has_checkpoint(folder)
    assert read_position(folder, fingerprint).epoch == 6


def test_the_state_is_plain_json(folder: Path) -> None:
    state = json.loads((folder / FOLDER / "state.json").read_text())
    assert (state["epoch"], state["batch"]) == (6, 0)
