"""Compares the precisions of an exported network: error, size, time."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from masquerade.values import ByteArray

from masquerade_train.errors import TrainError
from masquerade_train.exporting.evaluator import Evaluator
from masquerade_train.exporting.quantize import to_float16, to_float32, to_int8
from masquerade_train.inference.predictor import open_network
from masquerade_train.inference.tflite import median_milliseconds

# Of the float model's error: more than this, and int8 is not worth its speed.
ALLOWED_LOSS = 0.02


class Precision(StrEnum):
    """The number format of a .tflite file."""

    INT8 = "int8"
    FLOAT16 = "float16"
    FLOAT32 = "float32"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One .tflite file of a network.

    Attributes:
        error: as the evaluator counts it.
        worse_by: share of the float32 file's error that it errs more.
        milliseconds: median of one run on one thread.
    """

    precision: Precision
    path: Path
    error: float
    worse_by: float
    bytes: int
    milliseconds: float


def write_candidates(model: Any, run: Path, calibration: ByteArray) -> dict[Precision, Path]:
    """Write `run`/model_int8.tflite, model_float16.tflite and model_float32.tflite.

    Args:
        model: the trained Keras model.
        run: folder that the files are written to.
        calibration: (N, S, S, C) training images.

    Raises:
        TrainError: the network cannot be quantized, or the disk is full.
    """
    contents = {
        Precision.INT8: to_int8(model, calibration),
        Precision.FLOAT16: to_float16(model),
        Precision.FLOAT32: to_float32(model),
    }
    paths = {precision: run / f"model_{precision}.tflite" for precision in contents}
    try:
        for precision, content in contents.items():
            paths[precision].write_bytes(content)
    except OSError as error:
        raise TrainError(f"The .tflite files cannot be written to {run} ({error.strerror}).") from error
    return paths


def compare(paths: dict[Precision, Path], evaluator: Evaluator) -> tuple[Candidate, ...]:
    """Measure each file on the test faces, in the order of `paths`; float32 must be among them."""
    errors = {precision: evaluator.error(open_network(path)) for precision, path in paths.items()}
    exact = errors[Precision.FLOAT32]
    return tuple(
        Candidate(
            precision,
            path,
            errors[precision],
            errors[precision] / exact - 1,
            path.stat().st_size,
            median_milliseconds(path, repeats=100),
        )
        for precision, path in paths.items()
    )


def choose(candidates: tuple[Candidate, ...], wanted: Precision, allowed_loss: float = ALLOWED_LOSS) -> Candidate:
    """Return the file of the wanted precision.

    Args:
        candidates: measured files.
        wanted: which one.
        allowed_loss: share of the float model's error.

    Raises:
        TrainError: it is int8 and worse than float by more than `allowed_loss`.
    """
    chosen = next(candidate for candidate in candidates if candidate.precision is wanted)
    if wanted is Precision.INT8 and chosen.worse_by > allowed_loss:
        exact = next(candidate for candidate in candidates if candidate.precision is Precision.FLOAT32)
        raise TrainError(
            f"{wanted} is {100 * chosen.worse_by:.1f} % worse than float ({chosen.error:.4f} against "
            f"{exact.error:.4f}), and at most {100 * allowed_loss:.0f} % are allowed. "
            "Use --precision float16 to export it anyway, larger and slower."
        )
    return chosen


def describe(candidates: tuple[Candidate, ...], unit: str) -> str:
    """Return the table for people."""
    lines = [f"error: {unit}", "  precision       error  worse by        bytes  milliseconds (one thread)"]
    lines += [
        f"  {one.precision:10s} {one.error:10.5f} {100 * one.worse_by:7.2f} % {one.bytes:12,d} {one.milliseconds:10.3f}"
        for one in candidates
    ]
    return "\n".join(lines)
