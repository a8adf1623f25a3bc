"""Test that what the README asks people to type exists, and that its links lead somewhere."""

import re
import shlex

import pytest
from masquerade.__main__ import COMMANDS

from tests.shared import REPO

README = (REPO / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
TYPED = re.findall(r"(?:`|^|\| )(?:masquerade|python3 start\.py) +([^`#\s][^`#\n]*)", README, re.MULTILINE)


@pytest.mark.parametrize("line", TYPED)
def test_the_commands_in_the_readme_exist(line: str) -> None:
    first = shlex.split(line)[0]
    assert first.startswith("-") or first in {*COMMANDS, "test"}


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_what_the_readme_links_to_exists(target: str) -> None:
    assert (REPO / target).exists()


def test_the_first_commands_start_the_window_and_run_the_tests() -> None:
    typed = [line.split("#")[0].strip() for line in BLOCKS[0][1].splitlines()]
    assert typed[0] == "python3 start.py"
    assert typed[-1] == "python3 start.py test"


def test_lines_of_the_readme_are_short() -> None:
    assert max(map(len, README.splitlines())) < 120


def test_every_guard_that_the_docs_name_exists() -> None:
    guards = re.findall(
        r"`(masquerade/\S+|test_\S+)::(test_\w+)`", (REPO / "docs" / "trust.md").read_text(encoding="utf-8")
    )
    assert len(guards) > 60
    missing = [
        f"{path}::{name}"
        for path, name in guards
        if not (REPO / "tests" / path).is_file()
        or f"def {name}(" not in (REPO / "tests" / path).read_text(encoding="utf-8")
    ]
    assert not missing
