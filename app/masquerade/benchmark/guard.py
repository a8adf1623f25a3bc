"""Compares the stages' times with a fixed OpenCV workload in the same run, to notice when a stage gets slower."""

import json
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from masquerade.errors import AppError, SourceError
from masquerade.pipeline.sources.source import Source
from masquerade.values import ByteArray, Frame, Scene

# A shorter time says more of the clock than of the code.
_MIN_MILLISECONDS = 0.05
_ROUNDS = 7
_ROUND_FRAMES = 40
_WORKLOAD = "workload"


@dataclass(frozen=True, slots=True)
class SlowStage:
    """A stage that got slower, relative to the workload.

    Attributes:
        name: of the stage.
        ratio: its time over the workload's, now.
        stored: the same when the figures were stored.
    """

    name: str
    ratio: float
    stored: float


class Workload:
    """A fixed piece of work with OpenCV, as short as a stage: it gets slower as the machine does.

    A longer one would be interrupted in every round on a busy machine, while the stages are not.
    """

    def __init__(self) -> None:
        """Make the image that is worked on, always the same."""
        self._image: ByteArray = np.random.default_rng(1).integers(0, 256, (180, 320, 4), np.uint8)
        self._weights = np.random.default_rng(2).standard_normal((192, 192)).astype(np.float32)

    def run(self) -> float:
        """Return the milliseconds of one pass."""
        start = time.perf_counter()
        blurred = cv2.GaussianBlur(self._image, (0, 0), 3)
        matrix = np.array([[0.7, -0.7, 100], [0.7, 0.7, -50]], np.float32)
        cv2.warpAffine(blurred, matrix, (320, 180), flags=cv2.INTER_LINEAR)
        cv2.gemm(self._weights, self._weights, 1.0, None, 0.0)  # type: ignore[call-overload]
        # Plain Python, too: a good part of every stage is.
        sum(index * 0.5 for index in range(2000))
        return 1000 * (time.perf_counter() - start)


def measure_ratios(
    open_source: Callable[[], Source], build_line: Callable[[], Callable[[Frame], Scene]]
) -> dict[str, float]:
    """Return each stage's time over the workload's.

    Every round takes the same frames down a fresh line, with a pass of the workload after each
    frame. Of each frame the quickest round counts: what else the machine does only ever makes a
    round slower. OpenCV keeps to one thread meanwhile: a busy machine takes the second core away
    from the work that can use it, and the ratios would show that.

    Args:
        open_source: gives the same frames each time; some 40 are needed.
        build_line: gives a line with filters chosen.

    Raises:
        SourceError: the source cannot be read, or has too few frames.
    """
    workload = Workload()
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        rounds = [_measure_round(open_source(), build_line(), workload) for _ in range(_ROUNDS)]
    finally:
        cv2.setNumThreads(threads)
    quickest = {name: sum(map(min, zip(*(each[name] for each in rounds), strict=True))) for name in rounds[0]}
    unit = quickest.pop(_WORKLOAD)
    return {name: max(value, _MIN_MILLISECONDS * _ROUND_FRAMES) / unit for name, value in quickest.items()}


def _measure_round(source: Source, line: Callable[[Frame], Scene], workload: Workload) -> dict[str, list[float]]:
    """Return the milliseconds of each frame, by stage, and those of the workload."""
    times: dict[str, list[float]] = {}
    with source:
        for _ in range(_ROUND_FRAMES):
            frame = source.read()
            if frame is None:
                raise SourceError(f"{source.name} has too few frames: {_ROUND_FRAMES} are needed.")
            for each in line(frame).times:
                times.setdefault(each.name, []).append(each.milliseconds)
            times.setdefault(_WORKLOAD, []).append(workload.run())
    return times


def lowest(attempts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the lowest ratio of each stage."""
    return {name: min(each[name] for each in attempts) for name in attempts[0]}


def medians(attempts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the median ratio of each stage."""
    return {name: median(each[name] for each in attempts) for name in attempts[0]}


def slow_stages(ratios: Mapping[str, float], stored: Mapping[str, float], allowed: float) -> tuple[SlowStage, ...]:
    """Return the stages whose ratio is more than `allowed` times the stored one; a new stage has none yet."""
    return tuple(
        SlowStage(name, ratio, stored[name])
        for name, ratio in ratios.items()
        if name in stored and ratio > allowed * stored[name]
    )


def read_ratios(path: Path) -> dict[str, float]:
    """Read the ratios that `write_ratios` wrote on a processor like this one; empty where it was on others only.

    Processors with other instructions take another share of the workload for the networks.

    Raises:
        AppError: the file is missing or damaged.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8")).get(processor_name(), {})
        return {str(name): float(value) for name, value in stored.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise AppError(f"The stored times {path} cannot be read ({error}). Write them with --store.") from error


def write_ratios(path: Path, ratios: Mapping[str, float]) -> None:
    """Write ratios for this processor as JSON, beside those of others; raise AppError where that fails."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        stored[processor_name()] = {name: round(value, 4) for name, value in ratios.items()}
        path.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise AppError(f"The ratios cannot be written to {path} ({error.strerror}).") from error
    except (ValueError, TypeError) as error:
        raise AppError(f"The stored times {path} cannot be read ({error}). Delete the file and store again.") from error


def processor_name() -> str:
    """Return what this processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()
