"""Connects the processes that train one run, with TensorFlow's MultiWorkerMirroredStrategy.

Keras 3 does not train under that strategy (keras-team/keras#20585: its optimizer finds variables of a kind
that it does not know). So every process keeps a model of its own, of plain variables, and the strategy does what is
left: it joins the processes, watches over them and sums gradients. All take the same step with the same sum,
and so stay alike.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import keras
import numpy as np

from masquerade_train.errors import TrainError
from masquerade_train.fitting.batches import TrainingBatches, pixels_of
from masquerade_train.fitting.checkpoint import Position, RunFingerprint
from masquerade_train.fitting.losses import landmark_loss, mean_squared
from masquerade_train.fitting.worker_rank import WorkerLostError, read_place
from masquerade_train.inputs.batch import Maker
from masquerade_train.recipes.recipe import Recipe

Callback: Any = keras.callbacks.Callback


class Cluster:
    """The processes of one run; made before any other use of TensorFlow in this process."""

    def __init__(self) -> None:
        """Wait until all processes are there.

        Raises:
            TrainError: TF_CONFIG is invalid, Keras runs on another backend, or a process has several devices.
        """
        if keras.backend.backend() != "tensorflow":
            raise TrainError(f"--distributed needs Keras on tensorflow, not on {keras.backend.backend()}.")
        self.place = read_place()
        import tensorflow as tf  # noqa: PLC0415 (Keras has loaded it; other backends have none)

        self.tensorflow = self._tf = tf
        logging.getLogger("tensorflow").setLevel(logging.WARNING)  # else it reports every sum that is built
        self._strategy = self._guarded(tf.distribute.MultiWorkerMirroredStrategy)
        if self._strategy.num_replicas_in_sync != self.place.count:
            raise TrainError("Each process uses one device. Give every worker its own with CUDA_VISIBLE_DEVICES.")
        self._sum_function = tf.function(self.sum)

    @property
    def leads(self) -> bool:
        """Whether this process writes for all."""
        return self.place.number == 0

    def sum(self, tensors: Sequence[Any]) -> list[Any]:
        """Return the sums over all processes, inside a tf.function."""
        tf = self._tf

        def in_replica(own: list[Any]) -> list[Any]:
            context = tf.distribute.get_replica_context()
            # identity gives a tensor its device, which the strategy asks for.
            return list(context.all_reduce(tf.distribute.ReduceOp.SUM, [tf.identity(tensor) for tensor in own]))

        return list(self._strategy.run(in_replica, args=(list(tensors),)))

    def from_leader(self, values: Sequence[np.ndarray[Any, Any]]) -> list[np.ndarray[Any, Any]]:
        """Broadcast the leader's values; the other processes pass values of the same shapes."""
        # All of one kind, or they could not be summed at once; float64 holds counters and seeds exactly, too.
        given = [np.asarray(value if self.leads else np.zeros_like(value), np.float64) for value in values]
        found = self.run(self._sum_function, [self._tf.constant(value) for value in given])
        return [np.asarray(one).astype(value.dtype) for one, value in zip(found, values, strict=True)]

    def mean(self, values: Sequence[np.ndarray[Any, Any]]) -> list[np.ndarray[Any, Any]]:
        """Return the means of floating numbers over all processes."""
        if not values:
            return []  # the strategy cannot sum nothing
        found = self.run(self._sum_function, [self._tf.constant(value / self.place.count) for value in values])
        return [np.asarray(one) for one in found]

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a tf.function that sums over the processes.

        Raises:
            WorkerLostError: another process has gone.
        """
        return self._guarded(function, *arguments)

    def _guarded(self, function: Callable[..., Any], *arguments: Any) -> Any:
        errors = self._tf.errors
        # Which one comes depends on who notices first: the ring, or the watch over the others.
        lost = (errors.UnavailableError, errors.AbortedError, errors.CancelledError, errors.DeadlineExceededError)
        try:
            return function(*arguments)
        except (*lost, errors.InternalError) as error:
            raise WorkerLostError(
                "Another worker of the run ended. Start it again; all continue from the last checkpoint."
            ) from error


class Together:
    """Lets Keras's loop take each step together with the other processes, each on its part of the batch.

    Attributes:
        agreement: the callback by which all go on or stop alike.
        beginning: the callback that gives every process the leader's variables; the last one in the list.
    """

    def __init__(self, cluster: Cluster, model: Any, fingerprint: RunFingerprint) -> None:
        """Take a compiled model.

        Raises:
            TrainError: a batch has fewer images than there are processes.
        """
        self._cluster, self._model = cluster, model
        self._tf = cluster.tensorflow
        self._step = self._tf.function(self._learn, reduce_retracing=True)
        if fingerprint.recipe.batch < cluster.place.count:
            raise TrainError(
                f"A batch of {fingerprint.recipe.batch} cannot be divided among {cluster.place.count} workers."
            )
        self._sums: dict[str, float] = {}
        self.agreement = _Agreement(self)
        self.beginning = _Beginning(self)
        # Keras takes a function that is there already in place of its own.
        model.train_function = self._train

    def agree_on_start(self, fingerprint: RunFingerprint, position: Position) -> Position:
        """Return the leader's position.

        Raises:
            TrainError: this process has another recipe or other data than the leader.
        """
        own = _fingerprint(fingerprint)
        if self._cluster.from_leader([own])[0] != own:
            raise TrainError("This worker was given another recipe, other start weights or other data than worker 0.")
        epoch = self._cluster.from_leader([np.array(position.epoch, np.int64)])[0]
        return Position(int(epoch))

    def share_variables(self) -> None:
        """Give every process the leader's variables."""
        variables = [*self._model.variables, *self._model.optimizer.variables]
        found = self._cluster.from_leader([np.asarray(variable) for variable in variables])
        for variable, value in zip(variables, found, strict=True):
            variable.assign(value)

    def share_stop(self) -> None:
        """Stop every process where the leader stops."""
        own = np.array(int(self._model.stop_training), np.int64)
        self._model.stop_training = bool(self._cluster.from_leader([own])[0])

    def even_out(self) -> None:
        """Average the statistics of the norms over all processes."""
        floating = [
            variable
            for variable in self._model.non_trainable_variables
            if "float" in keras.backend.standardize_dtype(variable.dtype)
        ]
        for variable, value in zip(floating, self._cluster.mean([np.asarray(one) for one in floating]), strict=True):
            variable.assign(value)

    def begin_epoch(self) -> None:
        """Reset the losses of the previous epoch."""
        self._sums = {"steps": 0.0}

    def _train(self, iterator: Any) -> dict[str, float]:
        """Take one step; return the epoch's mean losses so far, over the whole batches."""
        pixels, targets = next(iterator)[:2]
        place = self._cluster.place
        own = pixels[place.number :: place.count], targets[place.number :: place.count]
        share = np.float32(int(own[0].shape[0]) / int(pixels.shape[0]))
        rate = np.float32(np.asarray(self._model.optimizer.learning_rate))
        found = self._cluster.run(self._step, *own, *map(self._tf.constant, (share, rate)))
        for name, value in zip(("loss", "mean_squared", "points"), map(float, found), strict=True):
            self._sums[name] = self._sums.get(name, 0.0) + value
        self._sums["steps"] += 1
        means = {name: value / self._sums["steps"] for name, value in self._sums.items() if name != "steps"}
        # A name that no metric has: else Keras shows its own metrics, which were not updated.
        return means | {"workers": float(place.count)}

    def _learn(self, pixels: Any, targets: Any, share: Any, rate: Any) -> list[Any]:
        """Take one step: (B, S, S, C), (B, 3K + 1), share of the batch, learning rate -> losses."""
        model, variables = self._model, self._model.trainable_variables
        with self._tf.GradientTape() as tape:
            outputs = model(pixels, training=True)
            loss = model.compute_loss(x=pixels, y=targets, y_pred=outputs)
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        losses = [loss, mean_squared(targets, outputs), landmark_loss(targets, outputs)]
        own_rate = rate if self._cluster.leads else self._tf.zeros_like(rate)
        sums = self._cluster.sum([*(share * part for part in (*gradients, *losses)), own_rate])
        model.optimizer.learning_rate.assign(sums[-1])
        model.optimizer.apply(sums[: len(variables)], variables)
        return sums[len(variables) : -1]


class _Agreement(Callback):  # type: ignore[misc]  # keras has no types
    """Keeps the processes in step: norms after each epoch, and whether to stop."""

    def __init__(self, together: Together) -> None:
        super().__init__()
        self._together = together

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._together.begin_epoch()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch + 1 == self.params["steps"]:
            self._together.even_out()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._together.share_stop()


class _Beginning(Callback):  # type: ignore[misc]
    """Shares the leader's restored state with every process."""

    def __init__(self, together: Together) -> None:
        super().__init__()
        self._together = together

    def on_train_begin(self, logs: Any = None) -> None:
        self._together.share_variables()


class _Epochs(Callback):  # type: ignore[misc]
    """Sets the epoch of the batches in a process that does not lead."""

    def __init__(self, batches: TrainingBatches) -> None:
        super().__init__()
        self._batches = batches

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._batches.epoch = epoch


def follow(together: Together, model: Any, maker: Maker, recipe: Recipe, position: Position) -> None:
    """Train as a process other than the leader, without validating or writing.

    Raises:
        WorkerLostError: another process has gone.
    """
    batches = TrainingBatches(maker, pixels_of, workers=1)
    callbacks = [_Epochs(batches), together.agreement, together.beginning]
    if position.epoch < recipe.epochs:
        # Keras asks its metrics at the end of an epoch, and makes them with the first batch.
        model.test_on_batch(*batches[0])
        epochs = {"epochs": recipe.epochs, "initial_epoch": position.epoch}
        model.fit(batches, callbacks=callbacks, shuffle=False, verbose=0, **epochs)


def _fingerprint(origin: RunFingerprint) -> np.ndarray[Any, Any]:
    """52 bits of the sum of an origin, which float64 holds exactly."""
    content = json.dumps(asdict(origin), sort_keys=True).encode()
    return np.array(int(hashlib.sha256(content).hexdigest()[:13], 16), np.int64)
