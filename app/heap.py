"""Gives memory that was only needed for loading back to the system."""

import ctypes
import gc
import sys


def give_back_memory() -> None:
    """Lets go of what the C library keeps after everything is loaded; some 50 MB. Called on ANY thread.

    glibc keeps freed memory for each thread that once used it, and nobody uses so much
    again. Elsewhere than on Linux with glibc nothing happens.
    """
    gc.collect()
    if not sys.platform.startswith("linux"):
        return
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        return
