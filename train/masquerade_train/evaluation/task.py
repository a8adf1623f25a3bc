"""Reads what a model was trained to find, from the record beside its file."""

import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
from masquerade.values import LANDMARK_NAMES
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.errors import TrainError
from masquerade_train.inference.predictor import Predictor
from masquerade_train.inputs.rows import chosen_rows
from masquerade_train.recipes.recipe import Crops, FullImages
from masquerade_train.recipes.recipe_file import recipe_of
from masquerade_train.recipes.table import RECIPES

_log = logging.getLogger(__name__)


def trained_on(model: Path) -> Crops | FullImages | None:
    """Return the input of the recipe that the run's run.json or the model's card.json holds.

    None where there is neither, or where it only names a recipe that is not in the table.
    """
    folder = model if model.is_dir() else model.parent
    for file, where in (("run.json", ()), ("card.json", ("training",))):
        try:
            content = json.loads((folder / file).read_text(encoding="utf-8"))
            for key in where:
                content = content[key]
            if whole := content.get("recipe_content"):
                return recipe_of(whole).input
            return RECIPES[content["recipe"]].input
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            _log.warning("%s does not say what the model was trained on: all test images are taken.", folder / file)
    return None


def landmark_names(network: Predictor, given: Crops | FullImages | None, faces: FaceSet) -> tuple[str, ...]:
    """Return the names of the landmarks that the network finds.

    Raises:
        TrainError: nothing says which they are.
    """
    for names in (given.points if given else (), faces.names, LANDMARK_NAMES):
        if len(names) == network.landmark_count:
            return names
    raise TrainError(
        f"The model finds {network.landmark_count} landmarks and the data name {len(faces.names)}, and no run.json "
        "beside the model names those that it finds."
    )


def fifteen_first(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the 15 points where a network's landmarks begin with them, else all of its landmarks.

    Errors of different networks compare by the same landmarks; contours are measured by themselves.
    """
    return LANDMARK_NAMES if names[: len(LANDMARK_NAMES)] == LANDMARK_NAMES else names


def measured_rows(faces: FaceSet, names: tuple[str, ...], given: Crops | FullImages | None) -> NDArray[np.int64]:
    """Return the test images that a model is measured on.

    Those of the sources and the yaw that its recipe trains on, with any of its landmarks marked.

    Args:
        faces: with all their landmarks, since the yaw is measured by others than the nose's.
        names: of the landmarks that the model finds.
        given: input of the recipe that it was trained by; None = not known.

    Raises:
        TrainError: there is none.
    """
    chosen = _taking_part(faces, names, given) & (faces.splits == "test")
    if not chosen.any():
        raise TrainError("The data contain no image of the test set that this model could be measured on.")
    return faces.where(np.asarray(chosen, np.bool_))


def taught_faces(faces: FaceSet, names: tuple[str, ...], given: Crops | FullImages | None) -> FaceSet:
    """Return the faces of the model's kind in all sets, with its landmarks, for the mean face.

    The mean of all faces would be too weak a rival for a network of faces from the side.

    Args:
        faces: with all their landmarks.
        names: of the landmarks that the model finds.
        given: input of the recipe that it was trained by; None = not known.
    """
    return faces.select(_taking_part(faces, names, given)).choose_landmarks(names)


def _taking_part(faces: FaceSet, names: tuple[str, ...], given: Crops | FullImages | None) -> NDArray[np.bool_]:
    images = given if isinstance(given, FullImages) else FullImages()
    return chosen_rows(faces, replace(images, points=names))
