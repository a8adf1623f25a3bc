"""A package is looked over with its drawings."""

from pathlib import Path

import pytest
from masquerade.errors import FilterError
from masquerade.filters.packages.package_check import check_package
from masquerade.filters.packages.packages import load_package

from tests.masquerade.filters.package_writer import HEAD, STICKER, package, svg
from tests.masquerade.filters.packages.test_archive import whole, zipped


def test_a_check_leaves_nothing_behind_and_names_the_zip(tmp_path: Path) -> None:
    path = zipped(tmp_path / "hat.zip", ("filter.toml", HEAD + STICKER + "dept = 1\n"), whole()[1])
    with pytest.raises(FilterError) as caught:
        check_package(path)
    assert str(caught.value).startswith(f"{path / 'filter.toml'}:10: ")
    assert [each.name for each in tmp_path.iterdir()] == ["hat.zip"]


def test_a_check_takes_the_manifest_for_its_folder(tmp_path: Path) -> None:
    assert check_package(package(tmp_path / "hat") / "filter.toml").id == "hat"


@pytest.mark.parametrize(
    "body",
    ["", '<rect width="9" height="9" fill="none"/>', '<defs><rect width="9" height="9"/></defs>'],
    ids=["nothing", "no colour", "in defs alone"],
)
def test_a_check_tells_of_art_in_which_nothing_can_be_seen(tmp_path: Path, body: str) -> None:
    folder = package(tmp_path / "hat", art_svg=svg(body))
    with pytest.raises(FilterError, match=r"filter\.toml: layer 1: nothing can be seen of its art"):
        check_package(folder)
    # It harms nobody: whoever has it may go on wearing the rest.
    assert load_package(folder, tmp_path).manifest.name == "Test"


def test_capitals_of_art_count_on_every_system(tmp_path: Path) -> None:
    folder = package(tmp_path / "hat")
    (folder / "art.svg").rename(folder / "Art.svg")
    with pytest.raises(FilterError, match=r"there is no file 'art\.svg' \(did you mean 'Art\.svg'\?\)"):
        check_package(folder)
