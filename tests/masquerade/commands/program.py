"""Runs the program as a user does, in a process of its own with a home folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
LONG_SECONDS = 120


def environment(home: Path) -> dict[str, str]:
    """Nothing of the user's own settings, filters and logs is read or written."""
    folders = {
        name: str(home / name.lower())
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
    }
    return {**os.environ, **folders, "HOME": str(home), "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "utf-8"}


def masquerade(home: Path, *words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "masquerade", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=home,
        env={**environment(home), **more},
        timeout=LONG_SECONDS,
        check=False,
    )


def start_masquerade(home: Path, *words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "masquerade", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=home,
        env=environment(home),
    )
