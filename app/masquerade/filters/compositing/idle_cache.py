"""Caches values that frames use repeatedly, within a limit of memory: IdleCache."""

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

# What no frame has asked for in as long is idle: 10 s of a camera.
IDLE_FRAMES = 300


@dataclass(slots=True)
class _Entry(Generic[V]):
    value: V
    byte_count: int
    used_at: int


class IdleCache(Generic[K, V]):
    """Cache values by key; free idle ones, and the least recently used ones above a limit. For one thread."""

    def __init__(self, byte_count: Callable[[V], int], max_bytes: float = math.inf, max_idle_bytes: int = 0) -> None:
        """Keep nothing yet.

        Args:
            byte_count: of a value.
            max_bytes: of all values; the newest stays, however large it is.
            max_idle_bytes: of those that are idle; what goes beyond it is freed, the longest unused first.
        """
        self._max_bytes = max_bytes
        self._byte_count = byte_count
        self._max_idle_bytes = max_idle_bytes
        # The longest unused comes first.
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()
        self._bytes = 0
        self._frame = 0

    @property
    def byte_count(self) -> int:
        """Bytes of all values."""
        return self._bytes

    def __iter__(self) -> Iterator[K]:
        """Give the keys, the longest unused first."""
        return iter(self._entries)

    def begin_frame(self) -> bool:
        """Count a frame; every few frames, free idle values. Return whether this frame did so."""
        self._frame += 1
        if self._frame % IDLE_FRAMES:
            return False
        idle = [key for key, entry in self._entries.items() if self._frame - entry.used_at >= IDLE_FRAMES]
        idle_bytes = sum(self._entries[key].byte_count for key in idle)
        for key in idle:
            if idle_bytes <= self._max_idle_bytes:
                break
            idle_bytes -= self._drop(key)
        return True

    def get(self, key: K) -> V | None:
        """Return a value and mark it as used; None if there is none."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        entry.used_at = self._frame
        self._entries.move_to_end(key)
        return entry.value

    def put(self, key: K, value: V) -> V:
        """Store a value, replacing an older one, and return it."""
        if key in self._entries:
            self._drop(key)
        entry = self._entries[key] = _Entry(value, self._byte_count(value), self._frame)
        self._bytes += entry.byte_count
        while self._bytes > self._max_bytes and len(self._entries) > 1:
            self._drop(next(iter(self._entries)))
        return value

    def _drop(self, key: K) -> int:
        count = self._entries.pop(key).byte_count
        self._bytes -= count
        return count
