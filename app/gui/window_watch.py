"""Measures the real window on a source: until the first live picture, and from capture to paint."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.gui.parts import Parts, Wishes
from app.gui.start import make_application, open_main_window
from app.pipeline.timing import Summary


@dataclass(frozen=True, slots=True)
class WindowReport:
    """What the window's own meter saw.

    Attributes:
        first_picture_seconds: from `began_at` to the first live picture on the screen; None = none came.
        size_wh: of the last picture, pixels; (0, 0) = none came.
        summary: of the last pictures that were painted.
    """

    first_picture_seconds: float | None
    size_wh: tuple[int, int]
    summary: Summary


def watch_window(load_parts: Callable[[], Parts], settings_path: Path, wishes: Wishes, began_at: float) -> WindowReport:
    """Shows the window as `run_window` does until it is closed, and returns what it measured.

    Args:
        load_parts: as in `run_window`.
        settings_path: as in `run_window`; one that does not exist gives everybody the same window.
        wishes: with `seconds`, or the user closes the window.
        began_at: seconds on the `time.monotonic` clock, when the program was started.
    """
    application = make_application()
    window = open_main_window(load_parts, settings_path, wishes)
    first_at: list[float] = []
    window.view.first_shown.connect(lambda: first_at.append(time.monotonic()))
    application.exec()
    scene = window.view.scene
    return WindowReport(
        first_picture_seconds=first_at[0] - began_at if first_at else None,
        size_wh=scene.frame.size_wh if scene is not None else (0, 0),
        summary=window.view.meter.summary(),
    )
