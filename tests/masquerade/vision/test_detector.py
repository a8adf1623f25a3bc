"""Tests the detector on a real face, and mediapipe's against it."""

import cv2
import numpy as np
import pytest
from masquerade.resources import bundled
from masquerade.values import Box, ByteArray, Detection
from masquerade.vision.card import ModelCard, read_card
from masquerade.vision.detector import BlazeFace, Detector, join_detections

# The portrait's eyes and mouth, marked by hand in pixels of the 512 x 512 image.
LEFT_EYE, RIGHT_EYE, MOUTH = (245, 105), (204, 103), (223, 147)


@pytest.fixture(scope="module")
def portrait() -> ByteArray:
    image = cv2.imread(str(bundled("assets") / "demo" / "eileen_collins.jpg"))
    return cv2.cvtColor(image, cv2.COLOR_BGR2BGRA)


@pytest.fixture(scope="module")
def blazeface() -> BlazeFace:
    return BlazeFace(_card("blazeface_int8"), _card("blazeface_int8_wide"))


def _card(name: str) -> ModelCard:
    return read_card(bundled("model") / name)


def test_the_portrait_has_one_face_at_its_eyes_and_mouth(blazeface: BlazeFace, portrait: ByteArray) -> None:
    (detection,) = blazeface.detect(portrait)
    np.testing.assert_allclose(detection.anchors, [LEFT_EYE, RIGHT_EYE, MOUTH], atol=5)
    assert detection.score > 0.8


@pytest.mark.parametrize("size_wh", [(1280, 720), (720, 1280), (641, 479), (1920, 1080)])
def test_the_face_is_found_at_its_place_in_an_image_of_any_shape(
    blazeface: BlazeFace, portrait: ByteArray, size_wh: tuple[int, int]
) -> None:
    width, height = size_wh
    canvas = np.zeros((height, width, 4), np.uint8)
    side = min(size_wh) - 40
    offset = np.array([width - side - 10, height - side - 20])
    canvas[offset[1] : offset[1] + side, offset[0] : offset[0] + side] = cv2.resize(portrait, (side, side))
    (detection,) = blazeface.detect(canvas)
    wanted = np.array([LEFT_EYE, RIGHT_EYE, MOUTH]) * side / 512 + offset
    np.testing.assert_allclose(detection.anchors, wanted, atol=0.02 * side)


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (101, 97)])
def test_tiny_and_odd_images_have_no_face_and_do_no_harm(blazeface: BlazeFace, shape: tuple[int, int]) -> None:
    assert blazeface.detect(np.full((*shape, 4), 128, np.uint8)) == ()


@pytest.mark.parametrize("size_wh", [(512, 512), (900, 600)])
def test_int8_answers_as_the_published_network(
    blazeface: BlazeFace, portrait: ByteArray, size_wh: tuple[int, int]
) -> None:
    width, height = size_wh
    image = np.zeros((height, width, 4), np.uint8)
    image[:512, width - 512 :] = portrait
    (ours,), (published,) = blazeface.detect(image), BlazeFace(_card("blazeface_full_range")).detect(image)
    # It moves them by a twentieth of the face's width itself where the image is shown 3 % smaller.
    np.testing.assert_allclose(ours.anchors, published.anchors, atol=0.05 * published.box.width)
    assert abs(ours.score - published.score) < 0.1


def test_wide_images_go_to_the_network_for_them(portrait: ByteArray) -> None:
    square, wide = _card("blazeface_int8"), _card("blazeface_int8_wide")
    image = np.ascontiguousarray(portrait[:300])
    alone, both = BlazeFace(wide).detect(image), BlazeFace(square, wide).detect(image)
    assert both[0].score == alone[0].score != BlazeFace(square).detect(image)[0].score


def test_tall_images_are_shown_as_large_as_without_the_wide_network(portrait: ByteArray) -> None:
    square, wide = _card("blazeface_int8"), _card("blazeface_int8_wide")
    image = np.ascontiguousarray(portrait[:, 100:350])
    assert BlazeFace(square, wide).detect(image)[0].score == BlazeFace(square).detect(image)[0].score


def test_overlapping_finds_become_one_and_distant_ones_stay_two() -> None:
    anchors = np.array([[12, 5], [4, 5], [8, 12]], np.float32)
    near = [Detection(Box(0, 0, 16, 16), anchors, 0.9), Detection(Box(2, 0, 16, 16), anchors + 2, 0.6)]
    far = Detection(Box(100, 0, 16, 16), anchors + 100, 0.7)
    joined = join_detections([*near, far])
    assert [round(detection.score, 2) for detection in joined] == [0.9, 0.7]
    # The mean by score: 0.9 at 0 and 0.6 at 2 give 0.8.
    np.testing.assert_allclose(joined[0].anchors, anchors + 0.8, atol=1e-5)


def test_mediapipe_sees_the_same_face(blazeface: BlazeFace, portrait: ByteArray) -> None:
    pytest.importorskip("mediapipe", reason="the extra 'mediapipe' is not installed")
    from masquerade.vision.mediapipe_detector import MediapipeDetector  # noqa: PLC0415 (needs the extra)

    peer: Detector = MediapipeDetector(read_card(bundled("model") / "blazeface_full_range_sparse"))
    (ours,), (theirs,) = blazeface.detect(portrait), peer.detect(portrait)
    # Same network with sparse weights: within a twentieth of the face's width.
    np.testing.assert_allclose(ours.anchors, theirs.anchors, atol=0.05 * ours.box.width)
