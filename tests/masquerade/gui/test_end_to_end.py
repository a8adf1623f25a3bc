"""Starts the real program on a screen of its own and uses it with real keys and clicks."""

import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import av
import pytest

from tests.fake_camera import FakeCamera
from tests.shared import REPO

_TOOLS = ("Xvfb", "xdotool", "import")
_LIMIT_SECONDS = 40.0

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or any(shutil.which(tool) is None for tool in _TOOLS),
    reason="needs Xvfb, xdotool and ImageMagick",
)


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + _LIMIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)  # another process: there is nothing to wait on


@dataclass(frozen=True)
class Screen:
    """A screen nobody sees, and the program on it."""

    environment: dict[str, str]
    home: Path

    @property
    def settings_path(self) -> Path:
        return self.home / ".config" / "masquerade" / "settings.toml"

    @property
    def recordings(self) -> list[Path]:
        return sorted((self.home / "Videos" / "Masquerade").glob("*.mp4"))

    def do(self, *words: str) -> str:
        command = ["xdotool", *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False).stdout

    def settings(self) -> str:
        return self.settings_path.read_text() if self.settings_path.is_file() else ""

    def image(self) -> bytes:
        """Returns the screen as grey pixels, a sixteenth of its size."""
        command = ["import", "-window", "root", "-resize", "25%", "-depth", "8", "gray:-"]
        return subprocess.run(command, env=self.environment, capture_output=True, check=False).stdout

    def middle_grey(self) -> int:
        """Returns the brightness in the middle of the image, 0 to 255; 320 x 200 pixels are the whole screen."""
        return self.image()[100 * 320 + 124]

    def start(self, *words: str, camera: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        environment = {**(camera or {}), **self.environment}
        program = subprocess.Popen([sys.executable, "-m", "masquerade", "run", *words], cwd=REPO, env=environment)
        wait_for(lambda: self.do("search", "--onlyvisible", "--name", "Masquerade").strip())
        window = self.do("search", "--onlyvisible", "--name", "Masquerade").split()[0]
        # There is no window manager here that would give it the keyboard.
        self.do("windowfocus", window)
        return program


@pytest.fixture
def screen(own_home: Path) -> Iterator[Screen]:
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write_end,), stderr=subprocess.DEVNULL)
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        display = f":{answer.readline().strip()}"
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "HOME": str(own_home)}
    yield Screen(environment, own_home)
    server.terminate()
    server.wait()


def _worn(settings: str) -> list[str]:
    return list(tomllib.loads(settings).get("filters", []))


def test_a_user_chooses_records_and_quits_by_keyboard(screen: Screen) -> None:
    program = screen.start("--source", "demo")
    try:
        first = screen.image()
        wait_for(lambda: screen.image() != first)
        for key in ("d", "o", "g"):
            screen.do("key", key)
        # The gallery fills a moment after the first image: before that there is nothing to find.
        wait_for(lambda: screen.do("key", "Return") == "" and "dog" in _worn(screen.settings()))
        for key in ("Escape", "Escape", "ctrl+b", "F3"):
            screen.do("key", key)
        screen.do("key", "ctrl+r")
        wait_for(lambda: screen.recordings and screen.recordings[0].stat().st_size > 100_000)
        screen.do("key", "ctrl+q")
        assert program.wait(_LIMIT_SECONDS) == 0
    finally:
        program.kill()
    kept = tomllib.loads(screen.settings_path.read_text())
    assert (kept["filters"], kept["favourites"], kept["stats"]) == (["dog"], ["dog"], "full")
    (path,) = screen.recordings
    with av.open(str(path)) as file:
        assert len(list(file.decode(video=0))) > 5


def test_the_end_of_the_session_finishes_a_recording(screen: Screen, tmp_path: Path) -> None:
    path = tmp_path / "take.mp4"
    program = screen.start("--source", "demo", "--record", str(path))
    try:
        wait_for(lambda: path.is_file() and path.stat().st_size > 100_000)
        program.terminate()
        assert program.wait(_LIMIT_SECONDS) == 0
    finally:
        program.kill()
    with av.open(str(path)) as file:
        assert file.duration is not None
        assert len(list(file.decode(video=0))) > 5


def test_a_camera_pulled_out_dims_the_preview_and_comes_back_by_itself(screen: Screen, fake_camera: FakeCamera) -> None:
    # Its images are grey and brighten from 16 on; after 150 of them it is at 166. It is plugged in again after 3 s.
    program = screen.start(camera=fake_camera.environment(frames=150, back=3))
    try:
        wait_for(lambda: screen.middle_grey() > 120)
        wait_for(lambda: screen.middle_grey() < 70)
        wait_for(lambda: screen.middle_grey() > 120)
        screen.do("key", "ctrl+q")
        assert program.wait(_LIMIT_SECONDS) == 0
    finally:
        program.kill()


def test_at_a_scale_of_two_the_window_stays_on_a_small_screen(screen: Screen) -> None:
    scaled = replace(screen, environment={**screen.environment, "QT_SCALE_FACTOR": "2"})
    program = scaled.start("--source", "demo")
    try:
        first = scaled.image()
        wait_for(lambda: scaled.image() != first)
        geometry = scaled.do("search", "--onlyvisible", "--name", "Masquerade", "getwindowgeometry", "--shell")
        values = dict(line.split("=") for line in geometry.split() if "=" in line)
        left, top, width, height = (int(values[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))
        assert min(left, top) >= 0
        assert left + width <= 1280
        assert top + height <= 800
        scaled.do("key", "ctrl+q")
        assert program.wait(_LIMIT_SECONDS) == 0
    finally:
        program.kill()


def test_a_second_start_hands_over_to_the_first(screen: Screen, tmp_path: Path) -> None:
    program = screen.start("--source", "demo")
    try:
        words = [sys.executable, "-m", "masquerade", "--filter", "dog"]
        second = subprocess.run(words, cwd=REPO, env=screen.environment, capture_output=True, text=True, check=False)
        assert second.returncode == 0
        assert "already running" in second.stderr
        wait_for(lambda: "dog" in _worn(screen.settings()))
        third = subprocess.run(
            [*words, "--seconds", "1"], cwd=REPO, env=screen.environment, capture_output=True, text=True, check=False
        )
        assert third.returncode == 1
        assert "needs a window of its own" in third.stderr
        assert program.poll() is None
    finally:
        program.kill()
        program.wait()
    # Its socket is still there, and nobody listens.
    again = screen.start("--source", "demo", "--seconds", "1")
    assert again.wait(_LIMIT_SECONDS) == 0
