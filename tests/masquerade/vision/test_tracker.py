"""Tests that faces keep their identity, are held for a moment when lost, and spare the detector."""

from collections.abc import Callable

import numpy as np
import pytest
from masquerade.values import Face
from masquerade.vision.tracker import FaceTracker, TrackerSettings

from tests.masquerade.vision.world import Head, World

RED, GREEN = (40, 40, 220), (60, 200, 60)
STEP = 1 / 30


class Film:
    """Plays heads, as a function of time, to a tracker and keeps what it returned."""

    def __init__(self, heads_at: Callable[[float], list[Head]], seconds: float) -> None:
        self.world = World()
        tracker = FaceTracker(self.world)
        self.reported: list[tuple[Face, ...]] = []
        self.looks = 0
        for index in range(round(seconds / STEP)):
            time = 100 + index * STEP
            frame = self.world.frame(heads_at(index * STEP), index, time)
            look = tracker.wants_look(frame)
            self.looks += look
            self.reported.append(tracker.step(frame, self.world.detect() if look else None))

    def identities(self) -> set[int]:
        return {face.identity for faces in self.reported for face in faces}


def test_a_still_face_keeps_its_identity_and_spares_the_detector() -> None:
    film = Film(lambda _: [Head(300, 150, RED)], 3.0)
    assert film.identities() == {1}
    assert all(len(faces) == 1 for faces in film.reported)
    # Once at the start and then every half second.
    assert film.looks <= 1 + 3.0 / TrackerSettings().look_every


def test_a_fast_face_is_followed() -> None:
    film = Film(lambda t: [Head(100 + 500 * t, 150, RED)], 0.9)
    assert film.identities() == {1}
    assert not any(face.held for faces in film.reported for face in faces)


def test_faces_that_cross_keep_their_identities() -> None:
    # The red one passes behind the green one and is hidden on the way.
    film = Film(lambda t: [Head(150 + 140 * t, 150, RED), Head(450 - 140 * t, 155, GREEN)], 2.2)
    first = {face.identity: face.keypoints.points[0, 0] for face in film.reported[0]}
    last = {face.identity: face.keypoints.points[0, 0] for face in film.reported[-1]}
    assert film.identities() == {1, 2}
    red = min(first, key=lambda identity: first[identity])
    assert last[red] == max(last.values())


def test_a_face_that_is_lost_for_a_second_keeps_its_identity() -> None:
    film = Film(lambda t: [] if 1 < t < 2 else [Head(300, 150, RED)], 3.0)
    assert film.identities() == {1}
    assert film.reported[-1][0].identity == 1
    assert not film.reported[-1][0].held


def test_a_lost_face_is_held_at_its_place_while_the_image_is_unchanged_and_then_let_go() -> None:
    world = World()
    tracker = FaceTracker(world)
    reported = []
    for index in range(60):
        world.is_blind = index > 30
        frame = world.frame([Head(300, 150, RED)], index, index * STEP)
        reported.append(tracker.step(frame, world.detect() if tracker.wants_look(frame) else None))
    held = [faces[0] for faces in reported if faces and faces[0].held]
    assert len(held) * STEP == pytest.approx(TrackerSettings().coast_seconds, abs=2 * STEP)
    assert held[0].keypoints.points[10, 0] == pytest.approx(300, abs=1)
    assert reported[-1] == ()


def test_a_face_that_left_is_not_held_where_it_was() -> None:
    film = Film(lambda t: [Head(300, 150, RED)] if t < 1 else [], 2.0)
    assert not any(face.held for faces in film.reported for face in faces)
    assert sum(map(len, film.reported)) == 30


def test_a_newcomer_is_seen_within_the_time_between_two_looks() -> None:
    film = Film(lambda t: [Head(150, 150, RED)] + ([Head(480, 150, GREEN)] if t > 1 else []), 2.0)
    seen = next(index for index, faces in enumerate(film.reported) if len(faces) == 2) * STEP
    assert 1 < seen < 1 + TrackerSettings().look_every + 3 * STEP


def test_a_new_person_at_another_place_gets_a_new_identity() -> None:
    film = Film(lambda t: [Head(100, 150, RED)] if t < 1 else [Head(520, 150, GREEN)] if t > 1.1 else [], 3.0)
    assert film.identities() == {1, 2}


def test_without_any_face_the_detector_looks_every_time() -> None:
    film = Film(lambda _: [], 0.5)
    assert film.looks == len(film.reported)
    assert film.world.searches == 0


def test_a_video_that_starts_over_does_not_hold_faces_for_ever() -> None:
    world = World()
    tracker = FaceTracker(world)
    tracker.step(world.frame([Head(300, 150, RED)], 0, 50.0), world.detect())
    tracker.step(world.frame([], 1, 50.1), world.detect())
    assert tracker.step(world.frame([], 2, 0.0), world.detect()) == ()
    assert tracker.wants_look(world.frame([], 3, 0.1))


@pytest.mark.parametrize("frames_per_scan", [1, 4])
def test_an_unconfirmed_face_is_dropped_when_all_of_the_image_was_searched(frames_per_scan: int) -> None:
    world = World()
    tracker = FaceTracker(world)
    patience = frames_per_scan * TrackerSettings().unconfirmed_looks
    tracker.step(world.frame([Head(300, 150, RED)], 0, 0.0), world.detect())
    held = []
    for index in range(1, patience + 1):
        (face,) = tracker.step(world.frame([Head(300, 150, RED)], index, index * STEP), (), frames_per_scan)
        held.append(face.held)
    assert held == [False] * (patience - 1) + [True]


def test_contours_go_with_the_face_and_a_tremble_within_the_noise_is_calmed() -> None:
    random = np.random.default_rng(1)
    still = Film(lambda _: [Head(300 + random.normal(0, 0.03), 150, RED)], 1.0)
    assert still.reported[-1][0].measured is not None
    calm = np.stack([faces[0].contours for faces in still.reported])
    raw = np.stack([faces[0].measured.contours for faces in still.reported])
    assert calm[10:].std(axis=0).max() < 0.6 * raw[10:].std(axis=0).max()
    fast = Film(lambda t: [Head(100 + 500 * t, 150, RED)], 0.9)
    np.testing.assert_allclose(fast.reported[-1][0].contours, Head(100 + 500 * 26 * STEP, 150, RED).contours, atol=3)
