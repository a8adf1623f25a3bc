"""Trains a recipe with Keras's own loop; a killed run continues where it stopped."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
from keras import callbacks as keras_callbacks

from masquerade_train.errors import TrainError
from masquerade_train.fitting.batches import Inputs, TrainingBatches, fixed_batches, pixels_of
from masquerade_train.fitting.callbacks import AfterEpoch, AfterEpochFunction, Clock, LearningRate, Report, TestSets
from masquerade_train.fitting.checkpoint import Checkpoint, Position, RunFingerprint, has_checkpoint, read_position
from masquerade_train.fitting.compiling import start_model
from masquerade_train.fitting.devices import spread_over
from masquerade_train.fitting.frozen import FrozenBase, has_fixed_features
from masquerade_train.fitting.model_choice import ModelChoice
from masquerade_train.fitting.run_config import MODEL_FILE, ONE_DEVICE, RunConfig
from masquerade_train.fitting.tracking import tracker
from masquerade_train.inputs.batch import Maker
from masquerade_train.inputs.maker import open_maker
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.recipes.recipe_file import recipe_content, recipe_sum
from masquerade_train.runs.log import EVENTS, keep_epochs
from masquerade_train.runs.log import FILE as LOG_FILE
from masquerade_train.runs.record import RunRecord, current_commit, data_sum, write_record

_log = logging.getLogger(__name__)


def fit(recipe: Recipe, plan: RunConfig, after_epoch: AfterEpochFunction | None = None) -> Path:
    """Train and return the path of the written model.

    It holds the best weights by the validation set where that decides anything (early
    stopping, plateau), else those of the end; of weights and average the better ones.
    Batches, start weights and order follow from the recipe's seed, so a run that was
    killed and resumed gives the same losses as one that was not (with a budget in
    minutes a cosine follows the clock, and so nearly the same).

    Args:
        recipe: what is trained, and how.
        plan: where the run reads and writes, and how long it may take.
        after_epoch: called with the number of epochs done and the last one's log, when all is written.

    Raises:
        TrainError: data, recipe and checkpoint do not fit each other, the disk is full,
            or another process of a distributed run has gone.
    """
    if plan.distributed and plan.devices != 1:
        raise TrainError(ONE_DEVICE)
    with spread_over(plan.devices, recipe.batch):
        return _fit(recipe, plan, after_epoch)


def _fit(recipe: Recipe, plan: RunConfig, after_epoch: AfterEpochFunction | None) -> Path:
    cluster = _join(plan)
    leads = cluster is None or cluster.leads
    if leads:
        _prepare_folder(plan)
    fingerprint = RunFingerprint(recipe, plan.start, data_sum(plan.data))
    # Workers that were started again before the first checkpoint begin again.
    resumes = plan.resume and leads and (cluster is None or has_checkpoint(plan.out))
    position = read_position(plan.out, fingerprint) if resumes else Position()
    if leads:
        keep_epochs(plan.out, position.epoch)
    keras.utils.set_random_seed(recipe.seed)
    network = start_model(recipe, plan.weights)
    maker = open_maker(plan.data, recipe)
    if cluster is not None:
        from masquerade_train.fitting.cluster import Together, follow  # noqa: PLC0415 (tensorflow alone has it)

        together = Together(cluster, network, fingerprint)
        position = together.agree_on_start(fingerprint, position)
        if leads:
            _Run(plan, fingerprint, network, maker, after_epoch=after_epoch, together=together).go_on(position)
        else:
            follow(together, network, maker, recipe, position)
        return plan.out / MODEL_FILE
    _Run(plan, fingerprint, network, maker, after_epoch=after_epoch).go_on(position)
    return plan.out / MODEL_FILE


@dataclass(frozen=True, slots=True, eq=False)
class _Learner:
    """The trained part: a network, or the head of one with a frozen base, and its input for a batch."""

    model: Any
    inputs: Inputs


class _Run:
    """A run of one process, or the leader's part of a distributed run."""

    def __init__(
        self,
        plan: RunConfig,
        fingerprint: RunFingerprint,
        network: Any,
        maker: Maker,
        *,
        after_epoch: AfterEpochFunction | None,
        together: Any = None,
    ) -> None:
        self._plan, self._fingerprint, self._recipe = plan, fingerprint, fingerprint.recipe
        self._network, self._maker, self._together = network, maker, together
        self._after_epoch = after_epoch
        self._learner = self._make_learner()
        self._validation = fixed_batches(maker.validation_batches(), self._learner.inputs, plan.devices)
        self._own_test = fixed_batches(maker.test_batches(), self._learner.inputs, plan.devices)
        if self._recipe.decides_by_validation and self._validation is None:
            raise TrainError(
                f"'{self._recipe.name}' stops by a validation set; {plan.data} has too few training persons for one."
            )

    def _make_learner(self) -> _Learner:
        if self._together is None and self._plan.devices == 1 and has_fixed_features(self._network, self._recipe):
            base = FrozenBase(self._network, self._recipe)
            return _Learner(base.head, base.features)
        return _Learner(self._network, pixels_of)

    def go_on(self, position: Position) -> None:
        """Train the rest: of an interrupted epoch, then complete epochs."""
        batches = TrainingBatches(
            self._maker,
            self._learner.inputs,
            self._plan.worker_count(self._recipe),
            position.batch,
            self._plan.devices,
        )
        callbacks = self._callbacks(batches)
        _log.info("%d steps an epoch, %d epochs at most; Ctrl+C stops", self._maker.steps, self._recipe.epochs)
        try:
            if position.batch or self._together:
                # Keras makes its metrics with the first batch: here they are restored, or asked for, before.
                self._learner.model.test_on_batch(*batches[0])
            if position.batch:
                self._fit(batches, callbacks, position.epoch, position.epoch + 1)
                batches.first = 0
                if self._learner.model.stop_training:
                    return
                position = Position(position.epoch + 1)
            if position.epoch < self._recipe.epochs:
                self._fit(batches, callbacks, position.epoch, self._recipe.epochs)
        except OSError as error:
            raise TrainError(f"{self._plan.out} cannot be written ({error.strerror or error}).") from error

    def _fit(self, batches: TrainingBatches, callbacks: list[Any], first: int, epochs: int) -> None:
        try:
            self._learner.model.fit(
                batches,
                validation_data=self._validation,
                epochs=epochs,
                initial_epoch=first,
                callbacks=callbacks,
                # The batches of an epoch come in the recipe's own random order.
                shuffle=False,
                verbose=0,
            )
        finally:
            # Keras leaves the file open where an epoch ends with an error.
            for callback in callbacks:
                if isinstance(callback, keras_callbacks.CSVLogger):
                    callback.on_train_end()

    def _callbacks(self, batches: TrainingBatches) -> list[Any]:
        """Return the callbacks; their order matters."""
        plan, recipe = self._plan, self._recipe
        alone = self._together is None
        clock = Clock(batches, recipe.batch, plan.budget, cuts=alone)
        choice = ModelChoice(self._network, plan.out / MODEL_FILE, self._validation, recipe.decides_by_validation)
        remembered: dict[Any, tuple[str, ...]] = {
            clock: ("remembers",),
            choice: ("best", "best_epoch", "averaged", "kept_averaged"),
        }
        callbacks: list[Any] = [clock, choice]
        if recipe.average_momentum and self._validation is not None:
            callbacks.insert(0, keras_callbacks.SwapEMAWeights())
        if recipe.schedule.kind == "cosine":
            callbacks.append(LearningRate(recipe, clock, batches))
        if recipe.schedule.kind == "plateau":
            plateau = _plateau(recipe)
            callbacks.append(plateau)
            remembered[plateau] = ("best", "wait", "cooldown_counter")
        if recipe.stop_patience:
            stopping = keras_callbacks.EarlyStopping("val_loss", patience=recipe.stop_patience, mode="min")
            callbacks.append(stopping)
            remembered[stopping] = ("best", "wait", "best_epoch")
        callbacks += [
            *([self._together.agreement] if self._together else []),
            TestSets(recipe, plan.data, self._own_test, clock, choice),
            Report(clock, recipe.epochs),
            keras_callbacks.CSVLogger(str(plan.out / LOG_FILE), append=True),
            keras_callbacks.TensorBoard(str(plan.out / EVENTS), write_graph=False),
            *tracker(plan.track, recipe, plan.out),
            AfterEpoch(lambda epochs, logs: self._write_record(epochs, logs, choice, clock.steps)),
            Checkpoint(plan.out, self._fingerprint, remembered, within_epochs=alone),
            *([AfterEpoch(self._after_epoch)] if self._after_epoch else []),
            *([self._together.beginning] if self._together else []),
        ]
        return callbacks

    def _write_record(self, epochs: int, logs: dict[str, float], choice: ModelChoice, steps: int) -> None:
        recipe = self._recipe
        content = recipe_content(recipe)
        record = RunRecord(
            recipe=recipe.name,
            commit=current_commit(),
            seed=recipe.seed,
            data_sha256=self._fingerprint.data_sha256,
            start=self._fingerprint.start,
            epochs=epochs,
            minutes=logs["minutes"],
            steps=steps,
            fraction=recipe.fraction,
            precision=recipe.precision,
            backend=keras.backend.backend(),
            best_epoch=choice.best_epoch if recipe.decides_by_validation else epochs,
            recipe_content=content,
            recipe_sha256=recipe_sum(content),
            averaged=choice.kept_averaged,
        )
        write_record(self._plan.out, record)


def _plateau(recipe: Recipe) -> Any:
    schedule = recipe.schedule
    return keras_callbacks.ReduceLROnPlateau(
        "val_loss",
        factor=schedule.factor,
        patience=schedule.patience,
        mode="min",
        min_delta=0.0,
        min_lr=schedule.floor * recipe.optimizer.learning_rate,
    )


def _join(plan: RunConfig) -> Any:
    """Return the cluster of a distributed run; None for a run of one process."""
    if not plan.distributed:
        return None
    from masquerade_train.fitting.cluster import Cluster  # noqa: PLC0415 (tensorflow alone has it)

    return Cluster()


def _prepare_folder(plan: RunConfig) -> None:
    try:
        plan.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainError(f"The folder {plan.out} cannot be created ({error.strerror}). Use another --out.") from error
    if (plan.out / EVENTS).exists() and not (plan.out / EVENTS).is_dir():
        raise TrainError(f"{plan.out / EVENTS} is not a folder: move it away, or use another --out.")
    if not plan.resume and (plan.out / LOG_FILE).exists():
        raise TrainError(f"{plan.out} already holds a run. Use --resume to continue it, or another --out.")
