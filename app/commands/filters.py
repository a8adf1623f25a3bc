"""Lists filters, checks packages, starts new ones: `masquerade filters`."""

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import FilterError

if TYPE_CHECKING:
    from app.filters.catalog import Entry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tells argparse what `filters` takes."""
    actions = parser.add_subparsers(dest="action", metavar="list | check | new", required=True)
    actions.add_parser("list", help="tell which filters there are")
    check = actions.add_parser("check", help="tell every fault of a filter package")
    check.add_argument("path", nargs="+", type=Path, metavar="PATH", help="the package's folder")
    new = actions.add_parser("new", help="start a filter package of your own")
    new.add_argument("name", metavar="NAME", help="what people shall call it")
    new.add_argument("--paint", action="store_true", help="begin face paint, with a template to draw on")
    new.add_argument("--into", type=Path, metavar="FOLDER", help="where (default: your filters, shown in the window)")


def run(arguments: argparse.Namespace) -> int:
    """Does what the second word says."""
    if arguments.action == "list":
        return _list()
    if arguments.action == "check":
        return _check(arguments.path)
    return _start_new(arguments.name, arguments.into, arguments.paint)


def _list() -> int:
    from app import compose

    entries = compose.build_catalog().entries
    width = max((len(entry.id) for entry in entries), default=0)
    for entry in entries:
        print(f"{entry.id:<{width}}  {_describe(entry)}")
    return 0


def _describe(entry: "Entry") -> str:
    if entry.manifest is None:
        faults = (entry.fault or "").splitlines()
        more = f" (and {len(faults) - 1} more; `masquerade filters check` tells all)" if len(faults) > 1 else ""
        return f"BROKEN: {faults[0]}{more}" if faults else "BROKEN"
    its = entry.manifest
    return f"{its.name:<16}  {', '.join(its.tags)}"


def _check(folders: list[Path]) -> int:
    from app.filters.manifest import read_manifest

    broken = 0
    for folder in folders:
        try:
            its = read_manifest(folder)
        except FilterError as error:
            print(error, file=sys.stderr)
            broken += 1
            continue
        layers = "1 layer" if len(its.layers) == 1 else f"{len(its.layers)} layers"
        print(f"{folder}: '{its.name}' is whole: {layers}, licence {its.licence}.")
    return 1 if broken else 0


def _start_new(name: str, into: Path | None, paint: bool) -> int:
    from app.filters.skeleton import new_package
    from app.resources import user_filters

    folder = new_package(into or user_filters(), name, _author(), paint)
    print(f"{folder} is ready: change filter.toml and the art in it.")
    print(f"See it:   masquerade --source demo --filter {folder.name}")
    print(f"Check it: masquerade filters check {folder}")
    return 0


def _author() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "me"
