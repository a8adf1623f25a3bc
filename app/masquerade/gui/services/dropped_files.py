"""Separates filter packages from videos and images among files that are dropped on the window."""

import os
from pathlib import Path


def describe_drop(paths: tuple[Path, ...]) -> str:
    """Return what a drop of these files does: filters are added, the first of the others is played."""
    packages = [path for path in paths if is_package(path)]
    others = len(paths) - len(packages)
    adding = "" if not packages else "Add the filter" if len(packages) == 1 else f"Add {len(packages)} filters"
    if not others:
        return f"{adding}: drop it here" if len(packages) == 1 else f"{adding}: drop them here"
    playing = "play the video or image" if adding else "Play the video or image"
    return f"{adding} and {playing}: drop them here" if adding else f"{playing}: drop it here"


def is_package(path: Path) -> bool:
    """Return whether a file or folder is taken for a filter package."""
    return path.suffix.lower() == ".zip" or os.path.isfile(path / "filter.toml")
