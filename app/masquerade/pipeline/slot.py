"""Passes the newest value from one thread to another: LatestSlot."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestSlot(Generic[T]):
    """Holds one value for another thread; a newer one replaces the older.

    A queue of size 1 makes the camera wait, a longer one makes the user see the past.
    This makes neither: `put` never blocks, `take` gives the present. Every method may
    be called on any thread.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: T | None = None
        self._closed = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many values were replaced before they were taken."""
        return self._dropped

    @property
    def closed(self) -> bool:
        """True from the call of `close` on."""
        return self._closed

    def put(self, value: T) -> None:
        """Leave `value` for the taker; never blocks. After `close` it does nothing."""
        with self._changed:
            if self._closed:
                return
            if self._value is not None:
                self._dropped += 1
            self._value = value
            self._changed.notify()

    def take(self, timeout: float | None = None) -> T | None:
        """Wait for a value and take it out.

        A value that was put before the slot was closed is still given, once: the last
        frame of a file must not get lost.

        Args:
            timeout: seconds; None waits for ever.

        Returns:
            None when the slot is closed and empty, or the time is over.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._value is not None or self._closed, timeout)
            value, self._value = self._value, None
            return value

    def close(self) -> None:
        """Wake every waiting thread and refuse further values. May be called twice."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
