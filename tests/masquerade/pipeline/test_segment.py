"""Test that people are cut out only while a filter needs it, and that a slow network delays no frame."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.pipeline.plan import FramePlan
from masquerade.pipeline.stages import Segment
from masquerade.values import ByteArray, Frame, Scene

from tests.masquerade.filters.package_writer import HEAD, package


class CountingSegmenter:
    """Gives a mask that tells how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def segment(self, pixels: ByteArray) -> ByteArray:
        self.calls += 1
        return np.full((2, 2), self.calls, np.uint8)


@pytest.fixture
def background(tmp_path: Path) -> Filter:
    layer = '[[layer]]\nkind = "background"\neffect = "blur"\n'
    return load_filter(package(tmp_path, HEAD.replace("format = 1", "format = 2") + layer))


def scene(index: int = 0) -> Scene:
    return Scene(Frame(np.zeros((4, 4, 4), np.uint8), index, index / 30))


def seconds(step: float) -> Iterator[float]:
    now = 0.0
    while True:
        yield now
        now += step


def test_nothing_is_loaded_while_no_filter_needs_it() -> None:
    stage = Segment(lambda: pytest.fail("the model was loaded"))
    assert stage(scene(), FramePlan()).person is None


def test_a_fast_network_sees_every_frame(background: Filter) -> None:
    segmenter, clock = CountingSegmenter(), seconds(0.004)
    stage = Segment(lambda: segmenter, lambda: next(clock))
    seen = [stage(scene(index), FramePlan((background,))).person for index in range(4)]
    assert [int(mask[0, 0]) for mask in seen if mask is not None] == [1, 2, 3, 4]


def test_a_slow_network_sees_every_second_frame_and_no_frame_is_without_a_mask(background: Filter) -> None:
    segmenter, clock = CountingSegmenter(), seconds(0.03)
    stage = Segment(lambda: segmenter, lambda: next(clock))
    seen = [stage(scene(index), FramePlan((background,))).person for index in range(6)]
    assert [int(mask[0, 0]) for mask in seen if mask is not None] == [1, 1, 2, 2, 3, 3]


def test_a_filter_that_is_put_on_again_sees_no_old_mask(background: Filter) -> None:
    segmenter, clock = CountingSegmenter(), seconds(0.03)
    stage = Segment(lambda: segmenter, lambda: next(clock))
    stage(scene(), FramePlan((background,)))
    stage(scene(1), FramePlan())
    mask = stage(scene(2), FramePlan((background,))).person
    assert mask is not None
    assert int(mask[0, 0]) == 2
