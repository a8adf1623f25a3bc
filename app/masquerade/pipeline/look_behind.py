"""Holds scenes back for a moment, so that a face is hidden before the detector finds it."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace

from masquerade.values import Scene
from masquerade.vision.search.downscaled import is_same_face

# The detector needs a newcomer that is sharp, and not half behind another, to see a face in it.
FRAMES_BEHIND = 8


def look_behind(scenes: Iterable[Scene], frames: int = FRAMES_BEHIND) -> Iterator[Scene]:
    """Give the scenes later, with what the detector found in the `frames` after each of them.

    What was found stands in the scenes before it at the place where it was found first:
    nothing else is known of it yet. A face that is there already is not repeated.

    Args:
        scenes: not painted yet; their order is kept.
        frames: that are held back in memory.
    """
    held: deque[Scene] = deque()
    for scene in scenes:
        for index in reversed(range(len(held))):
            held[index] = _with_newcomers(held[index], held[index + 1] if index + 1 < len(held) else scene)
        held.append(scene)
        if len(held) > frames:
            yield held.popleft()
    yield from held


def _with_newcomers(before: Scene, after: Scene) -> Scene:
    """Return the scene `before`, with the detections of `after` that it does not know."""
    known = [face.keypoints.anchors for face in before.faces if not face.held]
    known += [each.anchors for each in before.detections or ()]
    fresh = tuple(each for each in after.detections or () if not any(is_same_face(each.anchors, old) for old in known))
    if not fresh:
        return before
    return replace(before, detections=(*(before.detections or ()), *fresh))
