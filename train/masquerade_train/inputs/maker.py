"""Opens a data file and returns the maker of a recipe's batches."""

from pathlib import Path

from masquerade_train.datasets.face_set import load_faces
from masquerade_train.inputs.batch import Maker
from masquerade_train.inputs.crop_batches import BatchMaker
from masquerade_train.inputs.image_batches import ImageMaker
from masquerade_train.recipes.recipe import Crops, Recipe


def open_maker(path: Path, recipe: Recipe) -> Maker:
    """Return the maker of the recipe's batches from the file `path`.

    Raises:
        TrainError: the file was not written by `prepare`, or has nothing that the recipe can use.
    """
    faces = load_faces(path)
    return BatchMaker(faces, recipe) if isinstance(recipe.input, Crops) else ImageMaker(faces, recipe)
