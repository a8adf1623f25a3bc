"""Tests what `masquerade doctor` finds on machines with and without errors."""

import os
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from masquerade.__main__ import main
from masquerade.commands import doctor
from masquerade.gui.services.desktop.autostart import this_system
from masquerade.resources import settings_file, user_filters
from masquerade.settings import Settings
from masquerade.settings_file import write_settings

from tests.masquerade.commands.faces import PORTRAIT
from tests.shared import REPO


def states(findings: list[doctor.Finding], part: str) -> list[str]:
    return [finding.state for finding in findings if part in finding.text]


def test_a_machine_that_runs_these_tests_misses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor"])
    reported = capsys.readouterr().out
    assert code == 0, reported
    assert "Nothing is missing." in reported


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


def test_a_broken_filter_of_the_user_is_listed_with_its_errors() -> None:
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
    assert "missing  first\n         second\n\n1 of these must be fixed." in capsys.readouterr().out


def test_packages_without_pip_s_records_are_not_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frozen program has the modules alone."""

    def unknown(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr(doctor, "version", unknown)
    findings = list(doctor.examine())
    assert states(findings, "numpy") == ["fine"]
    assert [finding.text for finding in findings if finding.state == "missing"] == []


def test_two_versions_of_opencv_in_one_folder_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"opencv-python-headless": "5.0.0.93", "opencv-contrib-python": "5.1.0.95"}
    versions |= dict.fromkeys(("opencv-python", "opencv-contrib-python-headless"), "")
    monkeypatch.setattr(doctor, "version", lambda package: versions.get(package, "1"))
    (reported,) = [each.text for each in doctor.examine() if "Two versions of OpenCV" in each.text]
    assert "opencv-python-headless==5.0.0.93 opencv-contrib-python==5.0.0.93" in reported


def test_every_file_that_was_written_is_listed_and_deleted_but_for_photos_and_recordings(
    own_home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Through the programs that write them."""
    assert main(["filters", "new", "Mine"]) == 0
    assert main(["render", str(PORTRAIT), "-o", str(tmp_path / "out.png"), "--filter", "blur"]) == 0
    write_settings(settings_file(), Settings())
    this_system().switch(True)
    pictures = Settings().photos_folder
    pictures.mkdir(parents=True)
    photo, others = pictures / "Masquerade 2026-11-30 12.00.00.jpg", pictures / "holiday.jpg"
    photo.touch()
    others.touch()
    capsys.readouterr()
    before = {path for path in own_home.rglob("*") if path.is_file()}
    assert main(["doctor", "--privacy"]) == 0
    listed = capsys.readouterr().out
    assert all(str(path) in listed for path in before - {others})
    assert str(others) not in listed
    assert {path for path in own_home.rglob("*") if path.is_file()} == before
    assert main(["doctor", "--privacy", "--delete"]) == 0
    left = {path for path in own_home.rglob("*") if path.is_file()}
    assert left == {photo, others}


def test_the_licences_of_what_it_runs_on_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--licences"]) == 0
    lines = capsys.readouterr().out.splitlines()
    named = {line.split()[0].lower().replace("_", "-") for line in lines}
    assert {"masquerade", "numpy", "av", "pyside6-essentials", "shiboken6"} <= named
    assert not named & {"tensorflow", "pytest"}
    assert not [line for line in lines if line.endswith("not stated")]


@pytest.mark.skipif(sys.platform != "linux", reason="PipeWire is of Linux")
def test_a_machine_without_pipewire_gets_a_note_and_misses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PIPEWIRE_RUNTIME_DIR", str(tmp_path))
    assert states(list(doctor.examine()), "There is no virtual camera here.") == ["note"]
