"""Takes filter packages in: folders and zips, opened where they lie or installed among the user's own."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from masquerade.errors import FilterError
from masquerade.filters.format.document import MANIFEST_FILE
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.packages.archive import ZIP_BYTES_MOST, unpack_package

_BYTES_MOST = 50_000_000
_FILES_MOST = 200


def is_zip(path: Path) -> bool:
    """Return whether a path is a file whose name ends in .zip."""
    return path.suffix.lower() == ".zip" and path.is_file()


def load_package(path: Path, unpacked: Path) -> Filter:
    """Read and checks the package in a folder or a zip.

    Args:
        path: of the package.
        unpacked: where zips are unpacked, each once and for good; made where it is missing.

    Raises:
        FilterError: the package is broken; problems name the zip and not what was unpacked.
    """
    if not is_zip(path):
        return load_filter(path)
    folder = _unpacked(path, unpacked)
    return load_filter(folder, shown_as=path)


def install_package(path: Path, into: Path) -> Path:
    """Check a package and copies it; one of the same name there is replaced, whole or not at all.

    Only plain files are taken, no links and no folders: a package has no use for them.

    Args:
        path: the package, a folder or a zip.
        into: the user's filters; made where it is missing.

    Returns:
        The copy.

    Raises:
        FilterError: the package is broken or larger than 50 MB, or `into` cannot be written.
    """
    if (into / path.name).resolve() == path.resolve() and not is_zip(path):
        load_filter(path)
        return path
    try:
        into.mkdir(parents=True, exist_ok=True)
        # Under a hidden name first, so that no half package is ever seen.
        with tempfile.TemporaryDirectory(prefix=".new-", dir=into) as temporary:
            fresh = unpack_package(path, Path(temporary)) if is_zip(path) else _copy(path, Path(temporary))
            # The copy is what is checked: it is what will be painted.
            load_filter(fresh, shown_as=path)
            return _put_in_place(fresh, into / fresh.name, Path(temporary) / "older" / fresh.name)
    except OSError as error:
        raise FilterError(f"{path} cannot be copied into {into} ({error.strerror}).") from error


def _copy(folder: Path, into: Path) -> Path:
    if not (folder / MANIFEST_FILE).is_file():
        load_filter(folder)
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.is_symlink()]
    if sum(path.stat().st_size for path in files) > _BYTES_MOST or len(files) > _FILES_MOST:
        raise FilterError(f"{folder} is larger than {_BYTES_MOST // 1_000_000} MB, or has over {_FILES_MOST} files.")
    fresh = into / folder.resolve().name
    fresh.mkdir()
    for path in files:
        shutil.copyfile(path, fresh / path.name)
    return fresh


def _put_in_place(fresh: Path, target: Path, aside: Path) -> Path:
    """Return two renames: either the new package stands there at the end, or the older one again."""
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


def _unpacked(path: Path, unpacked: Path) -> Path:
    """Return the folder that holds the package of a zip; unpacked again only when the zip's bytes change."""
    try:
        if path.stat().st_size > ZIP_BYTES_MOST:
            raise FilterError(f"{path} is larger than {ZIP_BYTES_MOST // 1_000_000} MB.")
        with path.open("rb") as file:
            key = hashlib.file_digest(file, "sha256").hexdigest()[:32]
        home = unpacked / key
        if not home.is_dir():
            unpacked.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".new-", dir=unpacked) as temporary:
                fresh = Path(temporary) / key
                fresh.mkdir()
                unpack_package(path, fresh)
                _settle(fresh, home)
        (folder,) = home.iterdir()
        return folder
    except (OSError, ValueError) as error:
        raise FilterError(f"{path} cannot be unpacked into {unpacked} ({error}).") from error


def _settle(fresh: Path, home: Path) -> None:
    """Return another Masquerade may have been quicker, with the same bytes: then its copy stays."""
    try:
        fresh.rename(home)
    except OSError:
        if not home.is_dir():
            raise
