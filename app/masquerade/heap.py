"""Keeps the memory of the program small: what was only needed for loading goes back to the system."""

import ctypes
import gc
import linecache
import sys

_DONT_NEED = 4  # MADV_DONTNEED in Linux's mman-common.h


def give_back_memory() -> None:
    """Let go of what is kept after everything is loaded. Called on ANY thread; takes some 50 ms.

    glibc keeps freed memory for each thread that once used it, and nobody uses so much
    again; PySide6 reads the source of every module that is imported and leaves it in
    Python's cache of lines. Elsewhere than on Linux with glibc only that is emptied.
    """
    linecache.clearcache()
    gc.collect()
    if (library := _glibc()) is not None:
        library.malloc_trim(0)
    let_go_of_code()


def let_go_of_code() -> None:
    """Take machine code out of memory that only the start has needed; called on ANY thread, takes some 5 ms.

    Code that is still used comes back by itself, from the system's cache of files. Linux
    brings code in by large blocks (from 6.18 on by up to 2 MB at a time), so that of 100 MB
    hardly half is ever used. Elsewhere than on Linux nothing happens.
    """
    library = _glibc()
    # A 32-bit library may have changed its code while it was loaded: that would be lost.
    if library is None or sys.maxsize < 2**32:
        return
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            places, access, *_, path = line.split(maxsplit=5)
            if access == "r-xp" and path.startswith("/"):
                begin, end = (int(place, 16) for place in places.split("-"))
                library.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), _DONT_NEED)


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL("libc.so.6")
    except OSError:
        return None
