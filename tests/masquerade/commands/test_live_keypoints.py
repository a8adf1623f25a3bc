import csv
from pathlib import Path

import av
import pytest
from masquerade.__main__ import main
from masquerade.studio.landmarks.log import LogReader


def test_the_landmarks_of_a_source_are_written_and_drawn_again(tmp_path: Path) -> None:
    log, video = tmp_path / "a.jsonl", tmp_path / "a.mp4"
    assert main(["keypoints", "--live", "demo", "-o", str(log), "--seconds", "1.5"]) == 0
    frames = list(LogReader(log))
    assert len(frames) > 5
    assert sum(bool(frame.faces) for frame in frames) > len(frames) // 2
    assert main(["replay", str(log), "-o", str(video)]) == 0
    with av.open(str(video)) as file:
        images = [frame.to_ndarray(format="gray") for frame in file.decode(video=0)]
    assert len(images) == len(frames)
    # A mask on black: most of it is black, and something is drawn.
    assert (images[-1] < 30).mean() > 0.7
    assert (images[-1] > 120).mean() > 0.005
    assert main(["replay", str(log), "-o", str(video)]) == 1
    assert main(["replay", str(log), "-o", str(video), "--force"]) == 0


def test_a_table_has_the_same_columns_as_of_files(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    assert main(["keypoints", "--live", "demo", "-o", str(table), "--seconds", "1"]) == 0
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 3
    assert float(rows[0]["nose_tip_x"]) > 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--live", "demo"], "Use -o FILE to save"),
        (["--live", "demo", "demo", "-o", "a.csv"], "takes one source"),
        (["demo"], "Use -o FILE.csv"),
        (["demo", "-o", "a.csv", "--osc", "1234"], "belong to --live"),
        (["--live", "demo", "-o", "a.txt"], "a .csv or a .jsonl file"),
        (["--live", "demo", "--osc", "nowhere"], "not a valid address"),
    ],
)
def test_options_that_do_not_go_together_are_one_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["keypoints", *words]) == 1
    assert sentence in capsys.readouterr().err
