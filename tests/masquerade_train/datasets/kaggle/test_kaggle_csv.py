"""Tests the reader of Kaggle's training.csv."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade_train.datasets.face_set import LeftOut
from masquerade_train.datasets.kaggle.kaggle_csv import read_kaggle_csv
from masquerade_train.errors import TrainError

from tests.masquerade_train.faces import LANDMARKS
from tests.masquerade_train.kaggle import FOUR, HEADER, coordinates, row, write


def test_rows_of_fifteen_and_of_four_landmarks_are_read(tmp_path: Path) -> None:
    rows = read_kaggle_csv(write(tmp_path, row(0), row(1, FOUR))).rows
    assert rows[0].landmarks == pytest.approx(LANDMARKS / 2)
    assert np.isnan(rows[1].landmarks).all(axis=1).sum() == 11


def test_the_image_is_kept_pixel_for_pixel(tmp_path: Path) -> None:
    kept = read_kaggle_csv(write(tmp_path, row(7))).rows[0]
    image = cv2.imdecode(np.frombuffer(kept.encoded, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert (image.reshape(-1) == np.random.default_rng(7).integers(0, 256, 9216)).all()


def test_a_row_without_eyes_is_kept_for_networks_on_full_images(tmp_path: Path) -> None:
    reading = read_kaggle_csv(write(tmp_path, row(0), row(1, {"nose_tip"})))
    assert np.isfinite(reading.rows[1].landmarks).all(axis=1).sum() == 1


def test_a_row_without_any_landmark_is_left_out(tmp_path: Path) -> None:
    reading = read_kaggle_csv(write(tmp_path, row(0), row(1, set())))
    assert reading.left_out == (LeftOut("row 1", "no landmark is marked"),)


def test_an_image_that_was_there_before_is_left_out(tmp_path: Path) -> None:
    reading = read_kaggle_csv(write(tmp_path, row(0), row(0, FOUR)))
    assert len(reading.rows) == 1
    assert reading.left_out == (LeftOut("row 1 (as row 0)", "the image appears before"),)


def test_a_second_face_on_one_image_is_reported_as_such(tmp_path: Path) -> None:
    moved = ",".join([f"{float(cell) / 3:.3f}" for cell in coordinates()])
    second = f"{moved},{row(0).rsplit(',', 1)[1]}"
    reading = read_kaggle_csv(write(tmp_path, row(0), second))
    assert reading.left_out == (LeftOut("row 1 (as row 0)", "its image appears before, with another face marked"),)


def test_a_row_with_a_landmark_far_outside_is_left_out(tmp_path: Path) -> None:
    reading = read_kaggle_csv(write(tmp_path, row(0), row(1).replace("58.000", "580.0", 1)))
    assert reading.left_out == (LeftOut("row 1", "a landmark lies far outside the image"),)


def test_an_image_of_one_colour_is_left_out(tmp_path: Path) -> None:
    flat = ",".join([*coordinates(), " ".join(["7"] * 9216)])
    reading = read_kaggle_csv(write(tmp_path, row(0), flat))
    assert reading.left_out == (LeftOut("row 1", "the image is of one colour"),)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (row(1, pixels=9215), "row 1 (line 3): 9215 pixels, expected 9216"),
        (",".join([*coordinates(), row(1).rsplit(",", 1)[1].replace(" ", " 256 ", 1)[4:]]), "row 1 (line 3): "),
        (
            ",".join([*coordinates(), "256 " + " ".join(["7"] * 9215)]),
            "row 1 (line 3): a pixel is not between 0 and 255",
        ),
        (
            ",".join([*coordinates(), "-1 " + " ".join(["7"] * 9215)]),
            "row 1 (line 3): a pixel is not between 0 and 255",
        ),
        (",".join([*coordinates(), "1.5 " + " ".join(["7"] * 9215)]), "row 1 (line 3): a pixel is not a whole number"),
        (row(1).replace("58.000", "5b.0", 1), "row 1 (line 3): '5b.0' in left_eye_center_x is not a number"),
        ("1,2", "row 1 (line 3): cells: 2, expected 31"),
    ],
)
def test_the_error_of_an_invalid_row_names_file_and_line(tmp_path: Path, bad: str, message: str) -> None:
    with pytest.raises(TrainError, match=r"training\.csv: " + re.escape(message)):
        read_kaggle_csv(write(tmp_path, row(0), bad))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match=r"training\.csv: the column 'Image' is missing\."):
        read_kaggle_csv(write(tmp_path, ",".join(coordinates()), header=HEADER.removesuffix(",Image")))


def test_a_renamed_column_is_guessed(tmp_path: Path) -> None:
    header = HEADER.replace("nose_tip_x", "nosetip_x")
    with pytest.raises(TrainError, match="did you mean its column 'nosetip_x'"):
        read_kaggle_csv(write(tmp_path, row(0), header=header))


def test_without_a_split_table_the_split_follows_the_image_alone(tmp_path: Path) -> None:
    first = read_kaggle_csv(write(tmp_path, *(row(seed) for seed in range(40)))).rows
    again = read_kaggle_csv(write(tmp_path, *(row(seed) for seed in reversed(range(40))))).rows
    assert {r.person: r.split for r in first} == {r.person: r.split for r in again}
    assert 0 < sum(r.split == "test" for r in first) < 15


def test_a_split_table_beside_it_gives_persons_and_splits(tmp_path: Path) -> None:
    (tmp_path / "split.csv").write_text("row,person,split\n1,Ann,val\n0,Bob,train\n", encoding="utf-8")
    rows = read_kaggle_csv(write(tmp_path, row(0), row(1))).rows
    assert [(r.person, r.split) for r in rows] == [("Bob", "train"), ("Ann", "validation")]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("row,person,split\n0,Bob,train\n", "row 1 is not in split.csv"),
        ("row,person,split\n0,Bob,train\n1,Ann,val\n2,Eve,val\n", "places 3 rows, .* has 2"),
        (
            "row,person,split\n0,Bob,train\n1,Ann,dev\n",
            r"split\.csv: line 3: the split must be train, validation .val. or test, not 'dev'",
        ),
        ("row,person,split\n0,Bob,train\n0,Ann,val\n", r"split\.csv: line 3: row 0 was there before"),
        ("row,persons,split\n0,Bob,train\n", "the column 'person' is missing .did you mean its column 'persons'"),
    ],
)
def test_a_split_table_of_another_length_is_refused(tmp_path: Path, table: str, message: str) -> None:
    (tmp_path / "split.csv").write_text(table, encoding="utf-8")
    with pytest.raises(TrainError, match=message):
        read_kaggle_csv(write(tmp_path, row(0), row(1)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "training.csv is empty"),
        (b"\x89PNG\xff\xfe\x00", "is not a table but an image"),
        (b"\x88PNG\xff\xfe", "not UTF-8 text"),
        (b"x" * (1 << 19), "a line is longer than 262144 letters"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "training.csv").write_bytes(content)
    with pytest.raises(TrainError, match=message):
        read_kaggle_csv(tmp_path / "training.csv")


def test_a_flood_of_invalid_rows_is_not_read_to_its_end(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="1000 invalid rows in all"):
        read_kaggle_csv(write(tmp_path, *["1,2"] * 5000))
