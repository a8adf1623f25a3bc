"""Tests what a run says of itself where nobody watches: a line a minute, with the time that is left."""

import logging
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from tests.masquerade_train.late import LATE

if LATE:
    from masquerade_train.fitting import callbacks
    from masquerade_train.fitting.callbacks import Report


@dataclass
class Work:
    """Stands for the run's clock: minutes of work so far, and how much of a budget that is."""

    minutes: float = 0.0
    budget: float = 0.0

    @property
    def share_spent(self) -> float:
        return self.minutes / self.budget if self.budget else 0.0


def lines_of(
    work: Work, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, *, seconds_a_step: float
) -> list[str]:
    """Two of four epochs of 10 steps each."""
    monkeypatch.setattr(callbacks, "time", SimpleNamespace(monotonic=lambda: 60 * work.minutes))
    report = Report(work, epochs=4)  # type: ignore[arg-type]
    report.set_params({"steps": 10, "epochs": 4})
    report.set_model(SimpleNamespace(stop_training=False))
    with caplog.at_level(logging.INFO):
        for epoch in range(2):
            report.on_epoch_begin(epoch)
            for batch in range(10):
                work.minutes += seconds_a_step / 60
                report.on_train_batch_end(batch, {"loss": 0.5})
            report.on_epoch_end(epoch, {"loss": 0.5, "minutes": work.minutes, "images_per_second": 8.0})
    return [record.getMessage() for record in caplog.records]


def test_outside_a_terminal_there_is_a_line_a_minute_with_the_time_left(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = lines_of(Work(), caplog, monkeypatch, seconds_a_step=30)
    # 10 minutes of work, of which the end of the first epoch has a line of its own.
    assert 8 <= len(lines) <= 10
    assert lines[0] == "epoch 1, step 3 of 10, loss 0.5, 18.5 min left"
    assert "epoch 1, 5.0 min" in lines[4]
    assert lines[4].endswith("15.0 min left")


def test_a_quick_run_says_no_more_than_the_first_epoch(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = lines_of(Work(), caplog, monkeypatch, seconds_a_step=1)
    assert [line.split(",")[0] for line in lines] == ["epoch 1"]


def test_a_budget_shortens_the_time_left(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = lines_of(Work(budget=12), caplog, monkeypatch, seconds_a_step=30)
    assert lines[0] == "epoch 1, step 3 of 10, loss 0.5, 10.5 min left"
