"""Tests the hand-over between two threads."""

import threading
import time

from masquerade.pipeline.slot import LatestSlot

LONG = 10.0


def test_taker_gets_the_newest_value_and_the_older_ones_count_as_dropped() -> None:
    slot: LatestSlot[int] = LatestSlot()
    for value in (1, 2, 3):
        slot.put(value)
    assert slot.take(0) == 3
    assert slot.dropped == 2


def test_a_value_is_taken_once() -> None:
    slot: LatestSlot[int] = LatestSlot()
    slot.put(1)
    slot.take(0)
    assert slot.take(0.01) is None


def test_falsy_value_is_a_value() -> None:
    slot: LatestSlot[int] = LatestSlot()
    slot.put(0)
    assert slot.take(0) == 0


def test_put_wakes_a_taker_that_waits() -> None:
    slot: LatestSlot[int] = LatestSlot()
    taken: list[int | None] = []
    taker = threading.Thread(target=lambda: taken.append(slot.take(LONG)))
    taker.start()
    slot.put(7)
    taker.join(LONG)
    assert taken == [7]


def test_close_wakes_every_taker() -> None:
    slot: LatestSlot[int] = LatestSlot()
    takers = [threading.Thread(target=slot.take) for _ in range(3)]
    for taker in takers:
        taker.start()
    slot.close()
    slot.close()
    for taker in takers:
        taker.join(LONG)
    assert not any(taker.is_alive() for taker in takers)
    assert slot.closed


def test_value_put_before_the_close_is_still_given_once() -> None:
    slot: LatestSlot[int] = LatestSlot()
    slot.put(1)
    slot.close()
    slot.put(2)
    assert slot.take() == 1
    assert slot.take() is None


def test_take_gives_up_after_its_time() -> None:
    slot: LatestSlot[int] = LatestSlot()
    began = time.monotonic()
    assert slot.take(0.05) is None
    assert time.monotonic() - began > 0.04


def test_nothing_is_lost_or_taken_twice_under_two_busy_threads() -> None:
    slot: LatestSlot[int] = LatestSlot()
    taken: list[int] = []

    def take_all() -> None:
        while (value := slot.take(LONG)) is not None:
            taken.append(value)

    taker = threading.Thread(target=take_all)
    taker.start()
    for value in range(20_000):
        slot.put(value)
    slot.close()
    taker.join(LONG)
    assert taken == sorted(set(taken))
    assert taken[-1] == 19_999
    assert len(taken) + slot.dropped == 20_000
