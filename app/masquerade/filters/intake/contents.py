"""Computes a checksum of a package, to recognise one that has not changed."""

import hashlib
from itertools import islice
from pathlib import Path

from masquerade.errors import FilterError
from masquerade.filters.format.art.loading import ART_ENDINGS
from masquerade.filters.format.art.video import VIDEO_ENDINGS
from masquerade.filters.format.tables.document import MANIFEST_FILE
from masquerade.filters.packages.archive import MAX_ZIP_BYTES
from masquerade.filters.packages.packages import MAX_BYTES, MAX_FILES, is_zip

# Raise it whenever a check becomes stricter or the cache's format changes: old entries are then not used.
RULES = 1
_ENDINGS = (*ART_ENDINGS, *VIDEO_ENDINGS)
_MAX_ENTRIES = 1000
_BLOCK_BYTES = 1 << 16


def content_key(path: Path) -> str:
    """Return a hexadecimal checksum of the relevant files of a package.

    Raises:
        FilterError: the package cannot be read, or is too large.
    """
    total = hashlib.sha256(f"masquerade package {RULES}".encode())
    try:
        for file in _files(path):
            state = file.stat()
            total.update(f"{file.name!a} {state.st_size}\n".encode())
            with file.open("rb") as stream:
                while block := stream.read(_BLOCK_BYTES):
                    total.update(block)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise FilterError(f"{path} cannot be read ({reason}).") from error
    return total.hexdigest()[:40]


def _files(path: Path) -> list[Path]:
    """Return the relevant plain files of a package; raises FilterError if they are too many or too large."""
    if is_zip(path):
        if path.stat().st_size > MAX_ZIP_BYTES:
            raise FilterError(f"{path} is larger than {MAX_ZIP_BYTES // 1_000_000} MB.")
        return [path]
    if not (path / MANIFEST_FILE).is_file():
        problem = "is no filter" if path.exists() else "does not exist"
        raise FilterError(f"{path} {problem}. A filter is a folder with a {MANIFEST_FILE} in it, or a zip of one.")
    entries = list(islice(path.iterdir(), _MAX_ENTRIES))
    files = [each for each in entries if each.name == MANIFEST_FILE or each.suffix.lower() in _ENDINGS]
    plain = sorted(each for each in files if not each.is_symlink() and each.is_file())
    if len(entries) >= _MAX_ENTRIES or len(plain) > MAX_FILES or sum(each.stat().st_size for each in plain) > MAX_BYTES:
        raise FilterError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB, or has over {MAX_FILES} files.")
    return plain
