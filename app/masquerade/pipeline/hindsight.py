"""Delays the scenes of a file, so that later frames can improve earlier ones: hold_back."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from masquerade.errors import AppError
from masquerade.values import Scene
from masquerade.vision.search.tiled import THOROUGH_FRAMES_PER_SCAN

# By then every part of the image was searched. They are all that is held in memory, however long the film is.
FRAMES_BEHIND = THOROUGH_FRAMES_PER_SCAN


class Hindsight(Protocol):
    """Improves earlier scenes with later ones; called on one thread, with scenes in order."""

    def take_in(self, scene: Scene, held: deque[Scene]) -> None:
        """Process the next scene; the scenes in `held`, all before it, may be replaced."""

    def give_out(self, scene: Scene, following: Sequence[Scene]) -> Scene:
        """Return the oldest scene as it leaves; `following` are those that are held after it."""


def hold_back(
    scenes: Iterable[Scene],
    improvements: Sequence[Hindsight],
    frames: int = FRAMES_BEHIND,
    max_bytes: int | None = None,
) -> Iterator[Scene]:
    """Yield the scenes late, improved by the `frames` after each of them, in order.

    Args:
        scenes: not painted yet.
        improvements: made for this stream; asked in this order.
        frames: that are held back in memory.
        max_bytes: of their pixels; fewer frames are held where they are large. None = no limit.

    Raises:
        AppError: what `scenes` raises, once the scenes before it have been given.
    """
    held: deque[Scene] = deque()
    problem = None
    try:
        for scene in scenes:
            for each in improvements:
                each.take_in(scene, held)
            held.append(scene)
            while len(held) > _capacity(scene, frames, max_bytes):
                yield _oldest(held, improvements)
    except AppError as error:
        problem = error
    while held:
        yield _oldest(held, improvements)
    if problem is not None:
        raise problem


def _capacity(scene: Scene, frames: int, max_bytes: int | None) -> int:
    return frames if max_bytes is None else min(frames, max_bytes // scene.frame.pixels.nbytes)


def _oldest(held: deque[Scene], improvements: Sequence[Hindsight]) -> Scene:
    scene = held.popleft()
    for each in improvements:
        scene = each.give_out(scene, held)
    return scene
