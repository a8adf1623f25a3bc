"""Test that a camera's JPEGs are decoded as OpenCV decodes them, damaged ones apart."""

import cv2
import numpy as np
import pytest
from masquerade.pipeline.sources.demo import Demo
from masquerade.pipeline.sources.mjpeg import MjpegDecoder
from masquerade.values import ByteArray


def sample_image(size_wh: tuple[int, int] = (640, 360)) -> ByteArray:
    with Demo(size_wh) as demo:
        frame = demo.read()
    assert frame is not None
    return np.ascontiguousarray(frame.pixels[..., :3])


def packed(image: ByteArray, *options: int) -> ByteArray:
    return np.asarray(cv2.imencode(".jpg", image, options)[1], np.uint8)


@pytest.mark.parametrize("options", [(), (cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422)])
def test_colours_are_those_of_opencv(options: tuple[int, ...]) -> None:
    content = packed(sample_image(), *options)
    decoded = MjpegDecoder().decode(content)
    assert decoded is not None
    expected = cv2.imdecode(content, cv2.IMREAD_COLOR)
    assert decoded.shape == (360, 640, 4)
    assert decoded.flags.c_contiguous
    assert (decoded[..., 3] == 255).all()
    assert np.abs(decoded[..., :3].astype(int) - expected).mean() < 2


def test_every_frame_comes_at_once_and_sizes_may_change() -> None:
    decoder = MjpegDecoder()
    for size_wh in ((640, 360), (320, 180), (320, 180), (1280, 720)):
        decoded = decoder.decode(packed(sample_image(size_wh)))
        assert decoded is not None
        assert decoded.shape[:2] == size_wh[::-1]


@pytest.mark.parametrize("content", [b"", b"\xff\xd8", b"\xff\xd8\xff\xd9", bytes(5000), b"\xff\xd8" + bytes(5000)])
def test_a_damaged_frame_is_left_out_and_the_next_one_is_decoded(content: bytes) -> None:
    decoder = MjpegDecoder()
    assert decoder.decode(np.frombuffer(content, np.uint8)) is None
    assert decoder.decode(packed(sample_image())) is not None


def test_random_damage_never_raises() -> None:
    content, chance, decoder = packed(sample_image((160, 90))), np.random.default_rng(3), MjpegDecoder()
    for _ in range(200):
        damaged = content[: chance.integers(2, len(content))].copy()
        damaged[chance.integers(2, len(damaged), 4) % len(damaged)] = chance.integers(0, 256, 4)
        decoder.decode(damaged)
