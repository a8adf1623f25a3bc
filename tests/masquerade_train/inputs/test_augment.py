"""Tests that a training crop's image and landmarks are moved by one and the same map."""

from dataclasses import replace

import numpy as np
import pytest
from masquerade.geometry.mirror import mirror_landmarks
from masquerade.values import ByteArray
from masquerade_train.inputs.augment import Cutter
from masquerade_train.recipes.augmentation import DETECTOR_LIKE, EXACT

from tests.masquerade_train.faces import DOTS, dotted_image, moved_points

# Which landmark each becomes in the mirror: (15,).
MIRRORED = mirror_landmarks(np.stack([np.zeros(15), np.arange(15)], axis=1).astype(np.float32), 1)[:, 1].astype(int)
SIDE = 192  # as fine as the image, so that a dot keeps its size
WILD = replace(DETECTOR_LIKE, shift_tail=0.5, tail_chance=1.0, rotation_degrees=(15.0, 45.0), stretch=0.05, flip=True)


def dot_place(crop: ByteArray, landmark: int) -> np.ndarray | None:
    """The centre of the dot of `landmark` in the crop, (2,) pixels; None where it is covered or outside."""
    near = np.abs(crop.astype(int) - np.array(DOTS[landmark])).max(axis=2) < 40
    rows, columns = np.nonzero(near)
    return np.array([columns.mean(), rows.mean()]) if len(rows) > 12 else None


@pytest.mark.parametrize("seed", range(12))
def test_every_dot_is_where_the_landmarks_say(seed: int) -> None:
    landmarks = np.rint(moved_points(seed)).astype(np.float32)
    sample = Cutter(SIDE, WILD, np.random.default_rng(seed)).face(dotted_image(landmarks), landmarks)
    places = {landmark: dot_place(sample.pixels, landmark) for landmark in DOTS}
    errors = [
        max(
            np.abs(place - sample.landmarks[names[landmark]]).max()
            for landmark, place in places.items()
            if place is not None
        )
        for names in (np.arange(15), MIRRORED)
    ]
    assert sum(place is not None for place in places.values()) >= 4
    assert min(errors) < 2.0


def test_both_mirrored_and_plain_crops_are_made() -> None:
    landmarks = moved_points(0)
    image = dotted_image(landmarks)
    left_eyes = [
        Cutter(SIDE, replace(EXACT, flip=True), np.random.default_rng(seed))
        .face(image, landmarks)
        .pixels[60:80, 110:140]
        for seed in range(20)
    ]
    assert len({crop.tobytes() for crop in left_eyes}) == 2


def test_without_errors_the_anchors_lie_at_their_places() -> None:
    landmarks = moved_points(1)
    found = Cutter(96, EXACT, np.random.default_rng(0)).face(dotted_image(landmarks), landmarks).landmarks
    middle = np.stack([found[0], found[1], found[11:15].mean(axis=0)]).mean(axis=0)
    # The similarity keeps the anchors' common middle: (0.65 + 0.35 + 0.5) / 3, (0.36 + 0.36 + 0.69) / 3.
    assert middle == pytest.approx([0.5 * 96 - 0.5, 0.47 * 96 - 0.5], abs=0.05)


def test_detector_like_crops_err_by_about_a_tenth_of_the_eye_distance() -> None:
    landmarks = moved_points(1)
    image = dotted_image(landmarks)
    cutter = Cutter(96, DETECTOR_LIKE, np.random.default_rng(0))
    middles = np.stack([cutter.face(image, landmarks).landmarks.mean(axis=0) for _ in range(200)])
    assert 0.05 < middles.std(axis=0).mean() / (0.3 * 96) < 0.15


def test_a_stray_crop_is_no_face_and_has_no_landmarks() -> None:
    landmarks = moved_points(2)
    sample = Cutter(96, WILD, np.random.default_rng(0)).stray(dotted_image(landmarks), landmarks)
    assert not sample.is_face
    assert np.isnan(sample.landmarks).all()


def test_a_background_is_no_face() -> None:
    image = np.full((100, 160, 3), 90, np.uint8)
    sample = Cutter(96, WILD, np.random.default_rng(0)).background(image)
    assert sample.pixels.shape == (96, 96, 3)
    assert not sample.is_face


def test_a_landmark_that_is_not_marked_stays_so() -> None:
    landmarks = moved_points(4)
    landmarks[7] = np.nan
    sample = Cutter(96, WILD, np.random.default_rng(1)).face(dotted_image(moved_points(4)), landmarks)
    assert np.isnan(sample.landmarks).all(axis=1).sum() == 1
    assert sample.is_face
