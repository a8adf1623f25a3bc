"""`explore`: look at a data set before training on it."""

import argparse
from pathlib import Path

from masquerade.resources import extra_line


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "explore",
        help="write a report about a data set: samples, missing and doubtful labels, duplicates",
        description="Write a report about a data set: samples, missing and doubtful labels, duplicates.",
    )
    parser.add_argument("data", type=Path, help="the .npz that `prepare` wrote")
    parser.add_argument(
        "--out", type=Path, default=Path("report.html"), help="the page to write (default: report.html)"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    try:
        from masquerade_train.exploring.explore import explore
    except ModuleNotFoundError as error:
        from masquerade_train.errors import TrainError

        if error.name != "matplotlib":
            raise
        raise TrainError(f"Plots need matplotlib. Install it: {extra_line('train')}") from error

    print(explore(options.data, options.out))
