"""Looks a filter package over, its drawings included, for those who make one."""

import tempfile
from pathlib import Path

from masquerade.filters.compositing.rasters import is_empty
from masquerade.filters.format.document import MANIFEST_FILE, package_error
from masquerade.filters.format.manifest import Filter
from masquerade.filters.format.table import Problem
from masquerade.filters.packages.packages import load_package


def check_package(path: Path) -> Filter:
    """Read and checks the package in a folder or a zip, or round a filter.toml, and leaves nothing behind.

    Unlike what only loads a package, it also looks whether there is anything to be seen in its art.

    Raises:
        FilterError: the package is broken, or a layer's art is empty.
    """
    package = path.parent if path.name == MANIFEST_FILE else path
    with tempfile.TemporaryDirectory() as temporary:
        its = load_package(package, Path(temporary))
    problems = [
        Problem(0, f"layer {number}: nothing can be seen of its art")
        for number, pieces in enumerate(its.art, start=1)
        if pieces and all(map(is_empty, pieces))
    ]
    if problems:
        raise package_error(package / MANIFEST_FILE, problems)
    return its
