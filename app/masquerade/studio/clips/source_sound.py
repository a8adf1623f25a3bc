"""Plays the sound of the video that is the source, and gives it to a recording: SourceSound."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from masquerade.studio.clips.speaker import SOUND_RATE, Mixer, Samples, Speaker

if TYPE_CHECKING:
    # Loads PyAV, which a camera does without.
    from masquerade.studio.clips.file_sound import SoundFeed

# Blocks that were handed on this long ago are certainly in their places.
_SETTLED_SECONDS = 0.02
_CHANNELS = 2


class FileCapture:
    """The sound of the source for a recording: an unbroken stream on the clock of the frames.

    It stands for a microphone; see `live_sound.Capture`. `add` is called on the feed's thread, the rest
    on the recorder's.
    """

    channels, rate = _CHANNELS, SOUND_RATE
    lost = False

    def __init__(self, on_close: Callable[["FileCapture"], None]) -> None:
        self.muted = False
        self.level = 0.0
        self._mixer = Mixer()
        self._until = time.monotonic() - _SETTLED_SECONDS
        self._on_close = on_close

    def add(self, samples: Samples, due: float) -> None:
        """Take a block and the moment that its first sample belongs to."""
        self._mixer.add(samples, due)

    def take(self) -> list[tuple[Samples, float]]:
        """Return the sound since the last call, with silence for gaps."""
        begin = self._until
        count = round((time.monotonic() - _SETTLED_SECONDS - begin) * SOUND_RATE)
        if count <= 0:
            return []
        samples = self._mixer.render(count, begin)
        self._until = begin + count / SOUND_RATE
        self.level = 0.0 if self.muted else float(np.abs(samples).max(initial=0.0))
        return [(np.zeros_like(samples) if self.muted else samples, begin)]

    def close(self) -> None:
        """Stop capturing. May be called twice."""
        self._on_close(self)


class SourceSound:
    """The sound of one source at a time; every method may be called on any thread."""

    def __init__(self, open_speaker: Callable[[], Speaker | None]) -> None:
        """Open nothing yet.

        Args:
            open_speaker: called when the first sound is due; None = nothing is heard.
        """
        self._open_speaker = open_speaker
        self._guard = threading.Lock()
        self._speaker: Speaker | None = None
        self._speaker_wanted = True
        self._muted = False
        self._captures: tuple[FileCapture, ...] = ()
        self._playing: FollowedSound | None = None

    @property
    def has_sound(self) -> bool:
        """Whether the source that plays has sound."""
        playing = self._playing
        return playing is not None and playing.has_sound

    def follow(self, path: Path) -> "FollowedSound":
        """Return a follower for the clock of a video, whose sound is played from then on."""
        return FollowedSound(path, self)

    def mute(self, muted: bool) -> None:
        """Mute or unmute the sound; recordings always have it."""
        with self._guard:
            self._muted = muted
            if self._speaker is not None:
                self._speaker.muted = muted

    def capture(self) -> FileCapture:
        """Begin to take the sound for a recording."""
        capture = FileCapture(self._forget)
        with self._guard:
            self._captures = (*self._captures, capture)
        return capture

    def close(self) -> None:
        """Release the output."""
        with self._guard:
            speaker, self._speaker, self._speaker_wanted = self._speaker, None, False
        if speaker is not None:
            speaker.close()

    def begin(self, sound: "FollowedSound") -> None:
        """Note what is playing."""
        self._playing = sound

    def end(self, sound: "FollowedSound") -> None:
        """Note that this has stopped; another may already play."""
        if self._playing is sound:
            self._playing = None
            speaker = self._speaker
            if speaker is not None:
                speaker.clear()

    def take(self, samples: Samples, due: float) -> None:
        """Pass a block to the output and the recordings."""
        speaker = self._lend_speaker()
        if speaker is not None:
            speaker.play(samples, due)
        for capture in self._captures:
            capture.add(samples, due)

    def _lend_speaker(self) -> Speaker | None:
        with self._guard:
            if self._speaker is None and self._speaker_wanted:
                self._speaker_wanted = False
                self._speaker = self._open_speaker()
                if self._speaker is not None:
                    self._speaker.muted = self._muted
            return self._speaker

    def _forget(self, capture: FileCapture) -> None:
        with self._guard:
            self._captures = tuple(each for each in self._captures if each is not capture)


class FollowedSound:
    """The sound of one video, which follows the clock that its frames are given by.

    `begin` and `end` are called on the capture thread.
    """

    def __init__(self, path: Path, owner: SourceSound) -> None:
        self.has_sound = False
        self._path = path
        self._owner = owner
        self._looked = False
        self._feed: SoundFeed | None = None

    def begin(self, file_seconds: float, moment: float) -> None:
        """Continue from a time of the file, due at a time of `time.monotonic`."""
        from masquerade.studio.clips.file_sound import SoundFeed, has_sound

        self._stop()
        if not self._looked:
            self._looked, self.has_sound = True, has_sound(self._path)
        self._owner.begin(self)
        if self.has_sound:
            self._feed = SoundFeed(self._path, file_seconds, moment, self._owner.take)

    def end(self) -> None:
        """Stop the sound, because the source is closed."""
        self._stop()
        self._owner.end(self)

    def _stop(self) -> None:
        feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()
