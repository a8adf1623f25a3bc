"""Emits the particles of a layer: steadily, or in a burst when a trigger comes on."""

import numpy as np

from masquerade.filters.compositing.outline import HEAD, Outline, outline_of
from masquerade.filters.compositing.placement import FIXED_EYE_DISTANCE
from masquerade.filters.format.image_layers import IMAGE_TOP, ParticlesLayer
from masquerade.filters.format.layers import Motion
from masquerade.filters.particles.swarm import NOBODY, Particles, Source, born, nothing
from masquerade.filters.people.presence import FrameContext, VisibleFace, all_active
from masquerade.geometry.head import HEAD_ANCHORS
from masquerade.geometry.pose import pose_of, project
from masquerade.values import LANDMARK_INDEX, Face, Matrix, Pose, Trigger

# On a photo, a burst is seen between these shares of the shortest life.
_PHOTO_FROM, _PHOTO_TO = 0.25, 0.6
# Places nearer to the face's middle have no outer side of their own.
_MIDDLE = 0.05


class Emitters:
    """Remembers, for every face, when the next particle is due. For one thread."""

    def __init__(self, layer: ParticlesLayer) -> None:
        self._layer = layer
        self._chance = np.random.default_rng(layer.seed)
        self._due: dict[int, float] = {}
        self._were_on: frozenset[int] = frozenset()

    def step(self, present: tuple[VisibleFace, ...], size_wh: tuple[int, int], moment: FrameContext) -> Particles:
        """Return the particles emitted in this frame, oldest first.

        Args:
            present: the faces that wear the filter.
            size_wh: of the frame.
            moment: of the frame.
        """
        everyone = self._everyone(present, size_wh)
        were_on, self._were_on = self._were_on, frozenset(owner for owner, on, _ in everyone if on)
        due, self._due = self._due, {}
        fresh = [nothing()]
        for owner, is_on, sources in everyone:
            if self._spawns:
                ages = self._burst(moment) if is_on and owner not in were_on else np.empty(0)
            else:
                ages = self._evenly(owner, due.get(owner, 0.0), is_on, moment)
            if len(ages) > 0:
                fresh.append(born(self._layer, sources, ages, self._chance))
        return np.concatenate(fresh)

    @property
    def _spawns(self) -> bool:
        return self._layer.trigger is not None and self._layer.trigger.motion is Motion.SPAWN

    def _everyone(
        self, present: tuple[VisibleFace, ...], size_wh: tuple[int, int]
    ) -> list[tuple[int, bool, list[Source]]]:
        """Return which faces emit particles, whether their trigger is on, and where."""
        if self._layer.places == (IMAGE_TOP,):
            return [(NOBODY, self._is_on(all_active(present)), [self._top(size_wh)])]
        here = (presence.face for presence in present if presence.gone is None)
        return [(face.identity, self._is_on(face.active), self._on_face(face)) for face in here]

    def _is_on(self, active: frozenset[Trigger]) -> bool:
        trigger = self._layer.trigger
        return trigger is None or (trigger.on in active) != (trigger.motion is Motion.HIDE)

    def _evenly(self, owner: int, due: float, is_on: bool, moment: FrameContext) -> Matrix:
        """Return the ages of the particles that came due in this frame, exact to fractions of a frame."""
        rate = self._layer.rate
        # A photo shows what has been going on for as long as a particle lives.
        due += rate * (self._layer.life[1] if moment.first else moment.seconds) * is_on
        count = int(due)
        self._due[owner] = due - count
        return np.asarray((due - np.arange(1, count + 1)) / max(rate, 1e-9), np.float64)

    def _burst(self, moment: FrameContext) -> Matrix:
        if not moment.first:
            return np.zeros(self._layer.burst)
        return np.linspace(_PHOTO_TO, _PHOTO_FROM, self._layer.burst) * self._layer.life[0]

    def _top(self, size_wh: tuple[int, int]) -> Source:
        unit = FIXED_EYE_DISTANCE * min(size_wh)
        above = self._layer.size[1] * unit
        area_wh = (size_wh[0] + 2.0 * above, self._layer.area[1] * unit)
        return Source(NOBODY, (size_wh[0] / 2.0, -above - area_wh[1] / 2.0), area_wh, unit, 1.0)

    def _on_face(self, face: Face) -> list[Source]:
        pose = pose_of(face)
        width, height = (pose.scale * each for each in self._layer.area)
        head = outline_of(HEAD, pose)
        sources = []
        for place in self._layer.places:
            xy = (
                face.keypoints.points[LANDMARK_INDEX[place]] if place in LANDMARK_INDEX else _seen_at(place, pose, head)
            )
            side = -1.0 if HEAD_ANCHORS[place][0] < -_MIDDLE else 1.0
            across, down = self._layer.offset
            xy = xy + pose.scale * (pose.rotation[:2, :2] @ [side * across, down])
            x, y = (float(each) for each in xy)
            sources.append(Source(face.identity, (x, y), (width, height), pose.scale, side))
        return sources


def _seen_at(place: str, pose: Pose, head: Outline) -> Matrix:
    """Return (2,): a place of the head in the frame; one behind it is at the edge it comes out from."""
    at = np.array(HEAD_ANCHORS[place], np.float32)
    xy = np.asarray(project(pose, at[None])[0], np.float64)
    is_behind = float(pose.rotation[2] @ (at - np.array(HEAD.centre, np.float32))) > 0.0
    if abs(at[0]) < _MIDDLE or not is_behind:
        return xy
    reach = max(float(head.reach(xy[None])[0]), _MIDDLE)
    return head.centre_xy + (xy - head.centre_xy) / min(reach, 1.0)
