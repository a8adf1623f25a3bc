"""Notices when the files of filter packages change."""

import threading
from collections.abc import Callable
from pathlib import Path

from masquerade.filters.packages.catalog import Stamp, stamp_of

_EVERY_SECONDS = 0.25


class PackageWatch:
    """Looks at the packages four times a second on a thread of its own, until `close`.

    It looks at names, times and lengths, which works on every disk and with every way of
    saving. A change is reported when the files have been left alone for one look: an editor
    that writes a file in two steps must not have the first half read.
    """

    def __init__(self, folders: tuple[Path, ...], packages: tuple[Path, ...], changed: Callable[[], None]) -> None:
        """Start to look.

        Args:
            folders: that hold packages; they need not exist yet.
            packages: further ones.
            changed: called ON THE WATCH'S THREAD, once for each change.
        """
        self._folders, self._packages, self._changed = folders, packages, changed
        self._closing = threading.Event()
        self._reported = self._look()
        self._thread = threading.Thread(target=self._run, name="filter watch", daemon=True)
        self._thread.start()

    def close(self, timeout_seconds: float) -> None:
        """End the thread. May be called twice."""
        self._closing.set()
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        last = self._reported
        while not self._closing.wait(_EVERY_SECONDS):
            now = self._look()
            if now == last and now != self._reported:
                self._reported = now
                self._changed()
            last = now

    def _look(self) -> dict[Path, Stamp]:
        return {path: stamp_of(path) for path in (*_within(self._folders), *self._packages)}


def _within(folders: tuple[Path, ...]) -> list[Path]:
    """Return what lies in the folders, packages or not."""
    found: list[Path] = []
    for folder in folders:
        try:
            found += [path for path in folder.iterdir() if not path.name.startswith(".")]
        except OSError:
            # It is not there, or is being replaced.
            continue
    return sorted(found)
