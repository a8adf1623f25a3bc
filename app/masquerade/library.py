"""Holds the filters that the window offers: FilterLibrary."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from masquerade.filters.format.manifest import Filter
from masquerade.filters.packages.catalog import Catalog
from masquerade.filters.packages.entry import FilterEntry


class BuildCatalog(Protocol):
    """Reads all packages."""

    def __call__(self, before: Catalog | None) -> Catalog:
        """Return the current packages; those unchanged since `before` are not read again."""


class FilterLibrary:
    """Load filters by their id. Every method may be called on any thread."""

    def __init__(self, build_catalog: BuildCatalog, load_alone: Callable[[str], Filter | None]) -> None:
        """Read nothing yet.

        Args:
            build_catalog: reads all packages.
            load_alone: loads one filter without reading all; None where that is not possible.
        """
        self._build_catalog = build_catalog
        self._load_alone = load_alone
        # One catalog is read after the other, so that a later one never gives way to an older one.
        self._reading = threading.Lock()
        self._catalog: Catalog | None = None

    def read(self) -> tuple[FilterEntry, ...]:
        """Read the packages again where they have changed, and return all there are."""
        with self._reading:
            catalog = self._catalog = self._build_catalog(self._catalog)
        return catalog.entries

    def load(self, identities: Sequence[str]) -> tuple[Filter, ...]:
        """Return filters by their ids.

        Raises:
            FilterError: one is unknown or invalid.
        """
        return tuple(map(self._load, identities))

    def _load(self, identity: str) -> Filter:
        """Load a single package before the catalog is read, so that the first image does not wait for all."""
        catalog = self._catalog
        if catalog is None:
            alone = self._load_alone(identity)
            if alone is not None:
                return alone
            catalog = self._first_catalog()
        return catalog.load(identity)

    def _first_catalog(self) -> Catalog:
        with self._reading:
            if self._catalog is None:
                self._catalog = self._build_catalog(None)
            return self._catalog
