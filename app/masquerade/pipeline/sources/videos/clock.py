"""Turns the timestamps of a file into one clock that never restarts: ContinuousClock."""

from dataclasses import dataclass

# Timestamps of one stream go forward; a small step back is jitter, not a restart.
_MAX_STEP_BACK_SECONDS = 0.3
# Two streams that pass the same restart measure it a little differently.
_SAME_JUMP_SECONDS = 3.0
_LONG_PAUSE_SECONDS = 3600.0


@dataclass(slots=True)
class _StreamState:
    """The state of one stream: its last packet, the jumps so far and their sum."""

    last_seconds: float
    duration: float
    jumps_passed: int
    offset: float


class ContinuousClock:
    """Maps the timestamps of all streams of a file to one continuous clock.

    Recorders that are restarted, files that are joined byte by byte and clocks that wrap
    around leave timestamps that jump. After a jump each stream goes on where it was, and
    all streams by the same amount, so that image and sound stay together. Two readers
    that pass it the packets in the order of the file get the same times.
    """

    def __init__(self, max_gap_seconds: float) -> None:
        """Start with no stream known.

        Args:
            max_gap_seconds: a longer step forward is a jump of the clock and not a pause.
        """
        self._max_gap_seconds = max_gap_seconds
        self._streams: dict[int, _StreamState] = {}
        self._jumps: list[float] = []

    @property
    def left_out_seconds(self) -> float:
        """The total of the pauses so far that were left out because they were longer than an hour.

        Reordered frames pass such a pause to and fro, so steps back are counted against it.
        """
        return max(sum(jump for jump in self._jumps if abs(jump) > _LONG_PAUSE_SECONDS), 0.0)

    def offset(self, stream: int, seconds: float, duration: float) -> float:
        """Return the seconds to add to the times of this packet.

        Args:
            stream: index of its stream.
            seconds: its decoding time in the file.
            duration: seconds; 0 = unknown.
        """
        state = self._streams.get(stream)
        if state is None:
            state = self._new_stream(seconds, duration)
            self._streams[stream] = state
            return state.offset
        step = seconds - state.last_seconds
        if not -_MAX_STEP_BACK_SECONDS <= step <= self._max_gap_seconds:
            state.offset -= self._jump(state, step - state.duration)
        state.last_seconds, state.duration = seconds, duration
        return state.offset

    def _new_stream(self, seconds: float, duration: float) -> _StreamState:
        """Return the state that puts the first packet of a stream closest to the others."""
        now = max((each.last_seconds + each.offset for each in self._streams.values()), default=seconds)
        choices = [(count, -sum(self._jumps[:count])) for count in range(len(self._jumps), -1, -1)]
        passed, offset = min(choices, key=lambda choice: abs(seconds + choice[1] - now))
        return _StreamState(seconds, duration, passed, offset)

    def _jump(self, state: _StreamState, seconds: float) -> float:
        """Return the size of the jump that a stream passes, as the first stream measured it."""
        if state.jumps_passed < len(self._jumps):
            known = self._jumps[state.jumps_passed]
            if abs(known - seconds) > _SAME_JUMP_SECONDS:
                # An error of this stream alone.
                return seconds
            seconds = known
        else:
            self._jumps.append(seconds)
        state.jumps_passed += 1
        return seconds
