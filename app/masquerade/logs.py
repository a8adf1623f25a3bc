"""Sets up the log: a file in the user's log folder, 2 MB at most."""

import logging
import logging.handlers
import sys
from pathlib import Path

from masquerade.resources import log_file
from masquerade.terminal import printable_lines

_FORMAT = "%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"
_MEGABYTE = 1_000_000
_CLEAR_LINE = "\r\033[K"  # a progress bar may stand there


def set_up_log(verbose: bool) -> Path | None:
    """Send the package's log to a rotating file, and its warnings to stderr.

    Args:
        verbose: log every detail, and all of it to stderr, too.

    Returns:
        The file, or None if it cannot be written; the program then runs without a log.
    """
    root = logging.getLogger("masquerade")
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    root.addHandler(_stderr_handler(verbose))
    # A full disk, or a folder where the older log should go, is no reason for a traceback at every line.
    logging.raiseExceptions = False
    path = log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            # A FIFO would wait for a reader for ever.
            return None
        file = logging.handlers.RotatingFileHandler(path, maxBytes=_MEGABYTE, backupCount=1, encoding="utf-8")
    except OSError:
        return None
    file.setFormatter(_SafeFormatter(_FORMAT))
    root.addHandler(file)
    return path


class _SafeFormatter(logging.Formatter):
    """Escapes control characters, which names of files may hold."""

    def __init__(self, form: str, before: str = "") -> None:
        super().__init__(form)
        self._before = before

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with the control sequence of our own before it."""
        return self._before + printable_lines(super().format(record))


def _stderr_handler(verbose: bool) -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    if verbose:
        handler.setFormatter(_SafeFormatter(_FORMAT))
        return handler
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_SafeFormatter("masquerade: %(message)s", _CLEAR_LINE if sys.stderr.isatty() else ""))
    # A traceback is for the file; the user gets a sentence.
    handler.addFilter(lambda record: record.exc_info is None)
    return handler
