"""Tests the reader of Kaggle's training.csv."""

from pathlib import Path

import numpy as np
import pytest

from tests.train.faces import POINTS
from train.datasets.kaggle_csv import read_kaggle_csv
from train.datasets.landmark_table import COLUMNS
from train.errors import TrainError

FOUR = {"left_eye_center", "right_eye_center", "nose_tip", "mouth_center_bottom_lip"}


def row(seed: int, keep: set[str] | None = None, pixels: int = 9216) -> str:
    values = (POINTS / 2).reshape(-1)
    cells = [
        f"{value:.3f}" if keep is None or name[:-2] in keep else "" for name, value in zip(COLUMNS, values, strict=True)
    ]
    picture = np.random.default_rng(seed).integers(0, 256, pixels)
    return ",".join([*cells, " ".join(map(str, picture))])


def write(folder: Path, *rows: str, header: str = ",".join((*COLUMNS, "Image"))) -> Path:
    path = folder / "training.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_rows_of_fifteen_and_of_four_points_are_read(tmp_path: Path) -> None:
    rows = read_kaggle_csv(write(tmp_path, row(0), row(1, FOUR))).rows
    assert rows[0].points == pytest.approx(POINTS / 2)
    assert np.isnan(rows[1].points).all(axis=1).sum() == 11


def test_a_picture_that_was_there_before_is_left_out(tmp_path: Path) -> None:
    reading = read_kaggle_csv(write(tmp_path, row(0), row(0, FOUR)))
    assert len(reading.rows) == 1
    assert reading.left_out == ("line 3: the picture was there before",)


def test_a_row_without_eyes_is_left_out(tmp_path: Path) -> None:
    reading = read_kaggle_csv(write(tmp_path, row(0), row(1, {"nose_tip"})))
    assert reading.left_out == ("line 3: no eye or no mouth is marked",)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (row(1, pixels=9215), "line 3: 9215 pixels, wanted 9216"),
        (row(1).replace(",", ",256 ", 30).replace("256 ", "", 29), "line 3"),
        (row(1).replace("58.000", "580.0", 1), "line 3: a point lies far outside"),
        ("1,2", "line 3: 0 pixels"),
    ],
)
def test_a_faulty_row_is_told_with_its_line(tmp_path: Path, bad: str, message: str) -> None:
    with pytest.raises(TrainError, match=message):
        read_kaggle_csv(write(tmp_path, row(0), bad))


def test_a_renamed_column_is_guessed(tmp_path: Path) -> None:
    header = ",".join((*COLUMNS, "Image")).replace("nose_tip_x", "nosetip_x")
    with pytest.raises(TrainError, match="did you mean its column 'nosetip_x'"):
        read_kaggle_csv(write(tmp_path, row(0), header=header))


def test_the_split_follows_the_picture_alone(tmp_path: Path) -> None:
    first = read_kaggle_csv(write(tmp_path, *(row(seed) for seed in range(40)))).rows
    again = read_kaggle_csv(write(tmp_path, *(row(seed) for seed in reversed(range(40))))).rows
    assert {r.person: r.split for r in first} == {r.person: r.split for r in again}
    assert 0 < sum(r.split == "val" for r in first) < 15
