"""Starts a PipeWire session of its own for tests: D-Bus, PipeWire and WirePlumber in a folder."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Self

import pytest

_PROGRAMS = ("dbus-daemon", "pipewire", "wireplumber")
_WAIT_SECONDS = 15.0


class PipeWireSession:
    """A session without a desktop; a context manager.

    Attributes:
        environment: for programs that shall find the session.
    """

    def __init__(self, folder: Path) -> None:
        """Skips the test where the programs are not installed."""
        missing = [name for name in _PROGRAMS if shutil.which(name) is None]
        if missing:
            pytest.skip(f"needs {', '.join(missing)}")
        self._folder = folder
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        bus = f"unix:path={folder / 'bus'}"
        self.environment = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(folder),
            "PIPEWIRE_RUNTIME_DIR": str(folder),
            "DBUS_SESSION_BUS_ADDRESS": bus,
        }

    def __enter__(self) -> Self:
        self._folder.chmod(0o700)
        address = self.environment["DBUS_SESSION_BUS_ADDRESS"]
        self._start("dbus-daemon", "--session", "--nofork", f"--address={address}")
        _wait_for(self._folder / "bus")
        self.start_pipewire()
        self._start("wireplumber")
        return self

    def __exit__(self, *_: object) -> None:
        for name in reversed(tuple(self._processes)):
            self.end(name)

    def start_pipewire(self) -> None:
        """Starts the server; returns when it takes connections."""
        self._start("pipewire")
        _wait_for(self._folder / "pipewire-0")

    def end(self, name: str) -> None:
        """Ends one of the programs."""
        process = self._processes.pop(name)
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _start(self, *command: str) -> None:
        log = (self._folder / f"{command[0]}.log").open("wb")
        with log:
            self._processes[command[0]] = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} did not come"
        time.sleep(0.02)
