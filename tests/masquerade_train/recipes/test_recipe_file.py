"""Tests recipes kept as files: that they come back as they were, and what is said of wrong ones."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from masquerade_train.errors import TrainError
from masquerade_train.recipes.recipe_file import find_recipe, read_recipe, write_recipe
from masquerade_train.recipes.table import RECIPES


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_comes_back_as_it_was_written(name: str, tmp_path: Path) -> None:
    write_recipe(RECIPES[name], tmp_path / "recipe.json")
    assert read_recipe(tmp_path / "recipe.json") == RECIPES[name]


def test_a_recipe_is_found_by_name_and_by_file(tmp_path: Path) -> None:
    mine = replace(RECIPES["tiny"], name="mine", seed=7)
    write_recipe(mine, tmp_path / "mine.json")
    assert find_recipe("tiny") == RECIPES["tiny"]
    assert find_recipe(str(tmp_path / "mine.json")) == mine


def test_a_misspelt_name_is_answered_with_the_near_one() -> None:
    with pytest.raises(TrainError, match="did you mean 'padova-15'"):
        find_recipe("padova15")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batchs": 3}, "recipe has no 'batchs' .*did you mean 'batch'"),
        ({"batch": "many"}, "recipe.batch must be a whole number, got 'many'"),
        ({"batch": 8.5}, "recipe.batch must be a whole number, got 8.5"),
        ({"batch": True}, "recipe.batch must be a whole number, got True"),
        ({"batch": "endless"}, "recipe.batch must be a whole number, got 'endless'"),
        ({"epochs": None}, "recipe.epochs must be a whole number, got None"),
        ({"name": 5}, "recipe.name must be a text, got 5"),
        ({"seed": -1}, "seed must be from 0 to 4294967295, got -1"),
        ({"fraction": float("nan")}, "recipe.fraction must be a number, got nan"),
        ({"optimizer": {"learning_rate": "endless"}}, "learning_rate must be above 0, got inf"),
        ({"optimizer": {"learning_rate": 10**400}}, "recipe.optimizer.learning_rate is too large a number"),
        ({"optimizer": {"nesterov": 1}}, "recipe.optimizer.nesterov must be true or false, got 1"),
        ({"input": {"side": 48, "shares": [["helen", 1]], "points": []}}, "points must name landmarks, each once"),
        ({"input": {"turned": 5}}, "recipe.input.turned must be a list of 2, got 5"),
        ({"input": {"turned": [0]}}, "recipe.input.turned must be a list of 2, got .0."),
        ({"input": {"sources": "helen"}}, "recipe.input.sources must be a list, got 'helen'"),
        ({"input": {"copies": {"shifts_px": [[1]]}}}, "shifts_px must be a list of 2, got .1."),
        ({"loss": ["wing"]}, "recipe.loss must be one of distance, mean_squared"),
        ({"loss": {}}, "recipe.loss must be one of distance"),
        ({"batch": 0}, "batch must be above 0"),
        ({"loss": "absolute"}, "absolute"),
        ({"optimizer": {"kind": "adam", "rate": 1}}, "recipe.optimizer has no 'rate'"),
        ({"input": {"side": 48, "shares": [], "missing": "drop"}}, "keys of full images beside keys of crops"),
        ({"input": {"side": 48, "chanels": 1}}, "recipe.input has no 'chanels' .*did you mean 'channels'"),
        ({"input": 5}, "recipe.input must be an object"),
    ],
)
def test_a_wrong_entry_is_named_with_its_place(change: dict[str, object], message: str, tmp_path: Path) -> None:
    path = tmp_path / "recipe.json"
    write_recipe(RECIPES["tiny"], path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(TrainError, match=message):
        read_recipe(path)


@pytest.mark.parametrize("content", ["", "[]", '{"name": "x"}', "no json"])
def test_a_file_that_is_no_recipe_is_reported(content: str, tmp_path: Path) -> None:
    path = tmp_path / "recipe.json"
    path.write_text(content)
    with pytest.raises(TrainError, match="is not a recipe"):
        read_recipe(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\xac\xed", "it is not UTF-8 text"), (b'{"name"', "it is not JSON from line 1, character 8 on")],
)
def test_what_is_wrong_in_a_file_is_said_in_our_words(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "recipe.json"
    path.write_bytes(content)
    with pytest.raises(TrainError, match=message):
        read_recipe(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_device_or_pipe_is_not_replaced_by_a_recipe(tmp_path: Path) -> None:
    pipe = tmp_path / "recipe.json"
    os.mkfifo(pipe)
    with pytest.raises(TrainError, match="is not a file"):
        write_recipe(RECIPES["tiny"], pipe)
    assert pipe.is_fifo()


def test_a_file_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="cannot be read"):
        find_recipe(str(tmp_path / "none.json"))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("name", "../x", "is not a file name"),
        ("name", "a\\b", "is not a file name"),
        ("input.side", 1_000_000, "side must be 16 to 1024 pixels"),
        ("input.augmentation.scale_range", [2, 1], "the smaller first"),
        ("input.augmentation.scale_range", [0, 0], "two factors above 0"),
        ("input.augmentation.rotation_degrees", [-5, 5], "must not be negative"),
        ("input.augmentation.stretch", 1, "stretch must be below 1"),
    ],
)
def test_a_recipe_that_no_run_can_follow_is_refused(key: str, value: object, message: str, tmp_path: Path) -> None:
    write_recipe(RECIPES["tiny"], tmp_path / "own.json")
    content = json.loads((tmp_path / "own.json").read_text())
    *parents, last = key.split(".")
    place = content
    for name in parents:
        place = place[name]
    place[last] = value
    (tmp_path / "own.json").write_text(json.dumps(content))
    with pytest.raises(TrainError, match=message):
        read_recipe(tmp_path / "own.json")


def test_a_recipe_file_with_a_mark_of_utf_8_is_read(tmp_path: Path) -> None:
    write_recipe(RECIPES["tiny"], tmp_path / "own.json")
    text = (tmp_path / "own.json").read_text()
    (tmp_path / "own.json").write_text(text, encoding="utf-8-sig")
    assert read_recipe(tmp_path / "own.json") == RECIPES["tiny"]
    assert [path.name for path in tmp_path.iterdir()] == ["own.json"]
