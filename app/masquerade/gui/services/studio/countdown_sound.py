"""Let the countdown before a photo be heard."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from masquerade.gui.services.backend import ClipTools
from masquerade.gui.services.workers import TaskRunner

if TYPE_CHECKING:
    from masquerade.studio.clips.speaker import Speaker


# The sound of the photo itself goes on for as long.
_AFTER_SECONDS = 0.6


class _Countdown:
    """The sound of one countdown: opened on a worker, ended by any thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._speaker: Speaker | None = None
        self._ended = False

    def open(self, tools: ClipTools, seconds: int, begun_at: float) -> None:
        """Open the sound output and hand it the ticks; blocks."""
        speaker = tools.play_countdown(seconds, begun_at)
        with self._guard:
            if not self._ended:
                self._speaker = speaker
                return
        if speaker is not None:
            speaker.close()

    def end(self) -> None:
        """Be silent, and let go of the output; blocks."""
        with self._guard:
            self._ended = True
            speaker, self._speaker = self._speaker, None
        if speaker is not None:
            speaker.close()


class CountdownSound(QObject):
    """One countdown at a time; used on Qt's thread. Without a sound output nothing is heard."""

    def __init__(self, tools: ClipTools, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._tools = tools
        self._tasks = tasks
        self._countdown: _Countdown | None = None
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.timeout.connect(self.stop)

    def begin(self, seconds: int) -> None:
        """Tick each second from now on, and end with the sound of the photo."""
        self.stop()
        countdown, begun_at = _Countdown(), time.monotonic()
        self._countdown = countdown
        self._end.start(round((seconds + _AFTER_SECONDS) * 1000))
        self._submit(lambda: countdown.open(self._tools, seconds, begun_at))

    def stop(self) -> None:
        """Be silent."""
        self._end.stop()
        countdown, self._countdown = self._countdown, None
        if countdown is not None:
            self._submit(countdown.end)

    def _submit(self, work: Callable[[], None]) -> None:
        self._tasks.submit(work, name="countdown sound", on_result=lambda _: None, on_error=lambda _: None)
