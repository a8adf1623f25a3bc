"""Tests which files a command works on, and what their results are called."""

import os
import sys
from pathlib import Path

import pytest
from masquerade.__main__ import main
from masquerade.commands.inputs import Existing, Failures, find_inputs, plan_jobs
from masquerade.errors import DiskFullError, ModelError, RecordingError, SourceError


def make(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return [folder / name for name in names]


def test_a_folder_stands_for_its_images_and_videos(tmp_path: Path) -> None:
    make(tmp_path, "b.JPG", "a.mp4", "notes.txt", "c.gif", ".hidden", "._b.JPG", ".c.png", "deeper/d.png")
    found = find_inputs([tmp_path])
    assert [(each.path.name, each.is_image) for each in found] == [
        ("a.mp4", False),
        ("b.JPG", True),
        ("c.gif", False),
    ]


def test_images_of_a_folder_that_cannot_be_read_are_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    make(tmp_path, "a.png", "b.JXL", "c.nef", "notes.txt")
    assert [each.path.name for each in find_inputs([tmp_path])] == ["a.png"]
    assert f"{tmp_path} holds 2 files that Masquerade cannot read (jxl, nef)." in caplog.text


def test_a_folder_without_inputs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no image and no video"):
        find_inputs([tmp_path])


def test_results_keep_their_names_and_never_meet(tmp_path: Path) -> None:
    given = make(tmp_path, "x/face.jpg", "y/face.jpg", "y/face.tif", "y/clip.mov", "x/clip.avi")
    jobs = plan_jobs(given, tmp_path / "out")
    assert [job.target.name for job in jobs] == ["face.jpg", "face-2.jpg", "face.png", "clip.mp4", "clip-2.mp4"]
    assert (tmp_path / "out").is_dir()


def test_one_file_may_go_into_a_folder_too(tmp_path: Path) -> None:
    (given,) = make(tmp_path, "clip.mov")
    (tmp_path / "out").mkdir()
    assert plan_jobs([given], tmp_path / "out")[0].target == tmp_path / "out" / "clip.mp4"


def test_an_input_is_never_replaced_by_a_result(tmp_path: Path) -> None:
    given = make(tmp_path, "a.png", "b.png")
    with pytest.raises(RecordingError, match="would be lost"):
        plan_jobs(given, tmp_path)


def test_folders_of_a_folder_are_taken_and_kept_apart(tmp_path: Path) -> None:
    make(tmp_path, "in/b.png", "in/deeper/b.png", "in/deeper/._b.png", "in/.cache/c.png", "in/out/old.png")
    with pytest.raises(SourceError, match="Use --recursive"):
        find_inputs([tmp_path])
    jobs = plan_jobs([tmp_path / "in"], tmp_path / "in" / "out", recursive=True)
    assert [job.target.relative_to(tmp_path) for job in jobs] == [Path("in/out/b.png"), Path("in/out/deeper/b.png")]
    assert (tmp_path / "in" / "out" / "deeper").is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_loops_of_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path, "a.png")
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    (tmp_path / "self").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.jpg")
    assert [each.path.name for each in find_inputs([tmp_path], recursive=True)] == ["a.png"]
    assert plan_jobs([tmp_path / "loop.png", tmp_path / "pipe.jpg"], tmp_path / "out")


def test_results_that_exist_stop_everything_before_it_begins(tmp_path: Path) -> None:
    given = make(tmp_path, "a.png", "b.png", "c.mp4")
    out = tmp_path / "out"
    make(out, "b.png", "c.mp4")
    with pytest.raises(RecordingError, match=r"2 of 3 results already exist, the first is .*b\.png\. Use --skip"):
        plan_jobs(given, out)
    assert [job.target.name for job in plan_jobs(given, out, Existing.SKIP)] == ["a.png"]
    assert len(plan_jobs(given, out, Existing.REPLACE)) == 3
    with pytest.raises(RecordingError, match=r"b\.png already exists\. Use --force to replace it"):
        plan_jobs(given[:1], out / "b.png")


def test_names_that_differ_in_case_alone_do_not_meet(tmp_path: Path) -> None:
    given = make(tmp_path, "x/Face.png", "y/face.png")
    assert [job.target.name for job in plan_jobs(given, tmp_path / "out")] == ["Face.png", "face-2.png"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SourceError("a.png is cut."), "a.png is cut."),
        (RecordingError("out.png cannot be written."), "out.png cannot be written."),
        (MemoryError(), "needs more memory than there is"),
        (KeyError("x"), "could not be processed because of an error in Masquerade (KeyError: 'x')"),
    ],
)
def test_one_input_never_takes_others_with_it(caplog: pytest.LogCaptureFixture, error: Exception, said: str) -> None:
    failures = Failures()
    with failures.caught(Path("a\x1b.png")):
        raise error
    assert said in caplog.text
    assert "\x1b" not in caplog.records[-1].getMessage()
    assert failures.exit_code() == 1


@pytest.mark.parametrize("error", [DiskFullError("full"), ModelError("gone"), KeyboardInterrupt()])
def test_what_would_happen_to_every_input_ends_the_run(error: BaseException) -> None:
    with pytest.raises(type(error)), Failures().caught(Path("a.png")):
        raise error


@pytest.mark.parametrize(
    "words",
    [
        ["render", "", "-o", "out.png", "--filter", "blur"],
        ["render", "a.png", "-o", "", "--filter", "blur"],
        ["keypoints", "", "-o", "faces.csv"],
        ["loop", "", "-o", "out.gif"],
        ["filters", "check", ""],
        ["run", "--record", ""],
    ],
)
def test_an_empty_path_is_no_folder(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """As of an unset variable of a shell: it would stand for the folder that one is in."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "expected a path, not an empty text" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", ".."])
def test_an_empty_filter_name_is_refused(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", str(tmp_path / "a.png"), "-o", str(tmp_path / "b.png"), "--filter", name]) == 1
    assert f"There is no filter '{name}'" in capsys.readouterr().err
