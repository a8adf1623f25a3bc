"""Searches hyperparameters on the machines of a Ray cluster; trials that fall behind are stopped early.

What a trial draws follows from its number, and it trains in a folder that all machines share, by the usual loop. So
nothing of Ray's own state is needed to go on: the same command runs the trials that are not over from their
checkpoints, wherever they were before.
"""

import logging
import math
import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ray
from ray import tune

from masquerade_train.errors import DivergedError, TrainError
from masquerade_train.runs.log import read_log
from masquerade_train.tuning.drawn_knobs import DrawnKnobs
from masquerade_train.tuning.plan import ASKED, ORACLE_FILE, RAY_FOLDER, SearchPlan, claim
from masquerade_train.tuning.trial import FILE, folder_of, judged_by

_log = logging.getLogger(__name__)

_LOSS = "validation_loss"
# A trial whose machine or process is lost again and again is lost for a reason, such as too little memory.
_RESTARTS = 3
# Of the trials that have come as far as a rung, the best third goes on; rungs are at 1/9 and 1/3 of the epochs.
_REDUCTION = 3


@dataclass(frozen=True, slots=True)
class Cluster:
    """The machines of a search.

    Attributes:
        address: HOST:PORT of Ray's head, "auto" for the cluster that this machine is in, "local" for this machine.
        cpus: cores of a trial.
        gpus: graphics cards of a trial; 0.5 = two trials share one.
    """

    address: str
    cpus: int = 1
    gpus: float = 0.0


def search_on(cluster: Cluster, plan: SearchPlan) -> None:
    """Run the remaining trials, as many at a time as the cluster can.

    Raises:
        TrainError: there is no such cluster, it has too little for one trial, or data or weights cannot be used.
    """
    claim(plan, other=ORACLE_FILE)
    _join(cluster)
    try:
        _check_room(cluster)
        _search(cluster, plan)
    finally:
        ray.shutdown()


def _join(cluster: Cluster) -> None:
    # Ctrl+C ends the search as it ends any command, and Ray sends no usage statistics.
    os.environ |= {"TUNE_DISABLE_SIGINT_HANDLER": "1", "RAY_USAGE_STATS_ENABLED": "0"}
    os.environ |= {"TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1", "RAY_CHDIR_TO_TRIAL_DIR": "0"}
    # Its tables and the tracebacks of lost trials; what matters of both is shown by _Progress.
    os.environ["RAY_AIR_NEW_OUTPUT"] = "0"
    try:
        _knock(cluster.address)
        ray.init(address=cluster.address, log_to_driver=False, logging_level=logging.CRITICAL)
    # What a wrong address, an old token, another version of Ray or of Python raise.
    except (OSError, ValueError, OverflowError, RuntimeError, ray.exceptions.RayError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise TrainError(
            f"No Ray cluster answers at '{cluster.address}' ({reason}). "
            "`ray start --head --port=6379` starts one; run this command on one of its machines."
        ) from error


def _knock(address: str) -> None:
    """Ask whether anything answers at HOST:PORT: Ray itself would wait for minutes."""
    host, colon, port = address.rpartition(":")
    if colon and "://" not in address:
        socket.create_connection((host, int(port)), timeout=10).close()


def _check_room(cluster: Cluster) -> None:
    for name, wanted in (("CPU", cluster.cpus), ("GPU", cluster.gpus)):
        most = max(node["Resources"].get(name, 0) for node in ray.nodes() if node["Alive"])
        if most < wanted:
            raise TrainError(f"A trial wants {wanted:g} {name}, and no machine of the cluster has more than {most:g}.")


def _search(cluster: Cluster, plan: SearchPlan) -> None:
    here = SearchPlan(plan.recipe, plan.data.resolve(), plan.out.resolve(), plan.trials, _absolute(plan.weights))
    shutil.rmtree(here.folder / RAY_FOLDER, ignore_errors=True)
    stopper, epochs = _BrokenSearch(), plan.recipe.epochs
    trainable = tune.with_resources(
        tune.with_parameters(_train, plan=here, cpus=cluster.cpus), {"cpu": cluster.cpus, "gpu": cluster.gpus}
    )
    scheduler = tune.schedulers.ASHAScheduler(
        # One more than there are: a trial in its last epoch is over by itself.
        metric=_LOSS, mode="min", max_t=epochs + 1, grace_period=max(epochs // 9, 1), reduction_factor=_REDUCTION
    )  # fmt: skip
    config = tune.RunConfig(
        name=RAY_FOLDER,
        storage_path=str(here.folder),
        stop=stopper,
        failure_config=tune.FailureConfig(max_failures=_RESTARTS),
        callbacks=[_Progress(here)],
        verbose=0,
    )
    numbers = {"number": tune.grid_search(list(range(plan.trials)))}
    try:
        tune.Tuner(
            trainable,
            param_space=numbers,
            tune_config=tune.TuneConfig(scheduler=scheduler, reuse_actors=False),
            run_config=config,
        ).fit()
    except (tune.TuneError, ray.exceptions.RayError) as error:
        raise TrainError(f"The search was interrupted ({error}). The same command continues it.") from error
    if stopper.reason:
        raise TrainError(stopper.reason)


def _absolute(path: Path | None) -> Path | None:
    return None if path is None else path.resolve()


def _train(config: dict[str, Any], plan: SearchPlan, cpus: int) -> None:
    """Run or resume a trial in a process on one of the machines."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_NUM_INTRAOP_THREADS": str(cpus), "TF_NUM_INTEROP_THREADS": "1"}
    folder = _folder(plan, config["number"])
    if not (plan.folder / ASKED).exists():
        _report_broken(f"it does not see {plan.folder}: --out must be a folder that all machines share.")
        return
    try:
        # The scheduler weighs a trial by all of its epochs, those before a restart among them.
        done = read_log(folder)
        for line in done:
            tune.report({_LOSS: getattr(line, judged_by(plan.recipe))})
        if not (folder / FILE).exists():
            _go_on(config["number"], plan, folder, len(done))
    except DivergedError:
        tune.report({_LOSS: math.inf, "diverged": True})
    except (TrainError, ModuleNotFoundError) as error:
        _report_broken(str(error))


def _go_on(number: int, plan: SearchPlan, folder: Path, done: int) -> None:
    from masquerade_train.inference.quiet import load_keras  # noqa: PLC0415 (after its variables are set)

    load_keras()
    from masquerade_train.tuning.running import run_trial, trial_recipe  # noqa: PLC0415

    def report(epochs: int, logs: dict[str, float]) -> None:
        if epochs > done:
            tune.report({_LOSS: float(logs[judged_by(plan.recipe)])})

    folder.mkdir(exist_ok=True)
    run_trial(trial_recipe(plan.recipe, DrawnKnobs(plan.recipe.seed, number)), plan, folder, report)


def _report_broken(reason: str) -> None:
    tune.report({_LOSS: math.inf, "broken": f"The search ended on {socket.gethostname()}: {reason}"})


def _folder(plan: SearchPlan, number: int) -> Path:
    return plan.folder / folder_of(number)


class _BrokenSearch(tune.Stopper):  # type: ignore[misc]  # ray may not be installed
    """Ends the search where no trial can run, for want of data or weights."""

    def __init__(self) -> None:
        self.reason = ""

    def __call__(self, trial_id: str, result: dict[str, Any]) -> bool:
        self.reason = result.get("broken", self.reason)
        return bool(self.reason)

    def stop_all(self) -> bool:
        return bool(self.reason)


class _Progress(tune.Callback):  # type: ignore[misc]
    """Stores the result of each finished trial, and shows the progress."""

    def __init__(self, plan: SearchPlan) -> None:
        self._plan = plan

    def on_trial_start(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        _log.info(
            "Trial %d of %d begins (trial_%d).", trial.config["number"] + 1, self._plan.trials, trial.config["number"]
        )

    def on_trial_recover(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        _log.warning("trial_%d was lost with its process or machine: it goes on elsewhere.", trial.config["number"])

    def on_trial_error(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        _log.warning("trial_%d was lost too often, and is left out.", trial.config["number"])

    def on_trial_complete(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        result, number = trial.last_result or {}, trial.config["number"]
        if result.get("diverged"):
            _log.warning("trial_%d failed: the loss was no longer a number.", number)
        elif not result.get("broken"):
            self._keep(number)

    def _keep(self, number: int) -> None:
        from masquerade_train.tuning.running import keep_result, trial_recipe  # noqa: PLC0415 (it needs Keras)

        folder = _folder(self._plan, number)
        if not read_log(folder) or (folder / FILE).exists():
            return
        recipe = trial_recipe(self._plan.recipe, DrawnKnobs(self._plan.recipe.seed, number))
        trial = keep_result(recipe, self._plan, folder, str(number))
        ended = "" if trial.epochs == recipe.epochs else f", ended after {trial.epochs}"
        _log.info(
            "trial_%d: validation loss %.4g in epoch %d%s", number, trial.validation_loss, trial.best_epoch, ended
        )
