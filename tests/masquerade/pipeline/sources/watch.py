"""A program for the camera's tests: runs an engine on a source and prints what it saw as JSON."""

import json
import sys
import threading
import time

from masquerade.errors import AppError
from masquerade.pipeline.cameras import list_cameras
from masquerade.pipeline.engine import Engine
from masquerade.pipeline.sources import open_source
from masquerade.values import Scene


def main(source_text: str, frames_wanted: int, seconds: float) -> None:
    """Runs until so many frames were seen, the source has ended, or the time is over."""
    scenes: list[tuple[int, float, int, list[int]]] = []
    errors: list[AppError | None] = []
    enough = threading.Event()

    def on_scene(scene: Scene) -> None:
        frame = scene.frame
        scenes.append((frame.index, frame.taken_at, int(frame.pixels[100, 100, 1]), list(frame.size_wh)))
        if len(scenes) >= frames_wanted:
            enough.set()

    def on_end(error: AppError | None) -> None:
        errors.append(error)
        enough.set()

    source = open_source(source_text)
    engine = Engine(source, Scene, on_scene, on_end)
    began = time.monotonic()
    engine.start()
    enough.wait(seconds)
    ended = time.monotonic()
    engine.stop(2.0)
    report = {
        "cameras": [[camera.number, camera.name] for camera in list_cameras()],
        "name": source.name,
        "rate": source.frames_per_second,
        "scenes": scenes,
        "errors": [str(error) if error else None for error in errors],
        "seconds": ended - began,
        "left_threads": [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()],
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
