"""Deliver results of worker threads on Qt's thread."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from masquerade.errors import AppError
from masquerade.pipeline.slot import LatestSlot
from masquerade.values import Scene

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Bridge(QObject):
    """Carry the scenes and the end of one run of the engine to Qt's thread.

    `offer` and `end` are called on worker threads, everything else on Qt's. The signal has no
    payload: however busy the window is, at most one signal and the newest scene wait.
    """

    _scene_ready = Signal()
    _ended = Signal()

    def __init__(
        self,
        on_scene: Callable[[Scene], None],
        on_end: Callable[[AppError | None], None],
    ) -> None:
        """Connect both sides.

        Args:
            on_scene: called on Qt's thread with the newest scene.
            on_end: called on Qt's thread with the error, or None, when the run has ended.
        """
        super().__init__()
        self._on_scene, self._on_end = on_scene, on_end
        self._slot: LatestSlot[Scene] = LatestSlot()
        self._is_signalled = False
        self._problem: AppError | None = None
        self._is_cut = False
        self._is_over = False
        self._scene_ready.connect(self._on_scene_ready, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    @property
    def is_over(self) -> bool:
        """Return whether no worker will call again; until then the bridge must not be deleted."""
        return self._is_over

    @property
    def dropped(self) -> int:
        """Return how many scenes came faster than the window could show them."""
        return self._slot.dropped

    def offer(self, scene: Scene) -> None:
        """Pass a scene to the window without blocking; called on the process thread."""
        self._slot.put(scene)
        if not self._is_signalled:
            self._is_signalled = True
            self._scene_ready.emit()

    def end(self, error: AppError | None) -> None:
        """Report that the run is over; called on any thread, once."""
        self._problem = error
        self._ended.emit()
        self._is_over = True

    def cut(self) -> None:
        """Stop calling back, so that a late scene of an old run is not shown."""
        self._is_cut = True
        self._slot.close()

    def _on_scene_ready(self) -> None:
        # The flag first: a scene that comes in between signals again, and none is missed.
        self._is_signalled = False
        scene = self._slot.take(timeout=0)
        if scene is not None and not self._is_cut:
            self._on_scene(scene)

    def _on_ended(self) -> None:
        if not self._is_cut:
            self._on_end(self._problem)


class BackgroundTask(QObject, Generic[T]):
    """Run one piece of blocking work on a thread of its own and report its result on Qt's thread."""

    _finished = Signal()

    def __init__(
        self, work: Callable[[], T], name: str, on_result: Callable[[T], None], on_error: Callable[[AppError], None]
    ) -> None:
        """Start at once; see `TaskRunner.submit`."""
        super().__init__()
        self._work, self._on_result, self._on_error = work, on_result, on_error
        # Stands until the work has ended well; threading's own hook logs an error of the program.
        self._problem: AppError | None = AppError(f"Masquerade crashed in '{name}'. Details are in the log.")
        self._result: list[T] = []
        self._cancelled = False
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Drop the result."""
        self._cancelled = True

    def wait(self, timeout_seconds: float) -> None:
        """Wait for the thread to end."""
        self._thread.join(timeout_seconds)
        if self._thread.is_alive():
            _log.warning("%s did not end in time", self._thread.name)

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
            self._on_error(self._problem)
        else:
            self._on_result(self._result[0])


class TaskRunner:
    """Run blocking work on threads and deliver results on Qt's thread; no task outlives the window.

    Used on Qt's thread.
    """

    def __init__(self) -> None:
        self._open: dict[int, BackgroundTask[Any]] = {}
        self._started = 0
        self._closed = False

    def submit(
        self,
        work: Callable[[], T],
        *,
        name: str,
        on_result: Callable[[T], None],
        on_error: Callable[[AppError], None],
    ) -> None:
        """Start `work` on a thread of its own; after `close` nothing is started.

        Args:
            work: called on the thread; may raise AppError.
            name: of the thread, for the log.
            on_result: called on Qt's thread with what `work` returned, unless `close` came first.
            on_error: called on Qt's thread with the error, unless `close` came first.
        """
        if self._closed:
            return
        number = self._started = self._started + 1

        def finish(result: T) -> None:
            del self._open[number]
            on_result(result)

        def fail(error: AppError) -> None:
            del self._open[number]
            on_error(error)

        self._open[number] = BackgroundTask(work, name, finish, fail)

    def close(self, timeout_seconds: float) -> None:
        """Wait for all tasks together; no callback is called any more."""
        self._closed = True
        for task in self._open.values():
            task.cancel()
        deadline = time.monotonic() + timeout_seconds
        for task in self._open.values():
            task.wait(max(deadline - time.monotonic(), 0.0))
