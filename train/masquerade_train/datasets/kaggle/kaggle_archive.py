"""Opens Kaggle's training.csv as it was downloaded: bare, in training.zip, or in the competition's zip of zips."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from masquerade_train.datasets.landmark_table import Table, open_table
from masquerade_train.errors import TrainError

_TABLE = "training.csv"
_INNER = "training.zip"
# Kaggle's own unpacks to a quarter of it; an archive may claim anything.
_MAX_BYTES = 1 << 30


@contextmanager
def open_training_csv(path: Path) -> Iterator[Table]:
    """Open the table in `path`, a .csv or a .zip, for a `with`; nothing is unpacked to disk.

    Raises:
        TrainError: the file cannot be read, is damaged, locked or holds no training.csv;
            damage further back in the archive is found while the table is read.
    """
    if path.suffix.lower() != ".zip":
        with open_table(path) as table:
            yield table
        return
    try:
        with ExitStack() as stack:
            archive = stack.enter_context(zipfile.ZipFile(path))
            yield _find_table(archive, str(path), stack)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise TrainError(f"{path} is not a complete .zip ({error}). Download it again.") from error
    except NotImplementedError as error:
        raise TrainError(f"{path} uses a compression that is not supported ({error}).") from error
    except OSError as error:
        raise TrainError(f"{path} cannot be read ({error.strerror}).") from error


def _find_table(archive: zipfile.ZipFile, name: str, stack: ExitStack) -> Table:
    """Return the training.csv of an archive, or of the training.zip in it."""
    table = _member(archive, _TABLE)
    if table is not None:
        return Table(f"{name}/{table.filename}", _open(archive, table, name, stack), table.file_size)
    inner = _member(archive, _INNER)
    if inner is None:
        found = ", ".join(archive.namelist()[:5]) or "nothing"
        raise TrainError(f"{name} contains no {_TABLE} and no {_INNER}, but {found}.")
    nested = stack.enter_context(zipfile.ZipFile(_open(archive, inner, name, stack)))
    table = _member(nested, _TABLE)
    if table is None:
        raise TrainError(f"{name}/{inner.filename} contains no {_TABLE}.")
    nested_name = f"{name}/{inner.filename}"
    return Table(f"{nested_name}/{table.filename}", _open(nested, table, nested_name, stack), table.file_size)


def _member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    """Return the first member of that name, in any folder of the archive."""
    return next((info for info in archive.infolist() if PurePosixPath(info.filename).name.lower() == name), None)


def _open(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, stack: ExitStack) -> IO[bytes]:
    # What is read never exceeds the size that the archive claims: zipfile stops there.
    if member.file_size > _MAX_BYTES:
        raise TrainError(
            f"{name}/{member.filename} unpacks to {member.file_size / 2**30:.1f} GB; "
            f"no {_TABLE} is larger than {_MAX_BYTES >> 30} GB."
        )
    if member.flag_bits & 1:
        raise TrainError(f"{name}/{member.filename} is protected by a password.")
    return stack.enter_context(archive.open(member))
