"""Drives the window in which landmarks are corrected: drag, keys, leave out, what is written."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.__main__ import main
from masquerade.errors import SourceError
from masquerade.gui.labelling.correction_window import CorrectionWindow
from masquerade.gui.labelling.label_table import LabelTable, read_label_table
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

NAMES = ("left_eye_center", "nose_tip")


def write_table(folder: Path, rows: list[str] | None = None) -> Path:
    """Three photos of 100 x 80; the second is the least sure, the third is not doubtful."""
    for name in ("a.png", "b.png", "c.png"):
        cv2.imwrite(str(folder / name), np.full((80, 100, 3), 90, np.uint8))
    lines = rows or [
        "a.png,0.02,nose_tip,one,50.000,30.000,60.000,40.000",
        "b.png,0.09,left_eye_center nose_tip,two,50.000,30.000,60.000,40.000",
        "c.png,0.01,,three,50.000,30.000,,",
    ]
    columns = "file,doubt,doubtful,person,left_eye_center_x,left_eye_center_y,nose_tip_x,nose_tip_y"
    (folder / "labels.csv").write_text("\n".join([columns, *lines]) + "\n", encoding="utf-8")
    return folder / "labels.csv"


@pytest.fixture
def table(tmp_path: Path) -> LabelTable:
    return read_label_table(write_table(tmp_path))


def open_window(qtbot: QtBot, table: LabelTable, doubtful_alone: bool = False) -> CorrectionWindow:
    window = CorrectionWindow(table, doubtful_alone)
    qtbot.addWidget(window)
    window.resize(700, 640)
    window.show()
    qtbot.waitExposed(window)
    return window


def drag(qtbot: QtBot, window: CorrectionWindow, landmark: int, by: QPoint) -> None:
    canvas = window.canvas
    start = canvas.place_of(landmark).toPoint()
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(canvas, start + by)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + by)


def written(table: LabelTable) -> dict[str, np.ndarray]:
    return {photo.cells["file"]: photo.landmarks for photo in read_label_table(table.path).photos}


def test_a_dragged_landmark_is_written_and_nothing_else_changes(qtbot: QtBot, table: LabelTable) -> None:
    window = open_window(qtbot, table)
    scale = (window.canvas.place_of(1).x() - window.canvas.place_of(0).x()) / 10  # the two lie 10 pixels apart
    drag(qtbot, window, 1, QPoint(round(5 * scale), round(-3 * scale)))
    window.close()
    after = written(table)
    # The least sure photo comes first.
    assert after["b.png"][1] == pytest.approx([65, 37], abs=1.0)
    assert after["b.png"][0] == pytest.approx([50, 30])
    assert after["a.png"] == pytest.approx(np.array([[50, 30], [60, 40]]))
    photo = next(each for each in read_label_table(table.path).photos if each.cells["file"] == "b.png")
    assert photo.doubtful == ("left_eye_center",)
    assert (photo.cells["person"], photo.doubt) == ("two", pytest.approx(0.09))
    assert np.isnan(after["c.png"][1]).all()


def test_a_landmark_cannot_be_dragged_out_of_the_photo(qtbot: QtBot, table: LabelTable) -> None:
    window = open_window(qtbot, table)
    drag(qtbot, window, 1, QPoint(2000, -2000))
    assert window.canvas.landmarks[1] == pytest.approx([99, 0])


def test_keys_choose_and_move_landmarks_and_photos(qtbot: QtBot, table: LabelTable) -> None:
    window = open_window(qtbot, table)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Tab)
    assert window.canvas.chosen_landmark == 0
    qtbot.keyClick(window.canvas, Qt.Key.Key_Right)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert window.canvas.landmarks[0] == pytest.approx([50.5, 27])
    qtbot.mouseClick(window.reset, Qt.MouseButton.LeftButton)
    assert window.canvas.landmarks[0] == pytest.approx([50, 30])
    assert not window.previous.isEnabled()
    qtbot.mouseClick(window.next, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.next, Qt.MouseButton.LeftButton)
    assert np.isnan(window.canvas.landmarks[1]).all()
    assert not window.next.isEnabled()


def test_a_photo_that_is_left_out_is_not_written_but_one_must_stay(
    qtbot: QtBot, table: LabelTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *words: shown.append(words[-1]))
    window = open_window(qtbot, table)
    for _ in range(2):
        qtbot.mouseClick(window.leave_out, Qt.MouseButton.LeftButton)
        qtbot.mouseClick(window.next, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.leave_out, Qt.MouseButton.LeftButton)
    window.close()
    assert window.isVisible()
    assert shown == ["All photos are left out. Keep at least one."]
    qtbot.mouseClick(window.leave_out, Qt.MouseButton.LeftButton)
    window.close()
    assert list(written(table)) == ["c.png"]


def test_only_doubtful_photos_are_shown_on_demand(qtbot: QtBot, table: LabelTable) -> None:
    assert open_window(qtbot, table, doubtful_alone=True).photo_count == 2
    assert open_window(qtbot, table).photo_count == 3


def test_a_photo_that_is_gone_takes_no_other_with_it(qtbot: QtBot, table: LabelTable) -> None:
    (table.path.parent / "b.png").write_bytes(b"no image")
    window = open_window(qtbot, table)
    drag(qtbot, window, 1, QPoint(20, 20))
    window.close()
    assert len(written(table)) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "needs the columns file"),
        ("file,x\na.png,1\n", "needs the columns file"),
        ("file,nose_x,nose_y\n", "contains no photos"),
        ("file,nose_x,nose_y\na.png,1\n", "line 2: 2 cells, expected 3"),
        ("file,nose_x,nose_y\na.png,1,2\n\nb.png,far,2\n", "line 4: 'far' is not a number"),
        ("\xff\xfe", "not a CSV table in UTF-8"),
        ("file,nose_x,nose_y\na.png,1,2\n", "None of the photos in .* was found"),
    ],
)
def test_a_table_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, content: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes(content.encode("latin-1"))
    assert main(["correct", str(path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(SourceError, match=words):
        raise_again(path)


def raise_again(path: Path) -> None:
    import argparse  # noqa: PLC0415

    from masquerade.commands import correct  # noqa: PLC0415

    correct.run(argparse.Namespace(table=path, doubtful=False))


def test_nothing_doubtful_opens_no_window(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_table(tmp_path, ["a.png,0.02,,one,50,30,60,40"])
    assert main(["correct", str(path), "--doubtful"]) == 0
    assert capsys.readouterr().out == "No photo is marked as doubtful.\n"
