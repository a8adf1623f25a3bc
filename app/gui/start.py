"""Starts Qt and shows the window at once, before anything heavy is loaded."""

from collections.abc import Callable
from pathlib import Path

from app.gui.parts import Parts, Wishes


def run_window(load_parts: Callable[[], Parts], settings_path: Path, wishes: Wishes) -> int:
    """Shows the window until it is closed.

    Args:
        load_parts: called on a worker thread once the window is on the screen, so that
            models and OpenCV do not delay it. May raise AppError, which is shown.
        settings_path: need not exist.
        wishes: win over the remembered settings for this run.

    Returns:
        The exit status.
    """
    raise NotImplementedError
