"""The inputs, outputs and limits of a run."""

from dataclasses import dataclass
from pathlib import Path

from masquerade_train.recipes.recipe import Crops, Recipe

MODEL_FILE = "model.keras"
ONE_DEVICE = "Workers have one device each: leave out --devices, or start a worker for each device."
_FINISHED = (".keras", ".tflite")


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits that end a run before its last epoch.

    Attributes:
        minutes: of work, over all resumed parts; None = no limit.
        steps: of the optimizer, over all resumed parts; None = no limit.
    """

    minutes: float | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        for name in ("minutes", "steps"):
            limit = getattr(self, name)
            if limit is not None and not limit > 0:
                raise ValueError(f"--budget-{name} must be above 0, got {limit}")

    def share_spent(self, minutes: float, steps: int) -> float:
        """Return how much of the budget is spent, 1 = all; 0 without limits."""
        by_minutes = minutes / self.minutes if self.minutes is not None else 0.0
        by_steps = steps / self.steps if self.steps is not None else 0.0
        return max(by_minutes, by_steps)


@dataclass(frozen=True, slots=True)
class RunConfig:
    """The inputs, outputs and limits of a run.

    Attributes:
        data: the .npz that `prepare` wrote.
        out: folder of the run.
        weights: start weights of a base, or a finished model (.keras or .tflite).
        budget: after which it ends, within an epoch if need be; a cosine is stretched over it. Without limits
            `recipe.epochs` alone decide.
        workers: threads that make batches ahead of need. None: two where images are augmented at every draw, else one.
        distributed: together with the other processes that TF_CONFIG names.
        track: "mlflow" or "wandb"; "" = neither.
        devices: of this process, among which each batch is divided.
    """

    data: Path
    out: Path
    weights: Path | None = None
    budget: Budget = Budget()
    resume: bool = False
    workers: int | None = None
    distributed: bool = False
    track: str = ""
    devices: int = 1

    def worker_count(self, recipe: Recipe) -> int:
        """Return how many threads make the batches of `recipe`."""
        if self.workers is not None:
            return max(self.workers, 1)
        return 2 if isinstance(recipe.input, Crops) or recipe.input.augmentation is not None else 1

    @property
    def start(self) -> str:
        """Return the name of the start weights for the record."""
        if self.weights is None:
            return "random"
        return "/".join(self.weights.parts[-2:]) if self.weights.suffix in _FINISHED else self.weights.name
