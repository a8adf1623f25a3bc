"""Tests what `masquerade doctor` finds on machines with and without errors."""

import os
import sys
from pathlib import Path

import pytest
from masquerade.__main__ import main
from masquerade.commands import doctor
from masquerade.resources import user_filters

from tests.shared import REPO


def states(findings: list[doctor.Finding], part: str) -> list[str]:
    return [finding.state for finding in findings if part in finding.text]


def test_a_machine_that_runs_these_tests_misses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor"])
    told = capsys.readouterr().out
    assert code == 0, told
    assert "Nothing is missing." in told


def test_a_changed_model_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "model" / "blazeface_full_range"
    folder.mkdir(parents=True)
    card = REPO / "model" / "blazeface_full_range" / "card.json"
    (folder / "card.json").write_bytes(card.read_bytes())
    (folder / "model.tflite").write_bytes(b"something else")
    monkeypatch.setattr(doctor, "bundled", lambda name: tmp_path / name)
    findings = list(doctor.examine())
    assert states(findings, "is damaged or was changed") == ["missing"]
    assert states(findings, "There is no detector") == ["missing"]


def test_a_broken_filter_of_the_user_is_told_with_its_errors() -> None:
    broken = user_filters() / "mine"
    broken.mkdir(parents=True)
    (broken / "filter.toml").write_text("format = 1\nname = ", encoding="utf-8")
    findings = list(doctor.examine())
    assert states(findings, "the filter 'mine' is broken") == ["missing"]


def test_a_package_that_does_not_load_is_named_and_the_rest_is_still_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    findings = list(doctor.examine())
    assert states(findings, "av does not load") == ["missing"]
    assert states(findings, "Python 3") == ["fine"]
    assert states(findings, "for recordings") == ["fine"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(own_home: Path) -> None:
    own_home.chmod(0o500)
    findings = list(doctor.examine())
    own_home.chmod(0o700)
    assert states(findings, "cannot be written") == ["missing"] * 4


def test_missing_is_what_makes_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: iter([doctor.Finding("note", "a"), doctor.Finding("fine", "b")]))
    assert main(["doctor"]) == 0
    monkeypatch.setattr(doctor, "examine", lambda: iter([doctor.Finding("missing", "first\nsecond")]))
    assert main(["doctor"]) == 1
    assert "missing  first\n         second\n\n1 of these must be mended." in capsys.readouterr().out
