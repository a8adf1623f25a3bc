"""Tests the conversion of HDR and wide-gamut colours against the figures of the standards."""

import numpy as np
import pytest
from masquerade.pipeline.sources.colour import ColourEncoding, from_srgb, to_srgb, write_lut

HLG, PQ, WIDE, P3 = ColourEncoding(9, 18), ColourEncoding(9, 16), ColourEncoding(9, 14), ColourEncoding(12, 13)


def levels(encoding: ColourEncoding, *coded: tuple[float, float, float]) -> np.ndarray:
    return to_srgb(np.array(coded, np.float32), encoding) * 255


# BT.2408-7, table 1: the same light in both systems.
@pytest.mark.parametrize(("hlg", "pq"), [(0.38, 0.38), (0.75, 0.58), (0.79, 0.62), (0.0, 0.0), (1.0, 0.7518)])
def test_hlg_and_pq_of_the_same_light_become_the_same_grey(hlg: float, pq: float) -> None:
    grey = levels(HLG, (hlg,) * 3)
    assert grey == pytest.approx(levels(PQ, (pq,) * 3), abs=4)
    assert np.ptp(grey) < 0.5


@pytest.mark.parametrize("encoding", [HLG, PQ])
def test_the_curve_rises_to_white_and_keeps_room_for_highlights(encoding: ColourEncoding) -> None:
    greys = levels(encoding, *[(value,) * 3 for value in np.linspace(0, 0.75, 60)])[:, 0]
    assert greys[0] == pytest.approx(0, abs=0.5)
    assert (np.diff(greys) > -0.001).all()
    white = levels(HLG, (0.75,) * 3)[0, 0]
    assert 240 < white < 252
    assert levels(HLG, (1.0,) * 3)[0, 0] == pytest.approx(255, abs=0.6)


def test_a_colour_of_bt709_comes_back_from_bt2020() -> None:
    # Pure red of BT.709 in light of BT.2020 (BT.2087-0, annex 1), coded by the sRGB curve.
    light = np.array([0.6274, 0.0691, 0.0164])
    coded = 1.055 * light ** (1 / 2.4) - 0.055
    assert levels(WIDE, tuple(coded))[0] == pytest.approx([255, 0, 0], abs=2)


def test_display_p3_red_is_the_figure_of_other_programs() -> None:
    # sRGB red in Display P3 is (234, 51, 35), as colour pickers and CSS Color 4 have it.
    assert levels(P3, (234 / 255, 51 / 255, 35 / 255))[0] == pytest.approx([255, 0, 0], abs=3)


@pytest.mark.parametrize("encoding", [HLG, PQ, WIDE, P3])
def test_no_value_leaves_the_range(encoding: ColourEncoding) -> None:
    values = to_srgb(np.random.default_rng(0).random((1000, 3)).astype(np.float32), encoding)
    assert np.isfinite(values).all()
    assert values.min() >= 0
    assert values.max() <= 1


@pytest.mark.parametrize(
    ("primaries", "transfer", "needs"),
    [(1, 1, False), (2, 2, False), (6, 6, False), (9, 1, True), (1, 16, True), (1, 18, True), (12, 1, True)],
)
def test_only_what_is_not_srgb_is_converted(primaries: int, transfer: int, needs: bool) -> None:
    assert ColourEncoding(primaries, transfer).needs_conversion == needs


def test_the_table_holds_the_conversion() -> None:
    path = write_lut(HLG)
    try:
        rows = np.loadtxt(path, skiprows=1, dtype=np.float32)
    finally:
        path.unlink()
    # Red runs fastest (Adobe's Cube LUT specification 1.0).
    assert rows[24] == pytest.approx(to_srgb(np.float32([24 / 32, 0, 0]), HLG), abs=1e-4)
    assert rows[24 * 33 * 33] == pytest.approx(to_srgb(np.float32([0, 0, 24 / 32]), HLG), abs=1e-4)


@pytest.mark.parametrize("encoding", [HLG, PQ, WIDE, P3], ids=["HLG", "PQ", "BT.2020", "P3"])
def test_what_is_coded_from_srgb_is_shown_as_it_was(encoding: ColourEncoding) -> None:
    steps = np.linspace(0, 1, 9, dtype=np.float32)
    shown = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    coded = from_srgb(shown, encoding)
    assert coded.min() >= 0
    assert coded.max() <= 1
    np.testing.assert_allclose(to_srgb(coded, encoding), shown, atol=1e-3)
