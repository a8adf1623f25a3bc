"""`prepare`: check images and labels and pack them into one file."""

import argparse
from pathlib import Path


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("prepare", help="check images and labels and pack them into one .npz")
    parser.add_argument(
        "source",
        type=Path,
        help="Kaggle's training.csv, test.csv or .zip as downloaded, its folder form, a folder of .pts files beside "
        "images, a folder with faces.csv, or a table of files and named points",
    )
    parser.add_argument("out", type=Path, help="the .npz to write")
    parser.add_argument(
        "--source",
        dest="name",
        default="",
        metavar="NAME",
        help="what the images are called in the data, where a table does not say (recipes draw by source)",
    )
    parser.add_argument(
        "--backgrounds",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="a folder of images (labels.csv says where their faces are) or a video without faces; may be repeated",
    )
    parser.add_argument(
        "--leave-out",
        type=Path,
        action="append",
        default=[],
        metavar="TABLE",
        help="leave out the rows that the column 'file' of this CSV names, as `explore` writes it; may be repeated",
    )
    parser.add_argument(
        "--all-train",
        action="store_true",
        help="put every image into the training set, for recipes that divide it as their paper did",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from masquerade_train.datasets.prepare import Choices, prepare

    choices = Choices(tuple(options.leave_out), options.all_train)
    print(prepare(options.source, options.out, options.backgrounds, options.name, choices))
