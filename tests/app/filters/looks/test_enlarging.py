"""A picture is enlarged alike by either way that OpenCV offers."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from app.filters.looks.enlarging import enlarge


@pytest.fixture(params=[True, False], ids=["with Intel's library", "without"])
def _library(request: pytest.FixtureRequest) -> Iterator[None]:
    before = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(request.param)
    yield
    cv2.ipp.setUseIPP(before)


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("size_wh", [(8, 6), (37, 11), (200, 120)])
def test_a_picture_is_enlarged_as_resize_does_it(size_wh: tuple[int, int]) -> None:
    small = np.random.default_rng(2).integers(0, 256, (6, 8, 4), dtype=np.uint8)
    target = np.empty((size_wh[1], size_wh[0], 4), np.uint8)
    enlarge(small, target)
    assert np.abs(target.astype(int) - cv2.resize(small, size_wh, interpolation=cv2.INTER_LINEAR)).max() <= 2
