"""Lists filters, checks and adds packages, starts new ones, renders their sheet: `masquerade filters`."""

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from masquerade.commands.options import whole_above_zero
from masquerade.errors import FilterError
from masquerade.progress import Progress
from masquerade.resources import command_line

if TYPE_CHECKING:
    from masquerade.filters.packages.entry import FilterEntry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Report argparse what `filters` takes."""
    actions = parser.add_subparsers(dest="action", metavar="list | check | add | new | sheet | schema", required=True)
    actions.add_parser("list", help="tell which filters there are")
    check = actions.add_parser("check", help="tell every problem of a filter package")
    check.add_argument("path", nargs="+", type=Path, metavar="PATH", help="the package's folder or .zip")
    add = actions.add_parser("add", help="copy filter packages to your own")
    add.add_argument("path", nargs="+", type=Path, metavar="PATH", help="the package's folder or .zip")
    new = actions.add_parser("new", help="start a filter package of your own")
    new.add_argument("name", metavar="NAME", help="what people shall call it")
    new.add_argument("--paint", action="store_true", help="begin face paint, with a template to draw on")
    new.add_argument("--into", type=Path, metavar="FOLDER", help="where (default: your filters, shown in the window)")
    _add_sheet(actions.add_parser("sheet", help="render one image of all filters on faces"))
    actions.add_parser("schema", help="print the JSON Schema of filter.toml, for editors")


def _add_sheet(sheet: argparse.ArgumentParser) -> None:
    sheet.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="a .jpg or .png")
    sheet.add_argument("--images", type=Path, metavar="FOLDER", help="of faces (default: two people, each twice)")
    sheet.add_argument("--filter", action="append", metavar="NAME", help="may be given several times (default: all)")
    sheet.add_argument("--columns", type=whole_above_zero, default=3, metavar="N", help="blocks in a row (default: 3)")
    sheet.add_argument(
        "--side", type=whole_above_zero, default=150, metavar="N", help="pixels of a face (default: 150)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Do what the second word says."""
    if arguments.action == "list":
        return _list()
    if arguments.action == "check":
        return _check(arguments.path)
    if arguments.action == "add":
        return _add(arguments.path)
    if arguments.action == "sheet":
        return _render_sheet(arguments)
    if arguments.action == "schema":
        return _print_schema()
    return _start_new(arguments.name, arguments.into, arguments.paint)


def _list() -> int:
    from masquerade import compose

    entries = compose.build_catalog().entries
    width = max((len(entry.id) for entry in entries), default=0)
    for entry in entries:
        print(f"{entry.id:<{width}}  {_describe(entry)}")
    return 0


def _describe(entry: "FilterEntry") -> str:
    if entry.problem is not None:
        problems = entry.problem.splitlines()
        more = (
            f" (and {len(problems) - 1} more; `{command_line('filters check')}` shows all)" if len(problems) > 1 else ""
        )
        return f"BROKEN: {problems[0]}{more}" if problems else "BROKEN"
    return f"{entry.name:<16}  {', '.join(entry.tags)}"


def _check(paths: list[Path]) -> int:
    from masquerade.compose import check_package

    broken = 0
    for path in paths:
        try:
            its = check_package(path).manifest
        except FilterError as error:
            print(error, file=sys.stderr)
            broken += 1
            continue
        layers = "1 layer" if len(its.layers) == 1 else f"{len(its.layers)} layers"
        print(f"{path}: '{its.name}' is whole: {layers}, licence {its.licence}.")
    return 1 if broken else 0


def _add(paths: list[Path]) -> int:
    from masquerade.compose import install_package

    for path in paths:
        folder = install_package(path)
        print(f"{folder} is there now: {command_line(f'--filter {folder.name}')}")
    return 0


def _render_sheet(arguments: argparse.Namespace) -> int:
    """Take the bundled filters by default: a sheet for the docs shows nobody's own."""
    from masquerade import compose
    from masquerade.studio.filter_sheet import demo_sitters, render_sheet, sitters_in
    from masquerade.studio.snapshot import replace_image

    filters = compose.find_filters(arguments.filter) if arguments.filter else compose.bundled_filters()
    find, side = compose.build_still_finder().find, arguments.side
    sitters = sitters_in(arguments.images, find, side) if arguments.images else demo_sitters(find, side)
    with Progress("sheet", len(filters), "filters") as progress:
        columns = arguments.columns
        sheet = render_sheet(filters, sitters, columns, progress.step, lambda: compose.build_segmenter().segment)
    replace_image(arguments.output, sheet, mirrored=False)
    print(f"{arguments.output}: {len(filters)} filters on {len(sitters)} faces.")
    return 0


def _print_schema() -> int:
    from masquerade.filters.format.schema import schema_text

    print(schema_text(), end="")
    return 0


def _start_new(name: str, into: Path | None, paint: bool) -> int:
    from masquerade.filters.packages.skeleton import new_package
    from masquerade.resources import user_filters

    own = user_filters()
    folder = new_package(into or own, name, _author(), paint)
    # The catalog knows by their name only those that lie in its own folders.
    called = folder.name if folder.parent == own else str(folder.resolve())
    print(f"{folder} is ready: change filter.toml and the art in it.")
    print(f"See it:   {command_line(f'--source demo --filter {_as_typed(called)}')}")
    print(f"Check it: {command_line(f'filters check {_as_typed(str(folder))}')}")
    return 0


def _as_typed(word: str) -> str:
    """In the quotes that every shell knows where a space would make it two words."""
    return f'"{word}"' if " " in word else word


def _author() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "me"
