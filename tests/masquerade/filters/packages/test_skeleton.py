"""A new package works as it is written."""

from pathlib import Path

import pytest
from masquerade.errors import FilterError
from masquerade.filters.format.manifest import load_filter
from masquerade.filters.packages.skeleton import Template, new_package, template_for
from masquerade.filters.render import paint_still

from tests.masquerade.filters.portrait import portrait_face, portrait_pixels


def test_a_new_package_is_without_error_and_paints_something(tmp_path: Path) -> None:
    folder = new_package(tmp_path / "filters", 'Ada\'s "best" glasses \\', 'A "quoted" author')
    assert folder.name == "ada-s-best-glasses"
    assert load_filter(folder).manifest.name == 'Ada\'s "best" glasses \\'
    pixels = portrait_pixels()
    paint_still(pixels, (portrait_face(),), (load_filter(folder),))
    assert (pixels != portrait_pixels()).any()


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Frühling!", "fruhling"),
        ("Åse's 2nd", "ase-s-2nd"),
        # A folder of this name cannot be made on Windows.
        ("CON", "con-filter"),
        ("com1", "com1-filter"),
        ("Cone", "cone"),
    ],
)
def test_the_folder_is_called_by_the_name_in_plain_letters(tmp_path: Path, name: str, folder: str) -> None:
    assert new_package(tmp_path, name).name == folder


@pytest.mark.parametrize("name", ["", "   ", "///", "..", "ein\nname", "x" * 61])
def test_a_name_without_letters_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FilterError, match="cannot be a filter's name"):
        new_package(tmp_path, name)


def test_a_package_is_never_written_over(tmp_path: Path) -> None:
    folder = new_package(tmp_path, "Glasses")
    (folder / "glasses.svg").write_text("mine")
    with pytest.raises(FilterError, match="already exists"):
        new_package(tmp_path, "Glasses")
    assert (folder / "glasses.svg").read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FilterError, match=r"cannot be written|already exists"):
        new_package(tmp_path / "file", "Glasses")


def test_an_incomplete_package_does_not_block_the_next_attempt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as full:
        full.setattr("masquerade.filters.packages.skeleton.SCHEMA_FILE", "no/such/folder")
        with pytest.raises(FilterError, match="cannot be written"):
            new_package(tmp_path, "Mine")
    assert list(tmp_path.iterdir()) == []
    assert new_package(tmp_path, "Mine").is_dir()


def test_nothing_is_left_beside_a_new_package(tmp_path: Path) -> None:
    folder = new_package(tmp_path, "Mine")
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("template", Template)
def test_every_template_is_valid_and_paints_something(tmp_path: Path, template: Template) -> None:
    chosen = load_filter(new_package(tmp_path, "Mine", template=template))
    pixels = portrait_pixels()
    paint_still(pixels, (portrait_face(),), (chosen,))
    assert (pixels != portrait_pixels()).any()


@pytest.mark.parametrize(
    ("name", "template"),
    [
        ("Zip hat", Template.HAT),
        ("My CROWN!", Template.HAT),
        ("hatching", Template.GLASSES),
        ("Summer makeup", Template.PAINT),
        ("Blue shades", Template.GLASSES),
        ("Mine", Template.GLASSES),
    ],
)
def test_a_name_says_which_template_is_meant(name: str, template: Template) -> None:
    assert template_for(name) is template
