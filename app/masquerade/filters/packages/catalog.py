"""Lists the filter packages there are; a broken one is listed with its reason."""

import difflib
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from masquerade.errors import FilterError, PackageError
from masquerade.filters.format.manifest import Filter, Manifest
from masquerade.filters.packages.packages import is_zip, load_package

Stamp = tuple[tuple[str, int, int], ...]

# Bundled filters that used to go by another id than their name; command lines and settings go on working.
FORMER_IDS: Mapping[str, str] = MappingProxyType(
    {
        "beard": "full-beard",
        "candles": "birthday-candles",
        "clown-face": "clown",
        "glasses": "tortoiseshell",
        "hat": "fedora",
        "moustache": "handlebar",
        "pirate": "pirate-hat",
        "super-hero": "superhero",
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One package.

    Attributes:
        id: the folder's name, or that of the zip without its ending.
        manifest: None where the package is broken.
        problem: why it is broken, one line for each problem, or None.
        broken_edit: why what was changed last cannot be read, in one sentence; the package
            is then listed as it was before. None where all is well.
    """

    id: str
    manifest: Manifest | None
    problem: str | None
    broken_edit: str | None = None


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
    entry: Entry
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
            if reading.entry.manifest is None:
                raise (reading.error or FilterError(reading.entry.problem)).with_traceback(None)
            return reading.kept() or self._load_again(path)
        names = [each.id for each in self.entries] + [each.manifest.name for each in self.entries if each.manifest]
        known = {each.lower(): each for each in reversed(names)}
        close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
        hint = f"Did you mean '{known[close[0]]}'?" if close else "'masquerade filters list' shows all."
        raise FilterError(f"There is no filter '{name}'. {hint}")

    def _find(self, name: str) -> Path | None:
        """Return the package; the exact id comes first, for two folders may differ in capitals alone."""
        for path, reading in self._readings.items():
            if reading.entry.id == name:
                return path
        for path, reading in self._readings.items():
            its = reading.entry.manifest
            if name.lower() == reading.entry.id.lower() or (its is not None and name.lower() == its.name.lower()):
                return path
        current = FORMER_IDS.get(name.lower())
        return self._find(current) if current is not None else None

    def _load_again(self, path: Path) -> Filter:
        chosen = self._load(path)
        self._readings[path] = replace(self._readings[path], kept=weakref.ref(chosen))
        return chosen

    def _load(self, path: Path) -> Filter:
        return load_package(path, self._unpacked or path.parent)

    def _read(self, path: Path, older: _Reading | None) -> _Reading:
        stamp = stamp_of(path)
        if older is not None and older.stamp == stamp:
            return older
        identity = _id_of(path)
        try:
            chosen = self._load(path)
        except FilterError as error:
            if older is None or older.kept() is None:
                return _Reading(stamp, Entry(identity, None, str(error)), lambda: None, error)
            sentence = error.sentence if isinstance(error, PackageError) else str(error)
            entry = Entry(identity, older.entry.manifest, None, sentence)
            return _Reading(stamp, entry, older.kept)
        entry = Entry(identity, chosen.manifest, None)
        return _Reading(stamp, entry, weakref.ref(chosen) if path.parent in self._fixed else lambda: chosen)


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
