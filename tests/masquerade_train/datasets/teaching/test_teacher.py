"""Tests that a teacher's landmarks are brought to our convention."""

import numpy as np
import pytest
from masquerade_train.datasets.teaching.teacher import Teacher

from tests.masquerade_train.faces import moved_points

LABELS = np.stack([moved_points(seed) for seed in range(200)])


def other_convention(landmarks: np.ndarray) -> np.ndarray:
    """Brows higher, the nose tip further down, all a pixel lower: alike on both sides, as people mark."""
    seen = landmarks + np.array([0.0, 1.0])
    seen[:, 6:10, 1] -= 3.0
    seen[:, 10, 1] += 2.0
    return seen.astype(np.float32)


def test_a_constant_difference_is_learnt() -> None:
    teacher = Teacher.learn(other_convention(LABELS[:150]), LABELS[:150])
    # The mouth's middle takes part in the frame, so what is left is small but not nothing.
    assert np.abs(teacher.map(other_convention(LABELS[150:])) - LABELS[150:]).max() < 0.8


def test_faces_on_which_teacher_and_label_differ_wildly_teach_nothing() -> None:
    wrong = LABELS.copy()
    wrong[:20] += np.random.default_rng(0).normal(0, 40, wrong[:20].shape).astype(np.float32)
    teacher = Teacher.learn(other_convention(LABELS), wrong)
    assert np.abs(teacher.map(other_convention(LABELS[20:])) - LABELS[20:]).max() < 0.8


def test_a_label_far_from_the_teachers_landmark_gives_none() -> None:
    teacher = Teacher.learn(other_convention(LABELS), LABELS)
    noisy = LABELS[:30].copy()
    noisy[4] += np.random.default_rng(1).normal(0, 20, noisy[4].shape).astype(np.float32)
    found = teacher.label(other_convention(LABELS[:30]), noisy)
    assert [index for index, landmarks in enumerate(found) if landmarks is None] == [4]


def test_a_common_offset_of_the_noisy_labels_is_taken_out() -> None:
    teacher = Teacher.learn(other_convention(LABELS), LABELS)
    shifted = (LABELS[:30] + np.array([2.0, 1.0])).astype(np.float32)
    found = teacher.label(other_convention(LABELS[:30]), shifted)
    kept = np.stack([landmarks for landmarks in found if landmarks is not None])
    assert len(kept) == 30
    assert kept == pytest.approx(LABELS[:30], abs=0.9)
