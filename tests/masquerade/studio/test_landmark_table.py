"""Tests the table of points: its columns are a promise to other programs."""

import csv
from pathlib import Path

import numpy as np
import pytest
from masquerade.errors import RecordingError
from masquerade.studio.landmark_table import COLUMNS, LandmarkTable, cell
from masquerade.values import LANDMARK_NAMES, Face, Keypoints, Pose

from tests.masquerade.studio.full_disk import files_end_at, needs_a_limit


def a_face(pose: Pose | None = None) -> Face:
    points = np.arange(30, dtype=np.float32).reshape(15, 2) + np.float32(0.25)
    return Face(identity=4, keypoints=Keypoints(points, 0.875), pose=pose)


def write_rows(path: Path, count: int) -> None:
    with LandmarkTable(path) as table:
        for frame in range(count):
            table.add("a.jpg", frame, 0.0, 0, a_face())


def test_the_header_is_the_promised_one() -> None:
    assert ",".join(COLUMNS[:10]) == ("file,frame,time_s,face,score,yaw,pitch,roll,left_eye_center_x,left_eye_center_y")
    assert COLUMNS[-3:] == ("mouth_center_bottom_lip_x", "mouth_center_bottom_lip_y", "method")
    assert len(COLUMNS) == 8 + 2 * len(LANDMARK_NAMES) + 1


def test_a_row_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    pose = Pose(np.eye(3, dtype=np.float32), 60.0, np.zeros(2, np.float32), 12.345, -3.0, 0.5)
    with LandmarkTable(path) as table:
        table.add('a "b", c.jpg', 7, 0.25, 1, a_face(pose))
        table.add("plain.jpg", 8, 1 / 3, 0, a_face())
    first, second = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    assert first["file"] == 'a "b", c.jpg'
    assert (first["frame"], first["time_s"], first["face"], first["score"]) == ("7", "0.250000", "1", "0.8750")
    assert (first["yaw"], first["pitch"], first["roll"]) in {("12.35", "-3.00", "0.50"), ("12.34", "-3.00", "0.50")}
    assert (first["left_eye_center_x"], first["left_eye_center_y"]) == ("0.250", "1.250")
    assert first["mouth_center_bottom_lip_y"] == "29.250"
    assert (second["yaw"], second["pitch"], second["roll"]) == ("", "", "")
    assert table.rows == 2


def test_an_interruption_keeps_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    with pytest.raises(KeyboardInterrupt), LandmarkTable(path) as table:
        raise KeyboardInterrupt(table.add("a.jpg", 0, 0.0, 0, a_face()))
    assert [row["file"] for row in csv.DictReader(path.read_text().splitlines())] == ["a.jpg"]


def test_rows_are_in_the_file_while_the_table_is_open(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    with LandmarkTable(path) as table:
        assert path.read_text().count("\n") == 1
        table.add("a.jpg", 0, 0.0, 0, a_face())
        table.flush()
        assert path.read_text().count("\n") == 2


NAMES = ("a.jpg", "b, 2.jpg", 'q"uote.jpg', "two\nlines.jpg", "clip.mp4")


@pytest.mark.parametrize("cut_bytes", [0, 1, 40, 400, 1000])
@pytest.mark.parametrize("name_of_last", NAMES)
def test_a_table_that_was_stopped_goes_on_to_the_same_table(tmp_path: Path, cut_bytes: int, name_of_last: str) -> None:
    def write(table: LandmarkTable, names: tuple[str, ...]) -> None:
        for name in names:
            for frame in range(3):
                table.add(name, frame, frame / 25, 1, a_face())

    whole, stopped = tmp_path / "whole.csv", tmp_path / "stopped.csv"
    with LandmarkTable(whole) as table:
        write(table, NAMES)
    with LandmarkTable(stopped) as table:
        write(table, NAMES[: NAMES.index(name_of_last) + 1])
    content = stopped.read_bytes()
    stopped.write_bytes(content[: max(len(content) - cut_bytes, 0)])
    with LandmarkTable(stopped, resume=True) as table:
        assert cell(name_of_last) not in table.finished
        write(table, tuple(name for name in NAMES if cell(name) not in table.finished))
    assert stopped.read_bytes() == whole.read_bytes()


def test_resume_without_a_table_begins_one(tmp_path: Path) -> None:
    with LandmarkTable(tmp_path / "points.csv", resume=True) as table:
        assert table.finished == frozenset()
    assert (tmp_path / "points.csv").read_text().startswith("file,frame")


def test_a_table_of_another_kind_is_not_continued(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("image,left_eye\na.jpg,4\n")
    with pytest.raises(RecordingError, match="is not a table of this version"), LandmarkTable(path, resume=True):
        pass
    assert path.read_text() == "image,left_eye\na.jpg,4\n"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("caf\udce9.jpg", "caf\\xe9.jpg"),
        ("\x1b[2J.jpg", "\\x1b[2J.jpg"),
        ("a\nb.jpg", "a\\x0ab.jpg"),
        ("é 日.jpg",) * 2,
    ],
)
def test_a_name_is_written_without_control_characters(tmp_path: Path, name: str, written: str) -> None:
    path = tmp_path / "points.csv"
    with LandmarkTable(path) as table:
        table.add(name, 0, 0.0, 0, a_face())
    assert path.read_text(encoding="utf-8").splitlines()[1].startswith(f"{written},0,")


@needs_a_limit
def test_a_full_disk_is_reported_and_keeps_the_rows(tmp_path: Path) -> None:
    with files_end_at(20_000), pytest.raises(RecordingError, match="the disk is full"):
        write_rows(tmp_path / "points.csv", 1000)
    assert (tmp_path / "points.csv").stat().st_size > 10_000


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="does not exist"), LandmarkTable(tmp_path / "none" / "points.csv"):
        pass


def test_a_table_begun_with_other_options_is_not_continued(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    with LandmarkTable(path, method="fine, smoothed") as table:
        table.add("a.jpg", 0, 0.0, 1, a_face())
        table.add("b.jpg", 0, 0.0, 1, a_face())
    before = path.read_bytes()
    with (
        pytest.raises(RecordingError, match="was begun with other options: fine, smoothed, not fine, raw"),
        LandmarkTable(path, resume=True, method="fine, raw"),
    ):
        pass
    assert path.read_bytes() == before
    with LandmarkTable(path, resume=True, method="fine, smoothed") as table:
        assert table.finished == {"a.jpg"}
