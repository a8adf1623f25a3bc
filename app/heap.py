"""Keeps the memory of the program small: what was only needed for loading goes back to the system."""

import ctypes
import gc
import linecache
import sys


def give_back_memory() -> None:
    """Lets go of what is kept after everything is loaded; some 50 MB. Called on ANY thread.

    glibc keeps freed memory for each thread that once used it, and nobody uses so much
    again; PySide6 reads the source of every module that is imported and leaves it in
    Python's cache of lines. Elsewhere than on Linux with glibc only that is emptied.
    """
    linecache.clearcache()
    gc.collect()
    if not sys.platform.startswith("linux"):
        return
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        return
