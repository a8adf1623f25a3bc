"""Tests that a constant difference between two ways of marking is taken out, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from masquerade.values import ByteArray, FloatArray
from masquerade_train.datasets.face_set import join_rows
from masquerade_train.evaluation.convention import Convention, measure_in_convention, teaching_rows
from masquerade_train.evaluation.evaluate import cut_faces, measure
from masquerade_train.recipes.augmentation import EXACT

from tests.masquerade_train.faces import LANDMARKS, face_row, small_set

SIDE = 96


def turned(landmarks: FloatArray, degrees: float, scale: float) -> FloatArray:
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (scale * landmarks @ turn.T + 7).astype(np.float32)


def test_an_offset_learnt_on_upright_faces_fits_a_tilted_and_larger_one() -> None:
    offset = np.random.default_rng(0).normal(0, 2, LANDMARKS.shape).astype(np.float32)
    convention = Convention.learn(LANDMARKS[None] - offset, LANDMARKS[None], np.array(["helen"]))
    labelled = turned(LANDMARKS, 50, 1.7)[None]
    predicted = turned(LANDMARKS - offset, 50, 1.7)[None]
    assert convention.apply(predicted, labelled, np.array(["helen"])) == pytest.approx(labelled, abs=1e-2)


def test_a_source_that_was_not_learnt_stays_as_it_is() -> None:
    convention = Convention.learn(LANDMARKS[None] - 2, LANDMARKS[None], np.array(["helen"]))
    predicted = LANDMARKS[None] + 1
    assert convention.apply(predicted, LANDMARKS[None], np.array(["wild"])) == pytest.approx(predicted, abs=1e-3)


def test_a_network_with_a_constant_error_is_perfect_in_its_own_convention() -> None:
    faces = small_set()
    truth: dict[bytes, FloatArray] = {}
    for chosen in (faces.test_faces, np.asarray(faces.splits == "train") & faces.has_face):
        for sample in cut_faces(faces, chosen, SIDE, EXACT)[1]:
            truth[sample.pixels.tobytes()] = sample.landmarks

    def off_by_three_pixels(crops: ByteArray) -> FloatArray:
        landmarks = np.stack([truth[crop.tobytes()] for crop in crops]) + 3
        return np.column_stack(
            [((landmarks + 0.5) * 2 / SIDE - 1).reshape(len(landmarks), -1), np.ones(len(landmarks))]
        )

    raw = measure(faces, faces.test_faces, off_by_three_pixels, SIDE, EXACT)
    own = dict(measure_in_convention(faces, faces.test_faces, off_by_three_pixels, SIDE, EXACT))
    assert raw.all_faces.mean > 0.1
    assert own["helen"].mean < 0.01
    assert own["sound labels"].faces == 6


def test_only_training_faces_teach() -> None:
    faces = join_rows([face_row(0, "train"), face_row(1, "test"), face_row(2, "train", source="wild")])
    assert teaching_rows(faces, np.array(["helen"])).tolist() == [0]


def test_a_convention_is_learnt_from_labels_as_they_were_marked() -> None:
    faces = small_set()
    brought = np.where((faces.splits == "train")[:, None, None], faces.landmarks + 5, faces.landmarks).astype(
        np.float32
    )
    harmonized = replace(faces, landmarks=brought)

    def middle(crops: ByteArray) -> FloatArray:
        return np.zeros((len(crops), 31), np.float32)

    plain, harmonized_groups = (
        measure_in_convention(one, one.test_faces, middle, SIDE, EXACT) for one in (faces, harmonized)
    )
    assert [(name, group.mean) for name, group in harmonized_groups] == [(name, group.mean) for name, group in plain]


def test_without_training_faces_there_is_nothing_to_report() -> None:
    faces = join_rows([face_row(0, "test")])
    assert measure_in_convention(faces, faces.test_faces, lambda crops: np.zeros((len(crops), 31)), SIDE, EXACT) == ()
