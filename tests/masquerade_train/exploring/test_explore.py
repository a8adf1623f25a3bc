"""Tests the page that `explore` writes: whole in itself, and right about what it shows."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from masquerade_train.__main__ import main
from masquerade_train.datasets.face_set import Row, join_rows, save_faces
from masquerade_train.errors import TrainError

from tests.masquerade_train.faces import LANDMARKS, dotted_image, face_row, png

pytest.importorskip("matplotlib", reason="plots belong to the extra 'train'")

from masquerade_train.exploring.explore import explore

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


class Links(HTMLParser):
    """Gathers what a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]


def page_of(tmp_path: Path, rows: list[Row], names: tuple[str, ...] | None = None) -> str:
    save_faces(join_rows(rows, names) if names else join_rows(rows), tmp_path / "faces.npz")
    explore(tmp_path / "faces.npz", tmp_path / "deep" / "report.html")
    return (tmp_path / "deep" / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def report(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page on the small data, written by the command."""
    out = tmp_path_factory.mktemp("report") / "report.html"
    assert main(["explore", str(small_data), "--out", str(out)]) == 0
    return out


def test_the_page_fetches_nothing_from_anywhere(report: Path) -> None:
    links = Links()
    text = report.read_text(encoding="utf-8")
    links.feed(text)
    assert len(links.found) > 20
    assert all(link.startswith(("data:image/", "#")) for link in links.found)
    assert "url(http" not in text
    assert "<script" not in text


def test_the_page_begins_with_what_stands_out(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    assert "<b>36</b><span>images</span>" in text
    assert "<b>100 %</b><span>of 15 landmarks marked</span>" in text
    assert text.count("<section>") == 9


def test_missing_labels_are_counted_for_each_landmark(tmp_path: Path) -> None:
    rows = [face_row(seed, "train") for seed in range(8)]
    lacking = rows[0].landmarks.copy()
    lacking[11:14] = np.nan
    text = page_of(tmp_path, [replace(rows[0], landmarks=lacking), *rows[1:]])
    assert "7 of 8 faces have all 15 landmarks" in text
    assert re.search(r"<td>mouth left corner</td><td>7</td><td>1</td>", text)
    assert re.search(r"<td>nose tip</td><td>8</td><td>0</td>", text)


def test_a_doubtful_label_is_shown_with_its_name(tmp_path: Path) -> None:
    rows = [face_row(seed, "train") for seed in range(60)]
    wrong = rows[5].landmarks.copy()
    wrong[12] += 45
    text = page_of(tmp_path, [*rows[:5], replace(rows[5], landmarks=wrong), *rows[6:]])
    assert re.search(r"<b>5</b><br>mouth right corner \d+ % of the face off", text)


def test_similar_images_across_the_split_are_reported(tmp_path: Path) -> None:
    rows = [face_row(seed, "train") for seed in range(6)]
    text = page_of(tmp_path, [*rows, replace(rows[0], split="test", file="again.png")])
    assert "1 test image with a near duplicate in the training or validation set" in text
    assert re.search(r"<b>(1</b><span>near duplicate|[2-9]</b><span>near duplicates) across the sets", text)


def test_data_with_other_landmarks_and_names_from_outside_are_shown_as_text(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    rows = [
        Row(
            png(dotted_image(LANDMARKS)),
            random.uniform(20, 170, (2, 2)).astype(np.float32),
            "<b>web",
            "one",
            "train",
            "a",
        )
        for _ in range(3)
    ]
    text = page_of(tmp_path, rows, ("chin", "brow"))
    assert "&lt;b&gt;web" in text
    assert "<b>web" not in text
    assert "chin" in text


def test_one_face_is_enough(tmp_path: Path) -> None:
    text = page_of(tmp_path, [face_row(0, "train")])
    assert "<b>1</b><span>image</span>" in text
    assert "<b>1</b><span>person</span>" in text


def test_every_set_that_the_data_have_gets_a_column(tmp_path: Path) -> None:
    rows = [face_row(seed, split) for seed, split in enumerate(("train", "train", "validation", "test"))]
    text = page_of(tmp_path, rows)
    assert "<th>train</th><th>validation</th><th>test</th>" in text
    assert "<td>2</td><td>1</td><td>1</td>" in text


def test_data_without_a_face_are_refused(tmp_path: Path) -> None:
    nothing = np.full((15, 2), np.nan, np.float32)
    save_faces(join_rows([replace(face_row(0, "train"), landmarks=nothing)]), tmp_path / "faces.npz")
    with pytest.raises(TrainError, match="no image with a marked landmark"):
        explore(tmp_path / "faces.npz", tmp_path / "report.html")
