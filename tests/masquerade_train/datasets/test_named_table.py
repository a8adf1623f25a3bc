"""Tests the reader of tables of files and named landmarks, and of the nose table."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.values import LANDMARK_NAMES
from masquerade_train.datasets.landmark_table import COLUMNS
from masquerade_train.datasets.sources import read_source
from masquerade_train.errors import TrainError

from tests.masquerade_train.faces import dotted_image, moved_points, png, write_faces15

HEADER = "file,chin_x,chin_y,brow_x,brow_y"


def write_table(folder: Path, *rows: str, header: str = HEADER) -> Path:
    """Images 0.png to 3.png and a table beside their folder."""
    (folder / "images").mkdir(parents=True)
    for seed in range(4):
        (folder / "images" / f"{seed}.png").write_bytes(png(dotted_image(moved_points(seed))))
    table = folder / "points.csv"
    table.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return table


def test_landmarks_bear_the_names_of_their_columns(tmp_path: Path) -> None:
    reading = read_source(write_table(tmp_path / "mine", "0.png,96,130,90,60", "1.png,95,131,,"))
    assert reading.names == ("chin", "brow")
    assert reading.rows[0].landmarks.tolist() == [[96, 130], [90, 60]]
    assert np.isnan(reading.rows[1].landmarks[1]).all()
    assert [row.source for row in reading.rows] == ["mine", "mine"]


def test_a_small_image_is_taken_byte_for_byte(tmp_path: Path) -> None:
    reading = read_source(write_table(tmp_path, "0.png,96,130,90,60"))
    assert reading.rows[0].encoded == (tmp_path / "images" / "0.png").read_bytes()


def test_source_person_and_split_come_from_the_table(tmp_path: Path) -> None:
    table = write_table(tmp_path, "0.png,web,Ann,val,96,130", header="file,source,person,split,chin_x,chin_y")
    row = read_source(table).rows[0]
    assert (row.source, row.person, row.split) == ("web", "Ann", "test")


def test_a_person_stands_on_one_side_even_where_no_split_is_given(tmp_path: Path) -> None:
    rows = [f"{seed}.png,Ann,96,13{seed}" for seed in range(4)]
    reading = read_source(write_table(tmp_path, *rows, header="file,person,chin_x,chin_y"))
    assert len({row.split for row in reading.rows}) == 1


def test_two_faces_of_one_image_are_cut_out_of_it(tmp_path: Path) -> None:
    reading = read_source(write_table(tmp_path, "0.png,40,90,40,40", "0.png,140,100,140,50", "1.png,96,130,90,60"))
    shapes = [cv2.imdecode(np.frombuffer(row.encoded, np.uint8), 1).shape for row in reading.rows]
    assert shapes == [(192, 192, 3)] * 3
    assert reading.rows[0].landmarks[:, 0] == pytest.approx(95.5, abs=1)
    assert reading.rows[2].landmarks.tolist() == [[96, 130], [90, 60]]
    assert reading.notes == ("Faces were cut out of larger images (2).",)


def test_a_small_face_is_cut_out_of_a_small_photo(tmp_path: Path) -> None:
    landmarks = (moved_points(0) - moved_points(0).mean(axis=0)) / 2 + 60
    row = ",".join(["0.png", *(f"{value:.2f}" for value in landmarks.reshape(-1))])
    reading = read_source(write_table(tmp_path, row, header=",".join(("file", *COLUMNS))))
    assert np.ptp(reading.rows[0].landmarks, axis=0).max() == pytest.approx(192 / 2.6, rel=0.03)


def test_a_face_of_a_few_pixels_is_left_out(tmp_path: Path) -> None:
    reading = read_source(write_table(tmp_path, "0.png,40,90,40,40", "0.png,140,100,140,92"))
    assert [entry.reason for entry in reading.left_out] == ["the face is too small"]


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        (["9.png,96,130,90,60"], HEADER, r"points\.csv: line 2: 9\.png cannot be read"),
        (["0.png,96,130,90"], HEADER, "line 2: cells: 4, expected 5"),
        (["0.png,96,1e,90,60"], HEADER, "line 2: '1e' in chin_y is not a number"),
        ([",96,13,90,60"], HEADER, "line 2: no file is named"),
        (["0.png,1,2"], "file,chin_x,chn_y", "2 columns are missing, the first is 'chin_y'"),
        (["0.png,1,2"], "filename,chin_x,chin_y", "'file' is missing .did you mean its column 'filename'"),
        (["0.png,1"], "file,points", "a landmark nose is the columns nose_x and nose_y"),
    ],
)
def test_an_error_names_file_and_row(tmp_path: Path, rows: list[str], header: str, message: str) -> None:
    with pytest.raises(TrainError, match=message):
        read_source(write_table(tmp_path, *rows, header=header))


def test_the_nose_table_brings_the_landmarks_of_the_faces_beside_it(tmp_path: Path) -> None:
    folder = write_faces15(tmp_path / "set")
    lines = ["file,source,person,split,nose_tip_x,nose_tip_y,nose_bridge_top_x,nose_bridge_top_y"]
    lines += [f"{seed}.png,helen,person {seed},train,96,98,96,80" for seed in (2, 4)]
    (folder / "nose.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    reading = read_source(folder / "nose.csv")
    assert reading.names == (*LANDMARK_NAMES, "nose_bridge_top")
    assert reading.rows[1].landmarks[:15] == pytest.approx(moved_points(4), abs=1e-3)
    assert reading.rows[1].landmarks[15].tolist() == [96, 80]


def test_noses_of_helen_are_moved_with_their_faces(tmp_path: Path) -> None:
    """Only faces.csv says how large a pixel of the image is, that a label counting from 1 lies too far."""
    folder = write_faces15(tmp_path / "set")
    heads, *rows = (folder / "faces.csv").read_text(encoding="utf-8").splitlines()
    scaled = [f"{heads},px_per_crop_px", *(f"{row},0.5" for row in rows)]
    (folder / "faces.csv").write_text("\n".join(scaled), encoding="utf-8")
    columns = "file,source,person,split,nose_tip_x,nose_tip_y,nose_bridge_top_x,nose_bridge_top_y"
    nose = f"{columns}\n2.png,helen,2,train,96,98,96,80\n"
    (folder / "nose.csv").write_text(nose, encoding="utf-8")
    (row,) = read_source(folder / "nose.csv").rows
    assert row.landmarks[:15] == pytest.approx(moved_points(2) - 2, abs=1e-3)
    assert row.landmarks[15].tolist() == [94, 78]
    assert read_source(folder / "faces.csv").rows[3].landmarks == pytest.approx(moved_points(3) - 2, abs=1e-3)
