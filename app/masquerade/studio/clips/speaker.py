"""Plays samples at the moments they are due, through the system's sound output: Speaker."""

import importlib
import logging
import threading
import time
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

SOUND_RATE = 48_000
_MAX_DELAY_SECONDS = 0.5
# What is farther off than this is moved to its place; less is not heard.
_JUMP_SECONDS = 0.04
_MAX_BLOCKS = 400

Samples = NDArray[np.float32]
_log = logging.getLogger(__name__)


class Mixer:
    """Joins blocks with due times to an unbroken stream; `add` and `render` may be called on two threads."""

    def __init__(self, rate: int = SOUND_RATE) -> None:
        self._rate = rate
        self._guard = threading.Lock()
        self._blocks: deque[tuple[Samples, float]] = deque(maxlen=_MAX_BLOCKS)
        self._offset = 0
        self._playing = False

    def add(self, samples: Samples, due: float) -> None:
        """Take a block.

        Args:
            samples: (N, 2) float32.
            due: when its first sample is heard, seconds of `time.monotonic`.
        """
        with self._guard:
            self._blocks.append((samples, due))

    def clear(self) -> None:
        """Discard what is queued."""
        with self._guard:
            self._blocks.clear()
            self._offset, self._playing = 0, False

    def render(self, count: int, begin: float) -> Samples:
        """Return `count` samples whose first is heard at `begin`, (count, 2); silence where there are none."""
        result = np.zeros((count, 2), np.float32)
        with self._guard:
            place = 0
            while place < count and self._blocks:
                samples, due = self._blocks[0]
                ahead = due + self._offset / self._rate - (begin + place / self._rate)
                if ahead < -_JUMP_SECONDS or (not self._playing and ahead < 0):
                    skipped = min(round(-ahead * self._rate), len(samples) - self._offset)
                    self._offset += skipped
                elif ahead > _JUMP_SECONDS or (not self._playing and ahead > 0):
                    self._playing = False
                    if round(ahead * self._rate) >= count - place:
                        break
                    place += max(round(ahead * self._rate), 1)
                taken = min(len(samples) - self._offset, count - place)
                result[place : place + taken] = samples[self._offset : self._offset + taken]
                self._playing = self._playing or taken > 0
                place += taken
                self._offset += taken
                if self._offset >= len(samples):
                    self._blocks.popleft()
                    self._offset = 0
        return result


class Speaker:
    """The system's default sound output; used on any thread, `close` included."""

    def __init__(self, stream: Any, mixer: Mixer) -> None:
        self._stream = stream
        self._mixer = mixer
        self.muted = False

    def play(self, samples: Samples, due: float) -> None:
        """Play a block when it is due; drop what is too late."""
        self._mixer.add(samples, due)

    def clear(self) -> None:
        """Stop the sound at once."""
        self._mixer.clear()

    def fill(self, output: Samples, begin: float) -> None:
        """Fill the output buffer from a time on; called on PortAudio's thread."""
        samples = self._mixer.render(len(output), begin)
        output[:] = 0 if self.muted else samples

    def close(self) -> None:
        """Release the output. May be called twice."""
        self._stream.close(ignore_errors=True)


def open_speaker() -> Speaker | None:
    """Return the system's default output; None where there is none, or no PortAudio."""
    try:
        library: Any = importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:
        _log.info("no sound output: %s", error)
        return None
    speaker: Speaker | None = None

    def on_wanted(output: Samples, _count: int, times: Any, _status: Any) -> None:
        delay = min(max(times.outputBufferDacTime - times.currentTime, 0.0), _MAX_DELAY_SECONDS)
        if speaker is None:
            output[:] = 0
        else:
            speaker.fill(output, time.monotonic() + delay)

    try:
        stream = library.OutputStream(samplerate=SOUND_RATE, channels=2, dtype="float32", callback=on_wanted)
        speaker = Speaker(stream, Mixer())
        stream.start()
    except (library.PortAudioError, ValueError) as error:
        _log.info("no sound output: %s", error)
        return None
    return speaker
