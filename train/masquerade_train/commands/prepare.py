"""`prepare`: check images and labels and pack them into one file."""

import argparse
from pathlib import Path

from masquerade_train.errors import TrainError


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "prepare",
        help="check images and labels and pack them into one .npz",
        description="Check images and labels and pack them into one .npz.",
    )
    parser.add_argument(
        "source",
        type=Path,
        help="Kaggle's training.csv, test.csv or .zip as downloaded, its folder form, a folder of .pts files beside "
        "images, a folder with faces.csv, or a table of files and named landmarks",
    )
    parser.add_argument("out", type=Path, help="the .npz to write")
    parser.add_argument(
        "--source",
        dest="name",
        default="",
        metavar="NAME",
        help="name of the source, if a table does not give one (recipes choose by source)",
    )
    parser.add_argument(
        "--join",
        type=Path,
        action="append",
        default=[],
        metavar="SOURCE",
        help="another source with the same landmarks, named after its folder; may be repeated",
    )
    parser.add_argument(
        "--backgrounds",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="a folder of images (labels.csv says where their faces are) or a video without faces; may be repeated",
    )
    _add_left_out(parser)
    parser.add_argument(
        "--all-train",
        action="store_true",
        help="put every image into the training set, for recipes that divide it as their paper did",
    )
    _add_contours(parser)
    parser.set_defaults(run=_run)


def _add_left_out(parser: argparse.ArgumentParser) -> None:
    """Add what keeps rows out of the data."""
    parser.add_argument(
        "--leave-out",
        type=Path,
        action="append",
        default=[],
        metavar="TABLE",
        help="CSV with a column 'file', such as `explore` writes: leave out these rows; may be repeated",
    )
    parser.add_argument(
        "--leave-out-faulty",
        action="store_true",
        help="leave out faces with a landmark far from where the others expect it, and list them in OUT_faulty.csv; "
        "the test set stays whole",
    )


def _add_contours(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--taught", type=Path, metavar="TABLE", help="table by `teach`: adds the 70 contour landmarks")
    parser.add_argument(
        "--marks", type=Path, metavar="TABLE", help="the 68 marks of 300-W for some of the images (file, p0_x, p0_y...)"
    )
    parser.add_argument(
        "--also",
        type=Path,
        action="append",
        nargs="+",
        default=[],
        metavar="PATH",
        help="another folder of images, its table by `teach`, and its table of 68 marks, if any",
    )


def _run(options: argparse.Namespace) -> None:
    from masquerade_train.datasets.prepare import Choices, prepare
    from masquerade_train.datasets.teaching.taught_folder import TaughtFolder

    if any(len(paths) not in (2, 3) for paths in options.also):
        raise TrainError(
            "--also takes a folder, the table that `teach` wrote for it, and a table of marks if there is one."
        )
    also = tuple(TaughtFolder(*paths) for paths in options.also)
    choices = Choices(
        tuple(options.leave_out), options.all_train, options.taught, options.marks, also, tuple(options.join)
    )
    print(prepare(options.source, options.out, options.backgrounds, options.name, choices))
    if options.leave_out_faulty:
        from masquerade_train.exploring.faulty import leave_out_faulty

        print(leave_out_faulty(options.out))
