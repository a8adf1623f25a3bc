"""The JSON Schema of filter.toml says what the readers say."""

import json
import tomllib
from pathlib import Path

import pytest
from masquerade.filters.format.manifest import KINDS
from masquerade.filters.format.schema import TABLES, keys_table, schema_text
from masquerade.filters.packages.skeleton import SCHEMA_FILE, new_package
from masquerade.resources import bundled

from tests.masquerade.filters.json_schema import problems
from tests.masquerade.filters.package_writer import HEAD, STICKER
from tests.shared import REPO

SCHEMA = json.loads(schema_text())
PRIVACY = '[[layer]]\nkind = "privacy"\neffect = "blur"\n'
PARTICLES = '[[layer]]\nkind = "particles"\nart = "a.svg"\nfrom = "head_top"\nrate = 3\n'
LOOK = '[[layer]]\nkind = "look"\ncurve = [[0, 0], [255, 200]]\n'
WARP = '[[layer]]\nkind = "warp"\n[[layer.move]]\nat = "nose_tip"\nsize = 2\n'


def test_the_schema_in_the_docs_is_that_of_the_readers() -> None:
    written = (REPO / "docs" / "filter.schema.json").read_text(encoding="utf-8")
    assert written == schema_text(), "make it again: masquerade filters schema > docs/filter.schema.json"


@pytest.mark.parametrize("folder", sorted(path for path in (bundled("assets") / "filters").iterdir() if path.is_dir()))
def test_every_bundled_filter_fits(folder: Path) -> None:
    assert problems(tomllib.loads((folder / "filter.toml").read_text(encoding="utf-8")), SCHEMA) == []


@pytest.mark.parametrize("layer", [STICKER, PRIVACY, PARTICLES, LOOK, WARP])
def test_what_is_right_fits(layer: str) -> None:
    assert problems(tomllib.loads(HEAD + layer), SCHEMA) == []


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        HEAD.replace("format = 1", "format = 3") + STICKER,
        HEAD.replace('name = "Test"\n', "") + STICKER,
        HEAD.replace('["test"]', "[]") + STICKER,
        HEAD + STICKER.replace("sticker", "stiker"),
        HEAD + STICKER.replace('kind = "sticker"\n', ""),
        HEAD + STICKER + "dept = 1\n",
        HEAD + STICKER + "depth = 9\n",
        HEAD + STICKER + 'blend = "multply"\n',
        HEAD + STICKER + 'follows = "roll"\n',
        HEAD + STICKER + "turn = [1, 2, 3]\n",
        HEAD + STICKER + 'behind = "yes"\n',
        HEAD + STICKER + '[layer.trigger]\nmotion = "show"\n',
        HEAD + STICKER + '[layer.trigger]\non = "mouth"\n',
        HEAD + STICKER.replace("left_eye_center", "left_eye_centre"),
        HEAD + '[[layer]]\nkind = "sticker"\nart = "a.svg"\n',
        HEAD + PRIVACY.replace("blur", "blurr"),
        HEAD + PRIVACY + "strength = 2\n",
        HEAD + PARTICLES.replace('from = "head_top"\n', ""),
        HEAD + PARTICLES + "most = 2.5\n",
        HEAD + LOOK + 'line_colour = "red"\n',
        HEAD + LOOK.replace("[0, 0]", "[0, 300]"),
        HEAD + '[[layer]]\nkind = "warp"\n',
        HEAD + WARP.replace("size", "sise"),
        HEAD + WARP.replace("nose_tip", "nose"),
    ],
)
def test_what_is_wrong_does_not_fit(text: str) -> None:
    assert problems(tomllib.loads(text), SCHEMA)


def test_every_kind_of_layer_is_in_the_schema() -> None:
    layers = SCHEMA["properties"]["layer"]["items"]["oneOf"]
    assert [layer["properties"]["kind"]["const"] for layer in layers] == list(KINDS)


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_in_the_docs_are_those_of_the_readers(name: str) -> None:
    page = (REPO / "docs" / "filters.md").read_text(encoding="utf-8")
    table = keys_table(name)
    assert f"<!-- keys: {name} -->\n{table}\n<!-- end -->" in page, f"paste this into docs/filters.md:\n{table}"


def test_a_new_package_names_the_schema_that_lies_in_it(tmp_path: Path) -> None:
    folder = new_package(tmp_path, "Mine")
    first = (folder / "filter.toml").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"#:schema ./{SCHEMA_FILE}"
    assert (folder / SCHEMA_FILE).read_text(encoding="utf-8") == schema_text()
