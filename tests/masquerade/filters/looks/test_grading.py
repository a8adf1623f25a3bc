"""Curves and gradients become the tables that their points say, and grade as these say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from masquerade.filters.compositing.scratch import ScratchBuffers
from masquerade.filters.looks.grading import apply_gradient, common_slope, curve_table, grade, gradient_table, look_up

SHADES = st.integers(0, 255)


def image(seed: int = 0) -> np.ndarray:
    pixels = np.random.default_rng(seed).integers(0, 256, (24, 31, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    return pixels


def test_a_curve_goes_through_its_points() -> None:
    table = curve_table(((0, 10), (100, 90), (200, 220), (255, 230)))
    assert [int(table[shade]) for shade in (0, 100, 200, 255)] == [10, 90, 220, 230]


def test_a_straight_curve_changes_nothing() -> None:
    assert (curve_table(((0, 0), (255, 255))) == np.arange(256)).all()


def test_outside_its_points_a_curve_is_level() -> None:
    table = curve_table(((50, 20), (200, 240)))
    assert (table[:50] == 20).all()
    assert (table[200:] == 240).all()


@given(st.lists(st.tuples(SHADES, SHADES), min_size=2, max_size=16, unique_by=lambda point: point[0]))
def test_a_rising_curve_never_falls(points: list[tuple[int, int]]) -> None:
    x, y = sorted(point[0] for point in points), sorted(point[1] for point in points)
    table = curve_table(tuple(zip(map(float, x), map(float, y), strict=True))).astype(int)
    assert (np.diff(table) >= 0).all()
    assert table.min() >= y[0]
    assert table.max() <= y[-1]


def test_a_gradient_is_evenly_spaced_and_opaque() -> None:
    table = gradient_table(((0, 0, 0), (255, 0, 0), (255, 255, 255)))
    assert table[[0, 128, 255]].tolist() == [[0, 0, 0, 255], [1, 1, 255, 255], [255, 255, 255, 255]]
    assert table[64].tolist() == [0, 0, 128, 255]


@pytest.mark.parametrize("colours", [((0, 0, 0), (255, 255, 255)), ((0, 0, 40), (255, 10, 0), (255, 255, 200))])
def test_a_gradient_colours_by_brightness(colours: tuple[tuple[int, int, int], ...]) -> None:
    pixels = np.repeat(np.arange(0, 250, 10, dtype=np.uint8)[None, :, None], 4, axis=2).repeat(8, axis=0)
    pixels = np.ascontiguousarray(pixels)
    table = gradient_table(colours)
    apply_gradient(pixels, table, ScratchBuffers())
    assert (pixels[3] == table[np.arange(0, 250, 10)]).all()


def test_without_saturation_all_is_grey_and_with_one_as_it_was() -> None:
    grey, same = image(), image()
    grade(grey, 0.0, None, ScratchBuffers())
    grade(same, 1.0, None, ScratchBuffers())
    assert (np.ptp(grey[..., :3].astype(int), axis=2) == 0).all()
    assert (same == image()).all()


def test_each_channel_has_its_own_curve() -> None:
    pixels, plain = image(), np.arange(256, dtype=np.uint8)
    grade(pixels, 1.0, np.stack([plain, plain, np.full(256, 7, np.uint8)]), ScratchBuffers())
    assert (pixels[..., 2] == 7).all()
    assert (pixels[..., [0, 1, 3]] == image()[..., [0, 1, 3]]).all()


@given(st.integers(0, 90), st.integers(100, 255))
def test_a_straight_curve_is_its_table_to_one_shade(first: int, last: int) -> None:
    pixels, before = image(1), image(1)
    table = curve_table(((0, first), (255, last)))
    grade(pixels, 1.0, np.stack([table] * 3), ScratchBuffers())
    assert np.abs(pixels[..., :3].astype(int) - table[before[..., :3]]).max() <= 1
    assert (pixels[..., 3] == 255).all()


@given(st.floats(0.0, 2.0), st.integers(0, 60), st.integers(180, 255))
def test_straight_curves_in_one_step_are_those_channel_by_channel(saturation: float, first: int, last: int) -> None:
    """A curve of which one shade is off by more than rounding goes the long way."""
    at_once, one_by_one = image(2), image(2)
    table = curve_table(((0, first), (255, last)))
    bent = table.copy()
    bent[0] = 90
    grade(at_once, saturation, np.stack([table] * 3), ScratchBuffers())
    grade(one_by_one, saturation, np.stack([bent] * 3), ScratchBuffers())
    # Saturated colours are cut off before the long way's curve, and after the short way's.
    inside = ((one_by_one[..., :3] > max(first, 90)) & (one_by_one[..., :3] < last - 1)).all(axis=2)
    assert np.abs(at_once[inside].astype(int) - one_by_one[inside]).max(initial=0) <= 3


@pytest.mark.parametrize(
    ("ends", "slope"),
    [
        ([(0, 255), (0, 255), (0, 255)], 1.0),
        ([(20, 250), (10, 255), (0, 245)], 230 / 255),
        ([(20, 250), (10, 255), (60, 200)], None),
        ([(255, 0), (255, 0), (255, 0)], None),
    ],
)
def test_curves_that_a_glow_can_carry_have_a_slope_in_common(ends: list[tuple[int, int]], slope: float | None) -> None:
    found = common_slope(np.stack([curve_table(((0, first), (255, last))) for first, last in ends]))
    assert found is None if slope is None else found == pytest.approx(slope, abs=0.01)


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (721, 1283), (2, 200_000)])
def test_shades_are_looked_up_whatever_the_size(shape: tuple[int, int]) -> None:
    shades = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    table = np.random.default_rng(1).integers(0, 256, (256, 4), dtype=np.uint8)
    target = np.zeros((*shape, 4), np.uint8)
    look_up(shades, table, target)
    assert (target == table[shades]).all()
