"""Tests that tables of 68 numbered landmarks are read as published, and that several sources become one file."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade_train.__main__ import main
from masquerade_train.datasets.face_set import load_faces
from masquerade_train.datasets.kaggle.numbered_table import HEADER
from masquerade_train.datasets.sources import read_source
from masquerade_train.errors import TrainError

from tests.masquerade_train.datasets.test_pts_folder import big_image, marks_of, write_face


def write_table(folder: Path, names: tuple[str, ...], cell: str = "") -> Path:
    """As Udacity's archive holds it: training/ with images, and the table beside it."""
    (folder / "training").mkdir(parents=True)
    lines = [",".join(HEADER)]
    for seed, name in enumerate(names):
        photo, landmarks = big_image(seed)
        cv2.imwrite(str(folder / "training" / name), photo)
        numbers = [f"{value:.2f}" for value in marks_of(landmarks).reshape(-1)]
        lines.append(",".join([name, *numbers[:-1], cell or numbers[-1]]))
    path = folder / "training_frames_keypoints.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_frames_are_cut_and_their_persons_follow_from_the_names(tmp_path: Path) -> None:
    path = write_table(tmp_path / "ytf", ("Luis_Fonsi_21.jpg", "Luis_Fonsi_3.jpg", "Ana_2.jpg"))
    reading = read_source(path)
    assert [row.person for row in reading.rows] == ["Luis_Fonsi", "Luis_Fonsi", "Ana"]
    assert {row.source for row in reading.rows} == {"ytf"}
    _, landmarks = big_image(0)
    found = reading.rows[0].landmarks
    # Corners of the eyes have marks of their own; nothing is subtracted, as from .pts files.
    scale = np.linalg.norm(found[3] - found[5]) / np.linalg.norm(landmarks[3] - landmarks[5])
    shifted = found - found[10] - (landmarks - landmarks[10]) * scale
    assert np.abs(shifted[2:]).max() < 0.1


def test_a_wrong_cell_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="line 2: could not convert string to float: 'far'"):
        read_source(write_table(tmp_path / "ytf", ("a_1.jpg",), cell="far"))


def test_several_sources_become_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_face(tmp_path / "helen", "one", 7)
    write_face(tmp_path / "lfpw" / "testset", "two", 8)
    table = write_table(tmp_path / "ytf", ("Luis_Fonsi_21.jpg",))
    out = tmp_path / "faces.npz"
    words = ["prepare", str(tmp_path / "helen"), str(out), "--join", str(tmp_path / "lfpw"), "--join", str(table)]
    assert main(words) == 0
    assert "Faces were cut" in capsys.readouterr().out
    assert sorted(load_faces(out).sources) == ["helen", "lfpw", "ytf"]


def test_sources_of_other_landmarks_are_not_mixed(tmp_path: Path) -> None:
    write_face(tmp_path / "helen", "one", 7)
    (tmp_path / "noses").mkdir()
    cv2.imwrite(str(tmp_path / "noses" / "a.png"), big_image(1)[0])
    (tmp_path / "noses" / "t.csv").write_text(
        "file,nose_x,nose_y,eye_x,eye_y\na.png,400,300,500,300\n", encoding="utf-8"
    )
    out = str(tmp_path / "faces.npz")
    assert main(["prepare", str(tmp_path / "helen"), out, "--join", str(tmp_path / "noses" / "t.csv")]) == 1
