"""Tests the face that moves without a camera."""

import numpy as np
import pytest
from masquerade.geometry.similarity import transform_points
from masquerade.pipeline.sources import Demo
from masquerade.pipeline.sources.demo import STAGE_WH, view_matrix

SIZES = [(1280, 720), (640, 480), (101, 97), (480, 800), (1920, 400)]


def test_same_frame_is_always_the_same_image() -> None:
    with Demo() as once, Demo() as again:
        for _ in range(5):
            first, second = once.read(), again.read()
            assert first is not None
            assert second is not None
            assert np.array_equal(first.pixels, second.pixels)
            assert first.taken_at == second.taken_at == first.index / 30


def test_opening_it_again_starts_from_the_beginning() -> None:
    demo = Demo()
    for _ in range(2):
        with demo:
            frame = demo.read()
            assert frame is not None
            assert frame.index == 0


@pytest.mark.parametrize("size_wh", SIZES)
def test_camera_never_looks_beyond_the_stage(size_wh: tuple[int, int]) -> None:
    width, height = size_wh
    corners = np.array([[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]], np.float32)
    seen = np.array([transform_points(view_matrix(0.37 * i, size_wh), corners) for i in range(20_000)])
    assert (seen >= 0).all()
    assert (seen <= np.array(STAGE_WH) - 1).all()


@pytest.mark.parametrize("size_wh", SIZES)
def test_frame_is_filled_to_its_edges(size_wh: tuple[int, int]) -> None:
    with Demo(size_wh) as demo:
        frame = demo.read()
        assert frame is not None
        assert frame.size_wh == size_wh
        assert (frame.pixels[:, :, 3] == 255).all()
        # Beyond the stage it would be black; the wall in the upper corners is not.
        assert frame.pixels[0, [0, -1], :3].min() > 40


def test_every_frame_differs_from_the_one_before() -> None:
    with Demo((320, 180)) as demo:
        before = demo.read()
        for _ in range(100):
            frame = demo.read()
            assert before is not None
            assert frame is not None
            difference = np.abs(frame.pixels.astype(int) - before.pixels).mean()
            assert 0.05 < difference < 12
            before = frame


def test_frame_may_be_painted_into_without_harm_to_the_next() -> None:
    with Demo((320, 180)) as painted, Demo((320, 180)) as untouched:
        first = painted.read()
        assert first is not None
        first.pixels[:] = 0
        untouched.read()
        second, wanted = painted.read(), untouched.read()
        assert second is not None
        assert wanted is not None
        assert np.array_equal(second.pixels, wanted.pixels)


def test_closed_demo_ends() -> None:
    with Demo((320, 180)) as demo:
        demo.close()
        assert demo.read() is None


def test_demo_that_is_not_open_is_a_programmers_error() -> None:
    with pytest.raises(RuntimeError, match="not open"):
        Demo().read()
