"""Keeps a steady rate without delaying frames that are about on time: Cadence."""


class Cadence:
    """A phase-locked clock: new frames are sent as they come, up to half a period off the grid.

    A camera at the grid's own rate passes at once, a faster one loses frames, a slower one has
    some sent twice; in the long run the rate is the grid's.
    """

    def __init__(self, frames_per_second: float) -> None:
        self._period = 1 / frames_per_second
        self._due: float | None = None

    def accepts_at(self) -> float:
        """Return from when on a new frame may be sent; seconds on the caller's clock."""
        return 0.0 if self._due is None else self._due - self._period / 2

    def repeats_at(self) -> float:
        """Return when the last image has to be sent again if no new one came."""
        return 0.0 if self._due is None else self._due + self._period / 2

    def mark_sent(self, now: float) -> None:
        """Move to the next point of the grid; after a pause the grid starts again from `now`."""
        if self._due is None or now - self._due > 2 * self._period:
            self._due = now
        self._due += self._period
