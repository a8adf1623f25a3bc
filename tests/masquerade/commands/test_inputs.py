"""Tests which files a command works on, and what their results are called."""

from pathlib import Path

import pytest
from masquerade.commands.inputs import find_inputs, plan_jobs
from masquerade.errors import RecordingError, SourceError


def make(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return [folder / name for name in names]


def test_a_folder_stands_for_its_images_and_videos(tmp_path: Path) -> None:
    make(tmp_path, "b.JPG", "a.mp4", "notes.txt", "c.gif", ".hidden", "deeper/d.png")
    found = find_inputs([tmp_path])
    assert [(each.path.name, each.is_image) for each in found] == [
        ("a.mp4", False),
        ("b.JPG", True),
        ("c.gif", False),
    ]


def test_a_folder_without_any_is_told(tmp_path: Path) -> None:
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
    with pytest.raises(RecordingError, match="it would be lost"):
        plan_jobs(given, tmp_path)
