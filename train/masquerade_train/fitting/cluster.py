"""Joins the processes that train one run together, by TensorFlow's MultiWorkerMirroredStrategy.

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
from masquerade.values import FloatArray

from masquerade_train.errors import TrainError
from masquerade_train.fitting.checkpoint import RunFingerprint
from masquerade_train.fitting.compiling import metric_functions
from masquerade_train.fitting.schedule import TrainingState, Watch
from masquerade_train.fitting.worker_rank import WorkerLostError, read_place
from masquerade_train.inputs.batch import Batch


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

        self._tf = tf
        logging.getLogger("tensorflow").setLevel(logging.WARNING)  # else it tells of every sum that is built
        self._strategy = self._guarded(tf.distribute.MultiWorkerMirroredStrategy)
        if self._strategy.num_replicas_in_sync != self.place.count:
            raise TrainError("One device for each process: give every worker its own by CUDA_VISIBLE_DEVICES.")
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
        """Return what the leader gave, in every process; the others give the same shapes."""
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
        """Call a tf.function that sums.

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
                "Another worker of the run is gone: start it again, all go on from the checkpoint."
            ) from error


class ClusterStepper:
    """Takes each step together with the other processes: every one learns from its part of the batch."""

    def __init__(self, cluster: Cluster, model: Any, origin: RunFingerprint) -> None:
        """Take a compiled model.

        Raises:
            TrainError: a batch has fewer images than there are processes.
        """
        self.leads = cluster.leads
        self._cluster, self._model, self._origin = cluster, model, origin
        self._metrics = metric_functions(origin.recipe)
        import tensorflow as tf  # noqa: PLC0415

        self._tf = tf
        self._step = tf.function(self._learn, reduce_retracing=True)
        if origin.recipe.batch < cluster.place.count:
            raise TrainError(f"A batch of {origin.recipe.batch} cannot be parted among {cluster.place.count} workers.")

    def begin(self, standing: TrainingState) -> TrainingState:
        """Give every process the leader's variables; see Stepper.

        Raises:
            TrainError: this process has another recipe or other data than the leader.
        """
        own = _fingerprint(self._origin)
        if self._cluster.from_leader([own])[0] != own:
            raise TrainError("This worker was given another recipe, other start weights or other data than worker 0.")
        variables = [*self._model.variables, *self._model.optimizer.variables]
        found = self._cluster.from_leader([np.asarray(variable) for variable in variables])
        for variable, value in zip(variables, found, strict=True):
            variable.assign(value)
        return self._agree(standing)

    def step(self, batch: Batch, rate: float) -> dict[str, float]:
        """See Stepper; the losses are of the whole batch, the rate is the leader's."""
        place = self._cluster.place
        pixels = batch.pixels[place.number :: place.count].astype(np.float32)
        targets = batch.targets[place.number :: place.count]
        share = np.float32(len(pixels) / len(batch.pixels))
        found = self._cluster.run(self._step, *map(self._tf.constant, (pixels, targets, share, np.float32(rate))))
        names = ("loss", *(function.__name__ for function in self._metrics))
        return dict(zip(names, map(float, found), strict=True))

    def _learn(self, pixels: Any, targets: Any, share: Any, rate: Any) -> list[Any]:
        """Return one step: (B, S, S, C), (B, 3K + 1), share of the batch, learning rate -> losses."""
        model, variables = self._model, self._model.trainable_variables
        with self._tf.GradientTape() as tape:
            outputs = model(pixels, training=True)
            loss = model.compute_loss(x=pixels, y=targets, y_pred=outputs)
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        losses = [loss, *(function(targets, outputs) for function in self._metrics)]
        own_rate = rate if self.leads else self._tf.zeros_like(rate)
        sums = self._cluster.sum([*(share * part for part in (*gradients, *losses)), own_rate])
        model.optimizer.learning_rate.assign(sums[-1])
        model.optimizer.apply(sums[: len(variables)], variables)
        return sums[len(variables) : -1]

    def outputs(self, batch: Batch) -> FloatArray:
        """See Stepper."""
        return np.asarray(self._model.predict_on_batch(batch.pixels.astype(np.float32)), np.float32)

    def end_epoch(self, standing: TrainingState) -> TrainingState:
        """Return the leader's standing, so that all go on or stop alike."""
        return self._agree(standing)

    def even_out(self) -> None:
        """Give every process the mean of what the norms have seen."""
        floating = [
            variable
            for variable in self._model.non_trainable_variables
            if "float" in keras.backend.standardize_dtype(variable.dtype)
        ]
        for variable, value in zip(floating, self._cluster.mean([np.asarray(one) for one in floating]), strict=True):
            variable.assign(value)

    def _agree(self, standing: TrainingState) -> TrainingState:
        watch = standing.watch
        told = np.array(
            [standing.epochs, standing.minutes, watch.best, watch.best_epoch, watch.waited, watch.cuts], np.float64
        )
        epochs, minutes, best, best_epoch, waited, cuts = self._cluster.from_leader([told])[0].tolist()
        return TrainingState(int(epochs), minutes, Watch(best, int(best_epoch), int(waited), int(cuts)))


def _fingerprint(origin: RunFingerprint) -> np.ndarray[Any, Any]:
    """52 bits of the sum of an origin, which float64 holds exactly."""
    content = json.dumps(asdict(origin), sort_keys=True).encode()
    return np.array(int(hashlib.sha256(content).hexdigest()[:13], 16), np.int64)
