"""Plays numbered colour bars into a camera feed, as the process thread does with the finished frames."""

import threading
import time
from types import TracebackType
from typing import Self

from masquerade.studio.virtual_camera.feed import CameraFeed
from masquerade.values import Frame

from tests.masquerade.studio.virtual_camera.bars import draw_bars


class Playing:
    """A thread that offers frames of an age at a rate until it is left; a context manager.

    Attributes:
        offered: frames so far.
    """

    def __init__(self, feed: CameraFeed, frames_per_second: float = 30.0, age: float = 0.0) -> None:
        self._feed = feed
        self._period, self._age = 1 / frames_per_second, age
        self._ended = threading.Event()
        self.offered = 0
        self._thread = threading.Thread(target=self._run, name="scenes")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        begin = time.monotonic()
        while not self._ended.wait(max(begin + self.offered * self._period - time.monotonic(), 0)):
            # What arrives late has been taken late, too.
            pixels = draw_bars(self.offered)
            pixels.flags.writeable = False
            self._feed.offer(Frame(pixels, self.offered, time.monotonic() - self._age))
            self.offered += 1
