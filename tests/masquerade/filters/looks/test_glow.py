"""A glow is small, covers what it colours, and grades as curves do where the image is even."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from masquerade.filters.looks.glow import glow_of, grading_glow, shrunk
from masquerade.filters.looks.grading import common_slope, curve_table


def image(seed: int) -> np.ndarray:
    pixels = np.random.default_rng(seed).integers(0, 256, (90, 160, 4), dtype=np.uint8)
    pixels[:30] = 255
    pixels[..., 3] = 255
    return pixels


@pytest.mark.parametrize(
    ("shape", "small"),
    [
        ((720, 1280), (90, 160)),
        ((1080, 1920), (67, 120)),
        ((480, 640), (60, 80)),
        ((100, 90), (100, 90)),
        ((1, 1), (1, 1)),
    ],
)
def test_an_image_shrinks_to_fewer_than_120_rows(shape: tuple[int, int], small: tuple[int, int]) -> None:
    pixels = np.full((*shape, 4), 77, np.uint8)
    found = shrunk(pixels)
    assert found.shape == (*small, 4)
    assert (found == 77).all()
    assert not np.shares_memory(found, pixels)


@given(st.integers(0, 60), st.integers(240, 255), st.floats(0.05, 1.0), st.integers(0, 3))
def test_no_colour_of_a_grading_glow_is_more_than_it_covers(first: int, last: int, strength: float, seed: int) -> None:
    """Else the sum over white would run over, to black."""
    table = curve_table(((0, first), (255, last)))
    slope = common_slope(np.stack([table] * 3))
    assert slope is not None
    small = image(seed)
    graded = small.copy()
    graded[..., :3] = table[small[..., :3]]
    laid = grading_glow(small, graded, glow_of(graded, strength), slope)
    assert (laid[..., :3] <= laid[..., 3:]).all()


def test_over_its_own_small_image_a_grading_glow_is_the_glow_over_the_grade() -> None:
    table = curve_table(((0, 30), (255, 245)))
    small = image(1)
    graded = small.copy()
    graded[..., :3] = table[small[..., :3]]
    glow = glow_of(graded, 0.5)
    laid = grading_glow(small, graded, glow, 215 / 255).astype(float)
    found = laid[..., :3] + small[..., :3] * (255 - laid[..., 3:]) / 255
    wanted = glow[..., :3] + graded[..., :3] * (255.0 - glow[..., 3:]) / 255
    assert np.abs(found - wanted).max() <= 2.5
