"""Packages are installed whole or not at all, from folders and zips."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from masquerade.errors import FilterError
from masquerade.filters.format.manifest import load_filter
from masquerade.filters.packages import packages
from masquerade.filters.packages.archive import unpack_package
from masquerade.filters.packages.catalog import Catalog

from tests.masquerade.filters.package_writer import HEAD, STICKER, package
from tests.masquerade.filters.packages.test_archive import whole, zipped


def install_package(path: Path, into: Path) -> Path:
    """Installs what needs no process of its own to be checked."""

    def check(package: Path) -> None:
        if package.suffix == ".zip":
            load_filter(unpack_package(package, into.parent / "unpacked"), package)
        else:
            load_filter(package)

    (into.parent / "unpacked").mkdir(exist_ok=True)
    try:
        return packages.install_package(path, into, check)
    finally:
        shutil.rmtree(into.parent / "unpacked")


BROKEN = HEAD + STICKER + "dept = 1\n"


def test_a_folder_is_copied_with_its_plain_files_only(tmp_path: Path) -> None:
    folder = package(tmp_path / "hat")
    (folder / "sub").mkdir()
    (folder / "link.svg").symlink_to("/etc/passwd")
    copy = install_package(folder, tmp_path / "mine")
    assert copy == tmp_path / "mine" / "hat"
    assert sorted(path.name for path in copy.iterdir()) == ["art.svg", "filter.toml"]


@pytest.mark.parametrize("prefix", ["", "hat/"])
def test_a_zip_is_installed(tmp_path: Path, prefix: str) -> None:
    copy = install_package(zipped(tmp_path / "hat.zip", *whole(prefix)), tmp_path / "mine")
    assert copy == tmp_path / "mine" / "hat"
    assert Catalog((tmp_path / "mine",)).load("hat").manifest.name == "Test"
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["hat"]


@pytest.mark.parametrize("as_zip", [True, False])
def test_a_broken_package_leaves_the_older_one_as_it_was(tmp_path: Path, as_zip: bool) -> None:
    mine = tmp_path / "mine"
    install_package(package(tmp_path / "hat"), mine)
    package(tmp_path / "hat", BROKEN)
    path = tmp_path / "hat"
    if as_zip:
        path = zipped(tmp_path / "hat.zip", ("filter.toml", BROKEN), whole()[1])
    with pytest.raises(FilterError, match=r"filter\.toml:10: layer 1: unknown key 'dept'") as caught:
        install_package(path, mine)
    assert str(path) in str(caught.value)
    assert Catalog((mine,)).load("hat").manifest.name == "Test"
    assert [each.name for each in mine.iterdir()] == ["hat"]


def test_a_newer_one_takes_the_place_of_the_older(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    install_package(package(tmp_path / "hat", old_svg="<svg/>"), mine)
    install_package(zipped(tmp_path / "hat.zip", *whole()), mine)
    assert sorted(path.name for path in (mine / "hat").iterdir()) == ["art.svg", "filter.toml"]


def test_installing_where_it_already_lies_changes_nothing(tmp_path: Path) -> None:
    folder = package(tmp_path / "mine" / "hat")
    assert install_package(folder, tmp_path / "mine") == folder
    assert (folder / "art.svg").is_file()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir(mode=0o500)
    with pytest.raises(FilterError, match="cannot be"):
        install_package(package(tmp_path / "hat"), mine)


def test_a_path_that_is_neither_folder_nor_zip_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FilterError, match="does not exist"):
        install_package(tmp_path / "nothing", tmp_path / "mine")
