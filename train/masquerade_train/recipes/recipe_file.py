"""Recipes as JSON, for recipe files and for the record of each run."""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, fields, is_dataclass
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from masquerade_train.errors import TrainError, reading, replacing
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.recipes.table import RECIPES

# JSON has no infinity.
_ENDLESS = "endless"
_KINDS: dict[Any, str] = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}


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
        f"There is no recipe '{name_or_path}'{hint}. "
        "`masquerade-train recipes` lists them; the name of a recipe file ends in .json."
    )


def write_recipe(recipe: Recipe, path: Path) -> None:
    """Write `recipe` as JSON.

    Raises:
        TrainError: the file cannot be written.
    """
    if path.exists() and not path.is_file():
        raise TrainError(f"{path} is not a file: name one that ends in .json.")
    text = json.dumps(recipe_content(recipe), indent=2, allow_nan=False)
    # Several workers of a search may look at it meanwhile.
    with replacing(path) as part:
        part.write_text(text + "\n", encoding="utf-8")


def read_recipe(path: Path) -> Recipe:
    """Read what `write_recipe` wrote.

    Raises:
        TrainError: the file cannot be read, or is no recipe.
    """
    try:
        with reading(path):
            return recipe_of(json.loads(path.read_text(encoding="utf-8-sig")))
    except RecursionError as error:
        raise TrainError(f"{path} is not a recipe: its JSON is nested too deeply.") from error
    except (ValueError, TypeError) as error:
        raise TrainError(f"{path} is not a recipe: {_words(error)}. `recipes NAME` shows a valid one.") from error


def _words(error: Exception) -> str:
    """Return an error in plain words; Python's message for missing keys is for programmers."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON from line {error.lineno}, character {error.colno} on"
    text = str(error)
    if "required positional argument" in text:
        return "it lacks " + text.partition(": ")[2]
    return text.rstrip(".")


def change_recipe(recipe: Recipe, settings: Sequence[str]) -> Recipe:
    """Return `recipe` with entries changed by texts like "optimizer.learning_rate=3e-4".

    Raises:
        TrainError: a key is unknown, or its value cannot be meant.
    """
    content = recipe_content(recipe)
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals:
            raise TrainError(f"--set {setting}: write KEY=VALUE, e.g. optimizer.learning_rate=3e-4.")
        _set(content, key.strip(), text.strip())
    try:
        return recipe_of(content)
    except (ValueError, TypeError) as error:
        raise TrainError(f"--set {' '.join(settings)}: {_words(error)}.") from error


def _set(content: dict[str, Any], key: str, text: str) -> None:
    """Change one entry; a key that is unknown is refused with the nearest one."""
    *path, last = key.split(".")
    target: Any = content
    for part in path:
        target = target.get(part) if isinstance(target, dict) else None
    if not isinstance(target, dict) or last not in target:
        known = _dotted(content)
        near = get_close_matches(key, known, 1) or [name for name in known if name.endswith(f".{last}")]
        hint = f" (did you mean '{near[0]}'?)" if near else ""
        raise TrainError(f"--set {key}: the recipe has no such entry{hint}. `recipes NAME` shows all.")
    try:
        target[last] = json.loads(text)
    except ValueError:
        target[last] = text


def _dotted(content: dict[str, Any], before: str = "") -> list[str]:
    names: list[str] = []
    for key, value in content.items():
        names += _dotted(value, f"{before}{key}.") if isinstance(value, dict) else [before + key]
    return names


def recipe_content(recipe: Recipe) -> dict[str, Any]:
    """Return the whole recipe, ready for JSON."""
    content = _plain(asdict(recipe))
    assert isinstance(content, dict)
    return content


def recipe_sum(content: dict[str, Any]) -> str:
    """Return the SHA-256, hexadecimal, of a recipe as `recipe_content` gives it."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def recipe_of(content: Any) -> Recipe:
    """Return the recipe that `content`, read from JSON, describes.

    Raises:
        ValueError: it is not a recipe; the message names the key.
        TypeError: a key is missing.
    """
    found = _typed(Recipe, content, "recipe")
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
        return _listed(get_args(wanted), value, where)
    if is_dataclass(wanted) and isinstance(wanted, type):
        return _built(wanted, value, where)
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        if value not in list(wanted):
            raise ValueError(f"{where} must be one of {', '.join(wanted)}, got {value!r}")
        return wanted(value)
    if value == _ENDLESS and wanted is float:
        return float("inf")
    accepted = (int, float) if wanted is float else wanted
    # JSON as Python reads it has NaN, and whole numbers that no float holds.
    is_odd = isinstance(value, float) and not math.isfinite(value)
    if not isinstance(value, accepted) or is_odd or (isinstance(value, bool) and wanted is not bool):
        raise ValueError(f"{where} must be {_KINDS[wanted]}, got {value!r}")
    try:
        return wanted(value)
    except OverflowError:
        raise ValueError(f"{where} is too large a number") from None


def _listed(kinds: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    many = len(kinds) == 2 and kinds[1] is ...
    if not isinstance(value, list | tuple) or not (many or len(value) == len(kinds)):
        raise ValueError(f"{where} must be a list{'' if many else f' of {len(kinds)}'}, got {value!r}")
    return tuple(_typed(kinds[0] if many else kinds[place], entry, where) for place, entry in enumerate(value))


def _one_of(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    """Return None, or the dataclass that has all the keys of `value`."""
    if value is None and type(None) in kinds:
        return None
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be an object, got {value!r}")
    for kind in kinds:
        if is_dataclass(kind) and set(_today(value)) <= {field.name for field in fields(kind)}:
            return _typed(kind, value, where)
    known = {field.name for kind in kinds if is_dataclass(kind) for field in fields(kind)}
    for key in _today(value):
        if key not in known:
            near = get_close_matches(key, known, 1)
            raise ValueError(f"{where} has no '{key}'" + (f" (did you mean '{near[0]}'?)" if near else ""))
    raise ValueError(f"{where} has keys of full images beside keys of crops: {', '.join(value)}")


def _today(value: dict[str, Any]) -> dict[str, Any]:
    """Return the keys with their current names; version 0.1 had split_after_copies."""
    renamed = dict(value)
    leaks = renamed.pop("split_after_copies", None)
    if leaks:
        renamed["split"] = {"by": "copy", "validation": 0.1, "test": 0.1}
    return renamed


def _built(wanted: type[Any], value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be an object, got {value!r}")
    value = _today(value)
    kinds = get_type_hints(wanted)
    unknown = [key for key in value if key not in kinds]
    if unknown:
        near = get_close_matches(unknown[0], kinds, 1)
        raise ValueError(f"{where} has no '{unknown[0]}'" + (f" (did you mean '{near[0]}'?)" if near else ""))
    return wanted(**{key: _typed(kinds[key], entry, f"{where}.{key}") for key, entry in value.items()})
