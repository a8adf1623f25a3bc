"""Lists filters, checks and adds packages, starts new ones, renders their sheet: `masquerade filters`."""

import argparse
import getpass
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from masquerade.commands.options import given_path, whole_above_zero
from masquerade.errors import FilterError
from masquerade.progress import Progress
from masquerade.resources import command_line
from masquerade.terminal import printable, printable_lines

if TYPE_CHECKING:
    from masquerade.filters.format.manifest import Filter
    from masquerade.filters.packages.entry import FilterEntry
    from masquerade.values import ByteArray, Frame

# Frames of a clip beside each other.
_STRIP_FRAMES = 8
# Of a list's first column: one long name must not push all others off the screen.
_MAX_COLUMN = 32
# Of a JPEG or WebP: 79 filters on 24 faces are looked at, not kept.
_SHEET_QUALITY = 64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `filters`."""
    actions = parser.add_subparsers(dest="action", metavar="list | check | add | new | sheet | schema", required=True)
    actions.add_parser("list", help="list all filters")
    check = actions.add_parser("check", help="check a filter package and report all its problems")
    check.add_argument("path", nargs="+", type=given_path, metavar="PATH", help="the package's folder or .zip")
    add = actions.add_parser("add", help="add filter packages to your own, or make a background from an image or video")
    add.add_argument("path", nargs="+", type=given_path, metavar="PATH", help="a package, or an image or video")
    new = actions.add_parser("new", help="create a filter package of your own")
    new.add_argument("name", metavar="NAME", help="display name")
    kinds = ("glasses", "hat", "paint")
    new.add_argument(
        "--template", choices=kinds, help="template to start from (default: chosen by the name, else glasses)"
    )
    new.add_argument("--paint", dest="template", action="store_const", const="paint", help="same as --template paint")
    new.add_argument(
        "--into",
        type=given_path,
        metavar="FOLDER",
        help="where to put it (default: your own filters, shown in the window)",
    )
    _add_sheet(actions.add_parser("sheet", help="render one image of all filters on faces"))
    actions.add_parser("schema", help="print the JSON Schema of filter.toml, for editors")
    # Not for people: what a frozen build runs to check a package in a process of its own.
    actions.add_parser("take-in").add_argument("results")


def _add_sheet(sheet: argparse.ArgumentParser) -> None:
    sheet.add_argument("-o", "--output", type=given_path, required=True, metavar="FILE", help="a .webp, .jpg or .png")
    shown = sheet.add_mutually_exclusive_group()
    shown.add_argument("--images", type=given_path, metavar="FOLDER", help="of faces (default: twelve rendered heads)")
    shown.add_argument(
        "--clip", type=given_path, metavar="VIDEO", help="show strips of frames of a video instead, one filter a row"
    )
    sheet.add_argument(
        "--filter", action="append", metavar="NAME", help="filter to show; may be repeated (default: all)"
    )
    sheet.add_argument("--columns", type=whole_above_zero, default=1, metavar="N", help="blocks in a row (default: 1)")
    sheet.add_argument(
        "--side",
        type=whole_above_zero,
        default=150,
        metavar="N",
        help="pixels of a face, or rows of a frame (default: 150)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Do what the second word says."""
    acts: dict[str, Callable[[], int]] = {
        "list": _list,
        "check": lambda: _check(arguments.path),
        "add": lambda: _add(arguments.path),
        "sheet": lambda: _render_sheet(arguments),
        "schema": _print_schema,
        "take-in": _take_in,
        "new": lambda: _start_new(arguments.name, arguments.into, arguments.template),
    }
    return acts[arguments.action]()


def _list() -> int:
    from masquerade import compose

    entries = compose.build_catalog().entries
    width = min(max((len(entry.id) for entry in entries), default=0), _MAX_COLUMN)
    for entry in entries:
        print(f"{printable(entry.id):<{width}}  {_describe(entry)}")
    return 0


def _describe(entry: "FilterEntry") -> str:
    if entry.problem is not None:
        problems = entry.problem.splitlines()
        more = (
            f" (and {len(problems) - 1} more; `{command_line('filters check')}` shows all)" if len(problems) > 1 else ""
        )
        return f"BROKEN: {printable(problems[0])}{more}" if problems else "BROKEN"
    return f"{entry.name:<16}  {', '.join(entry.tags)}"


def _check(paths: list[Path]) -> int:
    from masquerade.compose import check_package
    from masquerade.filters.intake.advice import advice

    broken = 0
    for path in paths:
        try:
            chosen = check_package(path)
        except FilterError as error:
            print(printable_lines(str(error)), file=sys.stderr)
            broken += 1
            continue
        its = chosen.manifest
        layers = "1 layer" if len(its.layers) == 1 else f"{len(its.layers)} layers"
        print(f"{printable(path)}: '{its.name}' is valid: {layers}, licence {its.licence}.")
        for each in advice(chosen):
            print(f"  Note: {each}")
    return 1 if broken else 0


def _add(paths: list[Path]) -> int:
    from masquerade.compose import build_catalog, install_package

    for path in paths:
        folder = install_package(path)
        # A package called as a privacy filter goes by another id than its folder's name.
        identity = next((each.id for each in build_catalog().entries if each.path == folder), folder.name)
        print(f"Added {printable(folder)}. To wear it: {command_line(f'--filter {printable(identity)}')}")
    return 0


def _render_sheet(arguments: argparse.Namespace) -> int:
    """Render the sheet, by default of the bundled filters only: the documentation shows no user's filters."""
    from masquerade import compose
    from masquerade.studio.photos.filter_sheet import head_sitters, render_sheet, sitters_in
    from masquerade.studio.photos.snapshot import replace_sheet

    filters = compose.find_filters(arguments.filter) if arguments.filter else compose.bundled_filters()
    if arguments.clip:
        return _render_strips(arguments, filters)
    find, side = compose.build_still_finder().find, arguments.side
    sitters = sitters_in(arguments.images, find, side) if arguments.images else head_sitters(find, side)
    with Progress("sheet", len(filters), "filters") as progress:
        columns = arguments.columns
        sheet = render_sheet(filters, sitters, columns, progress.step, lambda: compose.build_segmenter().segment)
    replace_sheet(arguments.output, sheet, _SHEET_QUALITY)
    print(f"{arguments.output}: {len(filters)} filters on {len(sitters)} faces.")
    return 0


def _render_strips(arguments: argparse.Namespace, filters: "tuple[Filter, ...]") -> int:
    from masquerade import compose
    from masquerade.pipeline.sources.opening import open_video
    from masquerade.studio.photos.clip_strips import render_strips
    from masquerade.studio.photos.snapshot import replace_sheet

    def read() -> "Iterator[Frame]":
        with open_video(arguments.clip) as source:
            while (frame := source.read()) is not None:
                yield frame

    def build(chosen: "Filter") -> "Callable[[Frame], ByteArray]":
        line = compose.build_line(thorough=True)
        line.choose((chosen,))
        return lambda frame: line(frame).frame.pixels

    with Progress("strips", len(filters), "filters") as progress:
        strips = render_strips(filters, read, build, count=_STRIP_FRAMES, height=arguments.side, painted=progress.step)
    replace_sheet(arguments.output, strips, _SHEET_QUALITY)
    print(f"{arguments.output}: {len(filters)} filters on {arguments.clip}.")
    return 0


def _print_schema() -> int:
    from masquerade.filters.format.schema import schema_text

    print(schema_text(), end="")
    return 0


def _take_in() -> int:
    from masquerade.filters.intake.worker import main

    main()
    return 0


def _start_new(name: str, into: Path | None, template: str | None) -> int:
    from masquerade.filters.packages.skeleton import Template, new_package, template_for
    from masquerade.resources import user_filters

    own = user_filters()
    chosen = Template(template) if template else template_for(name)
    folder = new_package(into or own, name, _author(), chosen)
    # The catalog knows by their name only those that lie in its own folders.
    called = folder.name if folder.parent == own else str(folder.resolve())
    print(f"{folder} is ready, made from the template '{chosen}': change filter.toml and the art in it.")
    print(f"See it:   {command_line(f'--source demo --filter {_as_typed(called)}')}")
    print(f"Check it: {command_line(f'filters check {_as_typed(str(folder))}')}")
    return 0


def _as_typed(word: str) -> str:
    """Return text quoted for any shell if it contains a space."""
    return f'"{word}"' if " " in word else word


def _author() -> str:
    """Return the user's name: that of git, that of the system's account, else the login's, but never root's."""
    names = (name.strip() for name in (_git_name(), _account_name(), _login()))
    return next((name for name in names if name.isprintable() and name not in ("", "root")), "Me")


def _git_name() -> str:
    try:
        done = subprocess.run(
            ["git", "config", "--get", "user.name"],
            capture_output=True,
            timeout=5,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "ignore")


def _account_name() -> str:
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0]
    except (ImportError, KeyError, OSError):
        return ""


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
