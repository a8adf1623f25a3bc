"""Lets the disk seem full, without a right to mount one."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

needs_a_limit = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no limit of a file's size")


@contextmanager
def files_end_at(size_bytes: int) -> Iterator[None]:
    """No file of this process grows beyond `size_bytes` inside the block: EFBIG, as good as ENOSPC."""
    import resource  # noqa: PLC0415 (Windows has none)

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
