"""An image is enlarged alike by either way that OpenCV offers."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from masquerade.filters.compositing.resizing import enlarge, reduced
from masquerade.filters.compositing.scratch import ScratchBuffers


@pytest.fixture(params=[True, False], ids=["with Intel's library", "without"])
def _library(request: pytest.FixtureRequest) -> Iterator[None]:
    before = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(request.param)
    yield
    cv2.ipp.setUseIPP(before)


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("size_wh", [(8, 6), (37, 11), (200, 120)])
def test_an_image_is_enlarged_as_resize_does_it(size_wh: tuple[int, int]) -> None:
    small = np.random.default_rng(2).integers(0, 256, (6, 8, 4), dtype=np.uint8)
    target = np.empty((size_wh[1], size_wh[0], 4), np.uint8)
    enlarge(small, target)
    assert np.abs(target.astype(int) - cv2.resize(small, size_wh, interpolation=cv2.INTER_LINEAR)).max() <= 2


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
