"""Memory that is lent again has the shape that is asked for, and splits and merges as OpenCV does."""

import numpy as np
import pytest
from masquerade.filters.compositing.scratch import ScratchBuffers


def test_memory_is_reused_until_it_is_too_small() -> None:
    scratch = ScratchBuffers()
    first = scratch.get("one", 4, 6)
    assert np.shares_memory(first, scratch.get("one", 2, 3, 4))
    assert not np.shares_memory(first, scratch.get("another", 4, 6))
    assert scratch.get("one", 5, 6).shape == (5, 6)


@pytest.mark.parametrize("size", [(1, 1), (7, 13), (64, 64), (33, 130)])
def test_channels_are_split_and_merged(size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (*size, 4), dtype=np.uint8)
    scratch = ScratchBuffers()
    channels = scratch.split(pixels)
    assert all((channels[index] == pixels[..., index]).all() for index in range(4))
    assert (scratch.merged(channels) == pixels).all()
