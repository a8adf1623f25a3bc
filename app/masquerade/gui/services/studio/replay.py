"""Keeps the last seconds of video while it is on, and saves them on demand."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from masquerade.errors import AppError
from masquerade.gui.services.studio.recordings import make_folder
from masquerade.gui.services.workers import TaskRunner
from masquerade.values import Scene

if TYPE_CHECKING:
    from masquerade.studio.recording.recorder import RecordingReport
    from masquerade.studio.replay.replay import Replay

_OFF = "Replay is off. Choose how many seconds to keep in the settings."
_JUST_BEGUN = "There is nothing to save yet. Let the video run for a moment."

OpenReplay = Callable[[float], "Replay"]


class ReplayService(QObject):
    """One replay at the most; used on Qt's thread except for `tap`.

    Signals:
        saved: with the RecordingReport.
        failed: with a sentence for the user.
    """

    saved = Signal(object)
    failed = Signal(str)

    def __init__(self, open_replay: OpenReplay, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_replay = open_replay
        self._tasks = tasks
        self._replay: Replay | None = None
        self._seconds = 0

    @property
    def seconds(self) -> int:
        """How far back can be saved; 0 = it is off."""
        return self._seconds

    def tap(self, scene: Scene) -> None:
        """Take a scene; called ON THE PROCESS THREAD."""
        replay = self._replay
        if replay is not None:
            replay.offer(scene.frame)

    def keep(self, seconds: int) -> None:
        """Keep this many seconds from now on; 0 switches it off and frees the memory."""
        if seconds == self._seconds:
            return
        self._seconds = seconds
        before, self._replay = self._replay, None
        if before is not None:
            self._tasks.submit(before.close, name="end replay", on_result=lambda _: None, on_error=lambda _: None)
        if seconds:
            self._tasks.submit(
                lambda: self._open_replay(seconds),
                name="begin replay",
                on_result=self._on_opened,
                on_error=self._on_failed,
            )

    def save(self, path: Path) -> str:
        """Save what there is; then `saved` is emitted.

        Returns:
            "", or why it cannot be saved, which is in `failed`, too.
        """
        replay = self._replay
        if replay is None:
            problem = _JUST_BEGUN if self._seconds else _OFF
            self.failed.emit(problem)
            return problem

        def save() -> "RecordingReport":
            make_folder(path.parent)
            return replay.save(path)

        self._tasks.submit(save, name="save replay", on_result=self.saved.emit, on_error=self._on_failed)
        return ""

    def forget(self) -> None:
        """Discard everything so far, because another source begins."""
        if self._replay is not None:
            self._replay.forget()

    def close(self) -> None:
        """End it and wait."""
        self._seconds = 0
        replay, self._replay = self._replay, None
        if replay is not None:
            replay.close()

    def _on_opened(self, replay: "Replay") -> None:
        if self._seconds == replay.seconds:
            self._replay = replay
        else:
            # It was switched off, or changed, while it began.
            self._tasks.submit(replay.close, name="end replay", on_result=lambda _: None, on_error=lambda _: None)

    def _on_failed(self, error: AppError) -> None:
        self.failed.emit(str(error))
