"""Contours are measured by part of the face and by how much of an opening is seen."""

import numpy as np
import pytest
from masquerade.contours import INNER_LIP, LEFT_EYE, OUTER_LIP, RIGHT_EYE
from masquerade.values import FloatArray
from masquerade_train.evaluation.contours import describe_contours, measure_contours

EYES = np.full(40, 50.0)


def faces(opening: float = 1.0) -> FloatArray:
    """Forty faces (40, 68, 2) whose mouths and eyes are open more and more; `opening` scales how far."""
    marks = np.zeros((40, 68, 2), np.float32)
    marks[:, :, 0] = np.arange(68)
    gaps = np.linspace(0, 20, 40) * opening
    for upper, lower in ((51, 57), (62, 66)):
        marks[:, lower, 0] = marks[:, upper, 0]
        marks[:, lower, 1] = gaps + (10 if upper == 51 else 0)
    for eye in (RIGHT_EYE, LEFT_EYE):
        for upper, lower in ((eye[1], eye[5]), (eye[2], eye[4])):
            marks[:, lower, 0] = marks[:, upper, 0]
            marks[:, lower, 1] = gaps / 4 + 2
    return marks


def test_correct_contours_have_no_error_and_a_slope_of_1() -> None:
    found = measure_contours(faces(), faces(), EYES)
    assert {error for _, error in found.parts} == {0.0}
    for value in (found.lip_slope, found.shut, found.wide_open, found.lid_slope):
        assert value == pytest.approx(1)


def test_openings_that_shrink_to_the_mean_have_a_slope_below_1() -> None:
    found = measure_contours(faces(0.6), faces(), EYES)
    assert found.lip_slope == pytest.approx(0.6, abs=0.01)
    assert found.lid_slope == pytest.approx(0.6, abs=0.01)
    assert found.wide_open < 1


def test_an_error_only_counts_for_its_part_of_the_face() -> None:
    moved = faces()
    moved[:, list(OUTER_LIP)] += (3, 4)
    parts = dict(measure_contours(moved, faces(), EYES).parts)
    assert parts.pop("outer lip") == pytest.approx(0.1)
    assert set(parts.values()) == {0.0}
    moved[:, list(INNER_LIP)] += (3, 4)
    assert dict(measure_contours(moved, faces(), EYES).parts)["inner lip"] == pytest.approx(0.1)


def test_without_shut_mouths_their_figure_is_missing() -> None:
    wide = faces()[30:]
    found = measure_contours(wide, wide, EYES[30:])
    assert np.isnan(found.shut)
    assert "nan" in describe_contours([("this model", found)])
