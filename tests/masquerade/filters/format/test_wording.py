"""Suggestions are near what was written, or there are none."""

import pytest
from masquerade.filters.format.manifest import HeadKeys
from masquerade.filters.format.readers.overlays import StickerKeys
from masquerade.filters.format.wording import nearest, shown
from masquerade.geometry.head import HEAD_ANCHORS


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("left_eye_centre", "left_eye_center"),
        ("LEFT_EYE_CENTER", "left_eye_center"),
        ("left-eye-center", "left_eye_center"),
        ("eye_left_center", "left_eye_center"),
        ("left_eye", "left_eye_center"),
        ("top_of_head", "head_top"),
        ("top_head", "head_top"),
        ("head", "head_top"),
        ("left_mouth_corner", "mouth_left_corner"),
        ("right_corner_of_the_mouth", "mouth_right_corner"),
        ("bridge_of_nose", "nose_bridge"),
        ("nose", "nose_tip"),
        ("forhead", "forehead"),
        ("hairline", "hair_line"),
        ("ear_left", "left_ear"),
        ("nonsense", ""),
        ("shoulder", ""),
        ("x", ""),
        ("", ""),
        ("left_eye_center" * 100, ""),
    ],
)
def test_the_anchor_that_is_meant_is_suggested(word: str, wanted: str) -> None:
    assert nearest(word, HEAD_ANCHORS) == wanted


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("dept", "depth"),
        ("bled", "blend"),
        ("colour", "hair_colour"),
        ("per_second_frames", "frames_per_second"),
        ("anchor", "anchors"),
    ],
)
def test_the_key_that_is_meant_is_suggested(word: str, wanted: str) -> None:
    assert nearest(word, StickerKeys.fields) == wanted


def test_words_that_have_little_in_common_are_not_suggested() -> None:
    assert nearest("icon", HeadKeys.fields) == ""
    assert nearest("license", HeadKeys.fields) == "licence"


@pytest.mark.parametrize(
    "value", [16**6000, [[16**6000]], "x" * 1000, ["y"] * 1000], ids=["int", "list", "text", "texts"]
)
def test_every_value_can_be_shown(value: object) -> None:
    assert len(shown(value)) <= 60


def test_a_deeply_nested_value_can_be_shown() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert len(shown(deep)) <= 60
