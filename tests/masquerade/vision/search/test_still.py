"""Tests that single images are searched harder: small faces, tiles, no face returned twice."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from masquerade.resources import bundled
from masquerade.values import ByteArray, Detection, FloatArray, Keypoints
from masquerade.vision.search.rotated import turn_back
from masquerade.vision.search.still import StillFinder

from tests.masquerade.vision.world import Head, World


class Crowd:
    """A detector that, like a real one, misses heads that are small in the image it is given."""

    def __init__(self, heads: list[Head], image: ByteArray) -> None:
        self._heads = heads
        self._image = image
        self._address = image.__array_interface__["data"][0]
        self._row_bytes = image.strides[0]

    def detect(self, pixels: ByteArray) -> tuple[Detection, ...]:
        if not np.shares_memory(pixels, self._image):
            return ()
        offset = pixels.__array_interface__["data"][0] - self._address
        top, left = offset // self._row_bytes, offset % self._row_bytes // 4
        height, width = pixels.shape[:2]
        seen = World()
        seen.heads = [
            Head(head.x - left, head.y - top, head.colour, head.eye_distance)
            for head in self._heads
            if 0 <= head.x - left < width and 0 <= head.y - top < height and head.eye_distance > max(height, width) / 40
        ]
        return seen.detect()


class SharpEye:
    """A finder of points that knows where the heads are, in the image and in its mirror."""

    def __init__(self, heads: list[Head], image: ByteArray) -> None:
        self._upright, self._mirrored = World(), World()
        self._upright.heads = heads
        width = image.shape[1]
        self._mirrored.heads = [Head(width - 1 - head.x, head.y, head.colour, head.eye_distance) for head in heads]
        self._image = image

    def find(self, pixels: ByteArray, anchors: FloatArray) -> Keypoints:
        world = self._upright if pixels is self._image else self._mirrored
        return world.find(pixels, anchors)

    def detect_batch(self, pixels: ByteArray, places: Sequence[FloatArray]) -> list[Keypoints]:
        return [self.find(pixels, anchors) for anchors in places]


def portrait_image() -> ByteArray:
    """The portrait, (512, 512, 4) BGRA or so."""
    portrait = cv2.imread(str(bundled("assets") / "demo" / "eileen_collins.jpg"))
    return np.asarray(cv2.cvtColor(portrait, cv2.COLOR_BGR2BGRA), np.uint8)


def test_small_faces_are_found_in_tiles_and_none_is_returned_twice() -> None:
    image = np.zeros((1000, 1600, 4), np.uint8)
    heads = [Head(300, 300, (0, 0, 200), 90), Head(900, 250, (0, 200, 0), 25), Head(1400, 800, (200, 0, 0), 18)]
    faces = StillFinder(Crowd(heads, image), SharpEye(heads, image)).find(image)
    assert [round(face.keypoints.points[:2, 0].mean()) for face in faces] == [300, 900, 1400]
    assert [face.identity for face in faces] == [1, 2, 3]
    for face, head in zip(faces, heads, strict=True):
        np.testing.assert_allclose(face.keypoints.points, head.points, atol=0.01)
        assert face.contours is not None
        np.testing.assert_allclose(face.contours, head.contours, atol=0.01)


def test_a_find_that_the_landmarks_do_not_confirm_is_dropped() -> None:
    image = np.zeros((400, 400, 4), np.uint8)
    heads = [Head(200, 200, (0, 0, 200), 60)]
    assert StillFinder(Crowd(heads, image), SharpEye([], image)).find(image) == ()


@pytest.mark.parametrize("size_wh", [(1, 1), (101, 97), (2, 900)])
def test_images_of_any_size_are_searched(size_wh: tuple[int, int]) -> None:
    image = np.zeros((size_wh[1], size_wh[0], 4), np.uint8)
    assert StillFinder(Crowd([], image), SharpEye([], image)).find(image) == ()


def test_a_real_face_a_sixteenth_of_the_image_wide_is_found() -> None:
    from masquerade.compose import build_still_finder  # noqa: PLC0415 (loads the networks, only here)

    image = np.full((1200, 1600, 4), 120, np.uint8)
    image[900:1100, 1300:1500] = cv2.resize(portrait_image(), (200, 200), interpolation=cv2.INTER_AREA)
    (face,) = build_still_finder().find(image)
    # The portrait's left eye, marked by hand at (245, 105) of 512.
    wanted = np.array([1300, 900]) + np.array([245, 105]) * 200 / 512
    np.testing.assert_allclose(face.keypoints.points[0], wanted, atol=2)


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_a_real_face_is_found_however_the_image_lies(quarter_turns: int) -> None:
    from masquerade.compose import build_still_finder  # noqa: PLC0415 (loads the networks, only here)

    upright = portrait_image()
    size_wh = (upright.shape[1], upright.shape[0])
    (face,) = build_still_finder().find(np.ascontiguousarray(np.rot90(upright, quarter_turns)))
    left_eye = face.keypoints.points[:1]
    back = turn_back(left_eye, quarter_turns, size_wh) if quarter_turns else left_eye
    np.testing.assert_allclose(back, [[245, 105]], atol=5)


def test_a_face_as_large_as_the_image_is_found() -> None:
    from masquerade.compose import build_still_finder  # noqa: PLC0415

    closeup = np.ascontiguousarray(portrait_image()[70:180, 170:285])
    (face,) = build_still_finder().find(closeup)
    np.testing.assert_allclose(face.keypoints.points[0], [245 - 170, 105 - 70], atol=5)
