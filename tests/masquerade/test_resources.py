"""Tests that the commands in messages are commands that the user can type."""

import sys
from pathlib import Path

import pytest
from masquerade import resources


@pytest.mark.parametrize(
    ("started_as", "variable", "typed"),
    [
        ("/usr/bin/masquerade", "", "masquerade filters list"),
        (
            "/home/me/masquerade/app/masquerade/__main__.py",
            "",
            f"{Path(sys.executable).name} -m masquerade filters list",
        ),
        ("/home/me/masquerade/.venv/bin/masquerade", "python3 start.py", "python3 start.py filters list"),
    ],
)
def test_a_hint_names_the_program_as_it_was_started(
    started_as: str, variable: str, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [started_as])
    monkeypatch.setenv("MASQUERADE_COMMAND", variable)
    assert resources.command_line("filters list") == typed


def test_a_checkout_is_extended_itself_and_an_installation_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert '-e "' in resources.extra_line("train")
    assert resources.extra_line("train").endswith('[train]"')
    monkeypatch.setattr(resources, "_HERE", tmp_path / "lib" / "masquerade")
    assert resources.extra_line("train").endswith('-m pip install "masquerade[train]"')
