"""Tests the source that shows another several times."""

import numpy as np
from masquerade.benchmark.crowd import Crowd
from masquerade.pipeline.sources.demo import Demo


def test_a_crowd_repeats_the_same_image() -> None:
    with Crowd(Demo((320, 240)), places=4, shown=1) as one, Crowd(Demo((320, 240)), places=4, shown=3) as three:
        first, second = one.read(), three.read()
    assert first is not None
    assert second is not None
    assert first.size_wh == second.size_wh == (320, 240)
    tile = first.pixels[:120, :160]
    assert tile[..., :3].std() > 10
    for top, left in ((0, 0), (0, 160), (120, 0)):
        np.testing.assert_array_equal(second.pixels[top : top + 120, left : left + 160], tile)
    assert not second.pixels[120:, 160:, :3].any()
    assert not first.pixels[:, 160:, :3].any()
