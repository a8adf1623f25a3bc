"""Tests that a stage which got slower is noticed, on any machine."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from masquerade.__main__ import main
from masquerade.benchmark import guard, own_process
from masquerade.benchmark.guard import SlowStage, Workload, lowest, measure_ratios, medians, processor_name, slow_stages
from masquerade.errors import SourceError
from masquerade.pipeline.sources import Demo
from masquerade.values import Frame, Scene, StageTime


def line_with(**milliseconds: float) -> Callable[[], Callable[[Frame], Scene]]:
    """Lines that report these times, and three times as much in their first round and at every tenth frame."""
    rounds = 0

    def build() -> Callable[[Frame], Scene]:
        nonlocal rounds
        rounds += 1
        factor = 3.0 if rounds == 1 else 1.0

        def line(frame: Frame) -> Scene:
            busy = 3.0 if (frame.index + rounds) % 10 == 0 else factor
            return Scene(frame, times=tuple(StageTime(name, busy * each) for name, each in milliseconds.items()))

        return line

    return build


@pytest.fixture(autouse=True)
def steady_workload(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workload, "run", lambda self: 4.0)


def test_a_ratio_is_the_quickest_of_each_frame_over_the_workload() -> None:
    ratios = measure_ratios(lambda: Demo((64, 36)), line_with(find=8.0, draw=1.0, pose=0.001))
    # What is shorter than the clock can tell counts as 0.05 ms.
    assert ratios == pytest.approx({"find": 2.0, "draw": 0.25, "pose": 0.0125})


def test_a_source_that_is_too_short_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Demo, "read", lambda self: None)
    with pytest.raises(SourceError, match="too few frames"):
        measure_ratios(lambda: Demo((64, 36)), line_with(find=8.0))


@pytest.mark.parametrize(
    ("ratio", "slow"),
    [(0.5, ()), (1.0, ()), (1.29, ()), (1.31, (SlowStage("draw", 1.31, 1.0),))],
)
def test_a_stage_thirty_percent_slower_is_slow(ratio: float, slow: tuple[SlowStage, ...]) -> None:
    assert slow_stages({"draw": ratio, "new": 9.0}, {"draw": 1.0}, 1.3) == slow


def test_attempts_are_joined() -> None:
    attempts = [{"draw": 3.0}, {"draw": 1.0}, {"draw": 2.0}]
    assert (lowest(attempts), medians(attempts)) == ({"draw": 1.0}, {"draw": 2.0})


def test_the_real_stages_are_stored_and_a_slower_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(own_process, "use_one_core", lambda: "")
    monkeypatch.setattr(guard, "_ROUNDS", 1)
    monkeypatch.setattr(guard, "_ROUND_FRAMES", 3)
    stored = tmp_path / "ratios.json"
    assert main(["bench", "--store", str(stored)]) == 0
    ((processor, ratios),) = json.loads(stored.read_text()).items()
    assert processor == processor_name()
    assert list(ratios) == ["find", "points", "pose", "trigger", "person", "draw"]
    slower = {name: 100 * each for name, each in ratios.items()}
    stored.write_text(json.dumps({processor: slower}))
    assert main(["bench", "--against", str(stored)]) == 0
    stored.write_text(json.dumps({processor: {**slower, "draw": ratios["draw"] / 100}}))
    assert main(["bench", "--against", str(stored)]) == 1
    assert "draw takes" in capsys.readouterr().err
    stored.write_text(json.dumps({"another processor": {"draw": 0.0001}}))
    assert main(["bench", "--against", str(stored)]) == 0
    assert f"no times are stored for this processor ({processor})" in capsys.readouterr().out


def test_stored_ratios_that_cannot_be_read_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for content in ("no json", "[1]", json.dumps({processor_name(): {"draw": "x"}})):
        (tmp_path / "ratios.json").write_text(content)
        assert main(["bench", "--against", str(tmp_path / "ratios.json")]) == 1
        assert "ratios.json cannot be read" in capsys.readouterr().err
