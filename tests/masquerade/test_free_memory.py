"""Test that freed memory goes back to the system."""

import subprocess
import sys

import numpy as np
import psutil
import pytest
from masquerade.free_memory import release_free_memory


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc keeps freed memory")
def test_free_memory_between_used_blocks_returns_to_the_system() -> None:
    process = psutil.Process()
    blocks = [np.ones(90_000, np.uint8) for _ in range(1500)]
    in_use = process.memory_full_info().uss
    # Every tenth stays: nothing at the end of the heap becomes free by itself.
    kept = blocks[::10]
    del blocks
    release_free_memory()
    assert process.memory_full_info().uss < in_use - 60_000_000
    assert all(each[0] == 1 for each in kept)


THREADS_AT_WORK = """
import ctypes, sys, threading
from masquerade.free_memory import share_heaps
if sys.argv[1] == "shared":
    share_heaps()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fdopen.restype = ctypes.c_void_p
every = threading.Barrier(8)
def work():
    libc.malloc(1000)
    every.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
[each.start() for each in threads]
[each.join() for each in threads]
stream = libc.fdopen(1, b"w")
libc.malloc_info(0, ctypes.c_void_p(stream))
libc.fclose(ctypes.c_void_p(stream))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc gives threads heaps of their own")
def test_threads_share_two_heaps() -> None:
    counts = {}
    for mode in ("shared", "own"):
        # In a program of its own: the heaps that there are do not go again.
        done = subprocess.run([sys.executable, "-c", THREADS_AT_WORK, mode], capture_output=True, text=True, check=True)
        counts[mode] = done.stdout.count("<heap nr=")
    assert counts["shared"] == 2
    assert counts["own"] > 2
