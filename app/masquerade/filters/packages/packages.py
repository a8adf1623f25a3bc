"""Installs filter packages, folders and zips, among the user's own."""

import os
import shutil
import tempfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from masquerade.errors import FilterError
from masquerade.filters.format.tables.document import MANIFEST_FILE
from masquerade.filters.packages.archive import unpack_package

MAX_BYTES = 50_000_000
MAX_FILES = 200
_MAX_ENTRIES = 1000


def is_zip(path: Path) -> bool:
    """Return whether a path is a file whose name ends in .zip."""
    return path.suffix.lower() == ".zip" and os.path.isfile(path)


def install_package(path: Path, into: Path, check: Callable[[Path], object]) -> Path:
    """Check a package and copy it; one of the same name is replaced atomically.

    Only plain files are taken, no links and no folders: a package has no use for them.

    Args:
        path: the package, a folder or a zip.
        into: the user's filters; created if missing.
        check: raises FilterError where a package cannot be used.

    Returns:
        The copy.

    Raises:
        FilterError: the package cannot be used, is larger than 50 MB, or `into` cannot be written.
    """
    check(path)
    if (into / path.name).resolve() == path.resolve() and not is_zip(path):
        return path
    try:
        into.mkdir(parents=True, exist_ok=True)
        # Under a hidden name first, so that no half package is ever seen.
        with tempfile.TemporaryDirectory(prefix=".new-", dir=into) as temporary:
            fresh = unpack_package(path, Path(temporary)) if is_zip(path) else _copy(path, Path(temporary))
            return _put_in_place(fresh, into / fresh.name, Path(temporary) / "older" / fresh.name)
    except (OSError, shutil.Error) as error:
        reason = error.strerror or error
        raise FilterError(f"{path} cannot be copied into {into} ({reason}).") from error


def _copy(folder: Path, into: Path) -> Path:
    files = [path for path in islice(folder.iterdir(), _MAX_ENTRIES) if path.is_file() and not path.is_symlink()]
    if sum(path.stat().st_size for path in files) > MAX_BYTES or len(files) > MAX_FILES:
        raise FilterError(f"{folder} is larger than {MAX_BYTES // 1_000_000} MB, or has over {MAX_FILES} files.")
    fresh = into / folder.resolve().name
    fresh.mkdir()
    for path in files:
        shutil.copyfile(path, fresh / path.name)
    if not (fresh / MANIFEST_FILE).is_file():
        raise FilterError(f"{folder} has no {MANIFEST_FILE} any more.")
    return fresh


def _put_in_place(fresh: Path, target: Path, aside: Path) -> Path:
    """Rename twice, so that either the new package or the old one is in place."""
    older = target.exists()
    if older:
        aside.parent.mkdir()
        target.rename(aside)
    try:
        fresh.rename(target)
    except OSError:
        if older:
            aside.rename(target)
        raise
    return target
