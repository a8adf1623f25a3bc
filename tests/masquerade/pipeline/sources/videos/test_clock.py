"""Tests that the times of a file become one clock that does not jump."""

import pytest
from masquerade.pipeline.sources.videos.clock import ContinuousClock

VIDEO, SOUND = 0, 1


def mapped(packets: list[tuple[int, float]], max_gap_seconds: float = 10.0) -> list[float]:
    clock = ContinuousClock(max_gap_seconds)
    return [seconds + clock.offset(stream, seconds, 0.1) for stream, seconds in packets]


def test_times_that_go_on_are_left_alone() -> None:
    packets = [(VIDEO, 5.0), (SOUND, 4.9), (VIDEO, 5.1), (SOUND, 5.0), (VIDEO, 9.0), (VIDEO, 8.9)]
    assert mapped(packets) == [seconds for _, seconds in packets]


@pytest.mark.parametrize("restart", [0.0, 100.0, -50.0])
def test_a_restart_goes_on_where_it_was(restart: float) -> None:
    packets = [(VIDEO, 3.0), (VIDEO, 3.1), (VIDEO, restart), (VIDEO, restart + 0.1)]
    assert mapped(packets) == pytest.approx([3.0, 3.1, 3.2, 3.3])


@pytest.mark.parametrize(
    "order",
    [
        [VIDEO, SOUND, VIDEO, SOUND, VIDEO, SOUND, VIDEO, SOUND],
        [VIDEO, VIDEO, VIDEO, VIDEO, SOUND, SOUND, SOUND, SOUND],
        [SOUND, SOUND, VIDEO, VIDEO, VIDEO, SOUND, VIDEO, SOUND],
    ],
)
def test_image_and_sound_pass_a_restart_by_the_same_amount(order: list[int]) -> None:
    # The sound is 0.04 s behind on both sides of the restart, and its last packet is a little longer.
    times = {VIDEO: iter([8.0, 8.1, 1.0, 1.1]), SOUND: iter([8.04, 8.14, 1.04, 1.14])}
    places = list(zip(order, mapped([(stream, next(times[stream])) for stream in order]), strict=True))
    video = [seconds for stream, seconds in places if stream == VIDEO]
    sound = [seconds for stream, seconds in places if stream == SOUND]
    assert [later - earlier for earlier, later in zip(video, sound, strict=True)] == pytest.approx([0.04] * 4)


def test_two_restarts_in_a_row_add_up() -> None:
    packets = [(VIDEO, 5.0), (SOUND, 5.0), (VIDEO, 1.0), (SOUND, 1.0), (VIDEO, 700.0), (SOUND, 700.0)]
    assert mapped(packets) == pytest.approx([5.0, 5.0, 5.1, 5.1, 5.2, 5.2])


def test_a_stream_that_begins_after_a_restart_is_beside_the_others() -> None:
    packets = [(VIDEO, 50.0), (VIDEO, 0.0), (SOUND, 0.05)]
    assert mapped(packets) == pytest.approx([50.0, 50.1, 50.15])


def test_an_error_of_one_stream_does_not_move_the_other() -> None:
    packets = [(VIDEO, 5.0), (SOUND, 5.0), (VIDEO, 1.0), (SOUND, 300.0), (SOUND, 300.1)]
    assert mapped(packets) == pytest.approx([5.0, 5.0, 5.1, 5.1, 5.2])


def test_only_long_pauses_count_as_left_out() -> None:
    clock = ContinuousClock(10.0)
    for seconds in (0.0, 100.0, 50.0, 8000.0):
        clock.offset(VIDEO, seconds, 0.0)
    assert clock.left_out_seconds == pytest.approx(7950.0)
