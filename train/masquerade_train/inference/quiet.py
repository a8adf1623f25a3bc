"""Loads Keras without TensorFlow's messages about the machine, such as a missing GPU."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def load_keras(*, on_tensorflow: bool = False) -> None:
    """Import Keras and its backend, and let it look for its devices, with the error stream of the process shut.

    TensorFlow 2.21 writes nine lines, one of them "ERROR ... cuda", from C++ before any log level holds.

    Args:
        on_tensorflow: whatever KERAS_BACKEND says, where Keras is not loaded yet. Its converter takes no network of
            another backend, and every backend reads the same .keras file.

    Raises:
        ModuleNotFoundError: a package of the extra is missing.
    """
    if "keras" in sys.modules:
        return
    if on_tensorflow:
        os.environ["KERAS_BACKEND"] = "tensorflow"
    with silent_stderr():
        import keras  # noqa: F401, PLC0415 (6 s)

        # With other backends, too: TensorBoard's callback imports it in the middle of a run.
        import tensorflow as tf  # noqa: PLC0415

        tf.config.list_physical_devices()


@contextmanager
def silent_stderr() -> Iterator[None]:
    """Redirect file descriptor 2 to nothing for the block, because C++ does not use Python's stream."""
    sys.stderr.flush()
    kept = os.dup(2)
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)
