"""Measures how fast the line is: frame rate, latency, milliseconds of each stage: Meter."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, nan

from masquerade.values import Scene


@dataclass(frozen=True, slots=True)
class StageSummary:
    """Milliseconds that one stage took, as median and 95th percentile."""

    name: str
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The results of a Meter.

    Attributes:
        fps: scenes a second; 0 before the second scene.
        latency_p50_ms: median from the capture to the painted image; NaN before the
            first scene.
        latency_p95_ms: its 95th percentile; NaN before the first scene.
        stages: in the order in which they run.
        faces: in the newest scene.
    """

    fps: float
    latency_p50_ms: float
    latency_p95_ms: float
    stages: tuple[StageSummary, ...]
    faces: int


class Meter:
    """Keeps the times of the newest scenes; used ON ONE THREAD, the one that paints."""

    def __init__(self, window: int = 120) -> None:
        """Keep the newest `window` scenes: 4 s at 30 a second."""
        self._window = window
        self._painted_at: deque[float] = deque(maxlen=window)
        self._latency_ms: deque[float] = deque(maxlen=window)
        self._stage_ms: dict[str, deque[float]] = {}
        self._faces = 0

    def add_scene(self, scene: Scene, painted_at: float) -> None:
        """Note a scene that was painted at `painted_at`, seconds on the clock of `Frame.taken_at`."""
        self._painted_at.append(painted_at)
        self._latency_ms.append((painted_at - scene.frame.taken_at) * 1000)
        for time in scene.times:
            if time.name not in self._stage_ms:
                self._stage_ms[time.name] = deque(maxlen=self._window)
            self._stage_ms[time.name].append(time.milliseconds)
        self._faces = len(scene.faces)

    def summary(self) -> Summary:
        """Sum up the window; about 0.1 ms of work."""
        stages = tuple(
            StageSummary(name, percentile(values, 0.50), percentile(values, 0.95))
            for name, values in self._stage_ms.items()
        )
        p50, p95 = percentile(self._latency_ms, 0.50), percentile(self._latency_ms, 0.95)
        return Summary(_rate(self._painted_at), p50, p95, stages, self._faces)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest of `values` that `share` (above 0, at most 1) of them do not exceed; NaN of none."""
    ordered = sorted(values)
    return ordered[ceil(share * len(ordered)) - 1] if ordered else nan


def _rate(moments: Sequence[float]) -> float:
    """Return moments a second: n of them span n - 1 intervals."""
    span = moments[-1] - moments[0] if moments else 0.0
    return (len(moments) - 1) / span if span > 0 else 0.0
