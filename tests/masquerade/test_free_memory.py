"""Test that freed memory goes back to the system."""

import sys

import numpy as np
import psutil
import pytest
from masquerade.free_memory import release_free_memory


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc keeps freed memory")
def test_what_lies_between_memory_in_use_goes_back_to_the_system() -> None:
    process = psutil.Process()
    blocks = [np.ones(90_000, np.uint8) for _ in range(1500)]
    in_use = process.memory_full_info().uss
    # Every tenth stays: nothing at the end of the heap becomes free by itself.
    kept = blocks[::10]
    del blocks
    release_free_memory()
    assert process.memory_full_info().uss < in_use - 60_000_000
    assert all(each[0] == 1 for each in kept)
