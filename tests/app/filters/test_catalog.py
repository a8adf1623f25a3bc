"""The catalogue lists what there is, the broken with the reason."""

from pathlib import Path

import pytest

from app.errors import FilterError
from app.filters.catalog import Catalog
from app.resources import bundled
from tests.app.filters.packages import HEAD, STICKER, package


def test_a_broken_package_is_listed_with_its_fault_and_the_others_work(tmp_path: Path) -> None:
    package(tmp_path / "good")
    package(tmp_path / "broken", HEAD + STICKER.replace("sticker", "stiker"))
    catalog = Catalog((tmp_path,))
    broken, good = catalog.entries
    assert (broken.id, broken.manifest) == ("broken", None)
    assert "did you mean 'sticker'?" in (broken.fault or "")
    assert (good.id, good.fault) == ("good", None)
    assert catalog.load("good").manifest.name == "Test"


def test_a_filter_is_found_by_its_id_and_its_name(tmp_path: Path) -> None:
    package(tmp_path / "red-nose", HEAD.replace("Test", "Red nose") + STICKER)
    catalog = Catalog((tmp_path,))
    assert catalog.load("red-nose") is catalog.load("Red Nose")


def test_an_unknown_name_is_told_with_the_nearest(tmp_path: Path) -> None:
    package(tmp_path / "sunglasses")
    with pytest.raises(FilterError, match=r"no filter 'sunglases'. Did you mean 'sunglasses'\?"):
        Catalog((tmp_path,)).load("sunglases")


def test_choosing_a_broken_filter_tells_why(tmp_path: Path) -> None:
    package(tmp_path / "broken", HEAD)
    with pytest.raises(FilterError, match="'layer' is missing"):
        Catalog((tmp_path,)).load("broken")


def test_a_package_of_the_user_takes_the_place_of_a_bundled_one(tmp_path: Path) -> None:
    package(tmp_path / "bundled" / "hat")
    package(tmp_path / "mine" / "hat", HEAD.replace("Test", "My hat") + STICKER)
    catalog = Catalog((tmp_path / "bundled", tmp_path / "mine", tmp_path / "missing"))
    assert [entry.manifest.name for entry in catalog.entries if entry.manifest] == ["My hat"]


def test_all_bundled_filters_are_sound() -> None:
    assert [entry.fault for entry in Catalog((bundled("assets") / "filters",)).entries if entry.fault] == []
