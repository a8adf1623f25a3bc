"""Keeps lost faces for a moment, so that filters fade out and privacy covers stay."""

from dataclasses import dataclass, replace

import numpy as np

from masquerade.geometry.head import MEAN_HEAD, HeadSize
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray, Face, Matrix, Scene, Trigger

# Filters come and go within this time of a face.
FADE_SECONDS = 0.12
# How long a privacy layer stays where a face was last seen, and then takes to go.
PRIVACY_HOLD_SECONDS = 1.2
PRIVACY_FADE_SECONDS = 0.4
_FORGET_SECONDS = PRIVACY_HOLD_SECONDS + PRIVACY_FADE_SECONDS
# A longer gap between frames counts as this much, so that no hold is over before it was seen.
_MAX_STEP_SECONDS = 0.5
_MAX_LOST = 12
# A newcomer as large as one who was lost so lately and no farther away, in eye distances, may be that one.
_MOVES_ON_SECONDS, _MAX_MOVE, _MAX_GROWTH = 0.5, 4.0, 1.6
# Over this time a face's motion is averaged.
_MOTION_SECONDS = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class VisibleFace:
    """A face that is painted.

    Attributes:
        face: as it is, or as it was last.
        velocity_xy: (2,), pixels of the frame a second, as it was last really seen to move.
        age: seconds since it came into the image; infinite on the very first frame, where
            nothing has to fade in (a photo is such a frame).
        unseen: seconds since it was last really seen (held counts as unseen).
        gone: seconds since it left the scene; None while it is there.
        under_cover: True for what is worn on a cover, which stays as long as that does.
        head: how large the head and its hair are; a mean head until it is measured.
    """

    face: Face
    velocity_xy: Matrix
    age: float
    unseen: float = 0.0
    gone: float | None = None
    under_cover: bool = False
    head: HeadSize = MEAN_HEAD

    @property
    def opacity(self) -> float:
        """0 to 1, for everything but privacy."""
        if self.under_cover:
            return self.cover
        leaving = 0.0 if self.gone is None else self.gone
        return min(1.0, self.age / FADE_SECONDS) * max(0.0, 1.0 - leaving / FADE_SECONDS)

    @property
    def cover(self) -> float:
        """0 to 1, for privacy: 1 at once, and until the hold ends."""
        leaving = 0.0 if self.gone is None else self.gone
        return min(1.0, max(0.0, 1.0 - (leaving - PRIVACY_HOLD_SECONDS) / PRIVACY_FADE_SECONDS))


@dataclass(frozen=True, slots=True)
class FrameContext:
    """What painters need to know about a frame.

    Attributes:
        seconds: since the last frame.
        intensity: 0 to 1.
        first: True on the very first frame; a photo is such a frame.
        person: (h, w) uint8, 255 where there are people, as in `Scene`; None where not every frame has it.
    """

    seconds: float
    intensity: float
    first: bool
    person: ByteArray | None = None


def all_active(present: tuple[VisibleFace, ...]) -> frozenset[Trigger]:
    """Return the triggers that are on for any of these faces; for a lost face, only `face_lost`."""
    here = (presence.face.active for presence in present if presence.gone is None)
    lost = {Trigger.FACE_LOST} if any(presence.gone is not None for presence in present) else set()
    return frozenset(lost).union(*here)


class FaceLifecycle:
    """Follows which faces appear, stay and disappear. For one thread."""

    def __init__(self) -> None:
        self._known: dict[int, VisibleFace] = {}
        self._last_at: float | None = None

    def step(self, scene: Scene) -> tuple[tuple[VisibleFace, ...], float]:
        """Return the faces to paint, back to front, and the seconds since the last scene (0 at first)."""
        first = self._last_at is None
        passed = 0.0 if self._last_at is None else scene.frame.taken_at - self._last_at
        # A clip that begins again goes back in time.
        seconds = min(max(passed, 0.0), _MAX_STEP_SECONDS)
        self._last_at = scene.frame.taken_at
        here = {face.identity: self._seen(face, seconds, first) for face in scene.faces}
        lost = [self._missed(old, seconds) for identity, old in self._known.items() if identity not in here]
        lost = _not_moved_on(lost, [face for face in scene.faces if face.identity not in self._known])
        kept = [old for old in lost if (old.gone or 0.0) < _FORGET_SECONDS][-_MAX_LOST:]
        self._known = {old.face.identity: old for old in kept} | here
        return tuple(sorted(self._known.values(), key=_nearness)), seconds

    def _seen(self, face: Face, seconds: float, first: bool) -> VisibleFace:
        old = self._known.get(face.identity)
        if old is None:
            return VisibleFace(face, np.zeros(2), age=float("inf") if first else min(seconds, FADE_SECONDS / 4))
        # Back within its fade: it goes on from the opacity it had.
        age = old.age + seconds if old.gone is None else old.opacity * FADE_SECONDS + seconds
        if face.held:
            return VisibleFace(face, old.velocity_xy, age, unseen=old.unseen + seconds)
        return VisibleFace(face, _velocity(old, face, seconds), age)

    @staticmethod
    def _missed(old: VisibleFace, seconds: float) -> VisibleFace:
        # The first frame without the face is the hold's beginning, however late it comes.
        gone = 0.0 if old.gone is None else old.gone + seconds
        return replace(old, unseen=old.unseen + seconds, gone=gone)


def _not_moved_on(lost: list[VisibleFace], newcomers: list[Face]) -> list[VisibleFace]:
    """Return the lost faces without those that may have come back as a new face, to avoid two covers on one.

    Only privacy is seen of a face that is lost for longer than a fade.
    """
    left = list(lost)
    for face in newcomers:
        near = [old for old in left if FADE_SECONDS < (old.gone or 0.0) <= _MOVES_ON_SECONDS and _can_become(old, face)]
        if near:
            left.remove(min(near, key=lambda old: _distance(old.face, face)))
    return left


def _can_become(old: VisibleFace, face: Face) -> bool:
    before, after = pose_of(old.face).scale, pose_of(face).scale
    return max(before, after) < _MAX_GROWTH * min(before, after) and _distance(old.face, face) < _MAX_MOVE * after


def _distance(first: Face, second: Face) -> float:
    middles = (each.keypoints.points.mean(axis=0) for each in (first, second))
    return float(np.hypot(*np.subtract(*middles)))


def _velocity(old: VisibleFace, face: Face, seconds: float) -> Matrix:
    """Return the averaged velocity of the landmarks' centre; 0 for a face that was just lost."""
    if old.unseen > 0.0:
        return np.zeros(2)
    if seconds <= 0.0:
        return old.velocity_xy
    points = face.keypoints.points
    moved = (points - old.face.keypoints.points).sum(axis=0) / len(points)
    share = min(1.0, seconds / _MOTION_SECONDS)
    return np.asarray(old.velocity_xy + share * (moved / seconds - old.velocity_xy), np.float64)


def _nearness(presence: VisibleFace) -> float:
    pose = presence.face.pose
    return pose.scale if pose is not None else 0.0
