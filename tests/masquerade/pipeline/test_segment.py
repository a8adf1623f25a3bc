"""Test that people are cut out only while a filter needs it, and that a slow network delays no frame."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.pipeline.plan import FramePlan
from masquerade.pipeline.stages import Segment
from masquerade.values import ByteArray, Frame, Scene

from tests.masquerade.filters.package_writer import HEAD, SQUARES, package
from tests.masquerade.filters.portrait import portrait_face


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


@pytest.fixture
def hat(tmp_path: Path) -> Filter:
    layer = '[[layer]]\nkind = "wrap"\nart = "art.svg"\nprofile = [[0, 1], [1, 1]]\nhair = 0.5\n'
    return load_filter(package(tmp_path / "hat", HEAD.replace("format = 1", "format = 2") + layer, art_svg=SQUARES))


def scene(index: int = 0, *identities: int) -> Scene:
    faces = tuple(replace(portrait_face(), identity=each) for each in identities)
    return Scene(Frame(np.zeros((4, 4, 4), np.uint8), index, index / 30), faces=faces)


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


def test_heads_are_measured_now_and_then(hat: Filter) -> None:
    segmenter = CountingSegmenter()
    stage = Segment(lambda: segmenter)
    seen = [stage(scene(index, 1), FramePlan((hat,))).person for index in range(300)]
    assert seen[0] is not None
    assert seen[1] is None
    assert 9 <= segmenter.calls <= 13
    assert segmenter.calls == sum(mask is not None for mask in seen)


def test_a_newcomers_head_is_measured_at_once(hat: Filter) -> None:
    stage = Segment(CountingSegmenter)
    assert [stage(scene(index, 1), FramePlan((hat,))).person is None for index in range(2)] == [False, True]
    assert stage(scene(2, 1, 2), FramePlan((hat,))).person is not None


def test_nothing_is_measured_without_a_face(hat: Filter) -> None:
    stage = Segment(lambda: pytest.fail("the model was loaded"))
    assert stage(scene(), FramePlan((hat,))).person is None
