"""Opens microphones of many kinds through a PortAudio of the tests' own, which has no devices but these."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from masquerade.studio.microphone.microphone import Microphone, MicrophoneError, list_microphones


class PortAudioError(Exception):
    """As sounddevice's: words and a code."""


@dataclass
class Device:
    """A microphone: the channels and rates it takes, and how often it is too slow to start."""

    name: str
    max_input_channels: int
    default_samplerate: float = 48_000.0
    rates: tuple[int, ...] = (48_000,)
    only_all_channels: bool = False
    slow_starts: int = 0
    broken: bool = False
    index: int = 0

    def __getitem__(self, key: str) -> object:
        return getattr(self, key)


class FakePortAudio:
    """What `microphone` uses of sounddevice."""

    PortAudioError = PortAudioError

    def __init__(self, *devices: Device, default: int = 0) -> None:
        self.devices = devices
        self.default = SimpleNamespace(device=(default, -1))
        self.streams: list[FakeStream] = []
        for index, device in enumerate(devices):
            device.index = index

    def query_devices(self, index: int | None = None) -> Any:
        return self.devices if index is None else self.devices[index]

    def check_input_settings(self, index: int, channels: int, kind: str, *, samplerate: int) -> None:
        device = self.devices[index]
        if channels > device.max_input_channels or (device.only_all_channels and channels != device.max_input_channels):
            raise PortAudioError("Invalid number of channels", -9998)
        if samplerate not in device.rates:
            raise PortAudioError("Invalid sample rate", -9997)

    def InputStream(self, **settings: Any) -> "FakeStream":  # noqa: N802 (sounddevice's name)
        self.check_input_settings(
            settings["device"], settings["channels"], "float32", samplerate=settings["samplerate"]
        )
        self.streams.append(FakeStream(self.devices[settings.pop("device")], **settings))
        return self.streams[-1]


class FakeStream:
    """A stream that gives a block when it is asked to."""

    def __init__(
        self, device: Device, *, callback: Callable[..., None], finished_callback: Callable[[], None], **settings: Any
    ) -> None:
        self.device, self.settings, self.closed = device, settings, False
        self._callback, self._finished = callback, finished_callback

    def start(self) -> None:
        if self.device.broken:
            raise PortAudioError("Device unavailable", -9985)
        if self.device.slow_starts:
            self.device.slow_starts -= 1
            self._finished()
            raise PortAudioError("Wait timed out", -9987)

    def close(self, ignore_errors: bool = True) -> None:
        self.closed = True

    def give(self, count: int = 480) -> None:
        """Each channel has its own number as its sound."""
        channels = self.settings["channels"]
        block = np.tile(np.arange(1, channels + 1, dtype=np.float32) / 10, (count, 1))
        times = SimpleNamespace(currentTime=7.0, inputBufferAdcTime=6.99)
        self._callback(block, count, times, None)


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakePortAudio]:
    def plug_in(*devices: Device, **more: int) -> FakePortAudio:
        library = FakePortAudio(*devices, **more)
        monkeypatch.setitem(sys.modules, "sounddevice", library)
        return library

    return plug_in


@pytest.mark.parametrize(
    ("device", "opened", "kept", "rate"),
    [
        (Device("mono", 1), 1, 1, 48_000),
        (Device("stereo", 2), 2, 2, 48_000),
        (Device("headset", 1, 8_000.0, (8_000,)), 1, 1, 8_000),
        (Device("studio", 2, 96_000.0, (96_000, 192_000)), 2, 2, 96_000),
        (Device("mixer behind a server", 8), 2, 2, 48_000),
        (Device("mixer", 8, only_all_channels=True), 8, 2, 48_000),
        (Device("mixer of 96 kHz", 8, 96_000.0, (96_000,), only_all_channels=True), 8, 2, 96_000),
    ],
)
def test_each_kind_of_microphone_is_opened_as_it_allows(
    plug: Callable[..., FakePortAudio], device: Device, opened: int, kept: int, rate: int
) -> None:
    library = plug(device)
    microphone = Microphone(device.name)
    assert (microphone.channels, microphone.rate) == (kept, rate)
    assert library.streams[0].settings["channels"] == opened
    library.streams[0].give()
    ((samples, _),) = microphone.take()
    assert np.allclose(samples, np.arange(1, kept + 1) / 10)
    assert microphone.level == pytest.approx(kept / 10)
    microphone.muted = True
    library.streams[0].give()
    ((samples, _),) = microphone.take()
    assert samples.shape == (480, kept)
    assert not samples.any()
    microphone.close()
    assert library.streams[0].closed


def test_a_microphone_that_is_slow_to_start_is_tried_again(plug: Callable[..., FakePortAudio]) -> None:
    library = plug(Device("slow", 1, slow_starts=2))
    microphone = Microphone("slow")
    assert [stream.closed for stream in library.streams] == [True, True, False]
    library.streams[-1].give()
    assert len(microphone.take()) == 1
    # The streams before it have ended, not the microphone.
    assert not microphone.lost


@pytest.mark.parametrize(
    ("device", "words", "tries"),
    [
        (Device("busy", 1, broken=True), r"'busy' cannot be used \(Device unavailable\)", 1),
        (Device("dead", 1, slow_starts=99), r"'dead' cannot be used \(Wait timed out\)", 3),
    ],
)
def test_one_that_cannot_be_used_is_one_sentence(
    plug: Callable[..., FakePortAudio], device: Device, words: str, tries: int
) -> None:
    library = plug(device)
    with pytest.raises(MicrophoneError, match=words):
        Microphone(device.name)
    assert [stream.closed for stream in library.streams] == [True] * tries


def test_names_begin_with_the_default_and_unknown_ones_are_reported(plug: Callable[..., FakePortAudio]) -> None:
    plug(Device("speakers", 0), Device("built in", 2), Device("headset", 1), default=2)
    assert list_microphones() == ("headset", "built in")
    with pytest.raises(MicrophoneError, match="'gone' was not found"):
        Microphone("gone")
    plug(Device("speakers", 0))
    with pytest.raises(MicrophoneError, match="No microphone was found"):
        Microphone()
