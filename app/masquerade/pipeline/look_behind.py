"""Holds scenes back for a moment, so that a face is hidden before the detector finds it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from masquerade.values import ByteArray, Detection, FloatArray, Scene
from masquerade.vision.search.downscaled import is_same_face
from masquerade.vision.search.tiled import THOROUGH_FRAMES_PER_SCAN

# By then every part of the image was searched.
FRAMES_BEHIND = THOROUGH_FRAMES_PER_SCAN

Locate = Callable[[ByteArray, FloatArray], FloatArray | None]


def look_behind(scenes: Iterable[Scene], frames: int = FRAMES_BEHIND, locate: Locate | None = None) -> Iterator[Scene]:
    """Give the scenes later, with what the detector found in the `frames` after each of them.

    A newcomer is followed back through the scenes before it as long as its landmarks hold,
    and then stays where it was seen first: the detector needs a face that is sharp, and not
    half behind another or the border. A face that is there already is not repeated.

    Args:
        scenes: not painted yet; their order is kept.
        frames: that are held back in memory.
        locate: finds eyes and mouth near others, see Line.locate; None leaves newcomers where they were found.
    """
    held: deque[Scene] = deque()
    for scene in scenes:
        newcomers = _newcomers(scene, held[-1]) if held else []
        for index in reversed(range(len(held))):
            if not newcomers:
                break
            newcomers = _followed(newcomers, held[index], locate)
            fresh = _unknown(newcomers, held[index])
            held[index] = replace(held[index], detections=(*(held[index].detections or ()), *fresh))
            newcomers = fresh
        held.append(scene)
        if len(held) > frames:
            yield held.popleft()
    yield from held


def _newcomers(scene: Scene, before: Scene) -> list[Detection]:
    """Return the faces of a scene that the one before it does not know."""
    return _unknown(list(scene.detections or ()), before)


def _followed(newcomers: list[Detection], scene: Scene, locate: Locate | None) -> list[Detection]:
    """Return where the newcomers were in an earlier scene; who is not seen there stays."""
    if locate is None:
        return newcomers
    followed = []
    for each in newcomers:
        anchors = locate(scene.frame.pixels, each.anchors)
        followed.append(each if anchors is None else replace(each, anchors=np.array(anchors, np.float32)))
    return followed


def _unknown(found: list[Detection], scene: Scene) -> list[Detection]:
    known = [face.keypoints.anchors for face in scene.faces if not face.held]
    known += [each.anchors for each in scene.detections or ()]
    return [each for each in found if not any(is_same_face(each.anchors, old) for old in known)]
