"""Takes a filter package over into the user's own filters."""

import shutil
import tempfile
from pathlib import Path

from app.errors import FilterError
from app.filters.manifest import load_filter

_BYTES_MOST = 50_000_000


def install_package(folder: Path, into: Path) -> Path:
    """Checks a package and copies it; one of the same name there is replaced.

    Only plain files are taken, no links and no folders: a package has no use for them.

    Args:
        folder: the package.
        into: the user's filters; made where it is missing.

    Returns:
        The copy.

    Raises:
        FilterError: the package is broken or larger than 50 MB, or `into` cannot be written.
    """
    load_filter(folder)
    target = into / folder.resolve().name
    if target.resolve() == folder.resolve():
        return target
    try:
        files = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.is_symlink()]
        if sum(path.stat().st_size for path in files) > _BYTES_MOST:
            raise FilterError(f"{folder} is larger than {_BYTES_MOST // 1_000_000} MB. Make its art smaller.")
        into.mkdir(parents=True, exist_ok=True)
        # Under a hidden name first, so that no half package is ever seen.
        with tempfile.TemporaryDirectory(prefix=".new-", dir=into) as temporary:
            fresh = Path(temporary) / target.name
            fresh.mkdir()
            for path in files:
                shutil.copyfile(path, fresh / path.name)
            if target.exists():
                target.rename(Path(temporary) / "older")
            fresh.rename(target)
    except OSError as error:
        raise FilterError(f"{folder} cannot be copied into {into} ({error.strerror}).") from error
    return target
