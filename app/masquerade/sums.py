"""Gives SHA-256 without OpenSSL, which `hashlib` loads: 3.4 MB for what Python has itself."""

import importlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

# WORKAROUND: `hashlib` has no way to leave OpenSSL out. Python's own random.py takes the
# lean module, too. Its name is another one from Python 3.12 on; should both go, hashlib stays.
_MODULES = ("_sha2", "_sha256", "hashlib")
_BLOCK_BYTES = 65_536


def sum_of(parts: Iterable[bytes]) -> str:
    """Return the SHA-256 of all parts one after the other, hexadecimal."""
    total = _SHA256()
    for part in parts:
        total.update(part)
    return str(total.hexdigest())


def sum_of_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, hexadecimal; raises OSError."""
    return sum_of(_blocks(path))


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def _find_sha256() -> Callable[[], Any]:
    for name in _MODULES:
        try:
            found: Callable[[], Any] = importlib.import_module(name).sha256
        except ImportError:
            continue
        return found
    raise ImportError("this Python has no SHA-256")


_SHA256 = _find_sha256()
