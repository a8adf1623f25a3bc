"""Tests the form in which all data are kept."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from masquerade.values import LANDMARK_NAMES
from masquerade.vision.crop import crop_side
from masquerade_train.datasets.face_set import Row, face_anchors, join_rows, load_faces, save_faces
from masquerade_train.errors import TrainError

from tests.masquerade_train.faces import LANDMARKS, dotted_image, moved_points, png, small_set


def test_a_set_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    faces = small_set()
    save_faces(faces, tmp_path / "deep" / "faces.npz")
    again = load_faces(tmp_path / "deep" / "faces.npz")
    assert (again.image(7) == dotted_image(moved_points(7))).all()
    assert again.landmarks == pytest.approx(faces.landmarks, nan_ok=True)
    assert again.splits.tolist() == faces.splits.tolist()
    assert again.has_face.sum() == 30
    assert again.test_faces.sum() == 6


def test_landmarks_keep_their_names_and_are_chosen_by_them(tmp_path: Path) -> None:
    landmarks = np.array([[1, 2], [3, 4], [np.nan, np.nan]], np.float32)
    row = Row(png(dotted_image(LANDMARKS)), landmarks, "noses", "one", "train", "a.png")
    save_faces(join_rows([row], ("bridge", "tip", "base")), tmp_path / "noses.npz")
    chosen = load_faces(tmp_path / "noses.npz").choose_landmarks(("tip", "bridge"))
    assert chosen.names == ("tip", "bridge")
    assert chosen.landmarks.tolist() == [[[3, 4], [1, 2]]]
    with pytest.raises(TrainError, match=r"have no chin\. Their landmarks are tip, bridge"):
        chosen.choose_landmarks(("chin",))


def stored_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of a small set, as its file holds them."""
    save_faces(small_set(), path)
    with np.load(path) as content:
        return dict(content)


def test_a_file_without_names_holds_the_fifteen(tmp_path: Path) -> None:
    arrays = stored_arrays(tmp_path / "old.npz")
    del arrays["names"]
    np.savez(tmp_path / "old.npz", **arrays)
    assert load_faces(tmp_path / "old.npz").names == LANDMARK_NAMES


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "faces.npz").write_bytes(content)
    with pytest.raises(TrainError, match=r"faces\.npz"):
        load_faces(tmp_path / "faces.npz")


def test_the_error_of_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="prepare"):
        load_faces(tmp_path / "none.npz")


def test_an_empty_source_is_refused() -> None:
    with pytest.raises(TrainError, match="no usable image"):
        join_rows([])


def test_the_mouth_is_the_mean_of_what_is_marked_of_it() -> None:
    landmarks = LANDMARKS.copy()
    landmarks[11] = np.nan
    assert face_anchors(landmarks)[2] == pytest.approx(LANDMARKS[12:15].mean(axis=0))
    assert face_anchors(LANDMARKS)[2] == pytest.approx(LANDMARKS[11:15].mean(axis=0))
    landmarks[12:15] = np.nan
    assert np.isnan(face_anchors(landmarks)[2]).all()


def test_a_four_landmark_row_is_cut_as_wide_as_its_face_with_all_landmarks() -> None:
    four = LANDMARKS.copy()
    four[[*range(2, 10), 11, 12, 13]] = np.nan
    wide, wanted = crop_side(face_anchors(four)), crop_side(face_anchors(LANDMARKS))
    assert wide == pytest.approx(wanted, rel=0.03)  # the lip alone as the mouth: a tenth wider


@pytest.mark.parametrize(
    "damage",
    [
        {"points": small_set().landmarks.astype("U9")},
        {"as_marked": np.zeros(small_set().landmarks.shape, np.int64)},
        {"offsets": small_set().offsets[::-1]},
        {"offsets": small_set().offsets + 1},
        {"offsets": small_set().offsets * 2},
        {"encoded": small_set().encoded[:100]},
        {"points": small_set().landmarks[:, :3]},
        {"names": np.array(["nose_tip"])},
    ],
    ids=lambda damage: next(iter(damage)),
)
def test_impossible_arrays_are_a_damaged_file(damage: dict[str, np.ndarray], tmp_path: Path) -> None:
    np.savez(tmp_path / "faces.npz", **(stored_arrays(tmp_path / "faces.npz") | damage))
    with pytest.raises(TrainError, match="was not written by `prepare`, or is damaged"):
        load_faces(tmp_path / "faces.npz")


def test_a_damaged_image_is_reported_with_its_name() -> None:
    faces = small_set()
    broken = replace(faces, encoded=np.zeros_like(faces.encoded))
    with pytest.raises(TrainError, match=r"Image 3 of the data \(3\.png\) is damaged"):
        broken.image(3)
    empty = replace(faces, encoded=faces.encoded[:0], offsets=np.zeros_like(faces.offsets))
    with pytest.raises(TrainError, match=r"Image 0 of the data"):
        empty.image(0)
