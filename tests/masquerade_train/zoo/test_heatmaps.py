"""Tests how heat maps become landmarks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from masquerade_train.inference.predictor import load_model
from masquerade_train.recipes.table import RECIPES

from tests.masquerade_train.late import LATE

if LATE:
    import keras
    from masquerade_train.zoo.catalog import build
    from masquerade_train.zoo.heatmaps import LogSpread, MeanOfCells


def _landmarks(heat: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """(H, W, K) and (H, W, 2K) -> (K, 2)."""
    outputs = MeanOfCells()([heat[None].astype(np.float32), offsets[None].astype(np.float32)])
    return np.asarray(outputs)[0].reshape(-1, 2)


def test_one_hot_cell_gives_its_middle_and_its_offset() -> None:
    heat, offsets = np.zeros((4, 8, 3)), np.zeros((4, 8, 6))
    heat[1, 6, 2] = 60
    offsets[1, 6, [2, 5]] = 0.05, -0.1  # x of all landmarks comes before y
    # Cell 6 of 8 has its middle at 6.5 / 8 of the width, cell 1 of 4 at 1.5 / 4 of the height.
    assert _landmarks(heat, offsets)[2] == pytest.approx((2 * 6.5 / 8 - 1 + 0.05, 2 * 1.5 / 4 - 1 - 0.1), abs=1e-5)


def test_a_landmark_between_two_equal_cells_lies_between_them() -> None:
    heat = np.zeros((4, 4, 1))
    heat[2, 1:3, 0] = 60
    assert _landmarks(heat, np.zeros((4, 4, 2)))[0] == pytest.approx((0.0, 0.25), abs=1e-5)


def test_a_map_moved_by_a_cell_moves_the_landmark_by_a_cell() -> None:
    heat = np.zeros((8, 8, 1))
    heat[2:5, 1:4, 0] = np.random.default_rng(0).uniform(20, 24, (3, 3))
    offsets = np.zeros((8, 8, 2))
    moved = _landmarks(np.roll(heat, (1, 2), (0, 1)), offsets) - _landmarks(heat, offsets)
    assert moved[0] == pytest.approx((2 * 2 / 8, 1 * 2 / 8), abs=1e-4)


def test_a_written_network_is_read_again(tmp_path: Path) -> None:
    model = build(RECIPES["masquerade15"])
    model.save(tmp_path / "model.keras")
    pixels = np.random.default_rng(0).uniform(0, 255, (1, *model.input_shape[1:])).astype(np.float32)
    again = load_model(tmp_path / "model.keras")
    assert isinstance(again, keras.Model)
    assert np.asarray(again(pixels)) == pytest.approx(np.asarray(model(pixels)), abs=1e-5)


def _spread(heat: np.ndarray, count: int) -> float:
    return float(np.asarray(LogSpread(count)(heat[None].astype(np.float32)))[0, 0])


def test_the_spread_is_the_standard_deviation_of_the_first_maps_in_cells() -> None:
    heat = np.full((8, 8, 3), -60.0)
    heat[2, 1, 0] = heat[2, 5, 0] = 0.0  # two cells, two to either side of their middle
    heat[4, 4, 1] = 0.0
    heat[:, :, 2] = 0.0
    assert _spread(heat, 1) == pytest.approx(np.log(2.0), abs=1e-3)
    assert _spread(heat[..., [2]], 1) == pytest.approx(0.5 * np.log(2 * (8**2 - 1) / 12), abs=1e-3)
    # One cell has no spread: the logarithm ends somewhere.
    assert _spread(heat[..., [1]], 1) == pytest.approx(np.log(0.01), abs=1e-3)
    assert _spread(heat, 2) == pytest.approx((np.log(2.0) + np.log(0.01)) / 2, abs=1e-3)
