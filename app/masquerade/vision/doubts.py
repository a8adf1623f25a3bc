"""Finds the followed faces that may no longer be who they were one frame before: IdentityDoubts."""

from collections.abc import Sequence
from dataclasses import dataclass

from masquerade.values import ByteArray, FloatArray
from masquerade.vision.appearance import appearance_of, cosine_similarity
from masquerade.vision.track import Track

# In sides of the larger crop, which is 3.3 eye distances wide: heads side by side are 0.75 apart.
_CROWDED_WITHIN = 0.6
_MAX_MOVE, _MAX_GROWTH = 0.6, 1.4
# A face that was out of sight for longer may be anybody's.
_MAX_GAP_SECONDS = 0.35
# From frame to frame at 30 a second, three filmed faces have 0.925 at the least. Of 29,000 pairs of people whom one
# studio photographed alike, 6 % are above; of pairs from 290 photos of all kinds, none in a hundred.
_LEAST_SIMILARITY = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class _Sight:
    """How a face was seen last."""

    time: float
    anchors: FloatArray
    side: float
    appearance: FloatArray
    is_crowded: bool


class IdentityDoubts:
    """Remembers how each followed face was seen last. For one thread.

    Two people cannot be told apart by how they look here. What can be known is that a face has been
    followed without a break, at every frame, with no other face before or behind it.
    """

    def __init__(self) -> None:
        self._seen: dict[int, _Sight] = {}
        self._cut_at = float("-inf")

    def cut(self, time: float) -> None:
        """Doubt everyone who was seen before `time`."""
        self._cut_at = time

    def forget(self) -> None:
        """Doubt no face at the next frame."""
        self._seen = {}

    def find(self, tracks: Sequence[Track], pixels: ByteArray, time: float) -> list[Track]:
        """Return the followed faces that are in doubt, and remember how all of them are seen now.

        Args:
            tracks: all that are known; those that are lost are in the way of others where they were seen last.
            pixels: (H, W, 4) uint8 BGRA, the frame.
            time: of the frame, seconds.
        """
        followed = [track for track in tracks if track.lost_since is None]
        now = {track.identity: _look(track, tracks, pixels, time) for track in followed}
        doubtful = [track for track in followed if self._is_doubtful(track, now[track.identity])]
        lost = {track.identity for track in tracks if track.lost_since is not None}
        self._seen = {identity: sight for identity, sight in self._seen.items() if identity in lost} | now
        return doubtful

    def rename(self, old: int, new: int) -> None:
        """Remember a face under another identity."""
        self._seen[new] = self._seen.pop(old)

    def _is_doubtful(self, track: Track, now: _Sight) -> bool:
        before = self._seen.get(track.identity)
        if before is None:
            return False
        was_away = not 0 <= now.time - before.time <= _MAX_GAP_SECONDS or before.time < self._cut_at
        growth = max(now.side, before.side) / min(now.side, before.side)
        has_jumped = track.distance_to(before.anchors) > _MAX_MOVE or growth > _MAX_GROWTH
        looks_different = cosine_similarity(now.appearance, before.appearance) < _LEAST_SIMILARITY
        return was_away or has_jumped or looks_different or now.is_crowded != before.is_crowded


def _look(track: Track, tracks: Sequence[Track], pixels: ByteArray, time: float) -> _Sight:
    is_crowded = any(track.gap_to(other) < _CROWDED_WITHIN for other in tracks if other is not track)
    return _Sight(time, track.anchors, track.side, appearance_of(pixels, track.anchors), is_crowded)
