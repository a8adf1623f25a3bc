"""Caches checked packages by their checksums, up to a limit."""

import json
import logging
import os
from contextlib import suppress
from pathlib import Path

from masquerade.errors import FilterError, PackageError
from masquerade.filters.format.manifest import Filter
from masquerade.filters.intake.packed import DamagedError, unpack

_MAX_BYTES = 200_000_000
_MAX_FILES = 500
_MAX_FILE_BYTES = 100_000_000
_log = logging.getLogger(__name__)


class IntakeCache:
    """The known filters and refusals, one file each.

    Whatever lies in the folder, it costs at most another look at a package.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder, which may not exist yet."""
        self._folder = folder

    def load(self, key: str, path: Path) -> Filter | FilterError | None:
        """Return the filter or the refusal for a content sum; None if it is not known.

        Args:
            key: the content sum.
            path: of the package.
        """
        content = self._read(f"{key}.filter")
        if content is not None:
            try:
                return unpack(content, folder_of(path))
            except DamagedError as error:
                _log.warning("a cached filter is damaged (%s), so %s is checked again", error, path)
        refusal = self._read(f"{key}.refusal")
        return read_refusal(refusal, path) if refusal is not None else None

    def keep(self, key: str, content: bytes) -> None:
        """Keep a packed filter; a full disk costs time at the next start and nothing else."""
        self._write(f"{key}.filter", content)

    def keep_refusal(self, key: str, error: FilterError, path: Path) -> None:
        """Store why a package was refused, so that one that hangs does not cost ten seconds at every start."""
        self._write(f"{key}.refusal", write_refusal(error, path))

    def _read(self, name: str) -> bytes | None:
        path = self._folder / name
        try:
            if not path.is_file() or path.stat().st_size > _MAX_FILE_BYTES:
                return None
            content = path.read_bytes()
            # What is used last is deleted last.
            os.utime(path)
        except OSError:
            return None
        return content

    def _write(self, name: str, content: bytes) -> None:
        part = self._folder / f"{name}.{os.getpid()}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(content)
            part.replace(self._folder / name)
        except OSError as error:
            _log.warning("a checked filter cannot be stored: %s", error)
            with suppress(OSError):
                part.unlink(missing_ok=True)
        self._prune()

    def _prune(self) -> None:
        """Delete the longest unused beyond the bounds."""
        with suppress(OSError):
            files = [(path, path.stat()) for path in self._folder.iterdir() if path.is_file()]
            total = 0
            for number, (path, state) in enumerate(sorted(files, key=lambda each: -each[1].st_mtime)):
                total += state.st_size
                if total > _MAX_BYTES or number >= _MAX_FILES:
                    path.unlink(missing_ok=True)


def folder_of(path: Path) -> Path:
    """Return the folder of a package; for a zip, where it would lie unpacked beside it."""
    return path.with_suffix("") if path.suffix.lower() == ".zip" else path


def write_refusal(error: FilterError, path: Path) -> bytes:
    """Return a refusal as JSON, with a placeholder for the path."""
    sentence = error.sentence if isinstance(error, PackageError) else None
    words = {"message": str(error).replace(str(path), "\0"), "sentence": sentence, "name": path.name}
    return json.dumps(words).encode()


def read_refusal(content: bytes, path: Path) -> FilterError | None:
    """Return the refusal of a package at a path; None if the content is none of it."""
    try:
        words = json.loads(content)
        message, sentence = words["message"].replace("\0", str(path)), words["sentence"]
        if words["name"] != path.name:
            return None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return FilterError(message) if sentence is None else PackageError(message, str(sentence))
