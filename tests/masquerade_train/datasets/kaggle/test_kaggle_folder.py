"""Tests the reader of the folder form of Kaggle's data."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade_train.datasets.landmark_table import COLUMNS
from masquerade_train.datasets.sources import read_source
from masquerade_train.errors import TrainError

from tests.masquerade_train.faces import LANDMARKS
from tests.masquerade_train.kaggle import FOUR, coordinates, write


def write_folder(folder: Path) -> Path:
    """A folder with three rows, the second of which has four landmarks."""
    rows = [",".join(coordinates(keep)) for keep in (None, FOUR, None)]
    write(folder, *rows, header=",".join(COLUMNS))
    (folder / "training").mkdir()
    for index in range(3):
        image = np.random.default_rng(index).integers(0, 256, (96, 96)).astype(np.uint8)
        cv2.imwrite(str(folder / "training" / f"{index}.png"), image)
    return folder


@pytest.mark.parametrize("name", ["", "training.csv"])
def test_the_image_of_row_n_is_called_n(tmp_path: Path, name: str) -> None:
    reading = read_source(write_folder(tmp_path) / name)
    assert [row.source for row in reading.rows] == ["kaggle"] * 3
    assert reading.rows[2].landmarks == pytest.approx(LANDMARKS / 2)
    image = cv2.imdecode(np.frombuffer(reading.rows[2].encoded, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert (image == np.random.default_rng(2).integers(0, 256, (96, 96))).all()


def test_a_missing_image_is_an_error_with_its_row(tmp_path: Path) -> None:
    (write_folder(tmp_path) / "training" / "1.png").unlink()
    with pytest.raises(TrainError, match=r"training\.csv: row 1 \(line 3\): 1\.jpg cannot be read"):
        read_source(tmp_path)


def test_an_image_of_another_size_is_refused(tmp_path: Path) -> None:
    cv2.imwrite(str(write_folder(tmp_path) / "training" / "1.png"), np.zeros((50, 40), np.uint8))
    with pytest.raises(TrainError, match=r"row 1 \(line 3\): 1\.png is 40x50, wanted 96x96"):
        read_source(tmp_path)


def test_an_image_that_cannot_be_decoded_is_refused(tmp_path: Path) -> None:
    (write_folder(tmp_path) / "training" / "1.png").write_bytes(b"\x89PNG cut off")
    with pytest.raises(TrainError, match=r"row 1 \(line 3\): 1\.png cannot be read as an image"):
        read_source(tmp_path)
