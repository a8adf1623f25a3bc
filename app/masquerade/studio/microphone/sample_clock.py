"""Relate the samples of a sound card to the monotonic clock."""

from collections import deque

import numpy as np

# A bin of stamps gives one point: late callbacks are outliers of its median.
_BIN_SECONDS = 1.0
_MAX_BINS = 300
# Before that the stamps' noise is larger than any sound card's drift.
_MIN_SPAN_SECONDS = 20.0
_MAX_DRIFT = 1e-3
# A stamp this far off is not noise: samples were lost, or the stream stood still.
_JUMP_SECONDS = 0.25
_JUMP_BLOCKS = 5
# A busy machine loses some samples now and then. Bins this far off the line, one after the other, belong to another
# one: in the long line they would stay for minutes, and tilt it. Cards whose rate is off by _MAX_DRIFT come no farther
# until their rate is known.
_STEP_SECONDS = 0.02
_STEP_BINS = 2


class SampleClock:
    """A straight line through the stamps of a stream's blocks; used on one thread.

    The stamps are noisy by milliseconds and the card's rate is off by some parts in a million; the line
    knows both to a fraction of a millisecond after some seconds. Where samples were lost, another line begins with
    the drift of the one before.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._bins: deque[tuple[float, float]] = deque(maxlen=_MAX_BINS)
        self._open: list[tuple[float, float]] = []
        self._off_line: list[tuple[float, float]] = []
        self._strange = 0
        self._drift = 0.0
        self._line: tuple[float, float] | None = None

    @property
    def drift(self) -> float:
        """The relative drift of the card's clock; 0 until it is known."""
        return self._line[1] if self._line is not None else 0.0

    @property
    def knows_time(self) -> bool:
        """True from the first stamp on."""
        return self._line is not None

    def observe(self, sample: int, stamp: float) -> None:
        """Take the time of a block's first sample.

        Args:
            sample: its number from the start of the stream.
            stamp: `time.monotonic` seconds.
        """
        nominal = sample / self._rate
        offset = stamp - nominal
        if self._is_strange(sample, stamp):
            self._strange += 1
            if self._strange < _JUMP_BLOCKS:
                return
            # What came before belongs to another line.
            self._bins.clear()
            self._off_line.clear()
            self._open.clear()
        self._strange = 0
        self._open.append((nominal, offset))
        full = nominal - self._open[0][0] >= _BIN_SECONDS
        if full:
            self._add_bin(_median(self._open))
            self._open = []
        # Each second is enough, once there is one.
        if full or not self._bins:
            self._fit()

    def time_of(self, sample: float) -> float:
        """Return when a sample was taken, seconds on the monotonic clock."""
        start, drift = self._line or (0.0, 0.0)
        return start + sample / self._rate * (1 + drift)

    def sample_at(self, time: float) -> float:
        """Return the number of the sample that was taken at a time; a fraction."""
        start, drift = self._line or (0.0, 0.0)
        return (time - start) / (1 + drift) * self._rate

    def _is_strange(self, sample: int, stamp: float) -> bool:
        return self._line is not None and abs(stamp - self.time_of(sample)) > _JUMP_SECONDS

    def _add_bin(self, point: tuple[float, float]) -> None:
        """Add a bin to the line; several far off the line, one after the other, begin another one."""
        if not self._is_off_line(point):
            self._off_line.clear()
            self._bins.append(point)
            return
        self._off_line.append(point)
        if len(self._off_line) >= _STEP_BINS:
            self._bins.clear()
            self._bins.extend(self._off_line)
            self._off_line.clear()

    def _is_off_line(self, point: tuple[float, float]) -> bool:
        if self._line is None or not self._bins:
            return False
        start, drift = self._line
        return abs(point[1] - start - drift * point[0]) > _STEP_SECONDS

    def _fit(self) -> None:
        points = [*self._bins, _median(self._open)] if self._open else list(self._bins)
        nominal, offsets = np.array(points).T
        if nominal[-1] - nominal[0] >= _MIN_SPAN_SECONDS and len(points) > 2:
            self._drift = float(np.clip(np.polyfit(nominal, offsets, 1)[0], -_MAX_DRIFT, _MAX_DRIFT))
        self._line = (float(np.median(offsets - self._drift * nominal)), self._drift)


def _median(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the middle of the points' nominal times and the median of their offsets."""
    nominal, offsets = zip(*points, strict=True)
    return (nominal[0] + nominal[-1]) / 2, float(np.median(offsets))
