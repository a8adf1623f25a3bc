"""Tests that batches come the same with and without worker processes, and that errors come through."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from masquerade_train.datasets.face_set import join_rows, save_faces
from masquerade_train.errors import TrainError
from masquerade_train.inputs.stream import stream_batches
from masquerade_train.recipes.table import RECIPES

from tests.masquerade_train.faces import face_row
from tests.shared import REPO

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
def test_an_error_in_the_data_is_told_as_it_is(tmp_path: Path, workers: int) -> None:
    save_faces(join_rows([face_row(0, "train", source="elsewhere")]), tmp_path / "faces.npz")
    with pytest.raises(TrainError, match="helen, lfpw"):
        stream_batches(tmp_path / "faces.npz", RECIPE, 0, workers)


_HOLD = """
import sys
from pathlib import Path
from masquerade_train.recipes.table import RECIPES
from masquerade_train.inputs.stream import stream_batches
if __name__ == "__main__":
    stream = stream_batches(Path(sys.argv[1]), RECIPES["tiny"], 0, workers=2)
    next(stream)
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_workers_end_when_their_parent_was_killed(small_data: Path, tmp_path: Path) -> None:
    script = tmp_path / "hold.py"
    script.write_text(_HOLD)
    environment = {**os.environ, "PYTHONPATH": str(REPO)}
    with subprocess.Popen(
        [sys.executable, str(script), str(small_data)],
        cwd=REPO,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        workers = psutil.Process(parent.pid).children(recursive=True)
        assert len(workers) >= 2
        parent.kill()
        _, alive = psutil.wait_procs(workers, timeout=30)
    assert not alive


def test_the_check_comes_through_a_worker_as_it_is(small_data: Path) -> None:
    stopping = replace(RECIPE, stop_patience=3)
    here, there = (stream_batches(small_data, stopping, 0, workers) for workers in (0, 1))
    for mine, other in zip(here.check_batches(), there.check_batches(), strict=True):
        assert (mine.pixels == other.pixels).all()
    there.close()
