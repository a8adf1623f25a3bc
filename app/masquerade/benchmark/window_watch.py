"""Measures the real window on a source: until the first live image, and from capture to paint."""

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from masquerade.compose import load_backend
from masquerade.gui.screen import check_screen
from masquerade.gui.services.backend import LaunchOptions
from masquerade.pipeline.timing import Summary


@dataclass(frozen=True, slots=True)
class WindowReport:
    """What the window's own meter measured.

    Attributes:
        first_image_seconds: from `began_at` to the first live image on the screen; None = none came.
        size_wh: of the last image, pixels; (0, 0) = none came.
        summary: of the last images that were painted.
    """

    first_image_seconds: float | None
    size_wh: tuple[int, int]
    summary: Summary


def watch_window(
    launch: LaunchOptions, began_at: float, detector_name: str = "blazeface", model: str = ""
) -> WindowReport:
    """Show the window with default settings until it is closed, and return what it measured.

    Args:
        launch: with `seconds`, or the user closes the window.
        began_at: seconds on the `time.monotonic` clock, when the program was started.
        detector_name: as in `compose.build_line`.
        model: as in `compose.build_line`.

    Raises:
        AppError: there is no screen to show it on, or Qt cannot be loaded.
    """
    check_screen()
    from masquerade.gui.start import make_application, open_main_window  # noqa: PLC0415 (Qt needs a screen)

    application = make_application()
    with TemporaryDirectory() as folder:
        load = partial(load_backend, detector_name, model, launch.packages)
        # Settings that do not exist give everybody the same window.
        window = open_main_window(load, Path(folder) / "settings.toml", launch)
        first_at: list[float] = []
        window.view.first_shown.connect(lambda: first_at.append(time.monotonic()))
        application.exec()
    scene = window.view.scene
    return WindowReport(
        first_image_seconds=first_at[0] - began_at if first_at else None,
        size_wh=scene.frame.size_wh if scene is not None else (0, 0),
        summary=window.view.meter.summary(),
    )
