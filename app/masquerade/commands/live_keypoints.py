"""Writes or sends the landmarks of a camera, without any pixel: `masquerade keypoints --live`."""

import argparse
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from masquerade.commands.ending import end_as_by_ctrl_c
from masquerade.commands.options import method_in_words
from masquerade.errors import AppError, RecordingError

if TYPE_CHECKING:
    from masquerade.values import Scene

    Take = Callable[[Scene], None]

_STOP_SECONDS = 5.0


def run_live(arguments: argparse.Namespace) -> int:
    """Follow the faces of a source until it ends, the time is over, or Ctrl+C.

    Raises:
        AppError: the source or the file fails.
    """
    from masquerade import compose
    from masquerade.pipeline.engine import Engine

    end_as_by_ctrl_c()
    source = compose.build_source(str(arguments.input[0]), loop=arguments.seconds is not None)
    line = compose.build_line(arguments.detector, arguments.model, raw=arguments.raw)
    with _sinks(arguments) as sinks:
        following = _Following(sinks, arguments.seconds)
        engine = Engine(source, line, following.on_scene, following.on_end)
        try:
            engine.start()
            following.wait()
        finally:
            engine.stop(_STOP_SECONDS)
    print(f"{following.frames} frames.", file=sys.stderr)
    if following.problem is not None:
        raise following.problem
    return 0


class _Following:
    """Handles each scene, and the end of the stream."""

    def __init__(self, sinks: "list[Take]", seconds: float | None) -> None:
        self._sinks = sinks
        self._seconds = seconds
        self._begin: float | None = None
        self._ended = threading.Event()
        self.frames = 0
        self.problem: AppError | None = None

    def on_scene(self, scene: "Scene") -> None:
        """Take a scene on the process thread."""
        taken_at = scene.frame.taken_at
        self._begin = taken_at if self._begin is None else self._begin
        if self._ended.is_set() or (self._seconds is not None and taken_at - self._begin >= self._seconds):
            self._ended.set()
            return
        for sink in self._sinks:
            sink(scene)
        self.frames += 1

    def on_end(self, error: AppError | None) -> None:
        """Take the end, or the first error, on any thread."""
        self.problem = self.problem or error
        self._ended.set()

    def wait(self) -> None:
        """Return at the end; in short steps, because Ctrl+C does not wake a wait on Windows."""
        while not self._ended.wait(0.2):
            pass


@contextmanager
def _sinks(arguments: argparse.Namespace) -> "Iterator[list[Take]]":
    """Open the outputs for landmarks, and close them afterwards."""
    from masquerade.studio.landmarks.osc import VmcSender, parse_target

    sinks: list[Take] = []
    sender = VmcSender(*parse_target(arguments.osc)) if arguments.osc is not None else None
    try:
        if sender is not None:
            sinks.append(sender.send)
        if arguments.output is None:
            yield sinks
            return
        with _open_file(arguments.output, arguments.input[0], method_in_words(arguments)) as take:
            yield [*sinks, take]
    finally:
        if sender is not None:
            sender.close()


@contextmanager
def _open_file(output: Path, source: Path, method: str) -> "Iterator[Take]":
    """Open the table or the log, by its ending."""
    from masquerade.studio.landmark_table import LandmarkTable
    from masquerade.studio.landmarks.log import LandmarkLog
    from masquerade.studio.whole_file import write_error

    if output.suffix.lower() == ".csv":
        with LandmarkTable(output, method=method) as table:

            def add(scene: "Scene") -> None:
                for face in scene.faces:
                    if not face.held:
                        frame = scene.frame
                        table.add(str(source), frame.index, frame.taken_at, face.identity, face)

            yield add
        return
    if output.suffix.lower() != ".jsonl":
        raise RecordingError(f"{output}: landmarks go to a .csv or a .jsonl file. Give it such a name.")
    try:
        file = output.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise write_error(output, error) from error
    with file:
        log = LandmarkLog(file)

        def write(scene: "Scene") -> None:
            try:
                log.add(scene)
            except OSError as error:
                raise write_error(output, error) from error

        yield write
