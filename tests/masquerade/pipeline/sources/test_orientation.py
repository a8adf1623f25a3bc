"""Tests the eight orientations of an image, in EXIF's numbers and as display matrices."""

import struct

import numpy as np
import pytest
from masquerade.pipeline.sources.orientation import Orientation

from tests.masquerade.pipeline.sources.clips import corner_names, corners

# The first row is the top and the first column the left side of what is shown (Exif 2.32, 4.6.4 A); worked
# by hand from an image that is stored as R G / B W.
SHOWN = {1: "RGBW", 2: "GRWB", 3: "WBGR", 4: "BWRG", 5: "RBGW", 6: "BRWG", 7: "WGBR", 8: "GWRB"}
TURNS = ((1, 0, 0, 1), (-1, 0, 0, 1), (-1, 0, 0, -1), (1, 0, 0, -1), (0, 1, 1, 0), (0, 1, -1, 0), (0, -1, -1, 0))
MATRICES = dict(enumerate((*TURNS, (0, -1, 1, 0)), start=1))


@pytest.mark.parametrize("number", SHOWN)
def test_exif_and_matrix_turn_an_image_the_same_way(number: int) -> None:
    pixels = np.dstack([corners((8, 6)), np.full((6, 8), 255, np.uint8)])
    a, b, c, d = (value << 16 for value in MATRICES[number])
    matrix = struct.pack("9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    for orientation in (Orientation.from_exif(number), Orientation.from_display_matrix(matrix)):
        shown = orientation.apply(pixels)
        assert corner_names(shown) == SHOWN[number]
        assert shown.flags.c_contiguous


@pytest.mark.parametrize("number", [0, 9, -1])
def test_an_unknown_number_leaves_the_image_as_it_is(number: int) -> None:
    assert Orientation.from_exif(number) == Orientation()


def test_a_slanting_matrix_is_rounded_to_the_nearest_quarter_turn() -> None:
    slanting = struct.pack("9i", 64_000, 9_000, 0, -9_000, 64_000, 0, 0, 0, 1 << 30)
    assert Orientation.from_display_matrix(slanting) == Orientation()
