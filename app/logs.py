"""Sets up the log: a file in the user's log folder that never grows beyond 2 MB."""

import logging
import logging.handlers
import sys
from pathlib import Path

import platformdirs

_FORMAT = "%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"
_MEGABYTE = 1_000_000


def set_up_log(verbose: bool) -> Path | None:
    """Sends the log of `app` to a rotating file, and with `verbose` to stderr too.

    Returns:
        The file, or None where it cannot be written: a missing log stops nobody.
    """
    root = logging.getLogger("app")
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    if verbose:
        _attach(root, logging.StreamHandler(sys.stderr))
    path = Path(platformdirs.user_log_dir("masquerade", appauthor=False)) / "masquerade.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = logging.handlers.RotatingFileHandler(path, maxBytes=_MEGABYTE, backupCount=1, encoding="utf-8")
    except OSError:
        _attach(root, logging.NullHandler())
        return None
    _attach(root, file)
    return path


def _attach(logger: logging.Logger, handler: logging.Handler) -> None:
    handler.setFormatter(logging.Formatter(_FORMAT))
    logger.addHandler(handler)
