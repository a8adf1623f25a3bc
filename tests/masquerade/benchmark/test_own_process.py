"""Tests what a process tells of itself."""

import subprocess
import sys
import time

import numpy as np
import pytest
from masquerade.benchmark.own_process import began_at, memory_use


def test_memory_is_this_process_own_even_after_a_larger_parent() -> None:
    large = np.ones(300_000_000, np.uint8)
    script = "from masquerade.benchmark.own_process import memory_use; print(memory_use().peak_mb)"
    child = float(subprocess.check_output([sys.executable, "-c", script], text=True))
    if sys.platform == "win32":
        assert np.isnan(child)
    else:
        assert 20 < child < 300 < memory_use().peak_mb
    assert large[-1] == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux reports what is private")
def test_unique_memory_grows_with_what_is_written_and_leaves_out_shared_code() -> None:
    # In a process of its own: what other tests leave behind is freed at any moment.
    script = (
        "import numpy as np; from masquerade.benchmark.own_process import memory_use; before = memory_use(); "
        "own = np.ones(50_000_000, np.uint8); after = memory_use(); "
        "print(after.unique_mb - before.unique_mb, after.peak_mb - after.unique_mb)"
    )
    grown, shared = map(float, subprocess.check_output([sys.executable, "-c", script], text=True).split())
    assert grown == pytest.approx(50, abs=2)
    assert shared > 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a program choose its core")
def test_a_process_is_limited_to_one_core() -> None:
    script = (
        "from masquerade.benchmark.own_process import use_one_core; import cv2, os; use_one_core(); "
        "print(len(os.sched_getaffinity(0)), cv2.getNumThreads())"
    )
    assert subprocess.check_output([sys.executable, "-c", script], text=True).split() == ["1", "1"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells when a process was started")
def test_a_process_knows_when_it_was_started() -> None:
    before = time.monotonic()
    script = "from masquerade.benchmark.own_process import began_at; print(began_at())"
    child = float(subprocess.check_output([sys.executable, "-c", script], text=True))
    # The kernel counts in hundredths of a second.
    assert before - 0.02 <= child < time.monotonic()
    assert began_at() < before
