"""Trains a recipe: batches in, weights out; a run that was killed goes on where it was."""

from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import keras

from masquerade_train.errors import TrainError
from masquerade_train.fitting.checkpoint import FILE as CHECKPOINT_FILE
from masquerade_train.fitting.checkpoint import RunFingerprint, load_checkpoint
from masquerade_train.fitting.compiling import start_model
from masquerade_train.fitting.frozen import FrozenStepper, has_fixed_features
from masquerade_train.fitting.keeper import TrainingRecorder
from masquerade_train.fitting.loop import Loop
from masquerade_train.fitting.run_config import MODEL_FILE, RunConfig
from masquerade_train.fitting.schedule import TrainingState
from masquerade_train.fitting.steps import LocalStepper, Stepper
from masquerade_train.inputs.stream import stream_batches
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.runs.log import FILE as LOG_FILE
from masquerade_train.runs.log import RunLog
from masquerade_train.runs.record import file_sha256


def fit(recipe: Recipe, plan: RunConfig) -> Path:
    """Train and returns the written model file.

    It holds the best weights by the check split where that decides anything (early
    stopping, plateau), else the averaged weights of the end, or the last ones.
    Batches, start weights and order follow from the recipe's seed, so a run that was
    killed and resumed gives the same losses as one that was not (with a budget in
    minutes a cosine follows the clock, and so nearly the same).

    Raises:
        TrainError: data, recipe and checkpoint do not fit each other, the disk is full,
            or another process of a distributed run has gone.
    """
    cluster = _join(plan)
    leads = cluster is None or cluster.leads
    if leads:
        _prepare_folder(plan)
    origin = RunFingerprint(recipe, plan.start, _sum_of(plan.data))
    keras.utils.set_random_seed(recipe.seed)
    model = start_model(recipe, plan.weights)
    variables = [*model.variables, *model.optimizer.variables]
    # Workers that were started again before the first checkpoint begin anew.
    resumes = plan.resume and leads and (cluster is None or (plan.out / CHECKPOINT_FILE).exists())
    standing, best = load_checkpoint(plan.out, origin, variables) if resumes else (TrainingState(), ())
    stepper = _stepper(cluster, model, origin)
    standing = stepper.begin(standing)
    with ExitStack() as stack:
        workers = plan.worker_count(recipe)
        batches = stack.enter_context(closing(stream_batches(plan.data, recipe, standing.epochs, workers)))
        keeper = None
        if leads:
            log = stack.enter_context(RunLog(plan.out, standing.epochs))
            checks = batches.check_batches()
            keeper = TrainingRecorder(plan, origin, model, best, log=log, checks=checks, outputs_of=stepper.outputs)
        Loop(recipe, plan.budget_minutes, batches, stepper, keeper).go_on(standing)
    return plan.out / MODEL_FILE


def _join(plan: RunConfig) -> Any:
    """Return the cluster of a distributed run; None for a run of one process."""
    if not plan.distributed:
        return None
    from masquerade_train.fitting.cluster import Cluster  # noqa: PLC0415 (tensorflow alone has it)

    return Cluster()


def _stepper(cluster: Any, model: Any, origin: RunFingerprint) -> Stepper:
    if cluster is None:
        return FrozenStepper(model, origin.recipe) if has_fixed_features(model, origin.recipe) else LocalStepper(model)
    from masquerade_train.fitting.cluster import ClusterStepper  # noqa: PLC0415 (tensorflow alone has it)

    return ClusterStepper(cluster, model, origin)


def _prepare_folder(plan: RunConfig) -> None:
    try:
        plan.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainError(f"{plan.out} cannot be made a folder ({error.strerror}).") from error
    if not plan.resume and (plan.out / LOG_FILE).exists():
        raise TrainError(f"{plan.out} holds a run already: give --resume to go on with it, or another --out.")


def _sum_of(data: Path) -> str:
    try:
        return file_sha256(data)
    except OSError as error:
        raise TrainError(f"{data} cannot be read ({error.strerror}). `prepare` writes it.") from error
