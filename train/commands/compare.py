"""`compare`: run what is missing, collect runs, write the papers' tables side by side with ours."""

import argparse
from pathlib import Path


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser(
        "compare",
        help="put runs side by side with what the papers print",
        description="Collects every run below RUNS and writes tables (Markdown, CSV) and plots. With --recipes it "
        "first runs those that are not there yet, one after the other, each in a process of its own; started again "
        "it goes on where it was.",
    )
    parser.add_argument("--runs", type=Path, required=True, metavar="FOLDER", help="holds a folder for each run")
    parser.add_argument(
        "--data", type=Path, action="append", default=[], metavar="NPZ", help="measure on these; may be repeated"
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="for tables and plots (default RUNS/compared)")
    parser.add_argument("--recipes", default="", metavar="A,B,C", help="run these first where they are missing")
    parser.add_argument("--seeds", default="", metavar="N,M", help="run them with these seeds, not their own")
    parser.add_argument("--epochs", type=int, help="of the missing runs, instead of the recipe's")
    parser.add_argument("--budget-minutes", type=float, help="of each missing run")
    parser.add_argument("--weights", type=Path, help="ImageNet weights for nets with a MobileNetV2 as base")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from train.measuring.compare import Missing, compare

    missing = Missing(
        recipes=tuple(name for name in options.recipes.split(",") if name),
        seeds=tuple(int(seed) for seed in options.seeds.split(",") if seed),
        epochs=options.epochs,
        budget_minutes=options.budget_minutes,
        weights=options.weights,
    )
    out = options.out or options.runs / "compared"
    print(compare(options.runs, out, tuple(options.data), missing))
