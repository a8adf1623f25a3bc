"""The plan of a search, and its folder."""

from dataclasses import dataclass
from pathlib import Path

from masquerade_train.errors import TrainError
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.recipes.recipe_file import read_recipe, write_recipe

PROJECT = "search"
ASKED = "asked.json"
# What a search by Keras Tuner leaves in the folder, and one by Ray.
ORACLE_FILE = "oracle.json"
RAY_FOLDER = "ray"


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """The inputs, outputs and limits of a search.

    Attributes:
        recipe: that is changed; its epochs are a trial's.
        out: folder of the search; a search that is there is gone on with.
        trials: in all, those already done among them.
    """

    recipe: Recipe
    data: Path
    out: Path
    trials: int
    weights: Path | None = None

    @property
    def folder(self) -> Path:
        """Where the trials lie."""
        return self.out / PROJECT


def claim(plan: SearchPlan, other: str) -> None:
    """Create the folder; refuse the folder of another search, whose trials are not comparable.

    Args:
        plan: of the search.
        other: a file or folder that a search of the other kind leaves.

    Raises:
        TrainError: the folder cannot be made, or holds another search.
    """
    try:
        plan.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainError(f"{plan.folder} cannot be created ({error.strerror}).") from error
    path = plan.folder / ASKED
    if not path.exists():
        write_recipe(plan.recipe, path)
    elif read_recipe(path) != plan.recipe:
        raise TrainError(f"{plan.out} holds a search of another recipe or with other epochs. Use another --out.")
    if (plan.folder / other).exists():
        raise TrainError(
            f"{plan.out} holds a search that was started differently. Continue it with or without --cluster, as before."
        )
