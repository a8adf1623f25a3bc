"""Start the program with the desktop, hidden in the tray: an XDG autostart file, a LaunchAgent, or a Run key."""

import importlib
import os
import plistlib
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from masquerade.errors import AppError

_NAME = "Masquerade"
_LABEL = "org.masquerade.Masquerade"
_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
# What the Exec key of a desktop entry wants escaped inside quotes, and twice, for its value is a string.
_ESCAPED = str.maketrans({"\\": "\\\\\\\\", '"': '\\\\"', "`": "\\\\`", "$": "\\\\$", "%": "%%"})


class Autostart(Protocol):
    """What starts programs at login."""

    @property
    def is_on(self) -> bool:
        """Whether this program is started at login."""
        ...

    def switch(self, on: bool) -> None:
        """Start it at login from now on, or no longer.

        Raises:
            AppError: the file or key cannot be written.
        """
        ...


def start_command() -> tuple[str, ...]:
    """Return the command that starts this program hidden, by the Python that runs it now."""
    python = Path(sys.executable)
    windowless = python.with_name("pythonw.exe")
    if sys.platform == "win32" and windowless.exists():
        # The other one opens a console at every login.
        python = windowless
    return (str(python), "-m", "masquerade", "run", "--hidden")


def this_system() -> Autostart:
    """Return what starts programs at login on this system."""
    if sys.platform == "win32":
        return RunKey(importlib.import_module("winreg"), start_command())
    if sys.platform == "darwin":
        return LaunchAgent(Path.home() / "Library" / "LaunchAgents", start_command())
    config = os.environ.get("XDG_CONFIG_HOME", "")
    # A relative path is to be ignored, says the specification.
    folder = Path(config) if config.startswith("/") else Path.home() / ".config"
    return DesktopFile(folder / "autostart", start_command(), "X-GNOME-Autostart-enabled=true")


class WrittenFile:
    """A file whose presence starts the program."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        self._content = content

    @property
    def is_on(self) -> bool:
        """Whether the file is there."""
        return self.path.is_file()

    def switch(self, on: bool) -> None:
        """Write the file, or delete it.

        Raises:
            AppError: that is not possible.
        """
        try:
            if not on:
                self.path.unlink(missing_ok=True)
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            part = self.path.with_name(f".{self.path.name}.part")
            part.write_bytes(self._content)
            part.replace(self.path)
        except OSError as error:
            raise AppError(f"{self.path} cannot be written ({error.strerror or error}).") from error


class DesktopFile(WrittenFile):
    """A desktop entry, as Linux and the BSDs have them.

    Source:
        Desktop Application Autostart Specification 0.5; Desktop Entry Specification 1.5.
    """

    def __init__(self, folder: Path, command: tuple[str, ...], *keys: str) -> None:
        """Take the folder, the command and further lines of the entry."""
        words = " ".join(f'"{word.translate(_ESCAPED)}"' for word in command)
        lines = (
            "[Desktop Entry]",
            "Type=Application",
            f"Name={_NAME}",
            "Comment=Face filters on your webcam",
            f"Exec={words}",
            "Icon=masquerade",
            "Terminal=false",
            *keys,
        )
        super().__init__(folder / "masquerade.desktop", "\n".join((*lines, "")).encode("utf-8", "surrogateescape"))


class LaunchAgent(WrittenFile):
    """macOS; see launchd.plist(5)."""

    def __init__(self, folder: Path, command: tuple[str, ...]) -> None:
        agent = {"Label": _LABEL, "ProgramArguments": list(command), "RunAtLoad": True, "ProcessType": "Interactive"}
        super().__init__(folder / f"{_LABEL}.plist", plistlib.dumps(agent))


class RunKey:
    """Windows: a value of the user's Run key."""

    def __init__(self, registry: Any, command: tuple[str, ...]) -> None:
        """Take the module winreg, or what stands for it."""
        self._registry = registry
        self._line = subprocess.list2cmdline(command)

    @property
    def is_on(self) -> bool:
        """Whether the value is there."""
        registry = self._registry
        try:
            with registry.OpenKey(registry.HKEY_CURRENT_USER, _RUN_KEY) as key:
                registry.QueryValueEx(key, _NAME)
        except OSError:
            return False
        return True

    def switch(self, on: bool) -> None:
        """Write the value, or delete it.

        Raises:
            AppError: that is not possible.
        """
        registry = self._registry
        try:
            with registry.CreateKey(registry.HKEY_CURRENT_USER, _RUN_KEY) as key:
                if on:
                    registry.SetValueEx(key, _NAME, 0, registry.REG_SZ, self._line)
                    return
                with suppress(FileNotFoundError):
                    registry.DeleteValue(key, _NAME)
        except OSError as error:
            raise AppError(f"The Windows registry cannot be changed ({error.strerror or error}).") from error
