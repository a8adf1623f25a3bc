"""Corrects the landmarks of photos in a window: `masquerade correct`."""

import argparse

from masquerade.commands.options import given_path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `correct` takes."""
    parser.add_argument(
        "table",
        type=given_path,
        metavar="TABLE.csv",
        help="table with the columns 'file', and NAME_x and NAME_y for each landmark",
    )
    parser.add_argument(
        "--doubtful", action="store_true", help="show only photos whose column 'doubtful' names landmarks"
    )


def run(arguments: argparse.Namespace) -> int:
    """Show the photos, the least sure first, and write the table when the window closes.

    Raises:
        AppError: the table cannot be used, or there is no screen.
    """
    from masquerade.errors import SourceError
    from masquerade.gui.labelling.label_table import read_label_table
    from masquerade.gui.screen import check_screen
    from masquerade.resources import settings_file
    from masquerade.terminal import printable

    table = read_label_table(arguments.table)
    if arguments.doubtful and not any(photo.doubtful for photo in table.photos):
        print("No photo is marked as doubtful.")
        return 0
    if not any(photo.path.is_file() for photo in table.photos):
        raise SourceError(
            f"None of the photos in {printable(arguments.table)} was found, for instance "
            f"{printable(table.photos[0].path)}."
        )
    check_screen()
    from masquerade.gui.start_correction import correct_landmarks

    return correct_landmarks(table, settings_file(), arguments.doubtful)
