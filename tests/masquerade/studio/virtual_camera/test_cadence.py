import pytest
from masquerade.studio.virtual_camera.cadence import Cadence


def _play(source_rate: float, seconds: float) -> tuple[list[float], int]:
    """Returns when images were sent, and how many of them were new, at a rate of 30."""
    cadence = Cadence(30)
    sent, fresh = [], 0
    waiting = False
    step = 1 / 3000
    arrived = 0
    for tick in range(round(seconds / step)):
        now = tick * step
        if now * source_rate >= arrived:
            arrived, waiting = arrived + 1, True
        if waiting and now >= cadence.accepts_at():
            waiting, fresh = False, fresh + 1
        elif now < cadence.repeats_at():
            continue
        cadence.mark_sent(now)
        sent.append(now)
    return sent, fresh


@pytest.mark.parametrize("source_rate", [10, 24, 25, 29.97, 30, 30.1, 48, 60])
def test_the_rate_is_30_whatever_the_source_has(source_rate: float) -> None:
    sent, fresh = _play(source_rate, 20)
    assert (len(sent) - 1) / (sent[-1] - sent[0]) == pytest.approx(30, abs=0.1)
    assert fresh == pytest.approx(20 * min(source_rate, 30), abs=2)


def test_frames_that_come_in_time_never_wait() -> None:
    sent, _ = _play(30, 5)
    assert all(after * 30 % 1 < 0.02 or after * 30 % 1 > 0.98 for after in sent)


def test_a_pause_is_not_caught_up() -> None:
    cadence = Cadence(30)
    cadence.mark_sent(0.0)
    cadence.mark_sent(5.0)
    assert cadence.repeats_at() == pytest.approx(5 + 1.5 / 30)
