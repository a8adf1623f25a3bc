"""Tests that many looks at a face give the mean of what they find, and how far each landmark wanders."""

import numpy as np
import pytest
from masquerade.geometry.mirror import mirror_landmarks
from masquerade.values import LANDMARK_COUNT, ByteArray, FloatArray, Keypoints
from masquerade.vision.search.looks import look_again

FACE = np.array(
    [
        (60, 40), (40, 40), (56, 40), (64, 40), (44, 40), (36, 40), (55, 34), (66, 34),
        (45, 34), (34, 34), (50, 52), (58, 62), (42, 62), (50, 60), (50, 65),
    ],
    np.float32,
)  # fmt: skip
ANCHORS = np.array([FACE[0], FACE[1], (50, 62)], np.float32)
EYES = 20.0


class Wandering:
    """Finds the face, but for one landmark, which it sees alternately too far left and too far right."""

    def __init__(self, landmark: int, pixels: float) -> None:
        self._landmark, self._pixels = landmark, pixels
        self.looks = 0

    def __call__(self, pixels: ByteArray, anchors: FloatArray) -> Keypoints:
        assert anchors.shape == (3, 2)
        points = FACE.copy() if pixels[0, 0, 0] == 1 else mirror_landmarks(FACE, pixels.shape[1])
        points[self._landmark, 0] += self._pixels * (-1) ** self.looks
        self.looks += 1
        return Keypoints(points, 0.9)


@pytest.fixture
def pixels() -> ByteArray:
    """Marked in a corner, so that its mirror image is known from it."""
    image = np.zeros((100, 100, 4), np.uint8)
    image[0, 0, 0] = 1
    return image


def test_only_the_landmark_that_wanders_has_a_spread(pixels: ByteArray) -> None:
    find = Wandering(landmark=10, pixels=1.0)
    looks = look_again(find, pixels, np.ascontiguousarray(pixels[:, ::-1]), ANCHORS, largest_spread=np.inf)
    assert looks is not None
    assert find.looks == 18
    # Nine looks: five to one side, four to the other, so 1/9 of a pixel off the middle.
    assert looks.spreads[10] == pytest.approx((5 * 8 / 9 + 4 * 10 / 9) / 9 / EYES, rel=1e-3)
    assert np.delete(looks.spreads, 10) == pytest.approx(0, abs=1e-6)
    assert looks.spread == pytest.approx(looks.spreads[10] / LANDMARK_COUNT)
    assert np.delete(looks.keypoints.points, 10, axis=0) == pytest.approx(np.delete(FACE, 10, axis=0))


def test_passes_that_differ_too_much_are_no_face(pixels: ByteArray) -> None:
    find = Wandering(landmark=10, pixels=30.0)
    assert look_again(find, pixels, pixels, ANCHORS, largest_spread=0.05) is None
    assert find.looks == 9
