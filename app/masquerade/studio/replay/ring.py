"""Holds the last seconds of a video as encoded segments, within a bound of time and of memory: SegmentRing."""

import threading
from collections import deque
from dataclasses import dataclass, field

MAX_BYTES = 256 * 1024 * 1024


@dataclass(slots=True)
class _Segment:
    """What follows one keyframe.

    Attributes:
        begin: ticks of the keyframe.
        content: MPEG-TS packets.
    """

    begin: int
    content: bytearray = field(default_factory=bytearray)


class SegmentRing:
    """A file to write into that forgets its beginning; `cut` may be called on any thread."""

    def __init__(self, ticks: int, max_bytes: int = MAX_BYTES) -> None:
        """Hold nothing yet.

        Args:
            ticks: how long at the least the segments reach back, in units of their times.
            max_bytes: how much memory they take at the most.
        """
        self._ticks = ticks
        self._max_bytes = max_bytes
        self._segments: deque[_Segment] = deque()
        self._bytes = 0
        self._guard = threading.Lock()

    @property
    def byte_count(self) -> int:
        """How much memory the segments take."""
        return self._bytes

    def begin_segment(self, ticks: int) -> None:
        """Open the segment of a keyframe; what is too old is forgotten."""
        with self._guard:
            self._segments.append(_Segment(ticks))
            # The second one may be the first to be saved: only what lies before it can go.
            while len(self._segments) > 2 and (
                ticks - self._segments[1].begin >= self._ticks or self._bytes > self._max_bytes
            ):
                self._bytes -= len(self._segments.popleft().content)

    def write(self, content: bytes) -> int:
        """Take bytes of the present segment; what comes before the first keyframe is not kept."""
        with self._guard:
            if self._segments:
                self._segments[-1].content += content
                self._bytes += len(content)
        return len(content)

    def cut(self, ticks: int) -> bytes:
        """Return the segments of the last `ticks`, from a keyframe on; b"" where there is none."""
        with self._guard:
            if not self._segments:
                return b""
            newest = self._segments[-1].begin
            first = max(
                (place for place, segment in enumerate(self._segments) if newest - segment.begin >= ticks), default=0
            )
            return b"".join(bytes(segment.content) for segment in list(self._segments)[first:])
