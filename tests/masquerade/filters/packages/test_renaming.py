"""A package gets another name, and nothing else in it changes."""

import tomllib
import zipfile
from pathlib import Path

import pytest
from masquerade.errors import FilterError
from masquerade.filters.format.manifest import load_filter
from masquerade.filters.intake.intake import Intake
from masquerade.filters.packages.renaming import rename_package

from tests.masquerade.filters.package_writer import HEAD, STICKER, package
from tests.masquerade.filters.packages.test_archive import whole, zipped

NAMES = ["Red fox", 'A "quoted" \\ name', "M\u00fctze", "x" * 60]


@pytest.mark.parametrize("name", NAMES)
def test_only_the_name_changes(tmp_path: Path, name: str) -> None:
    text = "# mine\r\n" + HEAD + STICKER
    folder = package(tmp_path / "fox", text)
    (folder / "filter.toml").write_bytes(text.encode())
    rename_package(folder, name)
    changed = (folder / "filter.toml").read_bytes().decode()
    assert tomllib.loads(changed)["name"] == name
    lines = zip(text.splitlines(), changed.splitlines(), strict=True)
    assert [before for before, after in lines if before != after] == ['name = "Test"']
    assert changed.startswith("# mine\r\n")
    assert load_filter(folder).manifest.name == name
    assert {each.name for each in folder.iterdir()} == {"filter.toml", "art.svg"}


@pytest.mark.parametrize("prefix", ["", "fox/"])
def test_a_zip_keeps_its_other_files(tmp_path: Path, prefix: str) -> None:
    path = zipped(tmp_path / "fox.zip", *whole(prefix))
    rename_package(path, "Red fox")
    assert Intake(tmp_path / "cache").load(path).manifest.name == "Red fox"
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == [f"{prefix}art.svg", f"{prefix}filter.toml"]
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 61])
def test_a_name_that_cannot_be_used_changes_nothing(tmp_path: Path, name: str) -> None:
    folder = package(tmp_path / "fox")
    before = (folder / "filter.toml").read_bytes()
    with pytest.raises(FilterError, match="1 to 60 characters on one line"):
        rename_package(folder, name)
    assert (folder / "filter.toml").read_bytes() == before


@pytest.mark.parametrize(
    "text",
    ["name = 3\n[", 'format = 1\nname = """a\\\nb"""\n', "name", ""],
    ids=["broken", "two lines", "cut", "empty"],
)
def test_a_package_that_cannot_be_renamed_safely_stays_as_it_is(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "fox"
    folder.mkdir()
    (folder / "filter.toml").write_text(text)
    with pytest.raises(FilterError, match="could not be renamed"):
        rename_package(folder, "Red fox")
    assert (folder / "filter.toml").read_text() == text


def test_a_package_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FilterError, match="could not be renamed"):
        rename_package(tmp_path / "gone", "Red fox")
