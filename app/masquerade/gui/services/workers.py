"""Brings what worker threads have to tell to Qt's thread: a ring without payload, the value waits."""

import logging
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from masquerade.errors import AppError
from masquerade.pipeline.slot import LatestSlot
from masquerade.values import Scene

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Bridge(QObject):
    """Carries the scenes and the end of ONE run of the engine to Qt's thread.

    `offer` and `end` are called on worker threads, everything else on Qt's. However busy
    the window is, at most one ring waits in Qt's queue, and only the newest scene.
    """

    _scene_ready = Signal()
    _ended = Signal()

    def __init__(
        self,
        show: Callable[[Scene], None],
        over: Callable[[AppError | None], None],
    ) -> None:
        """Join both ends.

        Args:
            show: gets the newest scene, on Qt's thread.
            over: gets the error or None when the run has ended, on Qt's thread.
        """
        super().__init__()
        self._show, self._over = show, over
        self._slot: LatestSlot[Scene] = LatestSlot()
        self._rung = False
        self._problem: AppError | None = None
        self._cut = False
        self._is_over = False
        self._scene_ready.connect(self._on_scene_ready, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    @property
    def is_over(self) -> bool:
        """True when no worker will call any more; before that the bridge must not be let go."""
        return self._is_over

    @property
    def dropped(self) -> int:
        """Scenes that came faster than the window could show them."""
        return self._slot.dropped

    def offer(self, scene: Scene) -> None:
        """Leave the scene for the window; called on the process thread, never blocks."""
        self._slot.put(scene)
        if not self._rung:
            self._rung = True
            self._scene_ready.emit()

    def end(self, error: AppError | None) -> None:
        """Report that the run is over; called on any thread, once."""
        self._problem = error
        self._ended.emit()
        self._is_over = True

    def cut(self) -> None:
        """Return from now on nobody is called: a late scene of an old run must not be shown."""
        self._cut = True
        self._slot.close()

    def _on_scene_ready(self) -> None:
        # First the flag: a scene that comes in between rings once more, and none is missed.
        self._rung = False
        scene = self._slot.take(timeout=0)
        if scene is not None and not self._cut:
            self._show(scene)

    def _on_ended(self) -> None:
        if not self._cut:
            self._over(self._problem)


class BackgroundTask(QObject, Generic[T]):
    """Does one piece of work on a thread of its own and tells Qt's thread what came of it."""

    _finished = Signal()

    def __init__(
        self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[AppError], None], name: str
    ) -> None:
        """Start at once.

        Args:
            work: runs on the worker; may raise AppError.
            then: gets its result on Qt's thread.
            failed: gets its error on Qt's thread.
            name: of the thread.
        """
        super().__init__()
        self._work, self._then, self._failed = work, then, failed
        # Stands until something better is known; an error of the program is told by threading's own hook.
        self._problem: AppError | None = AppError(f"'{name}' ended by an error of the program; the log tells more.")
        self._result: list[T] = []
        self._cancelled = False
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def cancel(self, timeout_seconds: float) -> None:
        """Let the result fall and waits for the worker's end."""
        self._cancelled = True
        self._thread.join(timeout_seconds)
        if self._thread.is_alive():
            _log.warning("%s did not end within %.1f s", self._thread.name, timeout_seconds)

    def _run(self) -> None:
        try:
            self._result.append(self._work())
            self._problem = None
        except AppError as error:
            self._problem = error
        finally:
            self._finished.emit()

    def _on_finished(self) -> None:
        if self._cancelled:
            return
        self._thread.join()
        if self._problem is not None:
            self._failed(self._problem)
        else:
            self._then(self._result[0])


class TaskRunner:
    """Keeps the errands that are under way, so that none outlives the window; used on Qt's thread."""

    def __init__(self) -> None:
        self._open: dict[int, BackgroundTask[Any]] = {}
        self._started = 0
        self._closed = False

    def run(
        self, name: str, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[AppError], None]
    ) -> None:
        """Start an errand; `then` or `failed` is called on Qt's thread, unless `close` came first.

        After `close` nothing is started: nobody would wait for it.
        """
        if self._closed:
            return
        number = self._started = self._started + 1

        def on_result(result: T) -> None:
            del self._open[number]
            then(result)

        def on_error(error: AppError) -> None:
            del self._open[number]
            failed(error)

        self._open[number] = BackgroundTask(work, on_result, on_error, name)

    def close(self, timeout_seconds: float) -> None:
        """Wait for all of them; nobody is called any more."""
        self._closed = True
        for errand in self._open.values():
            errand.cancel(timeout_seconds)
