"""Tests `masquerade keypoints` as a user runs it."""

import csv
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.__main__ import main
from masquerade.compose import build_line
from masquerade.pipeline.sources.opening import open_video
from masquerade.resources import bundled
from masquerade.studio.landmark_table import COLUMNS
from masquerade.values import LANDMARK_NAMES, ByteArray, FloatArray, Keypoints
from masquerade.vision.landmarker import Landmarker
from masquerade.vision.models import find_landmarker

from tests.masquerade.commands.faces import PORTRAIT, face_video, portrait, save
from tests.masquerade.commands.program import masquerade

# By eye, in pixels of the portrait: where the face's parts are.
LEFT_EYE, RIGHT_EYE, TOP_LIP = (247, 103), (203, 101), (223, 139)


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        assert tuple(table.fieldnames or ()) == COLUMNS
        return list(table)


def point(row: dict[str, str], name: str) -> tuple[float, float]:
    return float(row[f"{name}_x"]), float(row[f"{name}_y"])


def test_a_face_is_where_it_is_in_pixels_of_the_input(tmp_path: Path) -> None:
    twice = save(tmp_path / "twice.png", cv2.resize(portrait(), None, fx=2, fy=2))
    done = masquerade(tmp_path, "keypoints", PORTRAIT, twice, "-o", "points.csv")
    assert done.returncode == 0, done.stderr
    once, double = read_table(tmp_path / "points.csv")
    assert (once["file"], double["file"]) == (str(PORTRAIT), str(twice))
    assert (once["frame"], float(once["time_s"])) == ("0", 0.0)
    for scale, row in ((1, once), (2, double)):
        assert point(row, "left_eye_center") == pytest.approx(np.multiply(LEFT_EYE, scale), abs=6 * scale)
        assert point(row, "right_eye_center") == pytest.approx(np.multiply(RIGHT_EYE, scale), abs=6 * scale)
        assert point(row, "mouth_center_top_lip") == pytest.approx(np.multiply(TOP_LIP, scale), abs=6 * scale)
        assert 0.5 <= float(row["score"]) <= 1
        assert all(abs(float(row[angle])) < 35 for angle in ("yaw", "pitch", "roll"))


def test_a_small_face_in_a_big_photo_is_found(tmp_path: Path) -> None:
    photo = np.full((1200, 1800, 3), 150, np.uint8)
    photo[700:940, 1300:1540] = portrait((240, 240))
    save(tmp_path / "crowd.png", photo)
    done = masquerade(tmp_path, "keypoints", tmp_path / "crowd.png", "-o", "points.csv")
    assert done.returncode == 0, done.stderr
    (row,) = read_table(tmp_path / "points.csv")
    place = np.multiply(LEFT_EYE, 240 / 512) + np.array([1300, 700])
    assert point(row, "left_eye_center") == pytest.approx(place, abs=6)


def test_a_video_gives_one_row_a_frame_with_its_time(tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.2, 0.23, 0.5]
    clip = face_video(tmp_path / "clip.mp4", frames=5, size_wh=(512, 512), times=times)
    done = masquerade(tmp_path, "keypoints", clip, "-o", "points.csv")
    assert done.returncode == 0, done.stderr
    rows = read_table(tmp_path / "points.csv")
    assert [int(row["frame"]) for row in rows] == [0, 1, 2, 3, 4]
    assert [float(row["time_s"]) for row in rows] == pytest.approx(times, abs=0.001)
    assert len({row["face"] for row in rows}) == 1


class NotingFinder:
    """The bundled landmarker, and all that it has found."""

    def __init__(self) -> None:
        self._landmarker = Landmarker(find_landmarker(""))
        self.found: list[FloatArray] = []

    def find(self, pixels: ByteArray, anchors: FloatArray) -> Keypoints:
        return self.detect_batch(pixels, [anchors])[0]

    def detect_batch(self, pixels: ByteArray, places: Sequence[FloatArray]) -> list[Keypoints]:
        everyone = self._landmarker.detect_batch(pixels, places)
        self.found += [each.points for each in everyone]
        return everyone


def landmarks_of(path: Path) -> FloatArray:
    """The landmarks of each row, (rows, 15, 2)."""
    rows = read_table(path)
    return np.array([[point(row, name) for name in LANDMARK_NAMES] for row in rows], np.float32)


def test_raw_landmarks_are_the_landmarkers_own_and_others_are_smoothed(tmp_path: Path) -> None:
    clip = face_video(tmp_path / "clip.mp4", frames=24, sound=False)
    assert main(["keypoints", str(clip), "-o", str(tmp_path / "smooth.csv")]) == 0
    assert main(["keypoints", str(clip), "--raw", "-o", str(tmp_path / "raw.csv")]) == 0
    finder = NotingFinder()
    line = build_line(model=finder)
    with open_video(clip) as source:
        for _ in map(line.see, iter(source.read, None)):
            pass
    raw, smooth = landmarks_of(tmp_path / "raw.csv"), landmarks_of(tmp_path / "smooth.csv")
    assert len(raw) == len(smooth) == 24
    own = np.stack(finder.found)
    assert max(float(np.abs(own - each).max(axis=(1, 2)).min()) for each in raw) < 0.01
    assert min(float(np.abs(own - each).max(axis=(1, 2)).min()) for each in smooth) > 0.01
    # The face goes one pixel to the right with every frame.
    steps = [np.diff(each.mean(axis=1)[:, 0]) for each in (raw, smooth)]
    assert steps[1].mean() == pytest.approx(1, abs=0.05)
    trembling = [np.abs(np.diff(each, n=2, axis=0)).mean() for each in (raw, smooth)]
    assert trembling[1] < 0.5 * trembling[0]


def test_a_folder_goes_in_and_the_broken_files_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    save(folder / "a.jpg", portrait())
    save(folder / "nobody.png", np.full((120, 160, 3), 90, np.uint8))
    (folder / "broken.jpg").write_text("no image")
    (folder / "notes.txt").write_text("left alone")
    done = masquerade(tmp_path, "keypoints", folder, "missing.mp4", "-o", "points.csv")
    assert done.returncode == 1
    assert [Path(row["file"]).name for row in read_table(tmp_path / "points.csv")] == ["a.jpg"]
    reported = [line for line in done.stderr.splitlines() if line.startswith("masquerade:")]
    assert len(reported) == 2
    assert "broken.jpg" in reported[0]
    assert "missing.mp4" in reported[1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["none/points.csv", "folder"])
def test_an_impossible_output_is_an_error_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    done = masquerade(tmp_path, "keypoints", PORTRAIT, "-o", name)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert [path.name for path in tmp_path.rglob("*.csv")] == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("in.png", "is an input and would be lost"), ("photo.jpg", "ends in .csv"), ("folder", "it is a folder")],
)
def test_no_image_is_replaced_by_a_table(tmp_path: Path, name: str, sentence: str) -> None:
    save(tmp_path / "in.png", portrait((64, 64)))
    save(tmp_path / "photo.jpg", portrait((64, 64)))
    (tmp_path / "folder").mkdir()
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.*") if path.is_file()}
    done = masquerade(tmp_path, "keypoints", "in.png", "-o", name)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--raw"], "masquerade85 on faces of blazeface, smoothed, not masquerade85 on faces of blazeface, raw"),
        (["--model", "seed96grey"], "not seed96grey on faces of blazeface, smoothed"),
    ],
)
def test_resuming_with_other_options_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: list[str], words: str
) -> None:
    table = tmp_path / "points.csv"
    command = ["keypoints", str(bundled("assets") / "demo" / "eileen_collins.jpg"), "-o", str(table)]
    assert main(command) == 0
    before = table.read_bytes()
    assert main([*command, "--resume", *option]) == 1
    printed = capsys.readouterr().err
    assert words in printed
    assert "Use the same ones to go on with it, or --force to replace it." in printed
    assert table.read_bytes() == before
