"""Finds detected faces that the tracker does not (yet) follow correctly, so that privacy hides them too."""

from dataclasses import replace

import numpy as np

from masquerade.filters.people.presence import PRIVACY_FADE_SECONDS, PRIVACY_HOLD_SECONDS, VisibleFace
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.pose import fit_pose
from masquerade.geometry.similarity import Similarity
from masquerade.values import Detection, Face, FloatArray, Keypoints, Matrix, Scene

# In eye distances: a face whose anchors are nearer than this to those of a tracked face is that face.
_SAME_WITHIN = 0.45
# So far a face may have moved between two frames.
_MAX_MOVED = 1.5
# Who is seen newly, as large as one who was seen so lately and no farther away, is that one.
_MOVES_ON_SECONDS, _MAX_MOVE, _MAX_GROWTH = 0.4, 4.0, 1.6
_MAX_KEPT = 12
# Detections have no identity: theirs count down from here, so that they never meet a tracked one.
_FIRST_IDENTITY = -1


class UntrackedFaces:
    """Remembers detections that belong to no tracked face. For one thread.

    Privacy looks at every frame through the detector. Where the tracker has lost hold of
    a face without knowing it, or is about to take up a new one, this hides it meanwhile.
    """

    def __init__(self) -> None:
        self._known: tuple[VisibleFace, ...] = ()

    def step(self, scene: Scene, seconds: float) -> tuple[VisibleFace, ...]:
        """Return the faces to hide in addition to those of the scene.

        Args:
            scene: with `detections`; None there means that the detector did not look.
            seconds: since the last scene.
        """
        followed = [face.keypoints.anchors for face in scene.faces if not face.held]
        fresh = [each for each in scene.detections or () if not _is_among(each.anchors, followed)]
        seen = followed + [each.anchors for each in fresh]
        older = [_aged(each, seconds) for each in self._known if not _is_among(each.face.keypoints.anchors, seen)]
        staying = _not_moved_on(older, [each for each in seen if not _is_near(each, self._known)])
        kept = [each for each in staying if (each.gone or 0.0) < PRIVACY_HOLD_SECONDS + PRIVACY_FADE_SECONDS]
        everyone = [*kept[-_MAX_KEPT:], *(_presence_of(each, older, seconds) for each in fresh)]
        self._known = tuple(
            replace(each, face=replace(each.face, identity=_FIRST_IDENTITY - index))
            for index, each in enumerate(everyone)
        )
        return self._known


def _is_near(anchors: FloatArray, known: tuple[VisibleFace, ...]) -> bool:
    return _is_among(anchors, [each.face.keypoints.anchors for each in known])


def _not_moved_on(older: list[VisibleFace], newly_seen: list[FloatArray]) -> list[VisibleFace]:
    """Return the older places from which no face can have moved to a new one.

    Without it a fast pan leaves a row of covers, one for every frame.
    """
    left = list(older)
    for anchors in newly_seen:
        near = [each for each in left if each.unseen <= _MOVES_ON_SECONDS and _can_move(each, anchors)]
        if near:
            left.remove(min(near, key=lambda each: _distance(each, anchors)))
    return left


def _can_move(old: VisibleFace, anchors: FloatArray) -> bool:
    before, after = _size(old.face.keypoints.anchors), _size(anchors)
    alike = max(before, after) < _MAX_GROWTH * min(before, after)
    return alike and _distance(old, anchors) < _MAX_MOVE * after


def _distance(old: VisibleFace, anchors: FloatArray) -> float:
    return float(np.hypot(*(old.face.keypoints.anchors.mean(axis=0) - anchors.mean(axis=0))))


def _size(anchors: FloatArray) -> float:
    """Return the distance from the eyes to the mouth of anchors (3, 2)."""
    return max(float(np.hypot(*(anchors[:2].mean(axis=0) - anchors[2]))), 1e-3)


def _is_among(anchors: FloatArray, others: list[FloatArray]) -> bool:
    """Return whether these eyes and mouth are (nearly) those of another face."""
    size = _size(anchors)
    return any(float(np.hypot(*(anchors - each).T).max()) < _SAME_WITHIN * size for each in others)


def _presence_of(detection: Detection, older: list[VisibleFace], seconds: float) -> VisibleFace:
    """Return an average face fitted to the detection, with the velocity from its previous place."""
    landmarks = model_landmarks()[:, :2]
    model = Keypoints(np.ascontiguousarray(landmarks), 1.0).anchors
    placed = Similarity.fit(model, detection.anchors).apply(landmarks)
    face = Face(_FIRST_IDENTITY, Keypoints(placed, detection.score), fit_pose(placed))
    return VisibleFace(face, _velocity(detection.anchors, older, seconds), age=float("inf"))


def _velocity(anchors: FloatArray, older: list[VisibleFace], seconds: float) -> Matrix:
    """Return (2,) pixels a second from the nearest place in the previous frame; 0 if there is none."""
    size = _size(anchors)
    moved = [
        anchors.mean(axis=0) - each.face.keypoints.anchors.mean(axis=0) for each in older if _is_last(each, seconds)
    ]
    near = min(moved, key=lambda way: float(np.hypot(*way)), default=None)
    if near is None or seconds <= 0.0 or np.hypot(*near) > _MAX_MOVED * size:
        return np.zeros(2)
    return np.asarray(near / seconds, np.float64)


def _is_last(old: VisibleFace, seconds: float) -> bool:
    """Return whether it was seen in the previous frame."""
    return old.unseen <= seconds


def _aged(old: VisibleFace, seconds: float) -> VisibleFace:
    return replace(old, unseen=old.unseen + seconds, gone=(old.gone or 0.0) + seconds)
