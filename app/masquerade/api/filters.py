"""Reads filter packages: load_filter, check_filter, list_filters."""

from collections.abc import Iterable
from pathlib import Path

from masquerade.compose import build_catalog, check_package, find_filters
from masquerade.errors import FilterError
from masquerade.filters.format.manifest import Filter

# A name, the path of a package (folder or .zip), or a filter that is loaded already.
FilterLike = str | Path | Filter


def load_filter(name_or_path: str | Path) -> Filter:
    """Load a filter package.

    Args:
        name_or_path: a filter's id or name as in `masquerade filters list`, or the path of a
            package's folder or .zip, with a slash in it.

    Returns:
        An immutable value that may be shared between threads; `id` and `manifest` describe it.

    Raises:
        FilterError: there is no such filter, or its package is invalid; one line for each problem.
    """
    return load_filters((name_or_path,))[0]


def check_filter(path: str | Path) -> tuple[str, ...]:
    """Return every problem of a filter package, one sentence each; empty for a valid one.

    Args:
        path: of the package's folder, .zip or filter.toml.
    """
    try:
        check_package(Path(path))
    except FilterError as error:
        return tuple(str(error).splitlines())
    return ()


def list_filters() -> tuple[str, ...]:
    """Return the ids of all filters that can be used, the bundled and the user's own."""
    return tuple(entry.id for entry in build_catalog().entries if entry.problem is None)


def load_filters(filters: FilterLike | Iterable[FilterLike]) -> tuple[Filter, ...]:
    """Return filters, loading those that are given by name or path.

    Raises:
        FilterError: as in `load_filter`.
    """
    several = (filters,) if isinstance(filters, str | Path | Filter) else tuple(filters)
    return tuple(each if isinstance(each, Filter) else find_filters((_word(each),))[0] for each in several)


def _word(name_or_path: str | Path) -> str:
    """Return a path as the command line takes it: with a slash, so that it is not taken for a name."""
    if isinstance(name_or_path, Path):
        return str(name_or_path.absolute())
    return name_or_path
