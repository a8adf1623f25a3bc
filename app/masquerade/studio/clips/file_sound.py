"""Decodes the sound of a file and delivers it just in time: read_sound, SoundFeed."""

import logging
import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler

from masquerade.errors import SourceError
from masquerade.pipeline.sources.media import open_media
from masquerade.studio.clips.speaker import SOUND_RATE, Samples

_MICROSECONDS = 1_000_000
# So far ahead of its moment sound is handed on.
_AHEAD_SECONDS = 0.4

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class SoundBlock:
    """A piece of sound.

    Attributes:
        samples: (N, 2) float32 at SOUND_RATE.
        seconds: of the first sample, from the beginning of the file's video.
    """

    samples: Samples
    seconds: float


def read_sound(path: Path, begin_seconds: float = 0.0) -> Generator[SoundBlock, None, None]:
    """Give the first sound track of a file in stereo, from about `begin_seconds` on; nothing where there is none.

    Sound that cannot be decoded is left out.

    Raises:
        SourceError: the file is missing or cannot be read.
    """
    with open_media(path) as container:
        stream = next((each for each in container.streams.audio if each.codec_context is not None), None)
        if stream is None:
            return
        video = container.streams.video[0] if container.streams.video else None
        origin = float((video.start_time or 0) * (video.time_base or 0)) if video is not None else 0.0
        if begin_seconds > 0:
            with suppress(av.FFmpegError):
                container.seek(round((origin + begin_seconds) * _MICROSECONDS))
        resampler = AudioResampler(format="flt", layout="stereo", rate=SOUND_RATE)
        try:
            for packet in container.demux(stream):
                yield from _decode(packet, resampler, origin, begin_seconds)
        except (av.FFmpegError, ValueError) as error:
            _log.info("%s: its sound ends early: %s", path, error)


def _decode(
    packet: "av.Packet[av.AudioStream]", resampler: AudioResampler, origin: float, begin_seconds: float
) -> Generator[SoundBlock, None, None]:
    try:
        decoded = packet.decode()
    except (av.FFmpegError, ValueError) as error:
        _log.debug("a piece of sound is left out: %s", error)
        return
    for each in decoded:
        for frame in resampler.resample(each):
            if frame.pts is None or frame.time_base is None:
                continue
            samples = np.asarray(frame.to_ndarray(), np.float32).reshape(-1, 2)
            seconds = float(frame.pts * frame.time_base) - origin
            if seconds + len(samples) / SOUND_RATE > begin_seconds:
                yield SoundBlock(samples, seconds)


class SoundFeed:
    """Delivers the sound of a file in time, on its own thread, until the end or `close`."""

    def __init__(
        self, path: Path, begin_seconds: float, begin_at: float, take: Callable[[Samples, float], None]
    ) -> None:
        """Start the thread.

        Args:
            path: of the file; without sound, nothing comes.
            begin_seconds: from where in the file.
            begin_at: the moment at which that is due, on the `time.monotonic` clock.
            take: called ON THE THREAD with (N, 2) float32 at SOUND_RATE and the moment its first sample is due.
        """
        self._path = path
        self._begin_seconds = begin_seconds
        self._begin_at = begin_at
        self._take = take
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="file sound", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it and wait; may be called twice, and on any other thread."""
        self._closing.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        try:
            for block in read_sound(self._path, self._begin_seconds):
                due = self._begin_at + block.seconds - self._begin_seconds
                if self._closing.wait(max(due - _AHEAD_SECONDS - time.monotonic(), 0.0)):
                    return
                self._take(block.samples, due)
        except SourceError as error:
            _log.info("no sound: %s", error)


def has_sound(path: Path) -> bool:
    """Return whether a file has sound that can be decoded; one that cannot be read has none."""
    try:
        with open_media(path) as container:
            return any(stream.codec_context is not None for stream in container.streams.audio)
    except SourceError as error:
        _log.debug("no sound: %s", error)
        return False
