"""`compare`: run what is missing, collect runs, write the papers' tables side by side with ours."""

import argparse
from pathlib import Path

from masquerade_train.errors import TrainError
from masquerade_train.recipes.recipe import Precision


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "compare",
        help="compare runs with the papers' published results",
        description="Collect all runs in the folder RUNS and write tables (Markdown, CSV) and plots. With "
        "--recipes, first run those that are missing, one after the other. If it is stopped, the same "
        "command continues.",
    )
    parser.add_argument("--runs", type=Path, metavar="FOLDER", help="folder that contains a folder for each run")
    parser.add_argument(
        "--data", type=Path, action="append", default=[], metavar="NPZ", help="data to measure on; may be repeated"
    )
    parser.add_argument(
        "--kaggle",
        type=Path,
        metavar="FILE",
        help="also measure on Kaggle's own images: an .npz of images and keypoints, training.csv or a .zip",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="folder for tables and plots (default: RUNS/compared)"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="copy each run's record, log and errors there, without weights"
    )
    _add_missing_runs(parser)
    parser.add_argument(
        "--peer", choices=("mediapipe",), help="compare the app's model with this program, instead of runs"
    )
    parser.add_argument("--peer-model", type=Path, metavar="FILE", help="MediaPipe's face_landmarker.task")
    parser.add_argument(
        "--model", default="", metavar="NAME", help="name or folder of our model (default: the bundled one)"
    )
    parser.add_argument(
        "--photos", type=Path, metavar="FOLDER", help="folder of full photos, with labels.csv in it or beside it"
    )
    parser.set_defaults(run=_run)


def _add_missing_runs(parser: argparse.ArgumentParser) -> None:
    """Add the options of the runs that are still to be made."""
    parser.add_argument(
        "--recipes", default="", metavar="A,B,C", help="recipes to run first, if their runs are missing"
    )
    parser.add_argument("--seeds", default="", metavar="N,M", help="seeds of the missing runs (default: the recipes')")
    parser.add_argument("--epochs", type=int, help="epochs of the missing runs (default: the recipes')")
    parser.add_argument("--budget-minutes", type=float, help="minutes for each missing run")
    parser.add_argument("--budget-steps", type=int, help="steps of the optimizer for each missing run")
    parser.add_argument(
        "--precision",
        choices=list(Precision),
        default=Precision.FLOAT32,
        type=Precision,
        help="number format of the missing runs",
    )
    parser.add_argument(
        "--fraction", type=float, default=1.0, help="share of the people in the training set, for the missing runs"
    )
    parser.add_argument("--weights", type=Path, help="ImageNet weights for networks based on MobileNetV2")


def _run(options: argparse.Namespace) -> None:
    if options.peer:
        _run_peer(options)
        return
    if options.runs is None:
        raise TrainError("Name the folder of the runs with --runs.")
    # Without data nothing is measured, only drawn again.
    if options.data:
        from masquerade_train.inference.quiet import load_keras

        load_keras()
    from masquerade_train.comparison.compare import Missing, compare

    missing = Missing(
        recipes=tuple(name for name in options.recipes.split(",") if name),
        seeds=_seeds(options.seeds),
        epochs=options.epochs,
        budget_minutes=options.budget_minutes,
        budget_steps=options.budget_steps,
        weights=options.weights,
        precision=options.precision,
        fraction=options.fraction,
    )
    out = options.out or options.runs / "compared"
    print(compare(options.runs, out, tuple(options.data), missing, options.kaggle, keep=options.keep))


def _seeds(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(seed) for seed in text.split(",") if seed)
    except ValueError as error:
        raise TrainError(f"--seeds must be whole numbers separated by commas, e.g. 15,16, not '{text}'.") from error


def _run_peer(options: argparse.Namespace) -> None:
    from masquerade_train.comparison.peer import PeerPlan, compare_with_peer

    if options.peer_model is None or not options.data:
        raise TrainError("--peer needs --peer-model FILE and --data NPZ.")
    plan = PeerPlan(options.model, options.peer_model, options.data[0], options.photos)
    print(compare_with_peer(plan, options.out or Path("compared")))
