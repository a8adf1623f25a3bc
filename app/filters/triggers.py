"""Tells which triggers a face sets off: each measured against this face's own rest, with hysteresis."""

from dataclasses import dataclass, replace

import numpy as np

from app.geometry.pose import fit_pose
from app.values import POINT_INDEX, Face, Trigger

_TOP = POINT_INDEX["mouth_center_top_lip"]
_BOTTOM = POINT_INDEX["mouth_center_bottom_lip"]

# Eye distances between the lips' outer edges. Over 3039 labelled photos: median 0.30, a
# twentieth below 0.15, a twentieth above 0.49. Full lips are closed at 0.38, a smile with
# teeth has 0.36 to 0.50.
_REST_FIRST = 0.32
_REST_LEAST, _REST_MOST = 0.15, 0.42
# A mouth opened wide on a webcam comes out 0.15 to 0.30 above its rest (a landmarker plays
# such rare shapes down), with a noise of 0.01.
_ON_ABOVE_REST, _OFF_ABOVE_REST = 0.14, 0.08
# Until a face was watched for a while, a smile could be its rest.
_ON_ABOVE_UNKNOWN = 0.20
_KNOWN_AFTER_SECONDS = 0.5
# The rest follows a smaller gap soon and a larger one slowly: talking does not wear it out.
_FALL_SECONDS, _RISE_SECONDS = 0.5, 20.0
_STEP_MOST_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class _Mouth:
    """What is remembered of one face: its gap at rest, for how long that was watched, and its state."""

    rest: float
    watched_seconds: float
    is_open: bool


class Triggers:
    """Watches faces over time. For one thread."""

    def __init__(self) -> None:
        self._mouths: dict[int, _Mouth] = {}
        self._last_at: float | None = None

    def watch(self, faces: tuple[Face, ...], taken_at: float) -> tuple[Face, ...]:
        """Returns the faces with `active` set.

        A face that is only held keeps its triggers: nothing new is known of it.

        Args:
            faces: of one frame.
            taken_at: seconds, when that frame was taken.
        """
        passed = 0.0 if self._last_at is None else taken_at - self._last_at
        seconds = min(max(passed, 0.0), _STEP_MOST_SECONDS)
        self._last_at = taken_at
        self._mouths = {face.identity: self._step(face, seconds) for face in faces}
        return tuple(replace(face, active=_active(self._mouths[face.identity])) for face in faces)

    def _step(self, face: Face, seconds: float) -> _Mouth:
        gap = lip_gap(face)
        old = self._mouths.get(face.identity)
        if old is None:
            rest = min(max(gap, _REST_LEAST), _REST_FIRST)
            return _Mouth(rest, 0.0, gap > rest + _ON_ABOVE_UNKNOWN)
        if face.held:
            return old
        is_open = gap > old.rest + _threshold(old)
        if is_open:
            return replace(old, is_open=True)
        return _Mouth(_settle(old, gap, seconds), old.watched_seconds + seconds, False)


def lip_gap(face: Face) -> float:
    """Returns the distance between the lips' outer edges in eye distances, however far and turned the face is.

    Only its part along the face's own vertical counts, made longer by as much as a nod
    makes it look shorter.
    """
    pose = face.pose or fit_pose(face.keypoints.points)
    down = pose.rotation[:2, 1]
    # Nodding by 70 degrees leaves a third: beyond that, noise would be enlarged.
    length = max(float(np.hypot(*down)), 0.35)
    gap = face.keypoints.points[_BOTTOM] - face.keypoints.points[_TOP]
    return float(gap @ down) / (length * length * pose.scale)


def _threshold(mouth: _Mouth) -> float:
    if mouth.is_open:
        return _OFF_ABOVE_REST
    return _ON_ABOVE_REST if mouth.watched_seconds >= _KNOWN_AFTER_SECONDS else _ON_ABOVE_UNKNOWN


def _settle(mouth: _Mouth, gap: float, seconds: float) -> float:
    """The rest, moved towards a gap; in a face's first seconds it is quick to learn full lips, too."""
    rise_seconds = min(_RISE_SECONDS, 4.0 + 2.0 * mouth.watched_seconds)
    time = _FALL_SECONDS if gap < mouth.rest else rise_seconds
    moved = mouth.rest + (gap - mouth.rest) * min(1.0, seconds / time)
    return min(max(moved, _REST_LEAST), _REST_MOST)


def _active(mouth: _Mouth) -> frozenset[Trigger]:
    return frozenset({Trigger.MOUTH_OPEN}) if mouth.is_open else frozenset()
