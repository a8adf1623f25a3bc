"""Puts filters on a camera, in a window or without one: `masquerade run`."""

import argparse
import logging
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from masquerade.commands.ending import end_as_by_ctrl_c
from masquerade.commands.options import add_model_options, given_path, seconds_above_zero
from masquerade.errors import AppError

if TYPE_CHECKING:
    from masquerade.pipeline.line import Line
    from masquerade.pipeline.sources.source import Source
    from masquerade.studio.clips.source_sound import SourceSound
    from masquerade.studio.recording.recorder import Recorder
    from masquerade.studio.recording.recording_options import RecordingOptions
    from masquerade.values import Scene

_CAMERA = "camera:0"
_STOP_SECONDS = 5.0

_log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `run`."""
    parser.add_argument(
        "--source", metavar="SOURCE", help="camera:0, camera:NAME, demo, or a video, image or folder of images"
    )
    parser.add_argument(
        "--filter",
        metavar="NAME",
        action="append",
        default=[],
        help="filter to start with: a name, or the path of a folder or .zip; repeat it to stack filters",
    )
    parser.add_argument("--record", type=given_path, metavar="FILE", help="record from the first frame (.mp4 or .webm)")
    parser.add_argument("--seconds", type=seconds_above_zero, metavar="N", help="stop after N seconds")
    parser.add_argument(
        "--hidden", action="store_true", help="start hidden in the tray; click the icon to show the window"
    )
    parser.add_argument(
        "--no-window", action="store_true", help="run without a window, until the source ends or Ctrl+C"
    )
    parser.add_argument("--mirror", action="store_true", help="with --no-window: mirror the recording")
    add_model_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Open the window, or run without one."""
    from masquerade import compose
    from masquerade.gui.services.backend import LaunchOptions
    from masquerade.studio.recording.recording_options import RecordingOptions

    chosen = compose.find_filters(arguments.filter)
    if arguments.no_window:
        line = compose.build_line(arguments.detector, arguments.model)
        line.choose(chosen)
        sound = _sound_of_recording(arguments)
        source = compose.build_source(arguments.source or _CAMERA, arguments.seconds is not None, sound)
        worn = tuple(each.manifest.name for each in chosen)
        return _run_without_window(source, line, arguments, RecordingOptions(arguments.mirror, filters=worn), sound)
    names = tuple(each.id for each in chosen) or None
    packages = compose.paths_among(arguments.filter)
    launch = LaunchOptions(
        arguments.source, names, arguments.record, arguments.seconds, packages, arguments.model, arguments.hidden
    )
    return compose.open_window(launch, arguments.detector, arguments.model)


def _sound_of_recording(arguments: argparse.Namespace) -> "SourceSound | None":
    """Return the sound of the video that is recorded, or None."""
    path = Path(arguments.source or "").expanduser()
    if arguments.record is None or not os.path.isfile(path):
        return None
    from masquerade.studio.clips.file_sound import has_sound
    from masquerade.studio.clips.source_sound import SourceSound

    # Without a window nothing is played.
    return SourceSound(lambda: None) if has_sound(path) else None


def _run_without_window(
    source: "Source",
    line: "Line",
    arguments: argparse.Namespace,
    options: "RecordingOptions",
    sound: "SourceSound | None",
) -> int:
    from masquerade.pipeline.engine import Engine

    end_as_by_ctrl_c()
    take = _Take(arguments.seconds)
    if arguments.record is not None:
        take.record_to(arguments.record, options, sound)
    engine = Engine(source, line, take.on_scene, take.on_end)
    try:
        engine.start()
        take.wait()
    finally:
        engine.stop(_STOP_SECONDS)
        take.finish()
    return 0


class _Take:
    """Watches a run without a window: counts frames, records, and stops in time."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._ended = threading.Event()
        self._problem: AppError | None = None
        self._recorder: Recorder | None = None
        self._begun_at: float | None = None
        self._last_at = 0.0
        self._frames = 0
        self._end_at: float | None = None

    def record_to(self, path: Path, options: "RecordingOptions", sound: "SourceSound | None") -> None:
        """Start to record, with the sound of the source where it has some; raises RecordingError."""
        from masquerade.studio.microphone.live_sound import LiveSound
        from masquerade.studio.recording.recorder import Recorder

        self._recorder = Recorder(path, self.on_end, options, LiveSound(sound.capture()) if sound is not None else None)

    def on_scene(self, scene: "Scene") -> None:
        """Take a scene on the process thread."""
        taken_at = scene.frame.taken_at
        if self._begun_at is None:
            self._begun_at = taken_at
            _log.debug("the first image is through")
        if self._seconds is not None and taken_at - self._begun_at >= self._seconds:
            self._end_at = self._begun_at + self._seconds
            self._ended.set()
            return
        self._last_at = taken_at
        self._frames += 1
        if self._recorder is not None:
            self._recorder.offer(scene.frame)

    def on_end(self, error: AppError | None) -> None:
        """Take the end, or the first error, on any thread."""
        self._problem = self._problem or error
        self._ended.set()

    def wait(self) -> None:
        """Return at the end; in short steps, because Ctrl+C does not wake a wait on Windows."""
        while not self._ended.wait(0.2):
            pass

    def finish(self) -> None:
        """Finish the recording, report it, and raise the error there was."""
        report = self._recorder.stop(self._end_at) if self._recorder is not None else None
        passed = self._last_at - (self._begun_at or 0.0)
        rate = (self._frames - 1) / passed if passed > 0 else 0.0
        if self._frames:
            print(f"{_images(self._frames)}, {rate:.1f} a second.", file=sys.stderr)
        if report is not None and report.frames:
            dropped = f", {_images(report.dropped)} dropped" if report.dropped else ""
            line = f"Recorded {report.path}: {report.seconds:.1f} s, {_images(report.frames)}{dropped}."
            print(line, file=sys.stderr)
        if self._problem is not None:
            raise self._problem


def _images(number: int) -> str:
    return "1 image" if number == 1 else f"{number} images"
