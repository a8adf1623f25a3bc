"""Spreads each batch over several devices of one process: DataParallel on JAX, MirroredStrategy on TensorFlow."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from masquerade.values import FloatArray

from masquerade_train.errors import TrainError


@contextmanager
def spread_over(count: int, batch: int) -> Iterator[None]:
    """Let networks made and trained in the block use `count` devices; 1 changes nothing.

    Without a graphics card, TensorFlow's processor is divided into `count` devices: no faster, but a way to try it.

    Raises:
        TrainError: the backend cannot do it or has fewer devices, or a `batch` cannot be divided among them.
    """
    if count < 1:
        raise TrainError(f"--devices must be 1 or more, got {count}.")
    if batch % count:
        raise TrainError(f"A batch of {batch} cannot be divided among {count} devices: change it by --set batch=...")
    backend = keras.backend.backend()
    if count == 1:
        yield
    elif backend == "tensorflow":
        with _mirrored(count).scope():
            yield
    elif backend == "jax":
        # Keras asks for it until it is taken back.
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=_jax_devices(count)))
        try:
            yield
        finally:
            keras.distribution.set_distribution(None)
    else:
        raise TrainError(f"--devices needs Keras on TensorFlow or JAX, not on {backend}.")


def replica_count() -> int:
    """Return how many copies of a network learn, each by itself, in TensorFlow's strategy; else 1.

    JAX computes the loss of the whole batch, wherever its images are.
    """
    if keras.backend.backend() != "tensorflow":
        return 1
    import tensorflow as tf  # noqa: PLC0415 (other backends have none)

    return int(tf.distribute.get_strategy().num_replicas_in_sync)


def evenly(rows: FloatArray, devices: int) -> FloatArray:
    """Return the rows of a batch, the first ones once more at its end where it cannot be divided among the devices.

    Neither backend takes parts of unequal size, least of all an empty one.
    """
    missing = -len(rows) % devices
    return rows if not missing else np.concatenate([rows, rows[np.arange(missing) % len(rows)]])


def _mirrored(count: int) -> Any:
    import tensorflow as tf  # noqa: PLC0415 (other backends have none)

    cards = tf.config.list_physical_devices("GPU")
    if not cards:
        _divide_processor(tf, count)
    kind = "GPU" if cards else "CPU"
    found = tf.config.list_logical_devices(kind)
    _check(count, [device.name.removeprefix("/device:") for device in found])
    return tf.distribute.MirroredStrategy([f"{kind}:{number}" for number in range(count)])


def _divide_processor(tf: Any, count: int) -> None:
    (processor,) = tf.config.list_physical_devices("CPU")
    try:
        tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * count)
    except RuntimeError:
        # TensorFlow has begun: it stays with the devices that it has, which are counted next.
        return


def _jax_devices(count: int) -> list[str]:
    found = keras.distribution.list_devices()
    _check(count, found)
    return list(found[:count])


def _check(count: int, found: list[str]) -> None:
    if len(found) < count:
        raise TrainError(
            f"--devices {count}: {keras.backend.backend()} has {len(found)} on this machine ({', '.join(found)})."
        )
