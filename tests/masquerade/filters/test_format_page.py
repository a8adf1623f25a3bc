"""docs/filters.md tells the format as it is."""

import re
from pathlib import Path

import pytest
from masquerade.filters.format.image_layers import LookArea
from masquerade.filters.format.layers import Area, Blend, Effect, Follow, Motion
from masquerade.filters.format.manifest import KINDS, load_filter
from masquerade.geometry.head import HEAD_ANCHORS
from masquerade.values import Trigger

from tests.masquerade.filters.package_writer import SQUARES, package

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "filters.md").read_text(encoding="utf-8")


def test_the_worked_example_is_without_error(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    chosen = load_filter(package(tmp_path, example[1], glasses_svg=SQUARES, arm_svg=SQUARES))
    assert len(chosen.manifest.layers) == 3


@pytest.mark.parametrize("word", [*HEAD_ANCHORS, *KINDS, *Area, *Blend, *Effect, *Follow, *Motion, *Trigger, *LookArea])
def test_every_word_of_the_format_is_on_the_page(word: str) -> None:
    assert re.search(rf"[`\"]{word}[`\"]", PAGE)
