"""Play a video over and over: VideoLoop."""

from collections.abc import Iterator

from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.art.video import VideoError, video_frames
from masquerade.values import ByteArray

# A stream that has waited is not caught up with frame by frame: it goes on from there.
_MAX_DECODED = 12
# How long a last frame is shown, where it has no successor to say so.
_LAST_SECONDS = 1 / 30


class VideoLoop:
    """Return the current frame at any time, holding no more than two. For one thread.

    Args:
        art: a video.
    """

    def __init__(self, art: Art) -> None:
        self._content = art.content
        self._frames: Iterator[tuple[float, ByteArray]] = iter(())
        self._shown: ByteArray | None = None
        self._next: tuple[float, ByteArray] | None = None
        self._position = 0.0
        self._shown_at = 0.0

    def step(self, seconds: float) -> ByteArray:
        """Advance by some seconds; return the frame (H, W, 4) uint8 BGRA, a new array if the frame has changed.

        Raises:
            VideoError: the video cannot be played.
        """
        self._position += seconds
        if self._shown is None:
            self._begin()
        for decoded in range(_MAX_DECODED):
            if not self._go_on():
                break
            if decoded == _MAX_DECODED - 1:
                self._position = self._shown_at
        assert self._shown is not None
        return self._shown

    def _go_on(self) -> bool:
        """Advance to the next frame if it is due; return whether it was."""
        if self._next is None:
            if self._position < self._shown_at + _LAST_SECONDS:
                return False
            self._begin()
            return False
        if self._position < self._next[0]:
            return False
        self._shown_at, self._shown = self._next
        self._next = next(self._frames, None)
        return True

    def _begin(self) -> None:
        """Start from the first frame."""
        self._frames = video_frames(self._content)
        first = next(self._frames, None)
        if first is None:
            raise VideoError("contains no video")
        self._shown_at, self._shown = first
        self._position = 0.0
        self._next = next(self._frames, None)
