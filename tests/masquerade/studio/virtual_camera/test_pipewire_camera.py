import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from masquerade.errors import AppError
from masquerade.studio.virtual_camera.camera_format import CameraFormat
from masquerade.studio.virtual_camera.device import VirtualCameraError
from masquerade.studio.virtual_camera.feed import CameraFeed
from masquerade.studio.virtual_camera.look import CameraLook
from masquerade.studio.virtual_camera.pipewire.camera import PipeWireCamera

from tests.masquerade.studio.virtual_camera.bars import COLOURS
from tests.masquerade.studio.virtual_camera.browser import allow_camera, open_page
from tests.masquerade.studio.virtual_camera.scenes import Playing
from tests.pipewire_session import PipeWireSession
from tests.shared import REPO

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="PipeWire is of Linux")

_CARD = np.full((720, 1280, 4), 90, np.uint8)
_BARS = np.array(COLOURS)


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PipeWireSession]:
    folder = tmp_path / "run"
    folder.mkdir()
    with PipeWireSession(folder) as running:
        for name in ("XDG_RUNTIME_DIR", "PIPEWIRE_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"):
            monkeypatch.setenv(name, running.environment[name])
        yield running


class _Errors:
    def __init__(self) -> None:
        self.came = threading.Event()
        self.error: AppError | None = None

    def __call__(self, error: AppError) -> None:
        self.error = error
        self.came.set()


@pytest.fixture
def errors() -> _Errors:
    return _Errors()


@pytest.fixture
def feed(session: PipeWireSession, errors: _Errors) -> Iterator[CameraFeed]:
    opened = CameraFeed(PipeWireCamera, CameraFormat(), _CARD, on_error=errors)
    yield opened
    opened.close()


class _Reading:
    """A reader in a process of its own, which goes on until its images are asked for."""

    def __init__(self, session: PipeWireSession, layout: str, images: int, *more: str) -> None:
        command = [sys.executable, "-m", "tests.masquerade.studio.virtual_camera.reader", layout, str(images), *more]
        environment = {**session.environment, "PYTHONPATH": f"{REPO}:{REPO / 'app'}"}
        self.count = images
        self.process = subprocess.Popen(
            command, cwd=REPO, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def lines(self) -> list[dict[str, object]]:
        out, _ = self.process.communicate(timeout=150)
        return [json.loads(line) for line in out.splitlines()]

    def images(self) -> list[dict[str, object]]:
        return [line for line in self.lines() if "number" in line][: self.count]


def _wait(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_two_readers_agree_on_30_a_second_and_see_the_bars_and_the_running_number(
    session: PipeWireSession, feed: CameraFeed
) -> None:
    # Slower than the readers want them, so that some are sent twice, and long on their way.
    with Playing(feed, 20, age=0.1):
        first, second = _Reading(session, "YUY2", 120), _Reading(session, "NV12", 120)
        _wait(lambda: feed.readers == 2)
        images, more = first.images(), second.images()
    for seen in (images, more):
        assert len(seen) == 120
        coloured = [image["colours"] for image in seen[30:] if "colours" in image]
        assert coloured
        for colours in coloured:
            assert np.abs(np.array(colours) - _BARS).max() <= 3
    numbers = [int(str(image["number"])) for image in images[20:]]
    assert all(before <= after for before, after in pairwise(numbers))
    # The time that a reader gets is the one of the capture: each image has a later one.
    assert all(float(str(b["pts"])) > float(str(a["pts"])) for a, b in pairwise(images))


def test_nothing_is_converted_without_readers_and_a_reader_may_leave_and_return(
    session: PipeWireSession, feed: CameraFeed
) -> None:
    with Playing(feed) as playing:
        _wait(lambda: playing.offered > 10)
        assert (feed.sent, feed.readers) == (0, 0)
        assert len(_Reading(session, "I420", 20).images()) == 20
        _wait(lambda: feed.readers == 0)
        sent, offered = feed.sent, playing.offered
        _wait(lambda: playing.offered > offered + 10)
        # One image may have been on its way.
        assert feed.sent <= sent + 1


def test_killed_readers_harm_neither_the_camera_nor_each_other(session: PipeWireSession, feed: CameraFeed) -> None:
    # Each one may keep a buffer, and there are eight at the most.
    with Playing(feed):
        for _ in range(8):
            killed = _Reading(session, "I420", 10_000)
            _wait(lambda: feed.readers == 1)
            killed.process.kill()
            killed.process.communicate()
            _wait(lambda: feed.readers == 0)
        images = _Reading(session, "I420", 45).images()
    assert len(images) == 45


def test_the_card_is_shown_while_no_frames_come(session: PipeWireSession, feed: CameraFeed) -> None:
    seen = _Reading(session, "I420", 20).images()
    colours = np.array([image["colours"] for image in seen if "colours" in image])
    assert len(seen) == 20
    assert np.abs(colours - 90).max() <= 2


def test_a_reader_that_wants_another_size_fails_alone(session: PipeWireSession, feed: CameraFeed) -> None:
    with Playing(feed):
        going_on = _Reading(session, "I420", 90)
        _wait(lambda: feed.readers == 1)
        refused = _Reading(session, "I420", 10, "640x480").lines()
        assert len(going_on.images()) == 90
    assert refused == [] or "error" in refused[-1]


def test_the_end_of_pipewire_is_one_sentence_and_a_new_camera_works(
    session: PipeWireSession, feed: CameraFeed, errors: _Errors
) -> None:
    session.end("wireplumber")
    session.end("pipewire")
    assert errors.came.wait(10)
    assert str(errors.error) == "PipeWire has stopped, and the virtual camera with it. Switch it on again."
    with pytest.raises(VirtualCameraError, match=r"cannot be reached \(it does not run\)"):
        CameraFeed(PipeWireCamera, CameraFormat(), _CARD, on_error=errors)
    session.start_pipewire()
    CameraFeed(PipeWireCamera, CameraFormat(), _CARD, on_error=errors).close()


@pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="the desktop portal needs a screen")
def test_a_page_in_chromium_reads_the_camera(session: PipeWireSession, feed: CameraFeed, tmp_path: Path) -> None:
    allow_camera(session.environment)
    with Playing(feed), open_page(tmp_path, session.environment) as page:
        frames = page.wait_for(75, 240)
    assert page.reports[0]["label"] == "Masquerade"
    first = page.reports[0]["settings"]
    assert (first["width"], first["height"], first["frameRate"]) == (1280, 720, 30)
    steady = frames[15:]
    numbers = [frame["number"] for frame in steady]
    assert numbers == sorted(numbers)
    # RGB here; a browser may leave some steps of a colour to its conversion.
    assert np.abs(np.array(steady[-1]["colours"]) - _BARS[:, ::-1]).max() <= 6


def test_readers_see_1080_rows_where_they_are_chosen(session: PipeWireSession, errors: _Errors) -> None:
    look = CameraLook(height=1080)
    opened = CameraFeed(PipeWireCamera, CameraFormat(look.size_wh), _CARD, on_error=errors)
    try:
        with Playing(opened):
            images = _Reading(session, "NV12", 40, "1920x1080").images()
    finally:
        opened.close()
    assert len(images) == 40
    coloured = [image["colours"] for image in images[20:] if "colours" in image]
    assert coloured
    assert np.abs(np.array(coloured[-1]) - _BARS).max() <= 3
