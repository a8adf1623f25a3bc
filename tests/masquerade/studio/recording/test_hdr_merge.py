"""Painted HDR frames keep what no filter touched, show what was painted, and hide what is hidden."""

import numpy as np
import pytest
from masquerade.pipeline.sources.colour import ColourEncoding, from_srgb, to_srgb
from masquerade.studio.recording.hdr_merge import HdrMerge
from masquerade.values import Box, ByteArray, DeepArray

HLG, PQ = ColourEncoding(9, 18), ColourEncoding(9, 16)
EVERYWHERE = Box(0, 0, 64, 48)


def sdr_view(original: DeepArray, encoding: ColourEncoding) -> ByteArray:
    """The frame as filters get it."""
    shown = np.round(255 * to_srgb(original.astype(np.float32) / 65535, encoding)).astype(np.uint8)
    return np.dstack([shown[..., ::-1], np.full(shown.shape[:2], 255, np.uint8)])


def ramp(low: float, high: float) -> DeepArray:
    codes = np.linspace(65535 * low, 65535 * high, 64 * 48).astype(np.uint16).reshape(48, 64)
    return np.repeat(codes[..., None], 3, axis=2)


@pytest.mark.parametrize("encoding", [HLG, PQ], ids=["HLG", "PQ"])
def test_what_no_filter_touched_keeps_every_code_value(encoding: ColourEncoding) -> None:
    original = ramp(0.0, 1.0)
    before = sdr_view(original, encoding)
    after = before.copy()
    after[10:20, 10:20, :3] = (0, 0, 255)
    merged = HdrMerge(encoding).merge(original, before, after, ())
    touched = np.zeros((48, 64), np.bool_)
    touched[10:20, 10:20] = True
    assert (merged[~touched] == original[~touched]).all()
    # What was painted looks as it does in SDR.
    seen = sdr_view(merged, encoding)[12:18, 12:18, :3].astype(int)
    assert np.abs(seen - (0, 0, 255)).max() <= 2


@pytest.mark.parametrize("encoding", [HLG, PQ], ids=["HLG", "PQ"])
def test_a_look_over_the_whole_frame_has_more_levels_than_8_bits(encoding: ColourEncoding) -> None:
    original = ramp(0.3, 0.5)
    before = sdr_view(original, encoding)
    after = before.copy()
    after[..., :3] = before[..., :3] // 10 * 9
    merged = HdrMerge(encoding).merge(original, before, after, ())
    assert len(np.unique(merged)) > 4 * len(np.unique(after[..., 0]))


def test_where_a_face_is_hidden_not_even_what_sdr_shows_as_white_is_left() -> None:
    """Two shades that are both white in SDR, as a face in glaring light: a blur of white is white, too."""
    original = np.full((48, 64, 3), 60_000, np.uint16)
    original[::2] = 65_000
    white = sdr_view(original, PQ)
    assert (white == 255).all()
    merge = HdrMerge(PQ)
    assert len(np.unique(merge.merge(original, white, white, (EVERYWHERE,)))) == 1
    assert (merge.merge(original, white, white, ()) == original).all()


def test_a_frame_without_an_original_is_made_of_its_sdr_view() -> None:
    grey = np.full((48, 64, 4), 128, np.uint8)
    merged = HdrMerge(HLG).merge(None, grey, grey, ())
    expected = 65535 * from_srgb(np.full((1, 3), 128 / 255, np.float32), HLG)
    assert np.abs(merged.astype(float) - expected).max() < 2


def test_boxes_may_reach_beyond_the_frame() -> None:
    original, box = ramp(0.2, 0.6), Box(-10.5, 40.2, 20, 100)
    before = sdr_view(original, PQ)
    merged = HdrMerge(PQ).merge(original, before, before, (box,))
    assert (merged[:40] == original[:40]).all()
    assert (merged[41:, :9] != original[41:, :9]).any()
