"""Also sends the log of a run to MLflow or Weights & Biases, if asked."""

import math
from pathlib import Path
from typing import Any

import keras
from masquerade.resources import pip_line

from masquerade_train.errors import TrainError
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.recipes.recipe_file import recipe_content

Callback: Any = keras.callbacks.Callback


def tracker(name: str, recipe: Recipe, out: Path) -> list[Any]:
    """Return the callback of the tracker `name`; none for "".

    Raises:
        TrainError: its package is not installed.
    """
    if not name:
        return []
    try:
        return [_Mlflow(recipe, out) if name == "mlflow" else _Wandb(recipe, out)]
    except ModuleNotFoundError as error:
        raise TrainError(f"--track {name} needs the package {error.name}. Install it: {pip_line(name)}") from error


class _Mlflow(Callback):  # type: ignore[misc]  # keras has no types
    """Writes to the tracking server that MLFLOW_TRACKING_URI names, or to mlruns/."""

    def __init__(self, recipe: Recipe, out: Path) -> None:
        super().__init__()
        import mlflow  # noqa: PLC0415 (an extra package)

        self._mlflow, self._recipe, self._out = mlflow, recipe, out

    def on_train_begin(self, logs: Any = None) -> None:
        self._mlflow.set_experiment("masquerade-train")
        self._mlflow.start_run(run_name=self._out.name)
        self._mlflow.log_dict(recipe_content(self._recipe), "recipe.json")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._mlflow.log_metrics({name: value for name, value in logs.items() if not math.isnan(value)}, step=epoch + 1)

    def on_train_end(self, logs: Any = None) -> None:
        self._mlflow.end_run()


class _Wandb(Callback):  # type: ignore[misc]
    """Writes to the project masquerade-train; WANDB_MODE=offline keeps it on this machine."""

    def __init__(self, recipe: Recipe, out: Path) -> None:
        super().__init__()
        import wandb  # noqa: PLC0415 (an extra package)

        self._wandb, self._recipe, self._out = wandb, recipe, out
        self._run: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        self._run = self._wandb.init(
            project="masquerade-train", name=self._out.name, dir=str(self._out), config=recipe_content(self._recipe)
        )

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._run.log(dict(logs), step=epoch + 1)

    def on_train_end(self, logs: Any = None) -> None:
        self._run.finish()
