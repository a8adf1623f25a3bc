"""Tests that a soak notices whatever grows, and that the real window grows in nothing."""

import csv
import math
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from masquerade.__main__ import main
from masquerade.benchmark.own_process import ProcessState
from masquerade.benchmark.soak_film import write_film
from masquerade.benchmark.soak_report import CSV_HEAD, SoakReport, SoakSample, as_svg, as_words
from masquerade.compose import build_line
from masquerade.pipeline.sources.videos.video_file import VideoFile

from tests.shared import REPO

SAMPLE = SoakSample(0.0, 0, 0, ProcessState(150.0, 170.0, 240.0, 14, 18), cpu_ms=8.0, p95_ms=12.0)
GRIPES = {
    "threads": (
        lambda n: replace(SAMPLE, state=replace(SAMPLE.state, threads=14 + n)),
        "Its threads grew from 26 to 42.",
    ),
    "open files": (lambda n: replace(SAMPLE, state=replace(SAMPLE.state, handles=18 + n)), "Its open files grew from"),
    "memory": (
        lambda n: replace(SAMPLE, state=replace(SAMPLE.state, unique_mb=150.0 + 4 * n)),
        "Its memory grew from 196 to 260 MB.",
    ),
    "all memory": (lambda n: replace(SAMPLE, state=replace(SAMPLE.state, unique_mb=310.0)), "held 310 MB, more than"),
    "processor time": (
        lambda n: replace(SAMPLE, cpu_ms=8.0 * 1.05**n),
        "Its processor time a frame grew from 14.0 to 30.6 ms.",
    ),
}


def soak(sample_at: Callable[[int], SoakSample], stalled: bool = False) -> SoakReport:
    samples = (replace(sample_at(n), frames=30 * (n + 1), seconds=float(n)) for n in range(32))
    return SoakReport(960, tuple(samples), stalled)


def test_steady_figures_are_no_problem() -> None:
    swaying = soak(lambda n: replace(SAMPLE, state=replace(SAMPLE.state, unique_mb=150 + 20 * math.sin(n))))
    assert swaying.problems() == ()
    assert "Nothing grew." in as_words(swaying)


@pytest.mark.parametrize("name", GRIPES)
def test_a_figure_that_grows_is_named(name: str) -> None:
    sample_at, words = GRIPES[name]
    (problem,) = soak(sample_at).problems()
    assert words in problem
    assert problem in as_words(soak(sample_at))


def test_a_window_that_stops_painting_is_named() -> None:
    (problem,) = soak(lambda n: SAMPLE, stalled=True).problems()
    assert "nothing more after 960 of 960 frames" in problem
    assert SoakReport(960, (), stalled=True).problems()[-1] == "There are too few samples to compare."


def test_the_curve_shows_every_sample() -> None:
    drawing = ET.fromstring(as_svg(soak(lambda n: SAMPLE).samples))
    lines = drawing.findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(line.get("points", "").split()) for line in lines] == [32] * 7


def test_in_the_film_faces_come_go_and_are_two(tmp_path: Path) -> None:
    write_film(tmp_path / "film.mp4", 2.0)
    line, counts = build_line(), []
    with VideoFile(tmp_path / "film.mp4") as source:
        while (frame := source.read()) is not None:
            counts.append(len(line.see(frame).faces))
    assert len(counts) == 120
    assert (counts[20], counts[88], counts[118]) == (1, 0, 2)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--soak", "30", "--csv", str(tmp_path / "none" / "soak.csv")]) == 1
    assert "soak.csv cannot be written" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux reports what a process holds")
def test_the_real_window_does_not_grow(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "masquerade", "bench", "--soak", "480", "--csv", str(tmp_path / "soak.csv")]
    for name in ("dog", "blur", "top-hat"):
        command += ["--filter", name]
    done = subprocess.run(command, cwd=REPO, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing grew." in done.stdout
    with (tmp_path / "soak.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == CSV_HEAD
    assert len(rows) >= 14
    assert max(float(row["unique_mb"]) for row in rows) < 300
    assert max(int(row["threads"]) for row in rows) < 40
    assert (tmp_path / "soak.svg").read_text().startswith("<svg")
