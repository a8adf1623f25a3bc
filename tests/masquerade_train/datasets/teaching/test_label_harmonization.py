"""Tests that labels of several conventions become labels of one."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from masquerade.values import FloatArray
from masquerade_train.datasets.face_set import LeftOut, Row
from masquerade_train.datasets.teaching.label_harmonization import COMMON_SHARES, harmonize

from tests.masquerade_train.faces import face_row, moved_points

BROW_ENDS = [6, 7, 8, 9]
# How far below the teacher's each source marks the brow ends, pixels; the eyes are 40 apart.
LOWER = {"helen": 0.0, "lfpw": 1.0, "wild": 5.0}
COMMON = sum(COMMON_SHARES[name] * lower for name, lower in LOWER.items())


def _marked(seed: int, source: str, split: str = "train") -> Row:
    landmarks = moved_points(seed)
    landmarks[BROW_ENDS, 1] += LOWER[source]
    return replace(face_row(seed, split, source), landmarks=landmarks)


def _seen(rows: list[Row]) -> Mapping[str, list[FloatArray]]:
    """The teacher sees what `moved_points` returns, and another face beside it."""
    return {row.file: [p := moved_points(int(row.file.removesuffix(".png"))), p + np.float32(90)] for row in rows}


ROWS = [_marked(seed, source) for place, source in enumerate(LOWER) for seed in range(100 * place, 100 * place + 60)]


@pytest.mark.parametrize("source", LOWER)
def test_training_labels_come_to_the_common_convention(source: str) -> None:
    kept, left_out = harmonize(ROWS, _seen(ROWS), ())
    errors = [
        row.landmarks
        - before.landmarks
        - np.where(np.isin(np.arange(15), BROW_ENDS)[:, None], [0, COMMON - LOWER[source]], 0)
        for row, before in zip(kept, ROWS, strict=True)
        if row.source == source
    ]
    assert not left_out
    assert all(row.as_marked is before.landmarks for row, before in zip(kept, ROWS, strict=True))
    assert np.abs(np.mean(errors, axis=0)).max() < 0.15
    assert np.abs(errors).max() < 1.2


def test_val_labels_and_sources_with_too_few_faces_stay_as_they_are() -> None:
    others = [_marked(500, "wild", "test"), replace(_marked(501, "wild"), source="mine")]
    kept, _ = harmonize([*ROWS, *others], _seen(ROWS), ())
    for row, before in zip(kept[-2:], others, strict=True):
        assert np.array_equal(row.landmarks, before.landmarks)


def test_a_face_that_the_teacher_missed_is_moved_all_the_same() -> None:
    seen = {file: faces for file, faces in _seen(ROWS).items() if file != ROWS[-1].file}
    kept, _ = harmonize(ROWS, seen, ())
    moved = kept[-1].landmarks - ROWS[-1].landmarks
    assert moved[BROW_ENDS, 1].mean() == pytest.approx(COMMON - LOWER["wild"], abs=0.5)


def test_noisy_labels_become_the_teachers_in_the_common_convention() -> None:
    noisy = [face_row(seed, "train", "ytf", 0.5) for seed in range(700, 730)]
    lost = replace(noisy[0], file="799.png", landmarks=noisy[0].landmarks[::-1].copy())
    rows = [*ROWS, *noisy, lost]
    kept, left_out = harmonize(rows, _seen(rows), ("ytf",))
    moved = [row.landmarks - moved_points(seed) for seed, row in zip(range(700, 730), kept[-30:], strict=True)]
    assert np.mean(moved, axis=0)[BROW_ENDS, 1] == pytest.approx(COMMON, abs=0.3)
    assert left_out == [LeftOut("799.png", "label and teacher do not agree")]


def test_without_a_teacher_nothing_changes() -> None:
    kept, left_out = harmonize(ROWS, {}, ("ytf",))
    assert kept == ROWS
    assert not left_out
