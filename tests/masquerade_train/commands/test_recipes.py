"""Tests that recipes can be listed, shown, changed and begun from."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from masquerade_train.__main__ import main
from masquerade_train.errors import TrainError
from masquerade_train.recipes.recipe_file import change_recipe, read_recipe, recipe_content, recipe_sum, write_recipe
from masquerade_train.recipes.table import RECIPES


def test_every_recipe_is_listed_with_its_paper(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recipes"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(RECIPES)
    assert next(line for line in lines if line.startswith("padova-15 ")).split()[1] == "Padova"


def test_a_recipe_is_shown_whole_with_its_sum(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recipes", "base-cnn"]) == 0
    text = capsys.readouterr().out
    content = json.loads(text[: text.rindex("paper:")])
    assert content == recipe_content(RECIPES["base-cnn"])
    assert recipe_sum(content)[:12] in text


def test_a_file_starts_from_a_recipe(tmp_path: Path) -> None:
    out = tmp_path / "mine.json"
    change = ["--set", "optimizer.learning_rate=3e-4", "--set", "name=mine", "--set", "input.side=64"]
    assert main(["recipes", "kle-cnn", *change, "--out", str(out)]) == 0
    mine = read_recipe(out)
    assert (mine.name, mine.optimizer.learning_rate, mine.input.side) == ("mine", 3e-4, 64)
    assert mine.net == RECIPES["kle-cnn"].net


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("optimizer.learning_rate", "write KEY=VALUE"),
        ("optimiser.learning_rate=1", "no such entry .did you mean 'optimizer.learning_rate'"),
        ("learning_rate=1", "did you mean 'optimizer.learning_rate'"),
        ("batch.size=1", "no such entry"),
        ("batch=many", "recipe.batch must be a whole number, got 'many'"),
        ("batch=0", "batch must be above 0"),
        ("epochs=true", "recipe.epochs must be a whole number"),
        ("loss=l2", "'l2'"),
        ("input.side=", "recipe.input.side must be a whole number"),
    ],
)
def test_an_impossible_setting_is_one_sentence(setting: str, message: str) -> None:
    with pytest.raises(TrainError, match=message):
        change_recipe(RECIPES["kle-cnn"], [setting])


def test_a_network_that_cannot_be_built_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine.json"
    write_recipe(replace(RECIPES["tiny"], net="tinny"), mine)
    for words in (["recipes", str(mine)], ["recipes", "tiny", "--set", "net=tinny", "--out", str(tmp_path / "a.json")]):
        assert main(words) == 1
        assert "did you mean 'tiny'" in capsys.readouterr().err
    assert not (tmp_path / "a.json").exists()
    assert main(["recipes", "padova-15", "--set", "net=padova_6_pools_3_dropout_10_dense_2"]) == 0


def test_the_sum_follows_every_entry() -> None:
    sums = {recipe_sum(recipe_content(recipe)) for recipe in RECIPES.values()}
    assert len(sums) == len(RECIPES)
