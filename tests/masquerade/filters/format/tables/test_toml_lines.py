"""Every key of a TOML text is found on its line, however the text is written."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from masquerade.errors import PackageError
from masquerade.filters.format.manifest import load_filter
from masquerade.filters.format.tables.toml_lines import Lines
from masquerade.resources import bundled

from tests.masquerade.filters.package_writer import HEAD, STICKER, package

HARD = '''# [[layer]] in a comment = 1
title = "a # no comment, no ] end" # x = 1
"quoted key" = 'single "double" [x]'
'literal.key' = 1
a.b . "c.d" = 2
text = """
[[layer]]
fake = 1
\\""" still inside ""\\"
"""
raw = \'\'\'
key = 'x'
\'\'\'
numbers = [
  1, # one
  [2,
   3],
  { x = 4, y = [5,
    6] },
]
date = 1979-05-27T07:32:00Z
empty = {}
none = []

[[layer]]
kind = "one"
[layer.trigger]
on = "x"

[[ layer ]]
kind = "two"
anchors = { nose = [1,
  2], chin = [3, 4] }
[[layer.move]]
at = "p"
[[layer.move]]
at = "q"

[ "a" . z ]
last = 1'''

EXPECTED = {
    ("title",): 2,
    ("quoted key",): 3,
    ("literal.key",): 4,
    ("a", "b", "c.d"): 5,
    ("text",): 6,
    ("raw",): 11,
    ("numbers",): 14,
    ("numbers", 0): 15,
    ("numbers", 1, 1): 17,
    ("numbers", 2, "y"): 18,
    ("numbers", 2, "y", 1): 19,
    ("date",): 21,
    ("none",): 23,
    ("layer", 0): 25,
    ("layer", 0, "kind"): 26,
    ("layer", 0, "trigger", "on"): 28,
    ("layer", 1): 30,
    ("layer", 1, "kind"): 31,
    ("layer", 1, "anchors", "nose"): 32,
    ("layer", 1, "anchors", "chin"): 33,
    ("layer", 1, "move", 0, "at"): 35,
    ("layer", 1, "move", 1): 36,
    ("layer", 1, "move", 1, "at"): 37,
    ("a", "z", "last"): 40,
}


@pytest.mark.parametrize("place", EXPECTED)
def test_a_key_is_on_its_line(place: tuple[str | int, ...]) -> None:
    tomllib.loads(HARD)
    assert Lines(HARD).of(place) == EXPECTED[place]


def test_what_is_not_there_is_on_the_line_of_what_is_round_it() -> None:
    assert Lines(HARD).of(("layer", 1, "anchors", "mouth", 7)) == 32
    assert Lines(HARD).of(("nothing",)) == 1


@pytest.mark.parametrize("text", ["", "\n\n", "x", "x =", "[", "[[a", 'x = "', "x = [1", "x = {a", "=", "[]", '"'])
def test_what_is_no_toml_at_all_has_lines_too(text: str) -> None:
    assert Lines(text).of(("x", 1)) == 1


def test_deep_nesting_ends() -> None:
    assert Lines("x = " + "[" * 50_000).of(("x",)) == 1


@pytest.mark.parametrize("folder", sorted(path for path in (bundled("assets") / "filters").iterdir() if path.is_dir()))
def test_every_key_of_every_bundled_filter_is_found(folder: Path) -> None:
    text = (folder / "filter.toml").read_text(encoding="utf-8")
    lines, rows = Lines(text), text.splitlines()
    for place in _places(tomllib.loads(text), ()):
        assert str(place[-1]) in rows[lines.of(place) - 1]


@pytest.mark.parametrize(
    ("change", "begin"),
    [
        (("left_eye_center", "left_eye_centre"), "9: layer 1: unknown anchor 'left_eye_centre' (did you mean"),
        (("[300, 50]", "[300, 50, 1]"), "9: layer 1: 'left_eye_center' must be"),
        (('"sticker"', '"stiker"'), "7: layer 1: 'kind' must be"),
        (('"art.svg"', '"at.svg"'), "8: layer 1: there is no file 'at.svg' (did you mean 'art.svg'?)"),
        (('name = "Test"', "name = 3"), "2: 'name' must be"),
        (("format = 1", "format = 7"), "1: 'format' must be 1 or 2, not 7"),
        (("licence", "licence = 3\nlicense"), "4: 'licence' must be"),
        (("[[layer]]", "[[layer]"), "6: is not TOML"),
    ],
)
def test_an_error_of_a_package_names_its_line(tmp_path: Path, change: tuple[str, str], begin: str) -> None:
    text = (HEAD + STICKER).replace(*change)
    with pytest.raises(PackageError) as caught:
        load_filter(package(tmp_path / "mine", text))
    assert f"{tmp_path / 'mine' / 'filter.toml'}:{begin}" in str(caught.value)
    assert caught.value.sentence.startswith("'mine', line ")
    assert "\n" not in caught.value.sentence


def _places(value: object, place: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*place, key)
            yield from _places(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from (each for each in _places(inner, (*place, index)) if isinstance(each[-1], str))
