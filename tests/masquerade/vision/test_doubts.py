"""Where it matters who is who, an identity ends with the first doubt; twins show that looks do not decide it."""

from collections.abc import Callable

import numpy as np
import pytest
from masquerade.values import ByteArray, Face
from masquerade.vision.tracker import FaceTracker

from tests.masquerade.vision.world import Head, World

RED, GREEN = (40, 40, 220), (60, 200, 60)
STEP = 1 / 30
HeadsAt = Callable[[float], list[Head]]


def play(
    heads_at: HeadsAt, seconds: float, on_pixels: Callable[[float, ByteArray], None] | None = None
) -> list[tuple[Face, ...]]:
    """Return the faces of every frame, for a tracker that ends what is doubtful; the detector always looks."""
    world = World()
    tracker = FaceTracker(world)
    reported = []
    for index in range(round(seconds / STEP)):
        frame = world.frame(heads_at(index * STEP), index, 100 + index * STEP)
        if on_pixels is not None:
            on_pixels(index * STEP, frame.pixels)
        reported.append(tracker.step(frame, world.detect(), ends_doubtful=True))
    return reported


def identities(reported: list[tuple[Face, ...]]) -> set[int]:
    return {face.identity for faces in reported for face in faces if not face.held}


def crossing(colour: tuple[int, int, int]) -> HeadsAt:
    return lambda t: [Head(150 + 140 * t, 150, RED), Head(450 - 140 * t, 155, colour)]


@pytest.mark.parametrize("colour", [RED, GREEN])
def test_both_are_new_faces_after_one_walked_before_the_other(colour: tuple[int, int, int]) -> None:
    reported = play(crossing(colour), 2.2)
    before, after = identities(reported[:5]), identities(reported[-5:])
    assert (len(before), len(after)) == (2, 2)
    assert not before & after


def left_for(seconds: float, back_at: float) -> HeadsAt:
    """Somebody at 200 pixels is away for a while, and then a twin is seen."""
    return lambda t: [] if 1 <= t < 1 + seconds else [Head(200 if t < 1 else back_at, 150, RED)]


@pytest.mark.parametrize(
    ("seconds", "back_at", "doubted"),
    [
        (0.2, 200, False),  # a hand before the face
        (0.2, 330, True),  # beyond one's own width, in the time of two steps
        (0.6, 200, True),
        (2.0, 200, True),
    ],
)
def test_who_comes_back_is_who_left_only_at_once_and_there(seconds: float, back_at: float, doubted: bool) -> None:
    reported = play(left_for(seconds, back_at), 2 + seconds)
    assert identities(reported[:29]).isdisjoint(identities(reported[-5:])) is doubted


def test_two_who_leave_and_come_back_in_swapped_places_are_strangers() -> None:
    def heads(t: float) -> list[Head]:
        return (
            [] if 0.8 <= t < 1.3 else [Head(180, 150, RED if t < 1 else GREEN), Head(460, 150, GREEN if t < 1 else RED)]
        )

    reported = play(heads, 2.5)
    assert not identities(reported[:20]) & identities(reported[-5:])


def test_after_a_cut_everybody_is_a_stranger() -> None:
    def another_room(t: float, pixels: ByteArray) -> None:
        if t >= 1:
            pixels[np.all(pixels == 90, axis=2)] = 200
            pixels[:, :100] = 10

    reported = play(lambda t: [Head(320, 150, RED)], 2.0, another_room)
    assert not identities(reported[:29]) & identities(reported[31:])


def test_somebody_else_in_the_same_place_has_another_identity_in_that_very_frame() -> None:
    reported = play(lambda t: [Head(300, 150, RED if t < 1 else GREEN)], 1.5)
    assert not identities(reported[:30]) & identities(reported[30:])


@pytest.mark.parametrize(
    "heads",
    [
        lambda t: [Head(100 + 350 * t, 150, RED)],
        lambda t: [Head(320, 150, RED, 30 + 15 * t)],
        # Side by side, cheek to cheek.
        lambda t: [Head(250 + 30 * t, 150, RED), Head(350 + 30 * t, 150, RED)],
        lambda t: [Head(300 + 20 * np.sin(9 * t), 150 + 10 * np.cos(7 * t), RED), Head(500, 100, GREEN)],
    ],
    ids=["walking", "coming nearer", "side by side", "talking"],
)
def test_who_is_seen_all_the_time_stays_who_they_are(heads: HeadsAt) -> None:
    reported = play(heads, 1.4)
    assert identities(reported) == identities(reported[:1])


def test_faces_are_reported_in_the_order_of_their_identity() -> None:
    for faces in play(crossing(RED), 2.2):
        assert [face.identity for face in faces] == sorted(face.identity for face in faces)
