"""Tests that batches come the same with and without worker processes, and that faults come through."""

from pathlib import Path

import pytest

from tests.train.faces import face_row
from train.datasets.face_set import join_rows, save_faces
from train.errors import TrainError
from train.recipes.table import RECIPES
from train.stream import stream_batches

RECIPE = RECIPES["tiny"]


def test_worker_processes_cut_the_same_batches(small_data: Path) -> None:
    here = stream_batches(small_data, RECIPE, 2, workers=0)
    there = stream_batches(small_data, RECIPE, 2, workers=1)
    assert here.steps == there.steps == 4
    for _ in range(5):  # over the end of an epoch of four batches
        assert (next(here).pixels == next(there).pixels).all()
    there.close()
    there.close()


def test_a_resumed_stream_goes_on_where_the_epoch_begins(small_data: Path) -> None:
    whole, resumed = stream_batches(small_data, RECIPE, 0, workers=0), stream_batches(small_data, RECIPE, 1, workers=0)
    for _ in range(whole.steps):
        next(whole)
    assert (next(whole).pixels == next(resumed).pixels).all()


@pytest.mark.parametrize("workers", [0, 1])
def test_a_fault_in_the_data_is_told_as_it_is(tmp_path: Path, workers: int) -> None:
    save_faces(join_rows([face_row(0, "train", source="elsewhere")]), tmp_path / "faces.npz")
    with pytest.raises(TrainError, match="helen, lfpw"):
        stream_batches(tmp_path / "faces.npz", RECIPE, 0, workers)
