"""Tests that squares for "no face" keep away from labelled faces."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade_train.datasets.backgrounds import read_backgrounds
from masquerade_train.datasets.landmark_table import COLUMNS
from masquerade_train.errors import TrainError

from tests.masquerade_train.faces import LANDMARKS


def write_photo(folder: Path) -> Path:
    """A dark photo with one bright square that is labelled as a face."""
    folder.mkdir()
    image = np.full((400, 600, 3), 40, np.uint8)
    landmarks = LANDMARKS * 0.5 + (40, 40)
    low, high = landmarks.min(axis=0).astype(int), landmarks.max(axis=0).astype(int)
    image[low[1] : high[1], low[0] : high[0]] = 255
    cv2.imwrite(str(folder / "photo.png"), image)
    numbers = ",".join(f"{value:.1f}" for value in landmarks.reshape(-1))
    (folder / "labels.csv").write_text(f"file,{','.join(COLUMNS)}\nphoto.png,{numbers}\n", encoding="utf-8")
    return folder


def test_no_square_touches_a_labelled_face(tmp_path: Path) -> None:
    folder = write_photo(tmp_path / "photos")
    for seed in range(5):
        for row in read_backgrounds(folder, seed):
            square = cv2.imdecode(np.frombuffer(row.encoded, np.uint8), cv2.IMREAD_COLOR)
            assert square is not None
            assert square.max() < 80
            assert np.isnan(row.landmarks).all()


def test_without_labels_the_whole_image_is_used(tmp_path: Path) -> None:
    folder = write_photo(tmp_path / "photos")
    (folder / "labels.csv").unlink()
    assert len(read_backgrounds(folder)) == 6


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="no image or video"):
        read_backgrounds(tmp_path)
