"""Tests the reader of face folders: what it takes, leaves out and refuses."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade_train.datasets.face_set import LeftOut
from masquerade_train.datasets.faces15 import NOISY_WEIGHT, read_faces15
from masquerade_train.datasets.landmark_table import COLUMNS
from masquerade_train.errors import TrainError

from tests.masquerade_train.faces import moved_points, write_faces15


def test_rows_carry_landmarks_split_and_eye_distance(tmp_path: Path) -> None:
    rows = read_faces15(write_faces15(tmp_path / "set")).rows
    assert [row.split for row in rows] == ["train"] * 5 + ["test"]
    assert rows[3].landmarks == pytest.approx(moved_points(3), abs=1e-3)
    assert rows[3].eye_distance == 40


def edit(folder: Path, old: str, new: str) -> None:
    table = folder / "faces.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("nose_tip_x", "nosetip_x", "did you mean its column 'nosetip_x'"),
        ("3.png,helen", "33.png,helen", r"line 5.*33\.png"),
        (",test,", ",dev,", "must be train, validation .val. or test, not 'dev'"),
        ("2.png,helen,person 2,train,40,", "2.png,helen,person 2,train,40,x", "line 4: 'x.* is not a number"),
        ("2.png,helen,person 2,train,40,", "2.png,helen,person 2,train,40,40,", "line 4: cells: 36, expected 35"),
    ],
)
def test_an_error_names_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    folder = write_faces15(tmp_path / "set")
    edit(folder, old, new)
    with pytest.raises(TrainError, match=message):
        read_faces15(folder)


def test_all_errors_are_reported_at_once(tmp_path: Path) -> None:
    folder = write_faces15(tmp_path / "set")
    edit(folder, ",train,", ",trian,")
    with pytest.raises(TrainError) as error:
        read_faces15(folder)
    assert "line 2" in str(error.value)
    assert "5 invalid rows" in str(error.value)


def test_an_image_of_one_colour_is_left_out_and_named(tmp_path: Path) -> None:
    folder = write_faces15(tmp_path / "set")
    cv2.imwrite(str(folder / "faces" / "1.png"), np.zeros((192, 192, 3), np.uint8))
    reading = read_faces15(folder)
    assert len(reading.rows) == 5
    assert reading.left_out == (LeftOut("1.png", "the image is of one colour"),)


def test_an_image_that_was_there_before_and_a_landmark_far_outside_are_left_out(tmp_path: Path) -> None:
    folder = write_faces15(tmp_path / "set")
    edit(folder, "2.png,helen,person 2,train,40,", "2.png,helen,person 2,train,40,9")
    edit(folder, "4.png,helen", "3.png,helen")
    assert read_faces15(folder).left_out == (
        LeftOut("2.png", "a landmark lies far outside the image"),
        LeftOut("3.png (as 3.png)", "its image appears before, with another face marked"),
    )


def test_noisy_training_labels_are_replaced_by_the_teachers_and_val_labels_are_not(tmp_path: Path) -> None:
    folder = write_faces15(tmp_path / "set", rows=40)
    edit(folder, "3.png,helen", "3.png,ytf")  # 3, 13, 23, 33
    edit(folder, "39.png,helen", "39.png,ytf")  # the val face
    lines = [",".join(("file", *COLUMNS))]
    for seed in range(40):
        # The teacher sees everything 1 px lower; where labels are sound, that is unlearnt.
        numbers = ",".join(f"{value:.3f}" for value in (moved_points(seed) + np.array([0, 1])).reshape(-1))
        lines.append(f"{seed}.png,{numbers}")
    (folder / "teacher_mediapipe.csv").write_text("\n".join(lines), encoding="utf-8")
    edit(folder, f"3.png,ytf,person 3,train,40,{moved_points(3)[0, 0]:.3f}", "3.png,ytf,person 3,train,40,118.0")
    rows = {row.file: row for row in read_faces15(folder).rows}
    wrong = abs(118.0 - moved_points(3)[0, 0])
    assert abs(rows["3.png"].landmarks[0, 0] - moved_points(3)[0, 0]) < 0.5 * wrong
    assert rows["3.png"].weight == NOISY_WEIGHT
    assert rows["39.png"].landmarks == pytest.approx(moved_points(39), abs=1e-3)


def with_scales(folder: Path, scale: str) -> Path:
    """Two crops of helen and two of lfpw, each pixel of which is `scale` of the image it was cut from."""
    table = folder / "faces.csv"
    heads, *rows = table.read_text(encoding="utf-8").splitlines()
    rows = [row.replace(",helen,", ",lfpw,") if number > 1 else row for number, row in enumerate(rows[:4])]
    table.write_text("\n".join([f"{heads},px_per_crop_px", *(f"{row},{scale}" for row in rows)]), encoding="utf-8")
    return folder


def test_labels_of_helen_that_count_pixels_from_one_are_moved_by_one_of_the_original(tmp_path: Path) -> None:
    rows = read_faces15(with_scales(write_faces15(tmp_path / "set"), "2.5")).rows
    assert [row.source for row in rows] == ["helen", "helen", "lfpw", "lfpw"]
    for number, row in enumerate(rows):
        moved = 1 / 2.5 if row.source == "helen" else 0
        assert row.landmarks == pytest.approx(moved_points(number) - moved, abs=1e-3)
        assert row.subtracted == pytest.approx(moved)


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "inf", "wide"])
def test_an_invalid_scale_is_reported_with_its_line(tmp_path: Path, scale: str) -> None:
    with pytest.raises(TrainError, match=rf"line 2: '{scale}' in px_per_crop_px is (not a|out of)"):
        read_faces15(with_scales(write_faces15(tmp_path / "set"), scale))
