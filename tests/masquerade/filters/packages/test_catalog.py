"""The catalogue lists what there is, the broken with the reason."""

import gc
import weakref
from pathlib import Path

import pytest
from masquerade.errors import FilterError
from masquerade.filters.intake.intake import Intake
from masquerade.filters.packages.catalog import Catalog
from masquerade.resources import bundled

from tests.masquerade.filters.package_writer import HEAD, STICKER, package
from tests.masquerade.filters.packages.test_archive import whole, zipped


def test_a_broken_package_is_listed_with_its_error_and_the_others_work(tmp_path: Path) -> None:
    package(tmp_path / "good")
    package(tmp_path / "broken", HEAD + STICKER.replace("sticker", "stiker"))
    catalog = Catalog((tmp_path,))
    broken, good = catalog.entries
    assert (broken.id, broken.folder) == ("broken", None)
    assert "did you mean 'sticker'?" in (broken.problem or "")
    assert (good.id, good.problem) == ("good", None)
    assert catalog.load("good").manifest.name == "Test"


def test_a_filter_is_found_by_its_id_and_its_name(tmp_path: Path) -> None:
    package(tmp_path / "red-nose", HEAD.replace("Test", "Red nose") + STICKER)
    catalog = Catalog((tmp_path,))
    assert catalog.load("red-nose") is catalog.load("Red Nose")


def test_capitals_do_not_matter_unless_two_folders_differ_in_them_alone(tmp_path: Path) -> None:
    package(tmp_path / "hat")
    assert Catalog((tmp_path,)).load("HAT").id == "hat"
    package(tmp_path / "Hat")
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("this system's folders do not tell capitals apart")
    catalog = Catalog((tmp_path,))
    assert [catalog.load(name).id for name in ("hat", "Hat")] == ["hat", "Hat"]


def test_the_error_of_an_unknown_name_suggests_the_nearest(tmp_path: Path) -> None:
    package(tmp_path / "sunglasses")
    with pytest.raises(FilterError, match=r"no filter 'sunglases'. Did you mean 'sunglasses'\?"):
        Catalog((tmp_path,)).load("sunglases")
    with pytest.raises(FilterError, match=r"Did you mean 'sunglasses'\?"):
        Catalog((tmp_path,)).load("SUNGLASES")


def test_choosing_a_broken_filter_says_why_it_is_broken(tmp_path: Path) -> None:
    package(tmp_path / "broken", HEAD)
    with pytest.raises(FilterError, match="'layer' is missing"):
        Catalog((tmp_path,)).load("broken")


def test_a_package_of_the_user_takes_the_place_of_a_bundled_one(tmp_path: Path) -> None:
    package(tmp_path / "bundled" / "hat")
    package(tmp_path / "mine" / "hat", HEAD.replace("Test", "My hat") + STICKER)
    catalog = Catalog((tmp_path / "bundled", tmp_path / "mine", tmp_path / "missing"))
    assert [entry.name for entry in catalog.entries] == ["My hat"]


def test_no_package_takes_the_place_of_one_that_hides_faces(tmp_path: Path) -> None:
    package(tmp_path / "bundled" / "veil", HEAD + '[[layer]]\nkind = "privacy"\neffect = "blur"\n')
    package(tmp_path / "mine" / "veil", HEAD.replace("Test", "Moustache") + STICKER)
    for before in (None, Catalog((tmp_path / "bundled", tmp_path / "mine"), fixed=(tmp_path / "bundled",))):
        catalog = Catalog((tmp_path / "bundled", tmp_path / "mine"), before=before, fixed=(tmp_path / "bundled",))
        assert [(each.id, each.name, each.hides) for each in catalog.entries] == [
            ("own-veil", "Moustache", False),
            ("veil", "Test", True),
        ]
        assert catalog.load("veil").manifest.name == "Test"
        assert catalog.load("own-veil").manifest.name == "Moustache"


def test_all_bundled_filters_are_valid() -> None:
    assert [entry.problem for entry in Catalog((bundled("assets") / "filters",)).entries if entry.problem] == []


def test_a_zip_in_a_folder_is_a_package_and_stays_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    path = zipped(tmp_path / "mine" / "hat.zip", *whole())
    catalog = Catalog((tmp_path / "mine",), Intake(tmp_path / "cache").take_in)
    assert [entry.id for entry in catalog.entries] == ["hat"]
    assert catalog.load("hat").manifest.name == "Test"
    assert list((tmp_path / "mine").iterdir()) == [path]


def test_a_folder_comes_before_a_zip_of_its_name(tmp_path: Path) -> None:
    package(tmp_path / "mine" / "hat", HEAD.replace("Test", "Folder") + STICKER)
    zipped(tmp_path / "mine" / "hat.zip", *whole())
    assert Catalog((tmp_path / "mine",), Intake(tmp_path / "cache").take_in).load("hat").manifest.name == "Folder"


def test_a_broken_zip_is_listed_with_its_error(tmp_path: Path) -> None:
    (tmp_path / "hat.zip").write_bytes(b"no zip")
    (entry,) = Catalog((tmp_path,), Intake(tmp_path / "cache").take_in).entries
    assert (entry.id, entry.folder) == ("hat", None)
    assert "damaged" in (entry.problem or "")


def test_a_package_beside_the_folders_is_listed_too(tmp_path: Path) -> None:
    folder = package(tmp_path / "work" / "hat")
    assert Catalog((), packages=(folder,)).load("hat").manifest.folder == folder


def test_what_has_not_changed_is_not_read_again(tmp_path: Path) -> None:
    package(tmp_path / "hat")
    package(tmp_path / "mask")
    first = Catalog((tmp_path,))
    package(tmp_path / "mask", HEAD.replace("Test", "Other name") + STICKER)
    second = Catalog((tmp_path,), before=first)
    assert second.load("hat") is first.load("hat")
    assert second.load("mask").manifest.name == "Other name"


def test_a_broken_edit_keeps_the_last_good_version_and_reports_the_error(tmp_path: Path) -> None:
    package(tmp_path / "hat")
    first = Catalog((tmp_path,))
    package(tmp_path / "hat", HEAD + STICKER + "dept = 1\n")
    second = Catalog((tmp_path,), before=first)
    assert second.load("hat") is first.load("hat")
    (entry,) = second.entries
    assert (entry.problem, entry.name) == (None, "Test")
    assert entry.broken_edit is not None
    assert "'hat', line 10: layer 1: unknown key 'dept'" in entry.broken_edit
    package(tmp_path / "hat", HEAD.replace("Test", "Mended") + STICKER)
    third = Catalog((tmp_path,), before=second)
    assert (third.load("hat").manifest.name, third.entries[0].broken_edit) == ("Mended", None)


def test_a_package_that_is_gone_is_no_longer_listed(tmp_path: Path) -> None:
    folder = package(tmp_path / "hat")
    first = Catalog((tmp_path,))
    (folder / "filter.toml").unlink()
    (folder / "art.svg").unlink()
    folder.rmdir()
    assert Catalog((tmp_path,), before=first).entries == ()


def test_an_unchanged_package_stays_in_memory_only_while_it_is_used(tmp_path: Path) -> None:
    package(tmp_path / "hat")
    catalog = Catalog((tmp_path,), fixed=(tmp_path,))
    worn = catalog.load("hat")
    assert catalog.load("hat") is worn
    assert Catalog((tmp_path,), before=catalog, fixed=(tmp_path,)).load("hat") is worn
    taken_off = weakref.ref(worn)
    del worn
    gc.collect()
    assert taken_off() is None
    assert catalog.load("hat").manifest.name == "Test"
