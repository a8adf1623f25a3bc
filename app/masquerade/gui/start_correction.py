"""Start Qt and show the window in which landmarks are corrected."""

import signal
from pathlib import Path

from PySide6.QtCore import QTimer

from masquerade.gui.labelling.correction_window import CorrectionWindow
from masquerade.gui.labelling.label_table import LabelTable
from masquerade.gui.start import make_application
from masquerade.gui.widgets.theme import apply_theme, pick_theme
from masquerade.settings_file import read_settings


def correct_landmarks(table: LabelTable, settings_path: Path, doubtful_alone: bool) -> int:
    """Show the photos of a table until the window is closed, which writes the table; return the exit status.

    Args:
        table: of photos and their landmarks.
        settings_path: for the theme; need not exist.
        doubtful_alone: True shows only photos with doubtful landmarks, of which there must be one.
    """
    application = make_application()
    apply_theme(application, pick_theme(read_settings(settings_path).settings.theme))
    window = CorrectionWindow(table, doubtful_alone)
    window.show()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: QTimer.singleShot(0, window, window.close))
    return application.exec()
