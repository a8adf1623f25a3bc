"""Play one source after the other: stop the old engine on a thread, then start the next."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from masquerade.errors import AppError
from masquerade.gui.services.workers import Bridge, TaskRunner
from masquerade.values import Scene

if TYPE_CHECKING:
    from masquerade.pipeline.engine import Engine

    StartEngine = Callable[[str, Callable[[Scene], None], Callable[[AppError | None], None]], Engine]

# A camera that hangs in its driver is left behind after as long.
_STOP_SECONDS = 3.0


class Player(QObject):
    """Play sources on Qt's thread without ever waiting for a camera there.

    Signals:
        begun: an engine was started on this source.
        scene_arrived: a scene to show.
        failed: this source ended by an error; the second text is the sentence for the user.
        ended: this source has come to its end.
    """

    begun = Signal(str)
    scene_arrived = Signal(object)
    failed = Signal(str, str)
    ended = Signal(str)

    def __init__(
        self,
        start_engine: "StartEngine",
        tap: Callable[[Scene], None],
        tasks: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        """Play nothing yet.

        Args:
            start_engine: see Backend.start_engine.
            tap: gets every scene too, ON THE PROCESS THREAD (the recording).
            tasks: where old engines are stopped.
            parent: as Qt has it.
        """
        super().__init__(parent)
        self._start_engine = start_engine
        self._tap = tap
        self._tasks = tasks
        self._engine: Engine | None = None
        self._bridge: Bridge | None = None
        self._old_bridges: list[Bridge] = []
        self._wanted: str | None = None
        self._stopping = False
        self._closed = False
        self._resting = False

    def rest(self, on: bool) -> None:
        """Take two frames a second from now on, since they are not seen, or all again."""
        self._resting = on
        if self._engine is not None:
            self._engine.rest(on)

    def play(self, source_text: str) -> None:
        """Change to a source; of several calls in a row the last one counts."""
        self._wanted = source_text
        if self._engine is None:
            self._start()
        elif not self._stopping:
            self._stop()

    def close(self) -> None:
        """End the engine and wait for it, at most some seconds. May be called twice."""
        self._closed = True
        self._forget_bridge()
        if self._engine is not None:
            self._engine.stop(_STOP_SECONDS)

    def _start(self) -> None:
        source_text, self._wanted = self._wanted, None
        if source_text is None or self._closed:
            return

        def over(error: AppError | None) -> None:
            self._on_over(source_text, error)

        bridge = self._bridge = Bridge(self.scene_arrived.emit, over)

        def on_scene(scene: Scene) -> None:
            self._tap(scene)
            bridge.offer(scene)

        self.begun.emit(source_text)
        try:
            self._engine = self._start_engine(source_text, on_scene, bridge.end)
            self._engine.rest(self._resting)
        except AppError as error:
            self._forget_bridge()
            self.failed.emit(source_text, str(error))

    def _stop(self) -> None:
        engine = self._engine
        if engine is None:
            return
        self._stopping = True
        self._forget_bridge()
        self._tasks.submit(
            lambda: engine.stop(_STOP_SECONDS),
            name="stop source",
            on_result=lambda _: self._on_stopped(),
            on_error=lambda _: self._on_stopped(),
        )

    def _on_stopped(self) -> None:
        self._stopping = False
        self._engine = None
        self._old_bridges = [bridge for bridge in self._old_bridges if not bridge.is_over]
        self._start()

    def _on_over(self, source_text: str, error: AppError | None) -> None:
        """Clear away an engine that ended by itself before anything else starts."""
        self._stop()
        if error is not None:
            self.failed.emit(source_text, str(error))
        else:
            self.ended.emit(source_text)

    def _forget_bridge(self) -> None:
        """Keep the bridge until its engine has ended: a worker that signals a deleted one would crash."""
        if self._bridge is not None:
            self._bridge.cut()
            self._old_bridges.append(self._bridge)
            self._bridge = None
