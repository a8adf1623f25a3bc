"""Tests the form in which all data are kept."""

from pathlib import Path

import numpy as np
import pytest

from tests.train.faces import POINTS, dotted_picture, moved_points, small_set
from train.datasets.face_set import face_anchors, join_rows, load_faces, save_faces
from train.errors import TrainError


def test_a_set_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    faces = small_set()
    save_faces(faces, tmp_path / "deep" / "faces.npz")
    again = load_faces(tmp_path / "deep" / "faces.npz")
    assert (again.picture(7) == dotted_picture(moved_points(7))).all()
    assert again.points == pytest.approx(faces.points, nan_ok=True)
    assert again.splits.tolist() == faces.splits.tolist()
    assert again.has_face.sum() == 30
    assert again.val_faces.sum() == 6


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "faces.npz").write_bytes(content)
    with pytest.raises(TrainError, match=r"faces\.npz"):
        load_faces(tmp_path / "faces.npz")


def test_a_missing_file_tells_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="prepare"):
        load_faces(tmp_path / "none.npz")


def test_an_empty_source_is_refused() -> None:
    with pytest.raises(TrainError, match="not one usable picture"):
        join_rows([])


def test_the_mouth_is_the_mean_of_what_is_marked_of_it() -> None:
    points = POINTS.copy()
    points[11:14] = np.nan
    assert face_anchors(points)[2] == pytest.approx(POINTS[14])
    assert face_anchors(POINTS)[2] == pytest.approx(POINTS[11:15].mean(axis=0))
    points[14] = np.nan
    assert np.isnan(face_anchors(points)[2]).all()
