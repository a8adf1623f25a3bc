import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from masquerade.errors import AppError
from masquerade.studio.virtual_camera import feed as feed_module
from masquerade.studio.virtual_camera.camera_format import CameraFormat
from masquerade.studio.virtual_camera.device import CameraDevice, VirtualCameraError
from masquerade.studio.virtual_camera.feed import CameraFeed
from masquerade.values import ByteArray, Frame

_SIZE_WH = (64, 36)
_CARD = np.full((36, 64, 4), 7, np.uint8)


class _Device:
    """A device whose reader comes and goes, and whose cable can be cut."""

    description = "fake"

    def __init__(self) -> None:
        self.readers = 0
        self.images: list[ByteArray] = []
        self.came = threading.Condition()
        self.cut = self.closed = False
        self.on_change: Callable[[], None] = lambda: None

    def open(self, _format: CameraFormat, on_change: Callable[[], None]) -> CameraDevice:
        self.on_change = on_change
        return self

    @property
    def watched(self) -> bool:
        return self.readers > 0

    def show(self, readers: int) -> None:
        self.readers = readers
        self.on_change()

    def send(self, pixels: ByteArray, taken_at: float) -> None:
        if self.cut:
            raise VirtualCameraError("The device is gone.")
        with self.came:
            self.images.append(pixels.copy())
            self.came.notify_all()

    def close(self) -> None:
        self.closed = True

    def wait_for(self, condition: Callable[[ByteArray], bool]) -> None:
        with self.came:
            assert self.came.wait_for(lambda: bool(self.images) and condition(self.images[-1]), 10)


@pytest.fixture
def device() -> _Device:
    return _Device()


@pytest.fixture
def errors() -> list[AppError]:
    return []


@pytest.fixture
def feed(device: _Device, errors: list[AppError]) -> Iterator[CameraFeed]:
    feed = CameraFeed(device.open, CameraFormat(_SIZE_WH), _CARD, on_error=errors.append)
    yield feed
    feed.close()
    assert device.closed


def _frame(value: int, index: int = 0, age: float = 0.0) -> Frame:
    pixels = np.full((36, 64, 4), value, np.uint8)
    pixels[:, :32] += 100
    pixels.flags.writeable = False
    return Frame(pixels, index, time.monotonic() - age)


def test_a_reader_sees_the_card_until_a_frame_comes_and_again_when_they_stop(feed: CameraFeed, device: _Device) -> None:
    device.show(1)
    device.wait_for(lambda image: image[0, 0, 0] == 7)
    feed.offer(_frame(50))
    device.wait_for(lambda image: image[0, 0, 0] == 150)
    # No further frame: the last one is held for a moment only.
    device.wait_for(lambda image: image[0, 0, 0] == 7)


def test_the_card_comes_at_once_when_the_source_changes(feed: CameraFeed, device: _Device) -> None:
    device.show(1)
    feed.offer(_frame(50))
    device.wait_for(lambda image: image[0, 0, 0] == 150)
    feed.show_card()
    shown = len(device.images)
    device.wait_for(lambda image: len(device.images) > shown + 3)
    assert all(image[0, 0, 0] == 7 for image in device.images[shown + 1 :])


def test_a_frame_from_before_the_reader_came_is_never_shown(feed: CameraFeed, device: _Device) -> None:
    feed.offer(_frame(50))
    device.show(1)
    device.wait_for(lambda image: len(device.images) > 3)
    device.show(0)
    feed.offer(_frame(60))
    device.show(1)
    shown = len(device.images)
    device.wait_for(lambda image: len(device.images) > shown + 3)
    assert all(image[0, 0, 0] == 7 for image in device.images)


def test_a_reader_that_comes_back_at_once_sees_the_card_and_not_the_old_frame(
    feed: CameraFeed, device: _Device
) -> None:
    device.show(1)
    feed.offer(_frame(50))
    device.wait_for(lambda image: image[0, 0, 0] == 150)
    device.show(0)
    deadline = time.monotonic() + 5
    while feed._last is not None:
        assert time.monotonic() < deadline
        device.on_change()
    shown = len(device.images)
    device.show(1)
    device.wait_for(lambda image: len(device.images) > shown + 2)
    assert all(image[0, 0, 0] == 7 for image in device.images[shown:])


def test_the_outside_is_mirrored_only_by_its_own_switch_and_never_the_card(feed: CameraFeed, device: _Device) -> None:
    device.show(1)
    feed.offer(_frame(50))
    device.wait_for(lambda image: (image[0, 0, 0], image[0, -1, 0]) == (150, 50))
    feed.mirror(True)
    feed.offer(_frame(50, 1))
    device.wait_for(lambda image: (image[0, 0, 0], image[0, -1, 0]) == (50, 150))


def test_the_delay_to_the_readers_is_known(feed: CameraFeed, device: _Device) -> None:
    device.show(1)
    feed.offer(_frame(50, age=0.05))
    device.wait_for(lambda image: image[0, 0, 0] == 150)
    feed.offer(_frame(60, 1, age=0.05))
    device.wait_for(lambda image: image[0, 0, 0] == 160)
    assert 0.05 <= feed.latency_seconds < 0.5


def test_a_device_that_goes_away_is_reported_once_and_closed(
    feed: CameraFeed, device: _Device, errors: list[AppError]
) -> None:
    device.cut = True
    device.show(1)
    feed._thread.join(10)
    assert [str(error) for error in errors] == ["The device is gone."]
    assert device.closed
    assert feed.readers == 0
    feed.offer(_frame(50))
    feed.close()


class _QuickClock(threading.Condition):
    """A clock whose time passes only while the feed waits, and a source whose frames come at a rate by it."""

    def __init__(self, frames_per_second: float) -> None:
        super().__init__()
        self.now = 1000.0
        self._period = 1 / frames_per_second if frames_per_second else float("inf")
        self._next_frame_at = self.now + self._period
        self.offer: Callable[[Frame], None] = lambda frame: None

    def wait(self, timeout: float | None = None) -> bool:
        if timeout is None:
            return super().wait()
        until = self.now + timeout
        if until < self._next_frame_at:
            self.now = until
            return False
        self.now = self._next_frame_at
        self._next_frame_at += self._period
        self.offer(Frame(_CARD, 0, self.now))
        return True


@pytest.mark.parametrize("source_rate", [0, 24, 30, 60])
def test_a_reader_gets_30_images_a_second_whatever_the_source_has(
    monkeypatch: pytest.MonkeyPatch, device: _Device, source_rate: float
) -> None:
    clock = _QuickClock(source_rate)
    monkeypatch.setattr(feed_module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    own = {"Thread": threading.Thread, "current_thread": threading.current_thread, "Condition": lambda: clock}
    monkeypatch.setattr(feed_module, "threading", SimpleNamespace(**own))
    sent: list[float] = []
    waits: list[float] = []

    def note(pixels: ByteArray, taken_at: float) -> None:
        sent.append(clock.now)
        waits.append(clock.now - taken_at)
        device.readers = int(len(sent) < 300)
        done.release()

    done = threading.Semaphore(0)
    monkeypatch.setattr(device, "send", note)
    feed = CameraFeed(device.open, CameraFormat(_SIZE_WH), _CARD, on_error=lambda error: None)
    clock.offer = feed.offer
    device.show(1)
    for _ in range(300):
        assert done.acquire(timeout=30)
    feed.close()
    assert (len(sent) - 1) / (sent[-1] - sent[0]) == pytest.approx(30, rel=0.02)
    assert all(0 < after - before < 2 / 30 for before, after in pairwise(sent))
    # A frame waits for half a period at the most, then goes out or makes room for a newer one.
    assert max(waits) < 0.51 / 30
