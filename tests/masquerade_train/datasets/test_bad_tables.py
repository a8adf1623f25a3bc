"""Tests that tables written by other programs are refused in one sentence that says the way out."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from masquerade_train.__main__ import main

from tests.masquerade_train.kaggle import HEADER, row


def text(separator: str = ",", line_end: str = "\n") -> str:
    lines = [HEADER, *(row(seed) for seed in range(3))]
    return line_end.join(line.replace(",", separator) for line in lines) + line_end


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (text(";").encode(), "by semicolons. Save it as CSV with commas"),
        (text(";").replace(".", ",").encode(), "by semicolons"),
        (text("\t").encode(), "by tabs"),
        (text("|").encode(), "by bars"),
        (text(":").encode(), "by colons"),
        (text(" ").encode(), "by spaces"),
        (gzip.compress(text().encode()), "is not a table but a compressed file (gzip): unpack it first"),
        (b"PK\x03\x04" + b"\0" * 40, "a .zip, or a workbook"),
        (b"\x89PNG\r\n\x1a\n", "is not a table but an image"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "an image"),
        (b"\n <!DOCTYPE html><html>", "a web page, such as one that asks to sign in"),
        (b"\xef\xbb\xbf<html>", "a web page"),
        (b"{}", "JSON"),
        (b"%PDF-1.7", "a PDF"),
        (text(line_end="\r").encode(), "as old Macs did (CR)"),
        (text().encode("utf-16"), "UTF-16"),
        (text().encode("utf-16-le"), "UTF-16"),
        (text().replace("Image", "Bild_ü", 1).encode("cp1252"), "Windows-1252"),
        (
            text().replace("58.000", "inf", 1).encode(),
            "row 0 (line 2): 'inf' in left_eye_center_x is not a number: leave",
        ),
        (text().replace("58.000", "-Infinity", 1).encode(), "leave the cell empty"),
        (text().replace("58.000", '"58,000"', 1).encode(), "write it with a decimal point"),
        # float() takes these three, and float32 makes an unmarked landmark of the last.
        (text().replace("58.000", "5_8", 1).encode(), "'5_8' in left_eye_center_x is not a number"),
        (text().replace("58.000", "\uff15\uff18", 1).encode(), "is not a number"),
        (text().replace("58.000", "1e39", 1).encode(), "'1e39' in left_eye_center_x is out of range"),
        (text().replace("58.000", '"58.000', 1).encode(), "cells: 1, expected 31"),
        (f"{HEADER},Image\n{row(0)},0\n".encode(), "has the column 'Image' twice"),
        (f"left_eye_center_x,{HEADER}\n1,{row(0)}\n".encode(), "has the column 'left_eye_center_x' twice"),
        (text().replace(HEADER, HEADER.upper()).encode(), "did you mean its column 'LEFT_EYE_CENTER_X'?"),
        (f'{HEADER}\n"{"1" * 140_000}"\n'.encode(), "cannot be divided into cells"),
    ],
)
def test_a_table_of_another_form_is_one_sentence(
    content: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "training.csv").write_bytes(content)
    assert main(["prepare", str(tmp_path / "training.csv"), str(tmp_path / "out.npz")]) == 1
    printed = capsys.readouterr().err
    assert message in printed
    assert "Traceback" not in printed
    assert not (tmp_path / "out.npz").exists()


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"eye_distance_px": "abc"}, "'abc' in eye_distance_px is not a number"),
        ({"eye_distance_px": "-5"}, "'-5' in eye_distance_px is out of range"),
        ({"source": "helen", "px_per_crop_px": "0"}, "'0' in px_per_crop_px is out of range"),
        ({"file": f"{'a' * 300}.png"}, "line 2: File name too long"),
    ],
)
def test_a_wrong_cell_of_a_points_table_is_named(
    cells: dict[str, str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = {"file": "a.png", "nose_x": "4", "nose_y": "5"} | cells
    (tmp_path / "faces.table.csv").write_text(f"{','.join(cells)}\n{','.join(cells.values())}\n")
    assert main(["prepare", str(tmp_path / "faces.table.csv"), str(tmp_path / "out.npz")]) == 1
    printed = capsys.readouterr().err
    assert message in printed
    assert "1 invalid row\n" in printed


@pytest.mark.parametrize(
    "content",
    [
        {"images": np.zeros((2, 96, 96)), "keypoints": np.zeros((2, 15, 2), np.float32)},
        {"images": np.zeros((2, 96, 96), np.uint8), "keypoints": np.zeros((2, 15, 2), np.complex64)},
        {
            "images": np.zeros((2, 96, 96), np.uint8),
            "keypoints": np.zeros((2, 15, 2), np.float32),
            "row_in_training_csv": np.arange(1),
        },
    ],
)
def test_images_and_keypoints_of_other_types_are_refused(
    content: dict[str, np.ndarray], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "own.npz", **content)
    assert main(["prepare", str(tmp_path / "own.npz"), str(tmp_path / "out.npz")]) == 1
    assert "images must be uint8, keypoints floats" in capsys.readouterr().err


@pytest.mark.parametrize("content", [text().encode("utf-8-sig"), text(line_end="\r\n").encode()])
def test_a_mark_of_utf_8_and_line_ends_of_windows_are_read(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "training.csv").write_bytes(content)
    assert main(["prepare", str(tmp_path / "training.csv"), str(tmp_path / "out.npz")]) == 0


@pytest.mark.parametrize("name", ["training.csv", "training.zip", "photo.png", "faces.npz"])
def test_data_that_prepare_did_not_write_are_refused_with_the_command(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text(text())
    assert main(["explore", str(tmp_path / name)]) == 1
    printed = capsys.readouterr().err
    assert f"masquerade-train prepare {tmp_path / name}" in printed
    assert "pickle" not in printed


def test_rows_that_a_table_names_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "training.csv").write_text(text())
    table = tmp_path / "bad.csv"
    table.write_text("file,landmark\nrow 1,nose_tip\n")
    arguments = ["prepare", str(tmp_path / "training.csv"), str(tmp_path / "out.npz"), "--leave-out", str(table)]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert "2 images" in printed
    assert "left out, named in bad.csv: 1 (row 1)" in printed
    table.write_text("file\nrow 7\n")
    assert main(arguments) == 1
    assert "names 'row 7', which is not in the source" in capsys.readouterr().err


def test_all_images_train_where_the_recipe_divides_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [HEADER, *(row(seed) for seed in range(40))]
    (tmp_path / "training.csv").write_text("\n".join(lines) + "\n")
    assert main(["prepare", str(tmp_path / "training.csv"), str(tmp_path / "out.npz"), "--all-train"]) == 0
    assert "kaggle train: 40" in capsys.readouterr().out
