"""Every problem stands on the line of its key, whatever the values say, and all are reported at once."""

from pathlib import Path

import pytest
from masquerade.errors import FilterError
from masquerade.filters.format.manifest import load_filter

from tests.masquerade.filters.package_writer import HEAD, STICKER, package

NAMED_LIKE_KEYS = """\
format = 1
name = "licence"
author = "x"
tags = ["hats"]

[[layer]]
kind = "sticker"
art = "follows"
anchors = { nose_tip = [1, 1] }
width = 1.0
follows = ["rol"]
opacity = 2.0
"""


def lines_of(folder: Path, manifest: str) -> list[str]:
    with pytest.raises(FilterError) as caught:
        load_filter(package(folder, manifest))
    return [line.removeprefix(f"{folder / 'filter.toml'}:") for line in str(caught.value).splitlines()]


def test_a_value_named_like_a_key_is_not_taken_for_the_key(tmp_path: Path) -> None:
    assert lines_of(tmp_path, NAMED_LIKE_KEYS) == [
        "1: 'licence' is missing",
        "8: layer 1: 'art' must be an .svg, .png or .gif file, not 'follows'",
        "11: layer 1: 'follows' must be roll, scale, yaw or pitch, not 'rol' (did you mean 'roll'?)",
        "12: layer 1: 'opacity' must be a number from 0 to 1, not 2.0",
    ]


@pytest.mark.parametrize("name", ["it's nose", "'", '\\"', "a' is missing", "nose\\ntip", "anchors", "art.svg"])
def test_quotes_in_a_key_do_not_shift_its_line(tmp_path: Path, name: str) -> None:
    layer = f'[[layer]]\nkind = "sticker"\nart = "art.svg"\nwidth = 1.0\nanchors = {{\n"{name}" = [1, 1] }}\n'
    layer = layer.replace("{\n", "{ ").replace(" }\n", " }\nopacity = 2\n")
    first, second = lines_of(tmp_path, HEAD + layer)
    assert first.startswith("10: layer 1: unknown anchor ")
    assert second == "11: layer 1: 'opacity' must be a number from 0 to 1, not 2"


@pytest.mark.parametrize(
    ("manifest", "problems"),
    [
        # A wrong kind hides nothing of its layer.
        (
            HEAD + STICKER.replace("sticker", "stiker").replace("left_eye_center", "left_eye_centre"),
            ["7: layer 1: 'kind' must be", "9: layer 1: unknown anchor 'left_eye_centre'"],
        ),
        (
            HEAD + STICKER.replace("sticker", "decal") + "opacity = 2\n",
            ["7: layer 1: 'kind' must be", "10: layer 1: 'opacity' must be"],
        ),
        (
            HEAD + STICKER.replace("kind =", "knd =") + "opacity = 2\n",
            ["7: layer 1: 'kind' is missing; is 'knd' meant for it?", "10: layer 1: 'opacity' must be"],
        ),
        (
            HEAD + STICKER.replace('kind = "sticker"\n', "") + "opacity = 2\n",
            ["6: layer 1: 'kind' is missing", "9: layer 1: 'opacity' must be"],
        ),
        (HEAD + "[[layer]]\n", ["6: layer 1: 'kind' is missing"]),
        (HEAD + "[[layer]]\nkind = 3\n", ["7: layer 1: 'kind' must be"]),
        # Nor does the wrong format, unless a newer one is meant.
        (
            HEAD.replace("format = 1", 'format = "1"') + STICKER + "x = 1\n",
            ["1: 'format' must", "10: layer 1: unknown"],
        ),
        (
            HEAD.replace("format = 1", "format = 3") + STICKER + "x = 1\n",
            ["1: 'format' must be 1 or 2, not 3; a newer"],
        ),
        # One mistake is reported once.
        (HEAD + STICKER.replace("[100, 50]", '"here"'), ["9: layer 1: 'right_eye_center' must be two numbers"]),
        (HEAD + STICKER + 'width = "wide"\n', ["10: layer 1: 'width' must be a number"]),
        (
            HEAD + '[[layer]]\nkind = "warp"\n[[layer.move]]\nat = "nose"\nshift = "far"\n',
            ["9: layer 1: move 1: 'at' must be", "10: layer 1: move 1: 'shift' must be"],
        ),
        (
            HEAD + STICKER + '[layer.trigger]\non = "mouth"\nmotion = "spawn"\nfor = 3\n',
            ["11: layer 1: trigger: 'on'", "12: layer 1: trigger: 'motion'", "13: layer 1: trigger: unknown key 'for'"],
        ),
    ],
)
def test_all_problems_are_reported_each_on_its_line(tmp_path: Path, manifest: str, problems: list[str]) -> None:
    lines = lines_of(tmp_path, manifest)
    assert len(lines) == len(problems), lines
    for line, begin in zip(lines, problems, strict=True):
        assert line.startswith(begin)
