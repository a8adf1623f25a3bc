"""Tests that what the README tells people to type and to write is true."""

import re
import shlex
from pathlib import Path

import pytest
from masquerade.__main__ import COMMANDS
from masquerade.filters.format.manifest import read_manifest

from tests.shared import REPO

README = (REPO / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
TYPED = re.findall(r"`masquerade ([^`]+)`", README)
HAT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 600"><rect width="1000" height="600"/></svg>'


def test_the_filter_in_the_readme_is_a_filter(tmp_path: Path) -> None:
    (text,) = (text for kind, text in BLOCKS if kind == "toml")
    (tmp_path / "filter.toml").write_text(text, encoding="utf-8")
    (tmp_path / "hat.svg").write_text(HAT, encoding="utf-8")
    assert read_manifest(tmp_path).name == "My hat"


@pytest.mark.parametrize("line", TYPED)
def test_the_commands_in_the_readme_are_commands(line: str) -> None:
    first = shlex.split(line)[0]
    assert first.startswith("-") or first == "..." or first in COMMANDS


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_what_the_readme_links_to_is_there(target: str) -> None:
    assert (REPO / target).exists()


def test_the_two_commands_come_first() -> None:
    first = BLOCKS[0][1].splitlines()
    assert [line.split("#")[0].strip() for line in first] == ["python3 start.py", "python3 start.py test"]
