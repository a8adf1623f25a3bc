"""Writes a recipe as a JSON file and reads it again, so that what a search found can be trained like any other."""

import json
import os
from dataclasses import asdict, fields, is_dataclass
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from masquerade_train.errors import TrainError
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.recipes.table import RECIPES

# JSON has no infinity.
_ENDLESS = "endless"


def find_recipe(name_or_path: str) -> Recipe:
    """Return a recipe of the table by its name, or the one that a .json file holds.

    Raises:
        TrainError: there is no such recipe, or the file is none.
    """
    if name_or_path in RECIPES:
        return RECIPES[name_or_path]
    if name_or_path.endswith(".json"):
        return read_recipe(Path(name_or_path))
    near = get_close_matches(name_or_path, RECIPES, 1)
    hint = f" (did you mean '{near[0]}'?)" if near else ""
    raise TrainError(
        f"There is no recipe '{name_or_path}'{hint}. `fit --help` lists them; a recipe's own file ends in .json."
    )


def write_recipe(recipe: Recipe, path: Path) -> None:
    """Write `recipe` as JSON.

    Raises:
        TrainError: the file cannot be written.
    """
    text = json.dumps(_plain(asdict(recipe)), indent=2, allow_nan=False)
    # Whole or not at all: several workers of a search may look at it meanwhile.
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise TrainError(f"{path} cannot be written ({error.strerror}).") from error


def read_recipe(path: Path) -> Recipe:
    """Read what `write_recipe` wrote.

    Raises:
        TrainError: the file cannot be read, or is no recipe.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found = _typed(Recipe, content, "recipe")
    except OSError as error:
        raise TrainError(f"{path} cannot be read ({error.strerror}).") from error
    except (ValueError, TypeError) as error:
        raise TrainError(f"{path} is no recipe: {error}") from error
    assert isinstance(found, Recipe)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return _ENDLESS if value == float("inf") else value


def _typed(wanted: Any, value: Any, where: str) -> Any:
    """Make of JSON's `value` what the annotation `wanted` says."""
    if get_origin(wanted) is UnionType:
        return _one_of(get_args(wanted), value, where)
    if get_origin(wanted) is tuple:
        kinds = get_args(wanted)
        many = len(kinds) == 2 and kinds[1] is ...
        kinds = (kinds[0],) * len(value) if many else kinds
        return tuple(_typed(kind, entry, where) for kind, entry in zip(kinds, value, strict=True))
    if is_dataclass(wanted) and isinstance(wanted, type):
        return _built(wanted, value, where)
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return wanted(value)
    if value == _ENDLESS:
        return float("inf")
    accepted = (int, float) if wanted is float else wanted
    if not isinstance(value, accepted) or (isinstance(value, bool) and wanted is not bool):
        raise ValueError(f"{where} must be {wanted.__name__}, got {value!r}")
    return wanted(value)


def _one_of(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    """Return None, or the dataclass that has all the keys of `value`."""
    if value is None and type(None) in kinds:
        return None
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be an object, got {value!r}")
    for kind in kinds:
        if is_dataclass(kind) and set(value) <= {field.name for field in fields(kind)}:
            return _typed(kind, value, where)
    raise ValueError(f"{where} has keys that do not go together: {', '.join(value)}")


def _built(wanted: type[Any], value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be an object, got {value!r}")
    kinds = get_type_hints(wanted)
    unknown = [key for key in value if key not in kinds]
    if unknown:
        near = get_close_matches(unknown[0], kinds, 1)
        raise ValueError(f"{where} has no '{unknown[0]}'" + (f" (did you mean '{near[0]}'?)" if near else ""))
    return wanted(**{key: _typed(kinds[key], entry, f"{where}.{key}") for key, entry in value.items()})
