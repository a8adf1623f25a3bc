"""The options for clips, without loading a decoder: Stretch, LoopOptions."""

import math
from dataclasses import dataclass, field

MAX_LOOP_SECONDS = 20.0
DEFAULT_MAX_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a clip.

    Attributes:
        begin_seconds: from the beginning of the clip.
        end_seconds: from the beginning of the clip; infinity = to its end.
    """

    begin_seconds: float = 0.0
    end_seconds: float = math.inf

    def __post_init__(self) -> None:
        if not 0 <= self.begin_seconds < self.end_seconds:
            raise ValueError(f"no stretch from {self.begin_seconds} to {self.end_seconds} s")


@dataclass(frozen=True, slots=True)
class LoopOptions:
    """How to make a loop of a clip.

    Attributes:
        stretch: at most MAX_LOOP_SECONDS long.
        boomerang: True plays it forwards, then backwards.
        max_bytes: size of the file at the most.
    """

    stretch: Stretch = field(default_factory=Stretch)
    boomerang: bool = False
    max_bytes: int = DEFAULT_MAX_BYTES

    def __post_init__(self) -> None:
        if self.max_bytes < 1:
            raise ValueError(f"max_bytes must be above 0, got {self.max_bytes}")
