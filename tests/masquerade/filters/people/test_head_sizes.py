"""Test that hats and ears sit on the head and hair that a person has."""

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.filters.compositing.outline import HEAD, outline_of
from masquerade.filters.format.manifest import load_filter
from masquerade.filters.people.head_sizes import HeadSizes, measure_head
from masquerade.filters.people.presence import VisibleFace
from masquerade.filters.render import paint_still
from masquerade.geometry.head import MEAN_HEAD, HeadSize
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray, Face

from tests.masquerade.filters.package_writer import HEAD as PACKAGE
from tests.masquerade.filters.package_writer import package, svg
from tests.masquerade.filters.portrait import model_face

SIZE_WH = (640, 480)
SCALE = 55.0
MIDDLE = (320.0, 260.0)
# Where the hair of the mean head ends, in multiples of the head's outline.
MEAN = 1.10
RED = svg('<rect width="240" height="50" fill="#f00"/>', "0 0 240 50")


def mask_of(face: Face, hair: float, cut_at: int = 0) -> ByteArray:
    """Return a head with its hair and a body, at half the frame's size; rows above `cut_at` are empty."""
    mask = np.zeros((SIZE_WH[1], SIZE_WH[0]), np.uint8)
    outline = outline_of(HEAD, pose_of(face)).grown(hair)
    angles = np.linspace(0, 2 * np.pi, 80)
    edge = outline.centre_xy + np.column_stack([np.cos(angles), np.sin(angles)]) @ outline.axes.T
    cv2.fillPoly(mask, [np.round(edge).astype(np.int32)], 255)
    mask[420:, 160:480] = 255
    mask[:cut_at] = 0
    return np.asarray(cv2.resize(mask, (320, 240), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize("hair", [0.95, 1.1, 1.3, 1.5])
@pytest.mark.parametrize("angles", [(0, 0, 0), (25, 0, 0), (-30, 10, 20), (0, -20, -35), (0, 20, 0)])
def test_hair_is_measured_however_the_head_is_held(hair: float, angles: tuple[float, float, float]) -> None:
    face = model_face(SCALE, MIDDLE, angles)
    found = measure_head(mask_of(face, hair), pose_of(face), SIZE_WH)
    assert found is not None
    assert found.top == pytest.approx(hair / MEAN, abs=0.06)
    assert found.side == pytest.approx(hair / 1.22, abs=0.06)


def test_a_head_that_is_turned_away_measures_nothing() -> None:
    face = model_face(SCALE, MIDDLE, (55, 0, 0))
    assert measure_head(mask_of(face, 1.2), pose_of(face), SIZE_WH) is None


def test_a_mask_that_misses_the_face_measures_nothing() -> None:
    face = model_face(SCALE, MIDDLE, (0, 0, 0))
    assert measure_head(np.zeros((240, 320), np.uint8), pose_of(face), SIZE_WH) is None


def test_hair_that_the_frame_cuts_off_is_no_lower_than_on_the_mean_head() -> None:
    face = model_face(SCALE, (320.0, 70.0), (0, 0, 0))
    found = measure_head(mask_of(face, 1.4), pose_of(face), SIZE_WH)
    assert found is not None
    assert found.top == found.side > 1.1


def test_a_person_close_by_does_not_widen_the_head() -> None:
    face = model_face(SCALE, MIDDLE, (0, 0, 0))
    mask = mask_of(face, 1.1)
    mask[:, 165 + 35 :] = 255
    found = measure_head(mask, pose_of(face), SIZE_WH)
    assert found is not None
    assert found.side == pytest.approx(1.1 / 1.22, abs=0.06)


def visible(face: Face, age: float) -> VisibleFace:
    return VisibleFace(face, np.zeros(2), age)


def test_the_size_is_there_at_once_for_a_newcomer_and_then_calm() -> None:
    face, sizes = model_face(SCALE, MIDDLE, (0, 0, 0)), HeadSizes()
    mask = mask_of(face, 1.35)
    seen = sizes.step((visible(face, float("inf")),), mask, SIZE_WH, 0.0)[face.identity]
    assert seen.top == pytest.approx(1.35 / MEAN, abs=0.06)
    generator = np.random.default_rng(3)
    shown = []
    for _ in range(60):
        noisy = mask_of(face, 1.35 + float(generator.normal(0, 0.02)))
        shown.append(sizes.step((visible(face, 2.0),), noisy, SIZE_WH, 1 / 30)[face.identity])
    assert max(abs(after.top - before.top) for before, after in pairwise(shown)) < 0.01
    assert len({each.top for each in shown[30:]}) == 1


def test_a_head_that_is_measured_late_moves_there_without_a_jump() -> None:
    face, sizes = model_face(SCALE, MIDDLE, (0, 0, 0)), HeadSizes()
    mask = mask_of(face, 1.45)
    assert sizes.step((visible(face, 5.0),), None, SIZE_WH, 1 / 30)[face.identity] == MEAN_HEAD
    tops = [sizes.step((visible(face, 5.0),), mask, SIZE_WH, 1 / 30)[face.identity].top for _ in range(60)]
    assert max(np.diff([1.0, *tops])) < 0.06
    assert tops[-1] == pytest.approx(1.45 / MEAN, abs=0.06)


def drawn(tmp_path: Path, layer: str, hair: float | None) -> tuple[int, int]:
    """Return the topmost row and the width of what is painted; None paints without a mask."""
    manifest = PACKAGE.replace("format = 1", "format = 2") + "[[layer]]\n" + layer
    chosen = load_filter(package(tmp_path, manifest, art_svg=RED))
    face = model_face(SCALE, MIDDLE, (0, 0, 0))
    pixels = np.full((SIZE_WH[1], SIZE_WH[0], 4), 255, np.uint8)
    paint_still(pixels, (face,), (chosen,), None if hair is None else mask_of(face, hair))
    rows, columns = np.nonzero((pixels != 255).any(axis=2))
    return int(rows.min()), int(columns.max() - columns.min())


BAND = 'kind = "wrap"\nart = "art.svg"\nprofile = [[0.0, 1.06], [0.5, 1.06]]\nlight = "own"\n'
EAR = 'kind = "sticker"\nart = "art.svg"\nwidth = 1.0\nlight = "own"\nanchors = {{ {} = [120, 50] }}\n'


def test_a_band_is_as_wide_as_the_hair(tmp_path: Path) -> None:
    keys = BAND + "hair = 1\n"
    widths = [drawn(tmp_path / str(hair), keys, hair)[1] for hair in (1.0, 1.2, 1.4)]
    assert widths[1] == pytest.approx(widths[0] * 1.2, abs=4)
    assert widths[2] == pytest.approx(widths[0] * 1.4, abs=4)


def test_an_old_hat_sits_on_the_mean_head_whatever_the_mask_says(tmp_path: Path) -> None:
    assert drawn(tmp_path / "a", BAND, 1.5) == drawn(tmp_path / "b", BAND, None)


@pytest.mark.parametrize(("hair", "higher"), [(0.95, -1), (1.4, 1)])
def test_ears_rise_with_the_hair_and_keep_their_size(tmp_path: Path, hair: float, higher: int) -> None:
    row, width = drawn(tmp_path / "mean", EAR.format("crown"), None)
    moved, moved_width = drawn(tmp_path / "own", EAR.format("crown"), hair)
    assert (row - moved) * higher > 10
    assert row - moved == pytest.approx(HeadSize(top=hair / MEAN).rise * SCALE, abs=7)
    assert moved_width == pytest.approx(width, abs=1)


def test_a_hat_line_moves_less_than_the_crown(tmp_path: Path) -> None:
    moved = []
    for name in ("crown", "hat_line"):
        row = drawn(tmp_path / name, EAR.format(name), None)[0]
        moved.append(row - drawn(tmp_path / f"{name}-own", EAR.format(name), 1.4)[0])
    assert 0 < moved[1] < moved[0]
