"""Separates filter packages from videos and images among files that are dropped on the window."""

import os
from pathlib import Path


def describe_drop(paths: tuple[Path, ...]) -> str:
    """Return what a drop of these files does: filters are added, the first of the others is played."""
    packages = [path for path in paths if is_package(path)]
    does = []
    if packages:
        does.append("add the filter" if len(packages) == 1 else f"add {len(packages)} filters")
    if len(packages) < len(paths):
        does.append("open the video or image")
    return f"Drop to {' and '.join(does)}"


def is_package(path: Path) -> bool:
    """Return whether a file or folder is taken for a filter package."""
    return path.suffix.lower() == ".zip" or os.path.isfile(path / "filter.toml")
