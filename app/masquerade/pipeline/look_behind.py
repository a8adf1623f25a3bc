"""Finds new faces in the frames before they were detected, so that they are hidden from the start: LookBehind."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from masquerade.values import ByteArray, Detection, FloatArray, Scene
from masquerade.vision.search.downscaled import is_same_face

Locate = Callable[[ByteArray, FloatArray], FloatArray | None]


class LookBehind:
    """Adds new faces to the delayed scenes before the one that found them.

    A newcomer is followed back through the scenes before it as long as its landmarks hold,
    and then stays where it was seen first: the detector needs a face that is sharp, and not
    half behind another or the border. A face that is there already is not repeated.
    """

    def __init__(self, locate: Locate | None = None) -> None:
        """Start without a scene.

        Args:
            locate: finds eyes and mouth near others, see Line.locate; None leaves newcomers where they were found.
        """
        self._locate = locate

    def take_in(self, scene: Scene, held: deque[Scene]) -> None:
        """Follow the new faces of a scene backwards through the delayed scenes; see Hindsight."""
        newcomers = _unknown(list(scene.detections or ()), held[-1]) if held else []
        for index in reversed(range(len(held))):
            if not newcomers:
                break
            newcomers = self._followed(newcomers, held[index])
            fresh = _unknown(newcomers, held[index])
            held[index] = replace(held[index], detections=(*(held[index].detections or ()), *fresh))
            newcomers = fresh

    def give_out(self, scene: Scene, following: Sequence[Scene]) -> Scene:
        """Return the scene as it is."""
        del following
        return scene

    def _followed(self, newcomers: list[Detection], scene: Scene) -> list[Detection]:
        """Return where the new faces were in an earlier scene; a face that is not found there keeps its place."""
        if self._locate is None:
            return newcomers
        followed = []
        for each in newcomers:
            anchors = self._locate(scene.frame.pixels, each.anchors)
            followed.append(each if anchors is None else replace(each, anchors=np.array(anchors, np.float32)))
        return followed


def _unknown(found: list[Detection], scene: Scene) -> list[Detection]:
    known = [face.keypoints.anchors for face in scene.faces if not face.held]
    known += [each.anchors for each in scene.detections or ()]
    return [each for each in found if not any(is_same_face(each.anchors, old) for old in known)]
