"""Runs our programs with a webcam where there is none: FakeCamera."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import REPO

_SOURCE = REPO / "tests" / "data" / "fake_camera" / "fake_camera.c"


class FakeCamera:
    """The compiled fake, which makes /dev/video0 appear to the process it is preloaded into."""

    def __init__(self, folder: Path) -> None:
        """Compiles it into `folder`; skips the test where that is not possible."""
        compiler = shutil.which("cc") or shutil.which("gcc")
        if sys.platform != "linux" or compiler is None:
            pytest.skip("the fake camera needs Linux and a C compiler")
        self.library = folder / "fake_camera.so"
        command = [compiler, "-O1", "-shared", "-fPIC", str(_SOURCE), "-o", str(self.library), "-ldl", "-lpthread"]
        subprocess.run(command, check=True)

    def environment(self, **settings: object) -> dict[str, str]:
        """Returns the environment for a process that shall have the camera.

        Args:
            settings: as the head of fake_camera.c lists them, `mode="busy"` for FAKE_CAMERA_MODE.
        """
        named = {f"FAKE_CAMERA_{name.upper()}": str(value) for name, value in settings.items()}
        return {**os.environ, "LD_PRELOAD": str(self.library), **named}

    def run(self, arguments: list[str], **settings: object) -> subprocess.CompletedProcess[str]:
        """Runs `python <arguments>` with the camera, from the repository's root."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=REPO,
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
