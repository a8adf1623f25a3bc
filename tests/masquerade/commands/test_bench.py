"""Tests `masquerade bench` as a user calls it, in a process of its own: it keeps to one core."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from masquerade.benchmark.measure import BenchReport, FilterReport, PeerReport
from masquerade.benchmark.own_process import MemoryUse
from masquerade.benchmark.report import as_json, as_text, drawing_as_json, drawing_as_table
from masquerade.pipeline.timing import StageSummary

from tests.shared import REPO


def bench(*words: str, folder: Path = REPO) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "masquerade", "bench", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=120)


REPORT = BenchReport(
    frames=100,
    fps=812.34,
    total=StageSummary("total", 1.2, 2.5),
    afterwards=StageSummary("afterwards", 0.0, 4.4),
    decode=StageSummary("decode", 1.7, 1.9),
    stages=(StageSummary("find", 0.01, 1.9), StageSummary("draw", 0.4, 0.5)),
    memory=MemoryUse(98.76, 123.44),
    faces=0.995,
    size_wh=(1280, 720),
    peer=PeerReport("other 1.0", StageSummary("total", 4.8, 5.2), 4.0, 2.08),
)


def test_the_json_has_the_keys_that_other_programs_read() -> None:
    assert json.loads(as_json(REPORT)) == {
        "frames": 100,
        "fps": 812.3,
        "total": {"p50_ms": 1.2, "p95_ms": 2.5},
        "stages": {"find": {"p50_ms": 0.01, "p95_ms": 1.9}, "draw": {"p50_ms": 0.4, "p95_ms": 0.5}},
        "afterwards": {"p50_ms": 0.0, "p95_ms": 4.4},
        "decode": {"p50_ms": 1.7, "p95_ms": 1.9},
        "unique_mb": 98.8,
        "peak_rss_mb": 123.4,
        "peer": {"name": "other 1.0", "total": {"p50_ms": 4.8, "p95_ms": 5.2}, "ratio": 4.0, "ratio_p95": 2.08},
    }


def test_the_text_has_the_figures_and_how_they_were_measured() -> None:
    reported = as_text(REPORT, ("glasses", "hat"), "On one core (number 1).", further_face_ms=0.61)
    for part in (
        "100 images of 1280 x 720, 1.0 faces, filters: glasses, hat",
        "each further face         0.61",
        "The line is 4.0 times as fast by the median, 2.1 times by the 95 %.",
        "search, afterwards        0.00    4.40",
        "decode a JPEG, before     1.70    1.90",
        "812 images a second; 99 MB of memory, 123 MB at most with shared libraries.",
        "On one core (number 1). Warming up is left out, drawing the filters is not.",
    ):
        assert part in reported


def test_the_demo_is_measured_through_every_stage() -> None:
    done = bench("--frames", "5", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert set(report) == {
        "frames",
        "fps",
        "total",
        "stages",
        "afterwards",
        "decode",
        "unique_mb",
        "peak_rss_mb",
        "peer",
    }
    assert report["frames"] == 5
    assert list(report["stages"]) == ["find", "points", "pose", "trigger", "person", "draw"]
    assert report["total"]["p50_ms"] >= report["stages"]["draw"]["p50_ms"] > 0
    assert report["peer"] == {}


def test_the_real_window_is_measured_from_its_start_to_its_paint() -> None:
    done = bench("--window", "--seconds", "6", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert set(report) == {"first_image_s", "fps", "capture_to_paint", "unique_mb", "peak_rss_mb"}
    assert report["first_image_s"] > 0
    assert 0 < report["capture_to_paint"]["p50_ms"] <= report["capture_to_paint"]["p95_ms"]
    assert report["fps"] > 0


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (["--frames", "0"], "expected a whole number above 0, not '0'"),
        (["--frames", "many"], "expected a whole number above 0, not 'many'"),
        (["--source", "nowhere.mp4"], "There is no file 'nowhere.mp4'"),
        (["--filter", "sunglases"], "Did you mean 'sunglasses'?"),
    ],
)
def test_an_impossible_option_is_one_sentence(words: list[str], reported: str) -> None:
    done = bench(*words)
    assert done.returncode in (1, 2)
    assert reported in done.stderr
    assert "Traceback" not in done.stderr


def test_every_filter_named_is_measured_and_drawing_nothing_beside_it() -> None:
    done = bench("--all-filters", "--filter", "fedora", "--filter", "black-bar", "--frames", "5", "--json")
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    assert list(measured) == ["none", "fedora", "black-bar"]
    assert all(0 <= each["p50_ms"] <= each["p95_ms"] for each in measured.values())
    assert measured["fedora"]["p50_ms"] > measured["none"]["p50_ms"]


def test_the_table_of_drawing_lists_the_most_expensive_first() -> None:
    cheap, dear = (
        FilterReport(name, StageSummary("draw", ms, 2 * ms), (1280, 720)) for name, ms in (("a", 0.3), ("b", 1))
    )
    lines = drawing_as_table((cheap, dear), 150, "On one core.").splitlines()
    assert lines[0] == "Drawing, 1280 x 720, 150 frames each. On one core."
    assert lines[-2:] == ["| b | 1.00 ms | 2.00 ms |", "| a | 0.30 ms | 0.60 ms |"]


def test_beside_a_peer_the_table_of_drawing_goes_by_the_share_of_its_time() -> None:
    """The machine was half as fast while b was measured, and the peer felt it."""
    reports = [
        FilterReport(
            name,
            StageSummary("draw", draw_ms, 2 * draw_ms),
            (1280, 720),
            PeerReport("peer 1", StageSummary("total", peer_ms, peer_ms), 1.0, 1.0),
        )
        for name, draw_ms, peer_ms in (("b", 1.2, 10.0), ("a", 1.0, 5.0))
    ]
    lines = drawing_as_table(reports, 150, "On one core.").splitlines()
    assert lines[2] == "| filter | median | p95 | peer 1 meanwhile | share of that |"
    assert lines[-2:] == [
        "| a | 1.00 ms | 2.00 ms | 5.00 ms | 20.0 % |",
        "| b | 1.20 ms | 2.40 ms | 10.00 ms | 12.0 % |",
    ]
    assert json.loads(drawing_as_json(reports))["a"] == {"p50_ms": 1.0, "p95_ms": 2.0, "peer_share": 0.2}
