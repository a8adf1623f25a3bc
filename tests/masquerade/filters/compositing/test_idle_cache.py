"""What frames use is kept within a bound, and goes when they do not use it any more."""

from masquerade.filters.compositing.idle_cache import IDLE_FRAMES, IdleCache


def cache(max_bytes: float = 100, max_idle_bytes: int = 0) -> IdleCache[str, bytes]:
    return IdleCache(len, max_bytes, max_idle_bytes)


def wait(kept: IdleCache[str, bytes], frames: int, used: str = "") -> None:
    for _ in range(frames):
        kept.begin_frame()
        if used:
            kept.get(used)


def test_used_values_stay_and_idle_ones_are_freed() -> None:
    kept = cache()
    kept.put("worn", bytes(10))
    kept.put("unworn", bytes(20))
    wait(kept, 2 * IDLE_FRAMES, used="worn")
    assert [*kept] == ["worn"]
    assert kept.byte_count == 10


def test_nothing_is_freed_too_early() -> None:
    kept = cache()
    wait(kept, IDLE_FRAMES - 1)
    kept.put("just drawn", bytes(10))
    wait(kept, IDLE_FRAMES - 1)
    assert kept.get("just drawn") is not None


def test_the_newest_idle_values_may_stay() -> None:
    kept = cache(max_idle_bytes=25)
    for name in ("first", "second", "third"):
        kept.put(name, bytes(10))
    wait(kept, 2 * IDLE_FRAMES)
    assert [*kept] == ["second", "third"]


def test_above_the_limit_the_least_recently_used_is_freed() -> None:
    kept = cache(max_bytes=25)
    kept.put("first", bytes(10))
    kept.put("second", bytes(10))
    kept.get("first")
    kept.put("third", bytes(10))
    assert [*kept] == ["first", "third"]
    kept.put("large", bytes(1000))
    assert [*kept] == ["large"]


def test_a_newer_value_takes_the_place_of_an_older_one() -> None:
    kept = cache()
    kept.put("scratch", bytes(10))
    kept.put("scratch", bytes(40))
    assert kept.byte_count == 40
    assert kept.get("scratch") == bytes(40)
