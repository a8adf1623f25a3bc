"""Lists the filter packages there are; a broken one is listed with its reason."""

import difflib
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from masquerade.errors import FilterError, PackageError
from masquerade.filters.format.layers import PrivacyLayer
from masquerade.filters.format.manifest import Filter, Manifest
from masquerade.filters.packages.entry import FilterEntry, find_entry
from masquerade.filters.packages.packages import is_zip, load_package
from masquerade.resources import command_line

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """What was found at a path.

    Attributes:
        stamp: of its files at that time.
        entry: what is told of it.
        kept: gives the filter; None where there is none, or where nobody else holds it any more.
        error: why there is none.
    """

    stamp: Stamp
    entry: FilterEntry
    kept: Callable[[], Filter | None]
    error: FilterError | None = None


class Catalog:
    """The packages in some folders, read once; make a new one to look again.

    Args:
        folders: each holds packages, as folders or zips; missing ones are passed over.
            Where two packages have one name, the one in the later folder is taken: a user
            may replace what is bundled. A folder comes before a zip of its name.
        fixed: those of the folders whose packages nobody changes. They are read again when
            they are wanted, since the art of all that are bundled takes 7 MB.
        unpacked: where zips are unpacked; None passes over zips.
        packages: paths of further packages, which come last.
        before: an older catalog. What has not changed since is not read again, and a
            package that is broken now but was not then stays as it was.
    """

    def __init__(
        self,
        folders: tuple[Path, ...],
        unpacked: Path | None = None,
        packages: tuple[Path, ...] = (),
        before: "Catalog | None" = None,
        fixed: tuple[Path, ...] = (),
    ) -> None:
        self._unpacked = unpacked
        self._folders = folders
        self._fixed = fixed
        found = {_id_of(path): path for folder in folders for path in _packages(folder, unpacked is not None)}
        found |= {_id_of(path): path for path in packages}
        older = before._readings if before is not None else {}
        self._readings: dict[Path, _Reading] = {
            path: self._read(path, older.get(path)) for _, path in sorted(found.items())
        }
        self.entries = tuple(reading.entry for reading in self._readings.values())

    def load(self, name: str) -> Filter:
        """Return a filter by its id, its name or a former id, in capitals or not.

        Raises:
            FilterError: there is none, with the nearest spelling; or it is broken, with its problems.
        """
        path = self._find(name)
        if path is not None:
            reading = self._readings[path]
            if reading.entry.problem is not None:
                raise (reading.error or FilterError(reading.entry.problem)).with_traceback(None)
            return reading.kept() or self._load_again(path)
        names = [each.id for each in self.entries] + [each.name for each in self.entries]
        known = {each.lower(): each for each in reversed(names)}
        close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
        hint = f"Did you mean '{known[close[0]]}'?" if close else f"'{command_line('filters list')}' shows all."
        raise FilterError(f"There is no filter '{name}'. {hint}")

    def _find(self, name: str) -> Path | None:
        entry = find_entry(name, self.entries)
        return next((path for path, reading in self._readings.items() if reading.entry is entry), None)

    def _load_again(self, path: Path) -> Filter:
        chosen = self._load(path)
        self._readings[path] = replace(self._readings[path], kept=weakref.ref(chosen))
        return chosen

    def _load(self, path: Path) -> Filter:
        return load_package(path, self._unpacked or path.parent)

    def _is_own(self, path: Path) -> bool:
        return path.parent in self._folders and path.parent not in self._fixed

    def _read(self, path: Path, older: _Reading | None) -> _Reading:
        stamp = stamp_of(path)
        if older is not None and older.stamp == stamp:
            return older
        identity = _id_of(path)
        try:
            chosen = self._load(path)
        except FilterError as error:
            if older is None or older.kept() is None:
                entry = FilterEntry(identity, identity, path=path, is_own=self._is_own(path), problem=str(error))
                return _Reading(stamp, entry, lambda: None, error)
            sentence = error.sentence if isinstance(error, PackageError) else str(error)
            return _Reading(stamp, replace(older.entry, broken_edit=sentence), older.kept)
        entry = _entry(identity, path, self._is_own(path), chosen.manifest)
        return _Reading(stamp, entry, weakref.ref(chosen) if path.parent in self._fixed else lambda: chosen)


def _entry(identity: str, path: Path, is_own: bool, manifest: Manifest) -> FilterEntry:
    return FilterEntry(
        id=identity,
        name=manifest.name,
        tags=manifest.tags,
        keywords=manifest.keywords,
        hint=manifest.hint,
        hides=any(isinstance(layer, PrivacyLayer) for layer in manifest.layers),
        folder=manifest.folder,
        path=path,
        is_own=is_own,
    )


def stamp_of(path: Path) -> Stamp:
    """Return what changes with every change of a package: name, time and length of its files."""
    try:
        files = [path] if path.is_file() else sorted(path.iterdir())
        told = [(each.name, each.lstat()) for each in files]
    except OSError:
        # It is being changed at this very moment; it will be looked at again.
        return ()
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in told)


def _id_of(path: Path) -> str:
    path = path.absolute()
    return path.stem if is_zip(path) else path.name


def _packages(folder: Path, zips: bool) -> list[Path]:
    """Zip first, so that a folder of the same name takes their place."""
    if not folder.is_dir():
        return []
    shown = [path for path in sorted(folder.iterdir()) if not path.name.startswith((".", "_"))]
    return [path for path in shown if zips and is_zip(path)] + [path for path in shown if path.is_dir()]
