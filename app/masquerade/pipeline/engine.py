"""Runs a source and a line on two threads, with their start, end and errors: Engine."""

import logging
import math
import threading
import time
from collections.abc import Callable

from masquerade.errors import AppError
from masquerade.pipeline.slot import LatestSlot
from masquerade.pipeline.sources.source import REST_SECONDS, Resting, Source
from masquerade.values import Frame, Scene

_logger = logging.getLogger(__name__)

# A camera needs some tenths of a second to stop; after this long it hangs in its driver.
_RELEASE_SECONDS = 2.0


class Engine:
    """Carry frames from a source through the line to a callback.

    The capture thread opens, reads and closes the source; the process thread runs the
    line and calls `on_scene`. Between them lies a LatestSlot, so a slow line sees the
    newest frame and the camera never waits. An engine runs once.

    `start`, `rest` and `stop` may be called on any thread, `stop` from the callbacks too.
    """

    def __init__(
        self,
        source: Source,
        line: Callable[[Frame], Scene],
        on_scene: Callable[[Scene], None],
        on_end: Callable[[AppError | None], None],
        in_pause: Callable[[], None] | None = None,
    ) -> None:
        """Store the parts; nothing runs before `start`.

        Args:
            source: not open yet; the capture thread opens it.
            line: called ON THE PROCESS THREAD, once for every frame.
            on_scene: called ON THE PROCESS THREAD.
            on_end: called ON THE PROCESS THREAD, exactly once for an engine that was
                started, when the source has been closed: with None at the source's end
                or after `stop`, else with the first error.
            in_pause: called ON THE PROCESS THREAD after every scene, for what need not delay it.
        """
        self._source = source
        self._line = line
        self._on_scene = on_scene
        self._on_end = on_end
        self._in_pause = in_pause
        self._slot: LatestSlot[Frame] = LatestSlot()
        self._stopping = threading.Event()
        self._resting = False
        self._error_guard = threading.Lock()
        self._problem: AppError | None = None
        # Daemons, so that a read which hangs in a driver cannot keep the program from ending.
        self._capturer = threading.Thread(target=self._run_capture, name="capture", daemon=True)
        self._processor = threading.Thread(target=self._run_process, name="process", daemon=True)

    @property
    def dropped(self) -> int:
        """How many frames were replaced by newer ones because the line was busy."""
        return self._slot.dropped

    def start(self) -> None:
        """Start both threads and return at once.

        Raises:
            RuntimeError: it was started before.
        """
        # In this order, for the process thread joins the capture thread at its end.
        self._capturer.start()
        self._processor.start()

    def rest(self, on: bool) -> None:
        """Take two frames a second through the line from now on, since they are not seen, or all again."""
        self._resting = on
        if isinstance(self._source, Resting):
            self._source.rest(on)

    def stop(self, timeout: float = 5.0) -> None:
        """End both threads and wait for them; may be called twice, and without a start.

        Args:
            timeout: seconds to wait; a thread that has not ended by then is logged and
                left behind, which happens only where a driver hangs.
        """
        self._halt()
        deadline = time.monotonic() + timeout
        for thread in (self._processor, self._capturer):
            if thread.ident is None or thread is threading.current_thread():
                continue
            thread.join(max(deadline - time.monotonic(), 0.0))
            if thread.is_alive():
                _logger.warning("the %s thread of '%s' did not end in %.1f s", thread.name, self._source.name, timeout)

    def _halt(self) -> None:
        """Ask both threads to end, and wake whatever they wait for."""
        self._stopping.set()
        self._slot.close()
        self._source.close()

    def _run_capture(self) -> None:
        self._guard(self._capture)
        self._slot.close()

    def _run_process(self) -> None:
        self._guard(self._process)
        self._guard(self._halt)
        # Whoever learns of the end may open the same camera again, so it is given back first.
        self._capturer.join(_RELEASE_SECONDS)
        self._guard(lambda: self._on_end(self._problem))

    def _capture(self) -> None:
        if self._stopping.is_set():
            return
        given_at = -math.inf
        with self._source as source:
            while not self._stopping.is_set() and (frame := source.read()) is not None:
                now = time.monotonic()
                if self._resting and now < given_at + REST_SECONDS:
                    continue
                given_at = now
                self._slot.put(frame)

    def _process(self) -> None:
        while (frame := self._slot.take()) is not None and not self._stopping.is_set():
            self._on_scene(self._line(frame))
            if self._in_pause is not None:
                self._in_pause()

    def _guard(self, work: Callable[[], None]) -> None:
        """Run `work`; any error in it ends the whole engine."""
        try:
            work()
        except AppError as error:
            self._fail(error)
        except Exception as error:
            _logger.exception("an error in the %s thread", threading.current_thread().name)
            text = f"Something went wrong inside Masquerade ({type(error).__name__}: {error}). Details are in the log."
            wrapped = AppError(text)
            wrapped.__cause__ = error
            self._fail(wrapped)

    def _fail(self, error: AppError) -> None:
        """Keep the first error; later ones, while ending, are not reported."""
        with self._error_guard:
            if self._stopping.is_set():
                return
            self._problem = error
            self._stopping.set()
