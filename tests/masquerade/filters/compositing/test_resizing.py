"""An image is reduced to the size on which looks redraw it, and enlarged smoothly again."""

import numpy as np
import pytest
from masquerade.filters.compositing.resizing import enlarge, reduced
from masquerade.filters.compositing.scratch import ScratchBuffers


@pytest.mark.parametrize("times", [2, 3, 7])
def test_an_enlarged_slope_stays_straight_and_in_its_place(times: int) -> None:
    small = np.zeros((6, 9, 4), np.uint8)
    small[..., 1] = 28 * np.arange(9)
    target = np.empty((6 * times, 9 * times, 4), np.uint8)
    enlarge(small, target)
    # A pixel is measured from its centre; outside the outermost centres the edge goes on.
    place = (np.arange(9 * times) + 0.5) / times - 0.5
    assert np.abs(target[..., 1] - 28 * np.clip(place, 0, 8)).max() <= 1
    assert not target[..., [0, 2, 3]].any()


@pytest.mark.parametrize(
    ("size_wh", "wanted_wh"),
    [
        ((1280, 720), (640, 360)),
        ((1920, 1080), (640, 360)),
        ((3840, 2160), (1280, 720)),
        ((500, 400), (500, 400)),
        ((1, 1), (1, 1)),
    ],
)
def test_an_image_is_reduced_to_some_360_rows_and_by_three_at_most(
    size_wh: tuple[int, int], wanted_wh: tuple[int, int]
) -> None:
    across = np.linspace(0, 255, size_wh[0]).astype(np.uint8)
    pixels = np.ascontiguousarray(np.tile(across[None, :, None], (size_wh[1], 1, 4)))
    small = reduced(pixels, ScratchBuffers())
    assert small.shape == (wanted_wh[1], wanted_wh[0], 4)
    assert not np.shares_memory(small, pixels)
    assert np.abs(small[0, :, 0].astype(int) - np.linspace(0, 255, wanted_wh[0])).max() <= 2


def test_the_half_is_the_mean_of_four_pixels() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (720, 1280, 4), dtype=np.uint8)
    means = pixels.reshape(360, 2, 640, 2, 4).mean(axis=(1, 3))
    assert np.abs(reduced(pixels, ScratchBuffers()) - means).max() <= 0.5
