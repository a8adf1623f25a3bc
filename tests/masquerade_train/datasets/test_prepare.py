"""Tests what `prepare` says and writes, whatever the source, and that a full disk loses nothing."""

from pathlib import Path

import pytest
from masquerade_train.datasets.face_set import load_faces
from masquerade_train.datasets.prepare import Choices, prepare
from masquerade_train.errors import TrainError

from tests.masquerade_train.faces import write_faces15
from tests.masquerade_train.kaggle import FOUR, row, write


def test_counts_and_reasons_are_printed(tmp_path: Path) -> None:
    source = write(tmp_path, row(0), row(1, FOUR), row(0), row(2, set()), row(3, set()))
    report = prepare(source, tmp_path / "faces.npz")
    assert "2 images" in report
    assert "of 15 landmarks are marked: 15 on 1, 4 on 1" in report
    assert "left out, the image appears before: 1 (row 2 (as row 0))" in report
    assert "left out, no landmark is marked: 2 (row 3, row 4)" in report
    assert len(load_faces(tmp_path / "faces.npz")) == 2


def test_a_source_of_which_nothing_can_be_used_is_refused_with_the_reasons(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match=r"(?s)No row of .*training\.csv can be used:.*no landmark is marked: 2"):
        prepare(write(tmp_path, row(0, set()), row(1, set())), tmp_path / "faces.npz")
    with pytest.raises(TrainError, match="it has no row"):
        prepare(write(tmp_path), tmp_path / "faces.npz")


def test_a_person_on_both_sides_of_the_split_is_refused(tmp_path: Path) -> None:
    folder = write_faces15(tmp_path / "set")
    table = folder / "faces.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("person 5", "person 1"), encoding="utf-8")
    with pytest.raises(TrainError, match=r"'person 1' is in two sets \(1.png: train, 5.png: test\)"):
        prepare(folder, tmp_path / "faces.npz")


@pytest.mark.parametrize(
    ("name", "message"),
    [("nowhere", "nowhere does not exist"), ("notes.txt", "not a known kind of data"), (".", "contains no known")],
)
def test_the_error_of_an_unknown_source_lists_the_known_ones(tmp_path: Path, name: str, message: str) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    if name.endswith(".txt"):
        (folder / name).write_text("hello", encoding="utf-8")
    with pytest.raises(TrainError, match=message):
        prepare(folder / name, tmp_path / "faces.npz")


def test_a_folder_with_two_tables_asks_for_one(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("file,chin_x,chin_y\n", encoding="utf-8")
    with pytest.raises(TrainError, match=r"holds 2 tables \(a\.csv, b\.csv\)\. Name one of them"):
        prepare(tmp_path, tmp_path / "faces.npz")


def test_the_images_can_be_given_a_name(tmp_path: Path) -> None:
    prepare(write(tmp_path, row(0)), tmp_path / "faces.npz", name="mine")
    assert load_faces(tmp_path / "faces.npz").sources.tolist() == ["mine"]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits on files are a matter of Unix")
    out = tmp_path / "out" / "faces.npz"
    prepare(write(tmp_path, row(0)), out)
    before = out.read_bytes()
    larger = write(tmp_path, *(row(seed) for seed in range(10)))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(TrainError, match=r"faces\.npz cannot be written"):
            prepare(larger, out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert out.read_bytes() == before
    assert [path.name for path in out.parent.iterdir()] == ["faces.npz"]


def test_a_file_without_a_training_set_says_what_it_is_good_for(tmp_path: Path) -> None:
    folder = write_faces15(tmp_path / "faces15", rows=3)
    table = (folder / "faces.csv").read_text(encoding="utf-8").replace(",train,", ",test,")
    (folder / "faces.csv").write_text(table, encoding="utf-8")
    assert "can be measured on this file, not trained (--all-train)" in prepare(folder, tmp_path / "faces.npz")
    choices = Choices(all_train=True)
    assert "not trained" not in prepare(folder, tmp_path / "faces.npz", choices=choices)
