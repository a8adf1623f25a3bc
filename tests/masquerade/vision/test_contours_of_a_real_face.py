"""The bundled model marks lids, lips and jaw of a real face, and knows when it is not sure."""

import cv2
import numpy as np
import pytest
from masquerade.contours import CONTOUR_NAMES, INNER_LIP, JAW, LEFT_EYE, OUTER_LIP, RIGHT_EYE
from masquerade.resources import bundled
from masquerade.values import ByteArray, FloatArray, Keypoints
from masquerade.vision.landmarker import Landmarker
from masquerade.vision.models import find_landmarker

# Marked by hand in pixels of the 512 x 512 portrait.
ANCHORS = np.float32([(246, 103), (203.5, 101.5), (224, 145)])
MARKED = {
    "left_lip_corner": (245, 141),
    "right_lip_corner": (203, 140),
    "left_pupil": (246, 103),
    "right_pupil": (203.5, 101.5),
    "chin": (224, 178),
}
EYE_DISTANCE = 42.5


@pytest.fixture(scope="module")
def portrait() -> ByteArray:
    return cv2.imread(str(bundled("assets") / "demo" / "eileen_collins.jpg"), cv2.IMREAD_COLOR_BGR)


@pytest.fixture(scope="module")
def found(portrait: ByteArray) -> Keypoints:
    return look(portrait, ANCHORS)


def look(image: ByteArray, anchors: FloatArray, model: str = "") -> Keypoints:
    pixels = cv2.cvtColor(image, cv2.COLOR_BGR2BGRA)
    return Landmarker(find_landmarker(model)).find(pixels, anchors)


@pytest.mark.parametrize("name", MARKED)
def test_marks_made_by_hand_are_met(found: Keypoints, name: str) -> None:
    assert found.contours is not None
    off = found.contours[CONTOUR_NAMES.index(name)] - MARKED[name]
    assert np.hypot(*off) < (0.2 if name == "chin" else 0.1) * EYE_DISTANCE


def test_edges_lie_where_they_belong(found: Keypoints) -> None:
    assert found.contours is not None
    outer, inner = (found.contours[list(edge)] for edge in (OUTER_LIP, INNER_LIP))
    assert all(cv2.pointPolygonTest(outer, point.tolist(), True) > -1.0 for point in inner)
    jaw = found.contours[list(JAW)]
    for eye, corners in ((LEFT_EYE, (2, 3)), (RIGHT_EYE, (4, 5))):
        lids = found.contours[list(eye)]
        assert jaw[:, 0].min() < lids[:, 0].min() < lids[:, 0].max() < jaw[:, 0].max()
        # The inner and outer corners are among the 15 as well.
        for corner in corners:
            assert np.hypot(*(lids - found.points[corner]).T).min() < 0.06 * EYE_DISTANCE
    # She smiles with her teeth.
    assert inner[:, 1].max() - inner[:, 1].min() > 0.1 * EYE_DISTANCE


def test_a_clear_face_is_surer_than_one_half_beside_the_crop_or_none(portrait: ByteArray, found: Keypoints) -> None:
    def sure(keypoints: Keypoints) -> float:
        return keypoints.score * keypoints.certainty

    beside = look(portrait, ANCHORS + np.float32([26, 18]))
    nothing = look(portrait, ANCHORS + np.float32([150, 250]))
    assert sure(found) > 0.97
    assert sure(beside) < sure(found) - 0.02
    assert sure(nothing) < 0.05


def test_the_model_of_15_landmarks_finds_no_contours_and_claims_no_certainty(portrait: ByteArray) -> None:
    found = look(portrait, ANCHORS, "masquerade15")
    assert found.contours is None
    assert found.certainty == 1.0
