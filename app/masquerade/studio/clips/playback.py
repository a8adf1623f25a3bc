"""Plays part of a clip once, with image and sound in sync: Playback."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from masquerade.errors import AppError
from masquerade.studio.clips.clip import read_frames
from masquerade.studio.clips.file_sound import SoundFeed
from masquerade.studio.clips.options import Stretch
from masquerade.studio.clips.speaker import Speaker
from masquerade.values import Frame

# Until the first sound is decoded and on its way.
_LEAD_SECONDS = 0.15
_LAST_SECONDS = 0.05

_log = logging.getLogger(__name__)


class Playback:
    """Delivers the frames of part of a clip in time, once, on its own thread."""

    def __init__(
        self,
        path: Path,
        stretch: Stretch,
        on_frame: Callable[[Frame], None],
        on_end: Callable[[AppError | None], None],
        speaker: Speaker | None = None,
    ) -> None:
        """Start at once.

        Args:
            path: of a video or animation.
            stretch: which part of it.
            on_frame: called ON THE THREAD at the moment of each frame; `taken_at` counts from the clip's beginning.
            on_end: called ON THE THREAD, once, unless `close` came first; with the error there was.
            speaker: is lent; None plays without sound.
        """
        self._path = path
        self._stretch = stretch
        self._on_frame = on_frame
        self._on_end = on_end
        self._speaker = speaker
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="playback", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it and wait. May be called twice."""
        self._closing.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        problem: AppError | None = AppError(f"{self._path} cannot be played because of an error in Masquerade.")
        try:
            self._play()
            problem = None
        except AppError as error:
            problem = error
        finally:
            if not self._closing.is_set():
                self._on_end(problem)

    def _play(self) -> None:
        begin = self._stretch.begin_seconds
        begin_at = time.monotonic() + _LEAD_SECONDS
        feed = None
        if self._speaker is not None:
            feed = SoundFeed(self._path, begin, begin_at, self._speaker.play)
        try:
            with closing(read_frames(self._path, begin)) as frames:
                for frame in frames:
                    if frame.taken_at >= self._stretch.end_seconds:
                        break
                    if not self._wait_until(begin_at + frame.taken_at - begin):
                        return
                    self._on_frame(frame)
            # The last frame is seen, too.
            self._wait_until(time.monotonic() + _LAST_SECONDS)
        finally:
            if feed is not None:
                feed.close()
            if self._speaker is not None:
                self._speaker.clear()

    def _wait_until(self, moment: float) -> bool:
        """Return False when `close` was called."""
        return not self._closing.wait(max(moment - time.monotonic(), 0.0))
