"""Tests that a file gets its name only when it is whole."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pytest
from masquerade.errors import RecordingError
from masquerade.studio.whole_file import explain_write_error, reserve_name, written_new, written_whole

from tests.shared import REPO


def test_the_name_appears_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    with written_whole(path) as temporary:
        temporary.write_text("content")
        assert not path.exists()
        assert temporary.suffix == ".csv"
    assert path.read_text() == "content"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", [KeyboardInterrupt, ValueError])
def test_an_interruption_leaves_what_was_there(tmp_path: Path, ending: type[BaseException]) -> None:
    path = tmp_path / "table.csv"
    path.write_text("older")
    with pytest.raises(ending), written_whole(path) as temporary:
        raise ending(temporary.write_text("half of"))
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_of_the_disk_becomes_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="disk is full"), written_whole(tmp_path / "table.csv"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("written", [written_whole, written_new])
def test_a_disk_that_can_only_be_read_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: Callable[[Path], AbstractContextManager[object]]
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    # Such a disk refuses to remove even what does not exist.
    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(RecordingError, match=r"table\.csv cannot be written"), written(tmp_path / "table.csv"):
        pass


def test_a_folder_in_the_way_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "table.csv").mkdir()
    with pytest.raises(RecordingError, match="it is a folder"), written_whole(tmp_path / "table.csv") as temporary:
        temporary.write_text("content")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_forbidden_folder_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(RecordingError, match="no right to write"):
        reserve_name(tmp_path / "take.mp4")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "disk is full. Make room"),
        (errno.EFBIG, "disk is full. Make room"),
        (errno.ENOENT, "does not exist. Create it"),
        (errno.ENAMETOOLONG, "its name is too long"),
        (errno.EACCES, "no right to write in"),
        (errno.EIO, "Choose another place"),
    ],
)
def test_every_message_says_what_to_do(number: int, sentence: str) -> None:
    assert sentence in explain_write_error(Path("folder/take.mp4"), OSError(number, os.strerror(number)))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_what_a_killed_program_left_is_removed_by_the_next(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path\n"
        "from masquerade.studio.whole_file import written_whole\n"
        "with written_whole(Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_text('half')\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)"
    )
    path = tmp_path / "clip.mp4"
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, cwd=REPO) as killed:
        assert killed.stdout is not None
        killed.stdout.readline()
        (left,) = tmp_path.iterdir()
        with written_whole(tmp_path / "other.txt") as temporary:
            temporary.write_text("content")
        assert left.exists(), "it was still being written"
        killed.kill()
    assert left.exists()
    with written_whole(tmp_path / "third.txt") as temporary:
        temporary.write_text("content")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["other.txt", "third.txt"]


def test_files_that_only_look_like_it_are_left_alone(tmp_path: Path) -> None:
    names = [f".clip.part-{os.getpid()}.mp4", "clip.part-1.mp4", ".clip.part-x.mp4", ".part-12", ".notes"]
    for name in names:
        (tmp_path / name).touch()
    with written_whole(tmp_path / "table.csv") as temporary:
        temporary.write_text("content")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted([*names, "table.csv"])


def test_a_name_that_is_too_long_is_reported_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="its name is too long"), written_whole(tmp_path / f"{'x' * 260}.mp4"):
        pytest.fail("the work began")


def test_a_long_name_has_room_for_its_temporary_file(tmp_path: Path) -> None:
    path = tmp_path / f"{'é' * 120}.mp4"
    with written_whole(path) as temporary:
        temporary.write_text("content")
    assert path.read_text() == "content"


@pytest.mark.parametrize("has_links", [True, False])
def test_a_new_file_takes_the_first_free_name_when_it_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    if not has_links:

        def refuse(*_: object) -> None:
            raise OSError(errno.EPERM, "FAT has no second names")

        monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "clip.mp4"
    for name in ("clip.mp4", "clip-2.mp4", "clip-3.mp4"):
        with written_new(path) as new:
            assert not (tmp_path / name).exists()
            new.temporary.write_text(name)
        assert new.path == tmp_path / name
        assert new.path.read_text() == name
    with suppress(ZeroDivisionError), written_new(path) as new:
        new.temporary.write_text(str(1 / 0))
    assert len(list(tmp_path.iterdir())) == 3
