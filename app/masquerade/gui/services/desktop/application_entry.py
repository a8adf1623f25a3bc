"""Make the program known to the desktop, which gives global shortcuts only to programs among its applications."""

import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

from masquerade.errors import AppError
from masquerade.gui.services.desktop.autostart import DesktopFile, WrittenFile

_MARK = "X-Masquerade-Global-Shortcuts=true"
_log = logging.getLogger(__name__)


class ApplicationEntry:
    """The program's entry and icon among the user's applications.

    One that a package of the system or the user has put there is neither replaced nor deleted.
    """

    def __init__(self, icon_svg: str = "") -> None:
        """Take the icon that `install` writes."""
        data = os.environ.get("XDG_DATA_HOME", "")
        # A relative path is to be ignored, says the specification.
        folder = Path(data) if data.startswith("/") else Path.home() / ".local" / "share"
        command = (sys.executable, "-m", "masquerade")
        self._entry = DesktopFile(folder / "applications", command, "Categories=AudioVideo;Video;", _MARK)
        icons = folder / "icons" / "hicolor" / "scalable" / "apps"
        self._icon = WrittenFile(icons / "masquerade.svg", icon_svg.encode())

    @property
    def written(self) -> tuple[Path, ...]:
        """The files that `install` has written."""
        return () if self._is_foreign() else tuple(each.path for each in (self._entry, self._icon) if each.is_on)

    def install(self) -> None:
        """Write entry and icon; where that is not possible, the desktop says what it lacks."""
        if self._is_foreign():
            return
        try:
            self._icon.switch(True)
            self._entry.switch(True)
        except AppError as error:
            _log.warning("%s", error)

    def remove(self) -> None:
        """Delete what `install` wrote."""
        if self._entry.is_on and not self._is_foreign():
            with suppress(AppError):
                self._entry.switch(False)
                self._icon.switch(False)

    def _is_foreign(self) -> bool:
        """Return whether the entry that the desktop knows is not from here."""
        data = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
        folders = (folder for folder in data.split(":") if folder.startswith("/"))
        # Unlike Path.is_file, this takes a folder that may not be looked into for one without the file.
        if any(os.path.isfile(os.path.join(folder, "applications", self._entry.path.name)) for folder in folders):
            return True
        try:
            return _MARK not in self._entry.path.read_text("utf-8", errors="replace").splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            # What cannot be read was not written from here.
            return True
