"""Contours are learnt from a teacher that marks them elsewhere than annotators; where it is wrong it is not asked."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
from masquerade.contours import CONTOUR_COUNT, JAW, LEFT_EYE, LEFT_PUPIL, OUTER_LIP, RIGHT_PUPIL
from masquerade.values import ALL_LANDMARK_NAMES, LANDMARK_COUNT, FloatArray
from masquerade_train.__main__ import main
from masquerade_train.datasets.face_set import load_faces
from masquerade_train.datasets.landmark_table import columns_of
from masquerade_train.datasets.teaching.contour_labels import MARKS, ContourMap, blend, learn_contours, nearest
from masquerade_train.errors import TrainError

from tests.masquerade_train.faces import face_row, moved_points, write_faces15

FACES = 40


def outline(seed: int) -> FloatArray:
    """The contours of a face as its annotator sees them, (70, 2): on ellipses round the middle of its landmarks."""
    landmarks = moved_points(seed)
    angles = np.linspace(0, 2 * np.pi, CONTOUR_COUNT)
    wide = np.random.default_rng(seed).uniform(0.8, 1.2)
    ring = np.column_stack([np.cos(angles) * 50 * wide, np.sin(angles) * 60])
    return (landmarks.mean(axis=0) + ring).astype(np.float32)


def seen(seed: int) -> FloatArray:
    """What the teacher sees, (85, 2): landmarks as they are, contours two pixels lower, a wider jaw."""
    contours = outline(seed) + np.float32([0, 2])
    middle = moved_points(seed).mean(axis=0)
    contours[list(JAW)] = middle + (contours[list(JAW)] - middle) * np.float32([1.1, 1.0])
    return np.concatenate([moved_points(seed), contours]).astype(np.float32)


@pytest.fixture(scope="module")
def learnt() -> ContourMap:
    rows = [face_row(seed, "train") for seed in range(FACES)]
    taught = {row.file: [seen(seed)] for seed, row in enumerate(rows)}
    return learn_contours(rows, taught, {row.file: outline(seed)[:MARKS] for seed, row in enumerate(rows)})


def test_the_teachers_convention_is_removed_and_pupils_keep_their_place(learnt: ContourMap) -> None:
    other = FACES + 3
    mapped, truth = learnt.map(seen(other)), outline(other)
    for edge in (LEFT_EYE, OUTER_LIP, JAW):
        assert np.abs(mapped[list(edge)] - truth[list(edge)]).max() < 1.0
    assert np.abs(seen(other)[LANDMARK_COUNT:][list(JAW)] - truth[list(JAW)]).max() > 4
    for pupil in (LEFT_PUPIL, RIGHT_PUPIL):
        assert mapped[pupil] == pytest.approx(seen(other)[LANDMARK_COUNT + pupil], abs=1e-3)


def test_too_few_faces_teach_nothing() -> None:
    rows = [face_row(seed, "train") for seed in range(5)]
    with pytest.raises(TrainError, match="Only 5 training faces have the 68 marks"):
        learn_contours(
            rows, {row.file: [seen(n)] for n, row in enumerate(rows)}, {row.file: outline(0)[:MARKS] for row in rows}
        )


def test_the_face_that_is_meant_is_taken_and_another_one_is_not() -> None:
    beside = seen(1) + np.float32([60, 0])
    found = nearest({"a.png": [beside, seen(1)]}, "a.png", moved_points(1))
    assert found is not None
    np.testing.assert_array_equal(found, seen(1))
    assert nearest({"a.png": [beside]}, "a.png", moved_points(1)) is None
    assert nearest({}, "a.png", moved_points(1)) is None


def test_annotator_and_teacher_share_and_either_may_be_missing() -> None:
    mapped, marks = np.zeros((CONTOUR_COUNT, 2), np.float32), np.ones((MARKS, 2), np.float32)
    both = blend(mapped, marks)
    assert both[LEFT_EYE[0], 0] == pytest.approx(0.5)
    assert both[JAW[0], 0] == pytest.approx(0.65)
    assert both[LEFT_PUPIL, 0] == 0
    np.testing.assert_array_equal(blend(None, marks)[:MARKS], marks)
    assert np.isnan(blend(None, marks)[MARKS:]).all()
    assert np.isnan(blend(None, None)).all()


def write_taught(path: Path, seeds: range) -> Path:
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("file", *columns_of(ALL_LANDMARK_NAMES)))
        table.writerows((f"{seed}.png", *seen(seed).reshape(-1)) for seed in seeds)
    return path


def write_marks(path: Path, seeds: range) -> Path:
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("file", *columns_of([f"p{number}" for number in range(MARKS)])))
        table.writerows((f"{seed}.png", *outline(seed)[:MARKS].reshape(-1)) for seed in seeds)
    return path


@pytest.fixture
def sources(tmp_path: Path) -> tuple[Path, Path, Path]:
    folder = write_faces15(tmp_path / "set", rows=FACES)
    return (
        folder,
        write_taught(tmp_path / "taught.csv", range(FACES)),
        write_marks(tmp_path / "marks.csv", range(FACES)),
    )


def test_prepare_adds_contours_and_folders_that_the_teacher_alone_has_seen(
    sources: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    folder, taught, marks = sources
    more = tmp_path / "more"
    more.mkdir()
    others = write_faces15(tmp_path / "other set", rows=FACES + 5)
    for seed in range(FACES, FACES + 5):
        shutil.copy(others / "faces" / f"{seed}.png", more)
    table = write_taught(tmp_path / "more.csv", range(FACES, FACES + 5))
    words = ["prepare", str(folder), str(tmp_path / "faces.npz"), "--taught", str(taught), "--marks", str(marks)]
    assert main([*words, "--also", str(more), str(table)]) == 0
    faces = load_faces(tmp_path / "faces.npz")
    assert faces.names == ALL_LANDMARK_NAMES
    assert (faces.sources == "more").sum() == 5
    added = np.flatnonzero(faces.sources == "more")
    assert set(faces.splits[added]) == {"train"}
    for row, seed in zip(added, range(FACES, FACES + 5), strict=True):
        assert np.abs(faces.landmarks[row, :LANDMARK_COUNT] - moved_points(seed)).max() < 4
        assert (
            np.abs(faces.landmarks[row, LANDMARK_COUNT:][list(OUTER_LIP)] - outline(seed)[list(OUTER_LIP)]).max() < 1.0
        )
    (test,) = np.flatnonzero(faces.splits == "test")
    np.testing.assert_allclose(faces.landmarks[test, LANDMARK_COUNT:][:MARKS], outline(FACES - 1)[:MARKS], atol=0.01)
    assert np.isnan(faces.landmarks[test, LANDMARK_COUNT:][MARKS:]).all()


def test_marks_are_moved_with_the_labels_that_count_pixels_from_one(
    sources: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    folder, taught, marks = sources
    table = folder / "faces.csv"
    heads, *rows = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([f"{heads},px_per_crop_px", *(f"{row},0.5" for row in rows)]), encoding="utf-8")
    words = ["prepare", str(folder), str(tmp_path / "faces.npz"), "--taught", str(taught), "--marks", str(marks)]
    assert main(words) == 0
    faces = load_faces(tmp_path / "faces.npz")
    (test,) = np.flatnonzero(faces.splits == "test")
    np.testing.assert_allclose(faces.landmarks[test, :LANDMARK_COUNT], moved_points(FACES - 1) - 2, atol=0.01)
    np.testing.assert_allclose(
        faces.landmarks[test, LANDMARK_COUNT:][:MARKS], outline(FACES - 1)[:MARKS] - 2, atol=0.01
    )


def test_missing_options_are_named_in_a_sentence(
    sources: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, taught, marks = sources
    words = ["prepare", str(folder), str(tmp_path / "faces.npz")]
    for given, said in (
        (["--marks", str(marks)], "--marks and --also need --taught"),
        (["--taught", str(taught)], "--taught needs --marks"),
        (["--taught", str(taught), "--marks", str(marks), "--also", str(folder)], "--also takes a folder, the table"),
        (["--taught", str(marks), "--marks", str(marks)], "column"),
    ):
        assert main([*words, *given]) == 1
        assert said in capsys.readouterr().err


def test_without_its_model_the_teacher_says_where_to_get_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_faces15(tmp_path / "set")
    words = ["teach", str(folder), str(tmp_path / "out.csv"), "--teacher", str(tmp_path / "face_landmarker.task")]
    assert main(words) == 1
    assert "Google's page" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["teach", str(tmp_path / "empty"), *words[2:]]) == 1
    assert "holds no image" in capsys.readouterr().err
