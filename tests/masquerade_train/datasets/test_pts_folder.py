"""Tests the reader of .pts folders: the right marks, the faces cut out, the splits."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.values import LANDMARK_INDEX
from masquerade_train.datasets.landmark_table import ERRORS_SHOWN
from masquerade_train.datasets.pts_folder import read_pts
from masquerade_train.datasets.sources import read_source
from masquerade_train.errors import TrainError

from tests.masquerade_train.faces import DOTS, moved_points, png

# Of the 68 marks the one that is drawn for some of the 15 landmarks.
MARKS = {10: 30, 6: 22, 9: 17, 13: 51}


def big_image(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A photo of 900 x 700 with a dotted face, and the face's 15 landmarks in it."""
    landmarks = moved_points(seed) * 2 + (300, 200)
    photo = np.full((700, 900, 3), 90 + seed, np.uint8)
    for landmark, colour in DOTS.items():
        cv2.circle(photo, tuple(np.rint(landmarks[landmark]).astype(int).tolist()), 9, colour, -1, cv2.LINE_AA)
    return photo, landmarks.astype(np.float32)


def marks_of(landmarks: np.ndarray) -> np.ndarray:
    """68 marks of which those that make the 15 landmarks lie where they should."""
    marks = np.tile(landmarks.mean(axis=0), (68, 1))
    marks[36:42], marks[42:48] = landmarks[1], landmarks[0]
    marks[[45, 42, 39, 36]] = landmarks[[3, 2, 4, 5]]
    marks[[22, 26, 21, 17, 30, 54, 48, 51, 57]] = landmarks[6:15]
    return marks


def write_face(folder: Path, name: str, seed: int, text: str | None = None) -> np.ndarray:
    folder.mkdir(parents=True, exist_ok=True)
    photo, landmarks = big_image(seed)
    (folder / f"{name}.png").write_bytes(png(photo))
    numbers = "\n".join(f"{x + 1:.3f} {y + 1:.3f}" for x, y in marks_of(landmarks))
    body = f"version: 1\nn_points: 68\n{{\n{numbers}\n}}\n"
    (folder / f"{name}.pts").write_text(body if text is None else text, encoding="utf-8")
    return landmarks


def test_the_face_is_cut_out_and_its_landmarks_move_with_it(tmp_path: Path) -> None:
    write_face(tmp_path / "ibug", "a", 3)
    reading = read_source(tmp_path / "ibug")
    crop = cv2.imdecode(np.frombuffer(reading.rows[0].encoded, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert crop.shape == (192, 192, 3)
    landmarks = reading.rows[0].landmarks
    assert np.ptp(landmarks, axis=0).max() == pytest.approx(192 / 2.6, rel=0.02)
    # Single marks only: the eye centres are means in which their corners take part.
    for landmark in MARKS:
        x, y = np.rint(landmarks[landmark]).astype(int)
        assert crop[y, x] == pytest.approx(np.array(DOTS[landmark]), abs=40)
    assert reading.rows[0].source == "ibug"


def test_eyes_are_the_mean_of_their_six_marks(tmp_path: Path) -> None:
    landmarks = write_face(tmp_path / "set", "a", 3)
    row = read_source(tmp_path / "set").rows[0]
    left, right = marks_of(landmarks)[42:48].mean(axis=0), marks_of(landmarks)[36:42].mean(axis=0)
    assert row.eye_distance == pytest.approx(float(np.linalg.norm(left - right)), rel=1e-4)
    assert row.landmarks[LANDMARK_INDEX["left_eye_center"], 0] > row.landmarks[LANDMARK_INDEX["right_eye_center"], 0]


def test_folders_called_testset_are_the_val_split(tmp_path: Path) -> None:
    write_face(tmp_path / "set" / "trainset", "a", 1)
    write_face(tmp_path / "set" / "testset", "b", 2)
    splits = {row.file: row.split for row in read_source(tmp_path / "set").rows}
    assert {name.replace("\\", "/"): split for name, split in splits.items()} == {
        "trainset/a.pts": "train",
        "testset/b.pts": "test",
    }


def test_the_same_face_in_two_folders_is_taken_once(tmp_path: Path) -> None:
    write_face(tmp_path / "set" / "one", "a", 1)
    write_face(tmp_path / "set" / "two", "b", 1)
    reading = read_source(tmp_path / "set")
    assert len(reading.rows) == 1
    assert reading.left_out[0].reason == "the image appears before"


def test_two_faces_of_one_image_are_two_rows_on_one_side_of_the_split(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    landmarks = write_face(folder, "a_1", 1)
    write_face(folder, "a_2", 1)
    numbers = "\n".join(f"{x:.3f} {y:.3f}" for x, y in marks_of(landmarks + np.array([250, 100])))
    (folder / "a_2.pts").write_text(f"n_points: 68\n{{\n{numbers}\n}}", encoding="utf-8")
    rows = read_source(folder).rows
    assert len(rows) == 2
    assert rows[0].person == rows[1].person


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no list of landmarks in braces"),
        ("{ " + "1 " * 135 + "nan }", "a coordinate is not finite"),
        ("{\0 1 }", "UTF-16 or binary"),
        ("{ 1 2 3 4 }", "2 landmarks, wanted 68"),
        ("{ " + "1 " * 135 + "}", "67.5 landmarks, wanted 68"),
        ("{ " + "1 " * 135 + "x }", "a coordinate is not a number"),
    ],
)
def test_an_invalid_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    write_face(tmp_path / "set", "a", 1)
    write_face(tmp_path / "set", "b", 2, text)
    with pytest.raises(TrainError, match=rf"set: b\.pts: .*{message}"):
        read_source(tmp_path / "set")


def test_a_file_without_an_image_is_named_and_many_are_counted(tmp_path: Path) -> None:
    for seed in range(ERRORS_SHOWN + 3):
        write_face(tmp_path / "set", str(seed), 1, "")
        (tmp_path / "set" / f"{seed}.png").unlink()
    with pytest.raises(TrainError, match="there is no image beside it") as error:
        read_source(tmp_path / "set")
    assert str(error.value).endswith(f"{ERRORS_SHOWN + 3} invalid rows in all")


def test_the_files_count_pixels_from_one(tmp_path: Path) -> None:
    (tmp_path / "a.pts").write_text("{ " + "1 1 " * 68 + "}", encoding="utf-8")
    assert (read_pts(tmp_path / "a.pts") == 0).all()
