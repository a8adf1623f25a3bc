import time

import numpy as np
import pytest
from masquerade.studio.microphone.resampler import TimedResampler
from masquerade.studio.microphone.sample_clock import SampleClock

_RATE, _BLOCK = 48_000, 960


def _play(clock: SampleClock, seconds: float, drift: float, noise: float = 0.004, start: float = 100.0) -> None:
    """Stamps as a busy machine gives them: a bit late mostly, very late now and then."""
    random = np.random.default_rng(1)
    for block in range(round(seconds * _RATE / _BLOCK)):
        true = start + block * _BLOCK / _RATE * (1 + drift)
        late = abs(random.normal(0, noise)) + (0.1 if random.random() < 0.02 else 0)
        clock.observe(block * _BLOCK, true + late)


@pytest.mark.parametrize("drift", [0.0, 5e-4, -5e-4, 2e-5])
def test_after_ten_minutes_sound_is_within_five_milliseconds(drift: float) -> None:
    clock = SampleClock(_RATE)
    _play(clock, 600, drift)
    last = 600 * _RATE
    assert clock.time_of(last) == pytest.approx(100 + 600 * (1 + drift), abs=0.005)
    assert clock.drift == pytest.approx(drift, abs=5e-6)
    assert clock.sample_at(clock.time_of(12345)) == pytest.approx(12345, abs=0.01)


@pytest.mark.parametrize("drift", [0.0, 5e-4, -5e-4])
@pytest.mark.parametrize("lost", [0.03, 0.065, 0.2])
def test_lost_samples_begin_another_line(drift: float, lost: float) -> None:
    """On a starved machine 65 ms were lost at once: the line was off for five minutes, by up to 90 ms."""
    clock, random, true, number = SampleClock(_RATE), np.random.default_rng(2), 100.0, 0
    for block in range(round(120 * _RATE / _BLOCK)):
        true += _BLOCK / _RATE * (1 + drift)
        if block in (1500, 4000):
            true += lost
        number += _BLOCK
        clock.observe(number, true + abs(random.normal(0, 0.004)))
        # Three seconds after each loss, and at every other time, a sample is where it was heard.
        if block % 50 == 0 and not any(step <= block < step + 150 for step in (1500, 4000)):
            assert clock.time_of(number) == pytest.approx(true, abs=0.016)


def test_the_first_second_is_placed_already() -> None:
    clock = SampleClock(_RATE)
    _play(clock, 0.5, 0.0)
    assert clock.time_of(0) == pytest.approx(100, abs=0.006)


def test_single_late_stamps_change_nothing_and_a_stall_starts_a_new_line() -> None:
    clock = SampleClock(_RATE)
    _play(clock, 3, 0.0, noise=0.0)
    clock.observe(3 * _RATE, 105.0)
    assert clock.time_of(0) == pytest.approx(100, abs=0.005)
    # From here on everything comes two seconds later: the stream stood still.
    for block in range(30):
        clock.observe(3 * _RATE + block * _BLOCK, 105 + block * _BLOCK / _RATE)
    assert clock.time_of(3 * _RATE) == pytest.approx(105, abs=0.005)


@pytest.mark.parametrize("input_rate", [44_100, 48_000, 16_000])
def test_a_tone_keeps_its_pitch_and_its_place(input_rate: int) -> None:
    resampler = TimedResampler(input_rate, 48_000, 1)
    block = input_rate // 50
    tone = np.sin(2 * np.pi * 440 * np.arange(2 * input_rate) / input_rate).astype(np.float32)[:, None]
    for number in range(100):
        resampler.add(tone[number * block : (number + 1) * block], 50 + number * 0.02)
    assert resampler.reaches(51.9)
    assert not resampler.reaches(52.1)
    read = np.concatenate([resampler.read(50.5 + k * 1024 / 48_000, 1024) for k in range(40)])[:, 0]
    wanted = np.sin(2 * np.pi * 440 * (0.5 + np.arange(len(read)) / 48_000))
    assert np.abs(read - wanted).max() < (0.02 if input_rate < 44_100 else 0.002)


def test_missing_samples_are_silence() -> None:
    resampler = TimedResampler(48_000, 48_000, 2)
    resampler.add(np.ones((48_000, 2), np.float32), 10.0)
    before = resampler.read(9.0, 1024)
    assert before.shape == (1024, 2)
    assert not before.any()
    assert resampler.read(10.5, 1024).min() > 0.99
    assert not resampler.read(12.0, 1024).any()


def test_a_delay_of_minutes_is_caught_up_quickly() -> None:
    """A starved recorder once fell ever farther behind: each block was joined to all that waited."""
    resampler = TimedResampler(48_000, 48_000, 2)
    block = np.ones((240, 2), np.float32)
    begun = time.process_time()
    for number in range(24_000):
        resampler.add(block, 100 + number * 0.005)
    heard = [resampler.read(100 + number * 0.1, 4800) for number in range(1, 1190)]
    assert time.process_time() - begun < 10
    assert min(each[10:-10].min() for each in heard) > 0.99
