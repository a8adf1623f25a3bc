"""Landmarks of files are smoothed both ways: without lag, calm, and never across a cut or a loss."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from masquerade.errors import SourceError
from masquerade.filters.format.layers import Area
from masquerade.filters.people.presence import VisibleFace
from masquerade.filters.privacy.cover import bar_corners
from masquerade.filters.privacy.hidden_area import hidden_outline
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.smoothing import LandmarkSmoother, SmoothingSettings
from masquerade.pipeline.hindsight import FRAMES_BEHIND, hold_back
from masquerade.pipeline.look_ahead import LookAhead
from masquerade.values import Face, FloatArray, Frame, Keypoints, Scene
from masquerade.vision.crop import crop_side
from masquerade.vision.tracker import FaceTracker

from tests.masquerade.vision.world import Head, World

UNIT = 100.0
FACE = (model_landmarks()[:, :2] * UNIT + 300).astype(np.float32)
STEP = 1 / 30
PIXELS = np.full((4, 4, 4), 255, np.uint8)
RED, GREEN = (40, 40, 220), (60, 200, 60)


def noise(frames: int, pixels: float, seed: int = 3) -> FloatArray:
    return np.random.default_rng(seed).normal(0, pixels, (frames, 15, 2)).astype(np.float32)


def followed(film: list[FloatArray], since: Callable[[int], float] = lambda _: 0.0) -> list[Scene]:
    """A tracker's scenes of one face; it was found again where `since`, seconds by frame, changes."""
    scenes, smoother, began = [], LandmarkSmoother(SmoothingSettings()), 0.0
    for index, points in enumerate(film):
        if since(index) != began:
            smoother, began = LandmarkSmoother(SmoothingSettings()), since(index)
        measured = Keypoints(points, 0.9)
        live = Keypoints(smoother(points, crop_side(measured.anchors), index * STEP), 0.9)
        face = Face(1, live, measured=measured, followed_since=began)
        scenes.append(Scene(Frame(PIXELS, index, index * STEP), None, (face,)))
    return scenes


def landmarks(scenes: Iterator[Scene] | list[Scene]) -> FloatArray:
    return np.stack([scene.faces[0].keypoints.points for scene in scenes])


def both(film: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """The landmarks as they are live, and with a look ahead; (frames, 15, 2) each."""
    scenes = followed(film)
    return landmarks(scenes), landmarks(hold_back(scenes, [LookAhead()]))


def moving(path: FloatArray, seed: int = 3) -> list[FloatArray]:
    """Landmarks moved to the right by `path`, pixels by frame, and measured with noise."""
    return [FACE + np.float32([x, 0]) + each for x, each in zip(path, noise(len(path), 0.3, seed), strict=True)]


def behind(found: FloatArray, path: FloatArray) -> FloatArray:
    return path - (found[..., 0] - FACE[:, 0]).mean(axis=1)


def lag_ms(found: FloatArray, path: FloatArray) -> float:
    """The mean signed delay while the face moves."""
    speed = np.gradient(path, STEP)
    return 1000 * float((behind(found, path) * speed).sum() / (speed**2).sum())


PATHS = {
    "0.05 a second": np.clip(np.arange(150) - 30, 0, 90) * STEP * 0.05 * UNIT,
    "0.25 a second": np.clip(np.arange(150) - 30, 0, 90) * STEP * 0.25 * UNIT,
    "1 a second": np.clip(np.arange(150) - 30, 0, 90) * STEP * UNIT,
    "sway of 0.5 at 1 Hz": 0.5 * UNIT * np.sin(2 * np.pi * STEP * np.arange(180)),
    "sway of 0.03 at 0.5 Hz": 0.03 * UNIT * np.sin(np.pi * STEP * np.arange(180)),
}


@pytest.mark.parametrize("name", PATHS)
def test_a_motion_has_no_lag_and_less_error_than_live(name: str) -> None:
    """The slow ones lag by 43 and 13 ms live: there, motion cannot be distinguished from noise at once."""
    path, lags, trails = PATHS[name], [], []
    for seed in range(8):
        found = both(moving(path, seed))
        lags.append([lag_ms(each, path) for each in found])
        trails.append([np.abs(behind(each, path)).mean() for each in found])
    live, ahead = np.mean(lags, axis=0)
    assert abs(ahead) < max(0.2 * live, 1.0)
    live, ahead = np.mean(trails, axis=0)
    assert ahead < 0.95 * live


def trembling(found: FloatArray, path: FloatArray) -> float:
    """The mean second difference of the landmarks, apart from the motion, while it goes on."""
    own = found - path[:, None, None] * [1, 0]
    return float(np.abs(np.diff(own, n=2, axis=0))[34:110].mean())


@pytest.mark.parametrize(("name", "share"), [(name, 1.05) for name in PATHS] + [("sway of 0.5 at 1 Hz", 0.5)])
def test_a_moving_face_trembles_no_more_than_live_and_half_as_much_in_a_sway(name: str, share: float) -> None:
    path = PATHS[name]
    live, ahead = (trembling(found, path) for found in both(moving(path)))
    assert ahead < share * live


def test_a_blink_is_not_smoothed_away() -> None:
    """One landmark goes down by a fifth of the eye distance and back, within five frames."""
    film = moving(np.zeros(60))
    for index, share in zip(range(30, 35), (0.4, 0.9, 1.0, 0.8, 0.3), strict=True):
        film[index][13, 1] += 20 * share
    _, ahead = both(film)
    assert ahead[32, 13, 1] - ahead[25, 13, 1] > 0.9 * 20


def jitter(found: FloatArray) -> float:
    return float(found.std(axis=0).mean())


@pytest.mark.parametrize("pixels", [0.1, 0.3, 1.0])
def test_a_still_face_is_calmer_than_live_from_the_first_frame(pixels: float) -> None:
    live, ahead = both([FACE + each for each in noise(150, pixels)])
    assert jitter(ahead[40:]) < jitter(live[40:])
    assert jitter(ahead[:20]) < 0.7 * jitter(live[:20])


def test_a_stop_is_not_overshot() -> None:
    path = np.clip(np.arange(90) - 30, 0, 20) * STEP * 2.0 * UNIT
    live, ahead = both(moving(path))
    over = [float((found[50:, :, 0] - FACE[:, 0]).mean(axis=1).max() - path[-1]) for found in (live, ahead)]
    assert over[1] < over[0]


def test_what_was_measured_is_kept_beside_what_is_smoothed() -> None:
    film = moving(np.zeros(20))
    scenes = list(hold_back(followed(film), [LookAhead()]))
    for scene, points in zip(scenes, film, strict=True):
        measured = scene.faces[0].measured
        assert measured is not None
        np.testing.assert_array_equal(measured.points, points)


def test_nothing_is_smoothed_across_the_frame_where_a_face_is_found_again() -> None:
    there = 200
    film = moving(np.where(np.arange(40) < 20, 0.0, there))
    joined = landmarks(hold_back(followed(film, lambda index: 20 * STEP if index >= 20 else 0.0), [LookAhead()]))
    # Each half is what it would be without the other.
    np.testing.assert_array_equal(joined[:20], landmarks(hold_back(followed(film[:20]), [LookAhead()])))
    assert np.abs(joined[:20, :, 0] - FACE[:, 0]).max() < 2
    assert np.abs(joined[20:, :, 0] - FACE[:, 0] - there).max() < 2


def test_people_on_both_sides_of_a_cut_are_not_blended() -> None:
    world = World()
    tracker = FaceTracker(world)

    def seen() -> Iterator[Scene]:
        for index in range(40):
            frame = world.frame([Head(300, 150, RED) if index < 20 else Head(330, 160, GREEN)], index, index * STEP)
            detections = world.detect() if tracker.wants_look(frame) else None
            yield Scene(frame, detections, tracker.step(frame, detections))

    scenes = list(hold_back(seen(), [LookAhead()]))
    noses = [[float(face.keypoints.points[10, 0]) for face in scene.faces if not face.held] for scene in scenes]
    assert noses[:20] == [[pytest.approx(300, abs=0.1)]] * 20
    assert noses[20:] == [[pytest.approx(330, abs=0.1)]] * 20


def test_a_face_that_is_held_stays_where_it_was_smoothed_last() -> None:
    scenes = followed(moving(np.zeros(20)))
    last = scenes[-1].faces[0]
    for index in range(20, 25):
        held = Face(1, last.keypoints, held=True)
        scenes.append(Scene(Frame(PIXELS, index, index * STEP), None, (held,)))
    given = list(hold_back(scenes, [LookAhead()]))
    assert [scene.faces[0].held for scene in given] == [False] * 20 + [True] * 5
    for scene in given[19:]:
        np.testing.assert_array_equal(scene.faces[0].keypoints.points, last.keypoints.points)


def test_only_the_delayed_frames_are_remembered() -> None:
    """Of 500 frames; a frame's landmarks depend on no frame farther ahead."""
    ahead, most = LookAhead(), 0
    scenes = followed(moving(np.zeros(500)))
    taken = 0

    def counted() -> Iterator[Scene]:
        nonlocal taken
        for scene in scenes:
            taken += 1
            yield scene

    for given in hold_back(counted(), [ahead]):
        most = max(most, taken - given.frame.index)
        assert len(ahead._landmarks._held) <= FRAMES_BEHIND
    assert most == FRAMES_BEHIND + 1


def test_fewer_large_frames_are_held() -> None:
    """Room for three of 4 x 4 x 4 bytes, for none of twice the size: then nothing waits."""
    small = followed(moving(np.zeros(9)))
    large = [replace(scene, frame=Frame(np.zeros((16, 16, 4), np.uint8), 9, 1.0)) for scene in small[:1]]
    taken: list[int] = []
    given = hold_back((taken.append(scene.frame.index) or scene for scene in [*small, *large]), [], max_bytes=3 * 64)
    assert [(next(given).frame.index, taken[-1]) for _ in range(6)] == [(index, index + 3) for index in range(6)]
    assert [(next(given).frame.index, taken[-1]) for _ in range(4)] == [(6, 9), (7, 9), (8, 9), (9, 9)]


def test_frames_before_an_error_are_given_before_it_is_raised() -> None:
    def damaged() -> Iterator[Scene]:
        yield from followed(moving(np.zeros(5)))
        raise SourceError("The rest is damaged.")

    given = hold_back(damaged(), [LookAhead()])
    assert [next(given).frame.index for _ in range(5)] == list(range(5))
    with pytest.raises(SourceError, match="damaged"):
        next(given)


def test_a_cover_holds_the_smoothed_and_the_measured_landmarks() -> None:
    apart = FACE + np.float32([1.1 * UNIT, 0])
    face = Face(1, Keypoints(FACE, 0.9), measured=Keypoints(apart, 0.9), followed_since=0.0)
    hidden = VisibleFace(face, np.zeros(2), age=1.0)
    for area in Area:
        points = np.vstack([FACE, apart])[[0, 1, 15, 16]].astype(np.float64)
        assert hidden_outline(hidden, area).reach(points).max() <= 1
    assert bar_corners(hidden)[:, 0].max() > apart[:6, 0].max()


def test_contours_are_smoothed_both_ways_like_the_landmarks() -> None:
    path = PATHS["sway of 0.5 at 1 Hz"]
    film = moving(path)
    outline = np.resize(FACE, (70, 2))
    scenes = []
    for index, (scene, x) in enumerate(zip(followed(film), path, strict=True)):
        (face,) = scene.faces
        trembling_outline = outline + np.float32([x, 0]) + np.resize(noise(1, 0.3, index)[0], (70, 2))
        measured = Keypoints(film[index], 0.9, trembling_outline.astype(np.float32))
        scenes.append(replace(scene, faces=(replace(face, measured=measured),)))
    given = [scene.faces[0].contours for scene in hold_back(scenes, [LookAhead()])]
    truth = outline + np.stack([path, np.zeros_like(path)], axis=1)[:, None]
    raw = np.stack([scene.faces[0].measured.contours for scene in scenes])
    assert np.abs(np.stack(given) - truth)[20:-20].mean() < 0.8 * np.abs(raw - truth)[20:-20].mean()
