"""A change of a user's package is noticed within a second, once, and after it was written whole."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from masquerade.filters.packages import watch as watch_module
from masquerade.filters.packages.watch import PackageWatch

from tests.masquerade.filters.package_writer import HEAD, STICKER, package

_WAIT_SECONDS = 10.0


class Rings:
    """Counts what the watch tells, and waits for it."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._count = 0

    def __call__(self) -> None:
        with self._condition:
            self._count += 1
            self._condition.notify_all()

    @property
    def count(self) -> int:
        return self._count

    def wait_for(self, count: int) -> bool:
        with self._condition:
            return self._condition.wait_for(lambda: self._count >= count, _WAIT_SECONDS)


@pytest.fixture
def rings() -> Rings:
    return Rings()


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    package(tmp_path / "mine" / "hat")
    return tmp_path / "mine"


@pytest.fixture
def watch(mine: Path, rings: Rings) -> Iterator[PackageWatch]:
    watch = PackageWatch((mine, mine / "missing"), (), rings)
    yield watch
    watch.close(5.0)


def replaced(path: Path, text: str) -> None:
    """Saves as careful editors do: a new file takes the old one's place."""
    fresh = path.with_suffix(".part")
    fresh.write_text(text)
    fresh.replace(path)


@pytest.mark.usefixtures("watch")
@pytest.mark.parametrize("save", [lambda path, text: path.write_text(text), replaced], ids=["written", "replaced"])
def test_a_changed_file_is_reported(mine: Path, rings: Rings, save: object) -> None:
    assert callable(save)
    save(mine / "hat" / "filter.toml", HEAD.replace("Test", "Longer name") + STICKER)
    assert rings.wait_for(1)


@pytest.mark.usefixtures("watch")
def test_a_change_of_the_same_length_is_reported(mine: Path, rings: Rings) -> None:
    path = mine / "hat" / "filter.toml"
    text = path.read_text()
    path.write_text(text.replace("Test", "Tusk"))
    os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns + 1_000_000))
    assert rings.wait_for(1)


@pytest.mark.usefixtures("watch")
def test_new_and_deleted_packages_are_reported(mine: Path, rings: Rings) -> None:
    package(mine / "mask")
    assert rings.wait_for(1)
    shutil.rmtree(mine / "mask")
    assert rings.wait_for(2)


def test_a_change_is_reported_within_a_second_and_once(
    mine: Path, rings: Rings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Rings()
    look = watch_module._within
    monkeypatch.setattr(watch_module, "_within", lambda folders: (looks(), look(folders))[1])
    reported_after: list[int] = []
    watch = PackageWatch((mine,), (), lambda: (reported_after.append(looks.count), rings())[1])
    try:
        (mine / "hat" / "art.svg").write_text("<svg/>")
        before = looks.count
        assert rings.wait_for(1)
        # One that may have begun before, one that sees the change, one that sees that no more comes.
        assert reported_after[0] <= before + 3
        assert watch_module._EVERY_SECONDS * 3 < 1
        assert looks.wait_for(looks.count + 2)
        assert rings.count == 1
    finally:
        watch.close(5.0)


def test_files_that_are_still_being_written_are_not_reported(
    mine: Path, rings: Rings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps = iter(range(5))
    seen: list[int] = []
    monkeypatch.setattr(watch_module, "_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(watch_module, "stamp_of", lambda path: seen.append(next(stamps, 4)) or seen[-1])
    reported_after: list[list[int]] = []
    watch = PackageWatch((), (mine,), lambda: (reported_after.append(seen.copy()), rings())[1])
    try:
        assert rings.wait_for(1)
        # Changed at every look until the last, which sees it as it was.
        assert reported_after == [[0, 1, 2, 3, 4, 4]]
    finally:
        watch.close(5.0)


def test_a_folder_that_comes_later_is_watched_too(tmp_path: Path, rings: Rings) -> None:
    watch = PackageWatch((tmp_path / "later",), (), rings)
    try:
        package(tmp_path / "later" / "hat")
        assert rings.wait_for(1)
    finally:
        watch.close(5.0)


def test_a_package_beside_the_folders_is_watched_too(tmp_path: Path, rings: Rings) -> None:
    folder = package(tmp_path / "hat")
    watch = PackageWatch((), (folder,), rings)
    try:
        (folder / "more.svg").write_text("<svg/>")
        assert rings.wait_for(1)
    finally:
        watch.close(5.0)


def test_closing_twice_is_fine(tmp_path: Path, rings: Rings) -> None:
    watch = PackageWatch((tmp_path,), (), rings)
    watch.close(5.0)
    watch.close(5.0)
