"""Under filters by face, no hidden face is bare when people cross, leave and come back, or at a cut."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from masquerade.compose import find_filters
from masquerade.filters.format.manifest import Filter
from masquerade.filters.people.assignment import FaceOverride
from masquerade.filters.render import Painter
from masquerade.pipeline.plan import FramePlan
from masquerade.pipeline.stages import Draw, FitPose, Track
from masquerade.values import ByteArray, Scene
from masquerade.vision.tracker import FaceTracker

from tests.masquerade.vision.world import Head, World

ME, TWIN, OTHER = (40, 40, 220), (40, 40, 220), (60, 200, 60)
STEP = 1 / 30
CHOSEN_AT = 3


@dataclass(frozen=True)
class Shot:
    """One frame: who sits in front of the camera, and who else is in view; None = no person."""

    me: Head | None
    other: Head | None
    me_in_front: bool = True

    @property
    def heads(self) -> list[Head]:
        order = (self.other, self.me) if self.me_in_front else (self.me, self.other)
        return [head for head in order if head is not None]


@pytest.fixture(scope="module")
def cover() -> tuple[Filter, ...]:
    return find_filters(["emoji-head"])


def bare(before: ByteArray, after: ByteArray, head: Head | None) -> bool:
    """Return whether half of the landmarks are as the camera saw them."""
    if head is None:
        return False
    x, y = head.points.round().astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < before.shape[1]) & (y < before.shape[0])
    kept = (before[y[inside], x[inside]] == after[y[inside], x[inside]]).all(axis=1)
    return bool(inside.sum() > 7 and kept.mean() > 0.5)


def play(shots: Iterator[Shot], plan_for: Callable[[int], FramePlan]) -> list[tuple[bool, bool]]:
    """Return for each frame whether I am bare, and whether the other is; the plan is for my identity."""
    world = World()
    stages = (Track(FaceTracker(world)), FitPose(), Draw(Painter()))
    plan, judged = FramePlan(), []
    for index, shot in enumerate(shots):
        frame = world.frame(shot.heads, index, 100 + index * STEP)
        before = frame.pixels.copy()
        scene = Scene(frame, detections=world.detect())
        for stage in stages:
            scene = stage(scene, plan)
        if index == CHOSEN_AT and shot.me is not None:
            x = [float(np.ptp([shot.me.x, face.keypoints.points[:2, 0].mean()])) for face in scene.faces]
            plan = plan_for(scene.faces[int(np.argmin(x))].identity)
        if index > CHOSEN_AT:
            judged.append((bare(before, scene.frame.pixels, shot.me), bare(before, scene.frame.pixels, shot.other)))
    return judged


def crossing(me_in_front: bool, colour: tuple[int, int, int]) -> Iterator[Shot]:
    for index in range(70):
        way = 5 * max(index - 8, 0)
        hidden = abs(320 - 2 * way) < 50
        me, other = Head(160 + way, 150, ME), Head(480 - way, 155, colour)
        # Only who is seen can be bare.
        behind = None if hidden else (other if me_in_front else me)
        yield Shot(me, behind) if me_in_front else Shot(behind, other, me_in_front=False)


def swapped(away: int, colour: tuple[int, int, int]) -> Iterator[Shot]:
    for _ in range(20):
        yield Shot(Head(160, 150, ME), Head(480, 155, colour))
    for _ in range(away):
        yield Shot(None, None)
    for _ in range(20):
        yield Shot(Head(480, 150, ME), Head(160, 155, colour))


def replaced(away: int, colour: tuple[int, int, int]) -> Iterator[Shot]:
    for _ in range(20):
        yield Shot(Head(320, 150, ME), None)
    for _ in range(away):
        yield Shot(None, None)
    for _ in range(20):
        yield Shot(None, Head(320, 150, colour))


CLIPS: dict[str, Callable[[], Iterator[Shot]]] = {
    "I pass before a twin": lambda: crossing(True, TWIN),
    "a twin passes before me": lambda: crossing(False, TWIN),
    "I pass before another": lambda: crossing(True, OTHER),
    "another passes before me": lambda: crossing(False, OTHER),
    "swapped at once": lambda: swapped(0, OTHER),
    "swapped after half a second": lambda: swapped(15, TWIN),
    "swapped after two seconds": lambda: swapped(60, OTHER),
    "another at once": lambda: replaced(0, OTHER),
    "a twin after half a second": lambda: replaced(15, TWIN),
    "another after two seconds": lambda: replaced(60, OTHER),
    "a twin after four seconds": lambda: replaced(120, TWIN),
}


@pytest.mark.parametrize("name", CLIPS)
def test_an_exemption_never_moves_to_another(cover: tuple[Filter, ...], name: str) -> None:
    judged = play(CLIPS[name](), lambda mine: FramePlan(cover, overrides=(FaceOverride(mine, ()),)))
    assert all(me for me, _ in judged[:3])
    assert sum(other for _, other in judged) == 0


@pytest.mark.parametrize("name", [name for name in CLIPS if "swapped" in name or "pass" in name])
def test_who_alone_is_hidden_stays_hidden(cover: tuple[Filter, ...], name: str) -> None:
    judged = play(CLIPS[name](), lambda mine: FramePlan(overrides=(FaceOverride(mine, cover),)))
    assert all(other for _, other in judged[:3])
    assert sum(me for me, _ in judged) == 0


def test_who_is_exempt_stays_so_while_another_comes_and_goes(cover: tuple[Filter, ...]) -> None:
    def shots() -> Iterator[Shot]:
        for index in range(60):
            yield Shot(
                Head(160 + 10 * np.sin(index / 3), 150, ME), Head(700 - 6 * index, 155, OTHER) if index < 45 else None
            )

    judged = play(shots(), lambda mine: FramePlan(cover, overrides=(FaceOverride(mine, ()),)))
    assert all(me for me, _ in judged)
