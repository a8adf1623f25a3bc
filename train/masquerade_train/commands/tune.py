"""`tune`: search better numbers for a recipe."""

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from masquerade.resources import extra_line

from masquerade_train.commands.recipes import SET_HELP
from masquerade_train.errors import TrainError
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.recipes.recipe_file import change_recipe, find_recipe, write_recipe

if TYPE_CHECKING:
    from masquerade_train.tuning.plan import SearchPlan

_BEST = "best.json"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "tune",
        help="search for better hyperparameters with Keras Tuner or Ray Tune",
        description="Search for better hyperparameters with Keras Tuner or Ray Tune.",
    )
    parser.add_argument("recipe", help="name of a recipe, or a .json file")
    parser.add_argument("--data", type=Path, required=True, help="the .npz that `prepare` wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder of the search; an existing search is continued")
    parser.add_argument("--trials", type=int, default=20, help="number of trials in all (default: 20)")
    parser.add_argument("--epochs", type=int, help="epochs of one trial (default: the recipe's)")
    parser.add_argument("--fraction", type=float, help="share of the people in the training set to use, e.g. 0.1")
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="KEY=VALUE", help=SET_HELP)
    parser.add_argument("--weights", type=Path, help="start weights of a pretrained base")
    parser.add_argument("--workers", type=int, default=1, help="trials at a time on this machine (default: 1)")
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="search on the machines of a Ray cluster (extra `cluster`) that share --data and --out, and end trials "
        "that fall behind: HOST:PORT, auto for the cluster of this machine, local for this machine alone",
    )
    parser.add_argument(
        "--trial-cpus", type=int, default=1, help="processor cores for each trial on a cluster (default: 1)"
    )
    parser.add_argument(
        "--trial-gpus", type=float, default=0.0, help="graphics cards for each trial on a cluster, e.g. 1 or 0.5"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    asked = change_recipe(find_recipe(options.recipe), options.settings)
    recipe = _shortened(asked, options)
    if options.cluster is not None:
        _require_ray(options)
    from masquerade_train.inference.quiet import load_keras

    load_keras()
    from masquerade_train.tuning.plan import SearchPlan

    plan = SearchPlan(recipe, options.data, options.out, options.trials, options.weights)
    try:
        _search(plan, options)
    except KeyboardInterrupt:
        raise TrainError(f"Stopped. The same command continues the search in {options.out}.") from None
    _print_result(plan, asked)


def _search(plan: "SearchPlan", options: argparse.Namespace) -> None:
    if options.cluster is not None:
        from masquerade_train.tuning.cluster_search import Cluster, search_on

        return search_on(Cluster(options.cluster, options.trial_cpus, options.trial_gpus), plan)
    if options.workers > 1:
        from masquerade_train.tuning.workers import search_with

        return search_with(plan, options.workers)
    from masquerade_train.tuning.search import search

    return search(plan)


def _require_ray(options: argparse.Namespace) -> None:
    if options.workers != 1:
        raise TrainError("A cluster runs as many trials at a time as it can. Leave out --workers.")
    if options.trial_cpus < 1 or options.trial_gpus < 0:
        raise TrainError("--trial-cpus must be at least 1, and --trial-gpus at least 0.")
    try:
        import ray.tune  # noqa: F401
    except ImportError as error:
        # Ray without its part `tune` names what it lacks in an ImportError.
        raise TrainError(f"--cluster needs Ray Tune. Install it with: {extra_line('cluster')}") from error


def _shortened(asked: Recipe, options: argparse.Namespace) -> Recipe:
    """Return the recipe as a trial runs it."""
    if options.trials < 1 or options.workers < 1:
        raise TrainError("--trials and --workers must be at least 1.")
    changes = {"epochs": options.epochs, "fraction": options.fraction}
    try:
        return dataclasses.replace(asked, **{name: value for name, value in changes.items() if value is not None})
    except ValueError as error:
        raise TrainError(f"{error}.") from error


def _print_result(plan: "SearchPlan", asked: Recipe) -> None:
    """Print the trials, best first, and write them and the best recipe."""
    from masquerade_train.inputs.maker import open_maker
    from masquerade_train.tuning import trial

    trials = trial.read_trials(plan.folder)
    if not trials:
        raise TrainError(f"No trial in {plan.folder} finished. Run the same command again.")
    table, best = plan.out / trial.TABLE_FILE, plan.out / _BEST
    trial.write_table(trials, table)
    # The trials' few epochs and their stopping were for judging; a run of the best one has the recipe's.
    own = {name: getattr(asked, name) for name in ("epochs", "stop_patience", "fraction")}
    write_recipe(dataclasses.replace(trial.best_recipe(plan.folder, trials), **own), best)
    mean_face = trial.mean_face_error_px(open_maker(plan.data, plan.recipe))
    print(trial.show_trials(trials, mean_face))
    print(f"\nwrote {table} and {best}: masquerade-train fit {best} --data ...")
