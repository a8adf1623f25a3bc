"""Lists the filter packages there are; a broken one is listed with its reason."""

import difflib
from dataclasses import dataclass
from pathlib import Path

from app.errors import FilterError
from app.filters.manifest import Filter, Manifest, load_filter


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One package.

    Attributes:
        id: the folder's name.
        manifest: None where the package is broken.
        fault: why it is broken, one line for each fault, or None.
    """

    id: str
    manifest: Manifest | None
    fault: str | None


class Catalog:
    """The packages in some folders, read once; make a new one to look again.

    Args:
        folders: each holds packages as folders; missing ones are passed over. Where two
            packages have one name, the one in the later folder is taken: a user may
            replace what is bundled.
    """

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._filters: dict[str, Filter] = {}
        found = {path.name: path for folder in folders for path in _packages(folder)}
        self.entries = tuple(self._read(path) for _, path in sorted(found.items()))

    def load(self, name: str) -> Filter:
        """Returns a filter by its id or its name.

        Raises:
            FilterError: there is none, with the nearest spelling; or it is broken, with its faults.
        """
        for entry in self.entries:
            if entry.id == name or (entry.manifest is not None and entry.manifest.name.lower() == name.lower()):
                if entry.fault is not None:
                    raise FilterError(entry.fault)
                return self._filters[entry.id]
        known = [entry.id for entry in self.entries] + [each.manifest.name for each in self._filters.values()]
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"Did you mean '{close[0]}'?" if close else "'masquerade filters list' shows all."
        raise FilterError(f"There is no filter '{name}'. {hint}")

    def _read(self, path: Path) -> Entry:
        try:
            self._filters[path.name] = load_filter(path)
        except FilterError as error:
            return Entry(path.name, None, str(error))
        return Entry(path.name, self._filters[path.name].manifest, None)


def _packages(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))]
