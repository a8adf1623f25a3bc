"""Tests that faces with wrong labels are named by their row, and left out of what is learnt, not of the test set."""

import csv
from pathlib import Path

import numpy as np
import pytest
from masquerade_train.__main__ import main
from masquerade_train.datasets.face_set import load_faces
from masquerade_train.exploring.faulty import leave_out_faulty

from tests.masquerade_train.exploring.shapes import shapes
from tests.masquerade_train.faces import dotted_image, png

# Rows of the table; each gets a corner of the mouth far beside it.
WRONG_IN_TRAIN, WRONG_IN_TEST = (5, 17), 110


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """120 faces, the last 20 for testing."""
    from masquerade_train.datasets.landmark_table import COLUMNS  # noqa: PLC0415

    landmarks = shapes(120, seed=4)
    landmarks[[*WRONG_IN_TRAIN, WRONG_IN_TEST], 11] += (60, -40)
    (tmp_path / "faces").mkdir()
    lines = [",".join(("file", "person", "split", *COLUMNS))]
    for row, face in enumerate(landmarks):
        (tmp_path / "faces" / f"{row}.png").write_bytes(png(dotted_image(face)))
        numbers = ",".join(f"{value:.2f}" for value in face.reshape(-1))
        lines.append(f"{row}.png,person {row},{'test' if row >= 100 else 'train'},{numbers}")
    (tmp_path / "table.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path / "table.csv"


def named_rows(table: Path) -> dict[int, str]:
    with table.open(encoding="utf-8") as file:
        return {int(line["row"]): line["file"] for line in csv.DictReader(file)}


def test_faulty_faces_are_left_out_of_training_and_listed(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "faces.npz"
    assert main(["prepare", str(source), str(out), "--leave-out-faulty"]) == 0
    assert f"left out as faulty: 2 of 120, listed in {tmp_path / 'faces_faulty.csv'}" in capsys.readouterr().out
    assert named_rows(tmp_path / "faces_faulty.csv") == {row: f"{row}.png" for row in WRONG_IN_TRAIN}
    files = load_faces(out).files
    assert len(files) == 118
    assert not {f"{row}.png" for row in WRONG_IN_TRAIN} & set(files)
    assert f"{WRONG_IN_TEST}.png" in files


def test_the_table_says_what_is_wrong_and_can_be_left_out_again(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "faces.npz"
    assert main(["prepare", str(source), str(out)]) == 0
    before = load_faces(out)
    leave_out_faulty(out)
    table = tmp_path / "faces_faulty.csv"
    with table.open(encoding="utf-8") as file:
        line = next(line for line in csv.DictReader(file) if line["row"] == "17")
    assert line["landmark"] == "mouth_left_corner"
    marked = before.landmarks[int(line["row"]), before.names.index(line["landmark"])]
    assert marked == pytest.approx([float(line["marked_x"]), float(line["marked_y"])], abs=0.01)
    expected = np.array([float(line["expected_x"]), float(line["expected_y"])])
    eyes = np.linalg.norm(before.landmarks[int(line["row"]), 0] - before.landmarks[int(line["row"]), 1])
    assert np.linalg.norm(marked - expected) > 0.5 * eyes
    assert main(["prepare", str(source), str(out), "--leave-out", str(table)]) == 0
    assert len(load_faces(out)) == 118
