"""Lists the filter packages; a broken one is listed with the reason."""

import logging
import os
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from masquerade.errors import FilterError, PackageError
from masquerade.filters.format.layers import PrivacyLayer
from masquerade.filters.format.manifest import Filter, Manifest, list_manifest, load_filter
from masquerade.filters.format.wording import nearest
from masquerade.filters.packages.entry import FORMER_IDS, FilterEntry, find_entry
from masquerade.filters.packages.packages import is_zip
from masquerade.resources import command_line

T = TypeVar("T")
Stamp = tuple[tuple[str, int, int], ...]
Taken = Filter | FilterError
# Gives for each package its filter, or why it cannot be used.
TakeIn = Callable[[Sequence[Path]], Mapping[Path, Taken]]

_MAX_PACKAGES = 2000
_MAX_FILES = 1000
_log = logging.getLogger(__name__)


def load_folders(paths: Sequence[Path]) -> dict[Path, Taken]:
    """Take in trusted packages in this process; zips are never trusted."""
    return {path: _guarded(load_filter, path) for path in paths}


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """What was found at a path.

    Attributes:
        stamp: of its files at that time.
        entry: what is listed.
        kept: gives the filter; None where there is none, or where it has been freed.
        error: why there is none.
    """

    stamp: Stamp
    entry: FilterEntry
    kept: Callable[[], Filter | None]
    error: FilterError | None = None


class Catalog:
    """The packages in some folders, read once; create a new catalog to read again.

    Args:
        folders: each holds packages, as folders or zips; missing ones are skipped. Where two
            packages have one name, the one in the later folder is taken: a user may replace
            what is bundled. A folder comes before a zip of its name. Only what hides faces is never
            replaced, or a stranger's "blur" would bare them: a package of its name goes by "own-blur".
        take_in: reads packages that are not bundled.
        packages: paths of further packages, which come last.
        before: an older catalog. What has not changed since is not read again, and a package
            that is broken now but was not then stays as it was.
        fixed: those of the folders whose packages never change: bundled ones. Only their
            filter.toml is read for the list; the art of all takes 7 MB.
    """

    def __init__(
        self,
        folders: tuple[Path, ...],
        take_in: TakeIn = load_folders,
        packages: tuple[Path, ...] = (),
        before: "Catalog | None" = None,
        fixed: tuple[Path, ...] = (),
    ) -> None:
        self._take_in = take_in
        self._fixed = fixed
        found: dict[str, Path] = {}
        for path in (each for folder in folders for each in _packages(folder)):
            found[self._free_id(path, found)] = path
        found |= {_id_of(path): path for path in packages}
        older = before._readings if before is not None else {}
        ids = {path: identity for identity, path in sorted(found.items())}
        paths = list(ids)
        stamps = {path: stamp_of(path) for path in paths}
        changed = [path for path in paths if path not in older or older[path].stamp != stamps[path]]
        taken = self._take_in([path for path in changed if path.parent not in fixed])
        self._readings: dict[Path, _Reading] = {}
        for path in paths:
            if path not in changed:
                self._readings[path] = older[path]
            elif path.parent in fixed:
                self._readings[path] = _listed(path, stamps[path])
            else:
                bare = FilterEntry(ids[path], ids[path], path=path, is_own=path.parent in folders)
                self._readings[path] = _read(bare, stamps[path], taken[path], older.get(path))
        self.entries = tuple(reading.entry for reading in self._readings.values())

    def load(self, name: str) -> Filter:
        """Return a filter by its id, name or former id, ignoring case.

        Raises:
            FilterError: there is none, with the nearest spelling; or it is broken, with its problems.
        """
        path = self._find(name)
        if path is not None:
            reading = self._readings[path]
            if reading.entry.problem is not None:
                raise (reading.error or FilterError(reading.entry.problem)).with_traceback(None)
            return reading.kept() or self._load_again(path)
        known = [word for each in self.entries for word in (each.id, each.name)]
        near = nearest(name, [*known, *FORMER_IDS])
        hint = f"Did you mean '{near}'?" if near else f"'{command_line('filters list')}' shows all."
        raise FilterError(f"There is no filter '{name}'. {hint}")

    def _free_id(self, path: Path, found: Mapping[str, Path]) -> str:
        """Return the id of a package; another one than its name where that is of a bundled filter that hides faces."""
        identity = _id_of(path)
        older = found.get(identity)
        is_kept = older is not None and older.parent in self._fixed and path.parent not in self._fixed
        return f"own-{identity}" if older is not None and is_kept and _hides_faces(older) else identity

    def _find(self, name: str) -> Path | None:
        entry = find_entry(name, self.entries)
        return next((path for path, reading in self._readings.items() if reading.entry is entry), None)

    def _load_again(self, path: Path) -> Filter:
        taken = _guarded(load_filter, path) if path.parent in self._fixed else self._take_in((path,))[path]
        if isinstance(taken, FilterError):
            raise taken
        self._readings[path] = replace(self._readings[path], kept=weakref.ref(taken))
        return taken


def _listed(path: Path, stamp: Stamp) -> _Reading:
    """Return the entry of a bundled package, without reading its art."""
    manifest, bare = _guarded(list_manifest, path), FilterEntry(path.name, path.name, path=path)
    if isinstance(manifest, FilterError):
        return _Reading(stamp, replace(bare, problem=str(manifest)), _nothing, manifest)
    return _Reading(stamp, _filled(bare, manifest), _nothing)


def _read(bare: FilterEntry, stamp: Stamp, taken: Taken, older: _Reading | None) -> _Reading:
    """Return the entry of a user's package; after a broken edit, the last working one."""
    if isinstance(taken, Filter):
        return _Reading(stamp, _filled(bare, taken.manifest), lambda: taken)
    if older is None or older.kept() is None:
        return _Reading(stamp, replace(bare, problem=str(taken)), _nothing, taken)
    sentence = taken.sentence if isinstance(taken, PackageError) else str(taken)
    return _Reading(stamp, replace(older.entry, broken_edit=sentence), older.kept)


def _guarded(read: Callable[[Path], T], path: Path) -> T | FilterError:
    """Read one package, so that its errors do not affect others."""
    try:
        return read(path)
    except FilterError as error:
        return error.with_traceback(None)
    except Exception as error:  # noqa: BLE001 (the fence round one package)
        _log.exception("%s cannot be read", path)
        return FilterError(f"{path} cannot be used ({type(error).__name__}: {error}).")


def _nothing() -> None:
    return None


def _filled(bare: FilterEntry, manifest: Manifest) -> FilterEntry:
    return replace(
        bare,
        name=manifest.name,
        tags=manifest.tags,
        keywords=manifest.keywords,
        hint=manifest.hint,
        hides=_hides(manifest),
        folder=manifest.folder,
    )


def folder_of(identity: str, own: Path, fixed: Path) -> Path | None:
    """Return the folder of a filter by its id, without reading the others.

    Args:
        identity: an id or a former one; all else gives None.
        own: the user's filters, which come before those of the same id that are bundled.
        fixed: the bundled ones; one that hides faces comes before the user's.
    """
    if identity in ("", "..") or Path(identity).name != identity:
        return None
    names = (identity, FORMER_IDS.get(identity, identity))
    folders = [root / name for name in names for root in (own, fixed) if os.path.isdir(root / name)]
    kept = (folder for folder in folders[1:] if folder.parent == fixed and _hides_faces(folder))
    return next(chain(kept, folders), None)


def _hides_faces(folder: Path) -> bool:
    """Return whether a trusted package hides faces; False where it cannot be read."""
    manifest = _guarded(list_manifest, folder)
    return isinstance(manifest, Manifest) and _hides(manifest)


def _hides(manifest: Manifest) -> bool:
    return any(isinstance(layer, PrivacyLayer) for layer in manifest.layers)


def stamp_of(path: Path) -> Stamp:
    """Return a stamp that changes with the package: names, times and lengths of its files."""
    try:
        files = [path] if os.path.isfile(path) else sorted(islice(path.iterdir(), _MAX_FILES))
        states = [(each.name, each.lstat()) for each in files]
    except OSError:
        # It is being changed at this very moment; it will be looked at again.
        return ()
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


def _id_of(path: Path) -> str:
    path = path.absolute()
    return path.stem if is_zip(path) else path.name


def _packages(folder: Path) -> list[Path]:
    """Return the packages in a folder; zips first, so that a folder of the same name takes their place."""
    try:
        found = sorted(islice(folder.iterdir(), _MAX_PACKAGES))
    except OSError:
        return []
    visible = [path for path in found if not path.name.startswith((".", "_"))]
    return [path for path in visible if is_zip(path)] + [path for path in visible if os.path.isdir(path)]
