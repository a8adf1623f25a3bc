"""Parts of an image cover all of it."""

import numpy as np
import pytest
from masquerade.vision.search.downscaled import split_image


@pytest.mark.parametrize("size_wh", [(1920, 1080), (101, 57), (480, 640)])
@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_parts_cover_the_image_and_stay_in_it(size_wh: tuple[int, int], count: int) -> None:
    width, height = size_wh
    covered = np.zeros((height, width), bool)
    for part in split_image(width, height, count):
        left, top = int(part.left), int(part.top)
        assert min(left, top) >= 0
        assert left + part.width <= width
        assert top + part.height <= height
        covered[top : top + int(part.height), left : left + int(part.width)] = True
    assert covered.all()


@pytest.mark.parametrize(("width", "height"), [(1, 5000), (5000, 1), (1, 1), (2, 3)])
def test_the_parts_of_a_narrow_image_are_not_empty(width: int, height: int) -> None:
    for count in (1, 2, 3):
        for part in split_image(width, height, count):
            assert part.left + part.width <= width
            assert part.top + part.height <= height
            assert min(part.width, part.height) >= 1
