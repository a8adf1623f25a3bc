"""Reads a stream of samples at any moment of the monotonic clock, at the rate of the file: TimedResampler."""

import numpy as np
from numpy.typing import NDArray

from masquerade.studio.microphone.sample_clock import SampleClock

Samples = NDArray[np.float32]

# The speed is never off by more than this, so that a correction is not heard.
_MAX_CORRECTION = 1e-3
# What is farther off is jumped over: samples were lost.
_JUMP_SECONDS = 0.04
_MARGIN = 2  # samples on either side that the interpolation looks at


class TimedResampler:
    """Holds the samples that are not read yet; used on one thread."""

    def __init__(self, input_rate: int, output_rate: int, channels: int) -> None:
        self.clock = SampleClock(input_rate)
        self._input_rate = input_rate
        self._output_rate = output_rate
        self._held = np.zeros((0, channels), np.float32)
        # Joined when they are read: joined one by one, a second of arrears would cost more than a second.
        self._incoming: list[Samples] = []
        self._held_from = 0
        self._received = 0
        self._position: float | None = None

    def add(self, samples: Samples, stamp: float) -> None:
        """Take a block.

        Args:
            samples: (N, channels) float32.
            stamp: `time.monotonic` seconds of the first one.
        """
        self.clock.observe(self._received, stamp)
        self._received += len(samples)
        self._incoming.append(samples)

    def reaches(self, time: float) -> bool:
        """Return whether all samples up to a time are there."""
        return self.clock.knows_time and self.clock.sample_at(time) + _MARGIN + 1 < self._received

    def read(self, begin: float, count: int) -> Samples:
        """Return `count` samples from a time on, (count, channels); silence where there are none.

        Calls go on in time. Small differences between the clocks are made up for by a speed that is off by
        a thousandth at the most.
        """
        if self._incoming:
            self._held = np.concatenate((self._held, *self._incoming))
            self._incoming.clear()
        target = self.clock.sample_at(begin)
        end = self.clock.sample_at(begin + count / self._output_rate)
        nominal = self._input_rate / self._output_rate
        if self._position is None or abs(target - self._position) > _JUMP_SECONDS * self._input_rate:
            self._position = target
        step = np.clip((end - self._position) / count, nominal * (1 - _MAX_CORRECTION), nominal * (1 + _MAX_CORRECTION))
        positions = self._position + step * np.arange(count)
        self._position += float(step) * count
        result = self._interpolate(positions)
        self._forget(self._position)
        return result

    def _interpolate(self, positions: NDArray[np.float64]) -> Samples:
        """Read between the samples by the cubic of Catmull and Rom."""
        whole = np.floor(positions).astype(np.int64)
        share = (positions - whole)[:, None].astype(np.float32)
        before, here, after, beyond = (self._at(whole + offset) for offset in (-1, 0, 1, 2))
        slope, next_slope = (after - before) / 2, (beyond - here) / 2
        return (
            here
            + share * slope
            + share**2 * (3 * (after - here) - 2 * slope - next_slope)
            + share**3 * (2 * (here - after) + slope + next_slope)
        ).astype(np.float32)

    def _at(self, numbers: NDArray[np.int64]) -> Samples:
        """Return samples by their number in the stream, 0 where there is none."""
        places = numbers - self._held_from
        valid = (places >= 0) & (places < len(self._held))
        found = np.zeros((len(numbers), self._held.shape[1]), np.float32)
        found[valid] = self._held[places[valid]]
        return found

    def _forget(self, position: float) -> None:
        done = min(max(int(position) - _MARGIN - self._held_from, 0), len(self._held))
        self._held = self._held[done:]
        self._held_from += done
