"""Capture a microphone by its name."""

import importlib
import threading
import time
from collections import deque
from typing import Any

import numpy as np

from masquerade.errors import AppError
from masquerade.studio.microphone.resampler import Samples

FILE_RATE = 48_000
# PortAudio's delays beyond these are nonsense of a driver.
_MAX_DELAY_SECONDS = 0.5
_SILENT_SECONDS = 1.5
# Some seconds; the writer is never that far behind.
_MAX_BLOCKS = 2000
_LEVEL_DECAY = 0.8
_MAX_CHANNELS = 2
# PortAudio waits a second for the first block; a busy machine may need longer.
_STARTS = 3
_TIMED_OUT = -9987  # paTimedOut


class MicrophoneError(AppError):
    """There is no sound: the recording goes on without it."""


def list_microphones() -> tuple[str, ...]:
    """Return the names of the microphones, the system's default first.

    Raises:
        MicrophoneError: PortAudio is not on this system.
    """
    library = _load()
    inputs = [device for device in library.query_devices() if device["max_input_channels"] > 0]
    names = list(dict.fromkeys(str(device["name"]) for device in inputs))
    default = library.default.device[0]
    if 0 <= default < len(library.query_devices()):
        name = str(library.query_devices(default)["name"])
        names.sort(key=lambda each: each != name)
    return tuple(names)


class Microphone:
    """A stream from one microphone; blocks wait until `take` fetches them.

    The callback runs on PortAudio's thread; everything else is called on any other.
    """

    def __init__(self, name: str = "") -> None:
        """Open it and begin.

        Args:
            name: as `list_microphones` gives it; "" = the system's default.

        Raises:
            MicrophoneError: PortAudio is missing, or the microphone is not there, busy or forbidden.
        """
        library = _load()
        self.muted = False
        self._blocks: deque[tuple[Samples, float]] = deque(maxlen=_MAX_BLOCKS)
        self._level = 0.0
        self._heard_at = time.monotonic()
        self._ended = threading.Event()
        self._closed = False
        try:
            device = _find(library, name)
            opened, self.rate = _choose_settings(library, device)
            self.channels = min(opened, _MAX_CHANNELS)
            self._stream = self._start(library, device, opened)
        except library.PortAudioError as error:
            words = str(error.args[0]) if error.args else type(error).__name__
            raise MicrophoneError(
                f"The microphone '{name or 'default'}' cannot be used ({words}). Choose another one."
            ) from error

    @property
    def level(self) -> float:
        """How loud it is, 0 to 1."""
        return self._level

    @property
    def lost(self) -> bool:
        """True when no more sound arrives, because it was unplugged."""
        return not self._closed and (self._ended.is_set() or time.monotonic() - self._heard_at > _SILENT_SECONDS)

    def take(self) -> list[tuple[Samples, float]]:
        """Return the blocks that came since the last call: (N, channels) float32 and the time of the first sample."""
        blocks = []
        while self._blocks:
            blocks.append(self._blocks.popleft())
        return blocks

    def close(self) -> None:
        """Release the microphone. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self._stream.close(ignore_errors=True)

    def _start(self, library: Any, device: Any, channels: int) -> Any:
        """Return a stream that runs; one that was only slow to begin is tried again."""
        for tries_left in reversed(range(_STARTS)):
            stream = library.InputStream(
                device=device["index"],
                samplerate=self.rate,
                channels=channels,
                dtype="float32",
                callback=self._on_block,
                finished_callback=self._ended.set,
            )
            try:
                stream.start()
            except library.PortAudioError as error:
                stream.close(ignore_errors=True)
                if not tries_left or error.args[1:2] != (_TIMED_OUT,):
                    raise
            else:
                # One that failed has said that it ended.
                self._ended.clear()
                return stream
        raise AssertionError("the last try returns or raises")

    def _on_block(self, samples: Samples, _count: int, times: Any, _status: Any) -> None:
        """Stamp a block; called on PortAudio's thread.

        PortAudio's own clock may be another one than ours: only the difference of its times is used.
        """
        now = time.monotonic()
        delay = min(max(times.currentTime - times.inputBufferAdcTime, 0.0), _MAX_DELAY_SECONDS)
        self._heard_at = now
        kept = samples[:, : self.channels]
        copied = np.zeros_like(kept) if self.muted else kept.copy()
        peak = float(np.abs(copied).max(initial=0.0))
        self._level = max(min(peak, 1.0), self._level * _LEVEL_DECAY)
        self._blocks.append((copied, now - delay))


def _load() -> Any:
    try:
        return importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:
        raise MicrophoneError(
            "Sound needs PortAudio, which this system does not have. Install the package 'libportaudio2' "
            "(Linux) or sounddevice (pip), then restart Masquerade."
        ) from error


def _find(library: Any, name: str) -> Any:
    """Return the device by its name.

    Raises:
        MicrophoneError: it is not there.
    """
    devices = [device for device in library.query_devices() if device["max_input_channels"] > 0]
    if not devices:
        raise MicrophoneError("No microphone was found. Plug one in, or switch sound off.")
    if not name:
        default = library.default.device[0]
        return next((device for device in devices if device["index"] == default), devices[0])
    found = next((device for device in devices if device["name"] == name), None)
    if found is None:
        raise MicrophoneError(f"The microphone '{name}' was not found. Plug it in, or choose another one.")
    return found


def _choose_settings(library: Any, device: Any) -> tuple[int, int]:
    """Return channels and rate that a device takes: few channels and the file's rate, else its own.

    Devices without a sound server between take nothing but their own.
    """
    own_channels, own_rate = int(device["max_input_channels"]), int(device["default_samplerate"])
    few = min(own_channels, _MAX_CHANNELS)
    for channels, rate in ((few, FILE_RATE), (few, own_rate), (own_channels, FILE_RATE)):
        try:
            library.check_input_settings(device["index"], channels, "float32", samplerate=rate)
        except library.PortAudioError:
            continue
        return channels, rate
    return own_channels, own_rate
