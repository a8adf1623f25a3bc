"""Smooths landmarks over the frames before and after, so that they neither lag nor tremble: LookAhead."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from masquerade.geometry.smoothing import LandmarkSmoother, SmoothingSettings, smooth_between
from masquerade.pipeline.hindsight import FRAMES_BEHIND
from masquerade.values import Face, FloatArray, Keypoints, Scene
from masquerade.vision.crop import crop_side

# Frames on each side that a moving face is smoothed by as well: more would round off where a head turns back.
_NEIGHBOURS = 2


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """Landmarks of one face in one frame, as the landmarker found them.

    Attributes:
        time: of the frame, seconds.
        landmarks: (N, 2) float32, pixels of the frame.
        unit: the face's size in pixels.
    """

    time: float
    landmarks: FloatArray
    unit: float


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """One frame of a face that is followed.

    Attributes:
        since: when the face was found, or found again; nothing is smoothed across it.
        before: frames since then, FRAMES_BEHIND at most.
        measured: the landmarker's own output.
        forward: smoothed by the frames up to this one.
        smoother: as it was after this frame; only copies of it go on.
    """

    since: float
    before: int
    measured: _Measured
    forward: FloatArray
    smoother: LandmarkSmoother


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """The mean of both directions, (N, 2), for one frame of a face."""

    since: float
    time: float
    mean: FloatArray


class LookAhead:
    """Smooths each face forwards and, from the newest frame held, backwards; the mean has no lag.

    That calms what is still. What moves is followed at once, noise and all, so a parabola
    over its neighbours in time takes off the noise.

    A face that is lost, comes back, or is found again after a cut is smoothed by itself:
    the frames on the other side have no share in it. Near either end the direction that has
    seen more frames counts more.
    """

    def __init__(self, settings: SmoothingSettings | None = None) -> None:
        """Start without a face; None takes the settings of live smoothing."""
        chosen = settings or SmoothingSettings()
        self._landmarks = _Group(chosen, lambda found: found.points)
        self._contours = _Group(chosen, lambda found: found.contours)

    def take_in(self, scene: Scene, held: Sequence[Scene]) -> None:
        """Smooth the faces of the next scene forwards; see Hindsight."""
        del held
        self._landmarks.take_in(scene)
        self._contours.take_in(scene)

    def give_out(self, scene: Scene, following: Sequence[Scene]) -> Scene:
        """Return the oldest scene with its landmarks smoothed both ways."""
        del following
        landmarks, contours = self._landmarks.give_out(scene), self._contours.give_out(scene)
        faces = [
            _with_landmarks(face, landmarks[face.identity], contours.get(face.identity))
            if face.identity in landmarks
            else face
            for face in scene.faces
        ]
        return replace(scene, faces=tuple(faces))


def _with_landmarks(face: Face, landmarks: FloatArray, contours: FloatArray | None) -> Face:
    return replace(face, keypoints=replace(face.keypoints, points=landmarks, contours=contours))


class _Group:
    """Landmarks of each face that are smoothed together."""

    def __init__(self, settings: SmoothingSettings, choose: Callable[[Keypoints], FloatArray | None]) -> None:
        """Start without a face.

        Args:
            settings: of the smoothing.
            choose: gives the group's landmarks, (N, 2); None where the model does not find them.
        """
        self._settings, self._choose = settings, choose
        self._newest: Mapping[int, _Step] = {}
        self._held: deque[Mapping[int, _Step]] = deque()
        self._given: dict[int, tuple[_Given, ...]] = {}

    def take_in(self, scene: Scene) -> None:
        """Smooth the faces of the next scene forwards."""
        steps = {}
        for face in scene.faces:
            landmarks = None if face.measured is None else self._choose(face.measured)
            if face.measured is not None and landmarks is not None and face.followed_since is not None:
                measured = _Measured(scene.frame.taken_at, landmarks, crop_side(face.measured.anchors))
                steps[face.identity] = self._step(self._newest.get(face.identity), measured, face.followed_since)
        self._newest = steps
        self._held.append(steps)

    def give_out(self, scene: Scene) -> dict[int, FloatArray]:
        """Return the landmarks of the oldest scene, smoothed both ways, by identity."""
        steps = self._held.popleft()
        earlier, self._given = self._given, {}
        smoothed = {}
        for face in scene.faces:
            step = steps.get(face.identity)
            if step is not None:
                landmarks, given = self._smoothed(face.identity, step, earlier.get(face.identity, ()))
                smoothed[face.identity], self._given[face.identity] = landmarks, given
        return smoothed

    def _step(self, last: _Step | None, measured: _Measured, since: float) -> _Step:
        if last is not None and last.since != since:
            last = None
        smoother = LandmarkSmoother(self._settings) if last is None else last.smoother.copy()
        forward = smoother(measured.landmarks, measured.unit, measured.time)
        before = 0 if last is None else min(last.before + 1, FRAMES_BEHIND)
        return _Step(since, before, measured, forward, smoother)

    def _smoothed(
        self, identity: int, first: _Step, earlier: Sequence[_Given]
    ) -> tuple[FloatArray, tuple[_Given, ...]]:
        """Return the smoothed landmarks of the oldest scene, and the state that the next one needs."""
        run = [first, *self._after(identity, first)]
        known = [each for each in earlier if each.since == first.since]
        given = [_Given(step.since, step.measured.time, mean) for step, mean in zip(run, _both_ways(run), strict=False)]
        window = [*known, *given]
        times, means = [each.time for each in window], [each.mean for each in window]
        landmarks = smooth_between(times, means, len(known), first.smoother.noise)
        return landmarks, tuple([*known, given[0]][-_NEIGHBOURS:])

    def _after(self, identity: int, first: _Step) -> Iterator[_Step]:
        """Yield the delayed frames of a face, until it is lost or found again."""
        for steps in self._held:
            step = steps.get(identity)
            if step is None or step.since != first.since:
                return
            yield step


def _both_ways(run: Sequence[_Step]) -> list[FloatArray]:
    """Return the means of both directions, (N, 2) each, for the first frames of a run."""
    back = run[-1].smoother.reverse()
    means = deque([run[-1].forward], maxlen=_NEIGHBOURS + 1)
    for after, step in enumerate(reversed(run[:-1]), start=1):
        backwards = back(step.measured.landmarks, step.measured.unit, -step.measured.time)
        share = step.before / (step.before + after)
        means.appendleft(np.asarray(share * step.forward + (1 - share) * backwards, np.float32))
    return list(means)
