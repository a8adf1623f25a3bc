import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from masquerade.errors import RecordingError
from masquerade.studio.replay.replay import Replay
from masquerade.studio.replay.ring import SegmentRing
from masquerade.values import Frame

from tests.masquerade.studio.videos import numbered_frame
from tests.masquerade.studio.virtual_camera.bars import COLOURS, draw_bars, read_number
from tests.shared import REPO

_SIZE_WH = (320, 180)


@pytest.fixture
def replay() -> Iterator[Replay]:
    replay = Replay(10)
    yield replay
    replay.close()


def _play(replay: Replay, seconds: float, first: int = 0, size_wh: tuple[int, int] = _SIZE_WH) -> None:
    """Offers numbered frames of 30 a second, as quickly as they are encoded."""
    for number in range(first, first + round(seconds * 30)):
        pixels = draw_bars(number, size_wh)
        pixels.flags.writeable = False
        replay.offer(Frame(pixels, number, 1000 + number / 30))
        while replay._frames.qsize() > 2:
            time.sleep(0.001)
    while not replay._frames.empty():
        time.sleep(0.001)


def _numbers(path: Path) -> list[int]:
    with av.open(str(path)) as file:
        return [read_number(frame.to_ndarray(format="gray")) for frame in file.decode(video=0)]


def test_the_last_seconds_are_saved_and_what_was_before_is_not(replay: Replay, tmp_path: Path) -> None:
    _play(replay, 20)
    report = replay.save(tmp_path / "replay.mp4")
    numbers = _numbers(report.path)
    # Whole segments of a second each; the frame that waits for its successor is not there yet.
    assert 300 <= len(numbers) <= 332
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert numbers[-1] >= 595
    assert report.frames == len(numbers)
    with av.open(str(report.path)) as file:
        stream = file.streams.video[0]
        assert stream.start_time == 0
        assert float(file.duration or 0) / av.time_base == pytest.approx(len(numbers) / 30, abs=0.05)
        image = next(file.decode(video=0)).to_ndarray(format="bgr24")
    assert np.abs(image[90, 20::40].astype(int) - np.array(COLOURS)).max() < 40


def test_fewer_seconds_can_be_saved_and_it_goes_on_meanwhile(replay: Replay, tmp_path: Path) -> None:
    _play(replay, 8)
    first = replay.save(tmp_path / "replay.mp4", 3)
    assert 90 <= first.frames <= 122
    _play(replay, 4, first=240)
    second = replay.save(tmp_path / "replay.mp4", 3)
    assert second.path == tmp_path / "replay-2.mp4"
    assert _numbers(second.path)[-1] > _numbers(first.path)[-1]


def test_a_frame_of_another_size_and_another_source_begin_again(replay: Replay, tmp_path: Path) -> None:
    _play(replay, 3)
    _play(replay, 3, first=90, size_wh=(640, 360))
    report = replay.save(tmp_path / "replay.mp4")
    with av.open(str(report.path)) as file:
        assert (file.streams.video[0].width, file.streams.video[0].height) == (640, 360)
    replay.forget()
    with pytest.raises(RecordingError, match="nothing to save yet"):
        replay.save(tmp_path / "other.mp4")
    assert not (tmp_path / "other.mp4").exists()


def test_a_folder_that_is_gone_is_one_sentence_and_the_ring_stays(replay: Replay, tmp_path: Path) -> None:
    _play(replay, 3)
    with pytest.raises(RecordingError, match="does not exist"):
        replay.save(tmp_path / "gone" / "replay.mp4")
    assert replay.save(tmp_path / "replay.mp4").frames > 60


def test_the_ring_is_bounded_in_time_and_memory() -> None:
    ring = SegmentRing(ticks=10, max_bytes=1000)
    for second in range(100):
        ring.begin_segment(second)
        ring.write(bytes(50))
    assert ring.byte_count == 50 * 11
    assert len(ring.cut(3)) == 4 * 50
    for second in range(100, 200):
        ring.begin_segment(second)
        ring.write(bytes(400))
    assert ring.byte_count <= 1000 + 2 * 400


def test_cutting_while_it_is_written_never_tears() -> None:
    ring = SegmentRing(ticks=5)
    ended = threading.Event()

    def write() -> None:
        second = 0
        while not ended.is_set():
            ring.begin_segment(second)
            ring.write(bytes([second % 251]) * 100)
            second += 1

    thread = threading.Thread(target=write)
    thread.start()
    for _ in range(300):
        content = ring.cut(3)
        assert all(len(set(content[at : at + 100])) == 1 for at in range(0, len(content), 100))
    ended.set()
    thread.join()


_KILLED = """
import sys, threading
from pathlib import Path
from masquerade.studio.replay import replay as module
from tests.masquerade.studio.videos import numbered_frame

def hang(content, path):
    path.write_bytes(content[: len(content) // 2])
    print("half is written", flush=True)
    threading.Event().wait()

module._remux = hang
replay = module.Replay(10)
for index in range(60):
    replay.offer(numbered_frame(index, index / 30))
    while not replay._frames.empty():
        threading.Event().wait(0.001)
replay.save(Path(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_a_kill_while_saving_leaves_no_visible_file_and_the_next_save_tidies_up(tmp_path: Path) -> None:
    path = tmp_path / "replay.mp4"
    (tmp_path / "older.mp4").write_bytes(b"mine")
    command = [sys.executable, "-c", _KILLED, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPO) as program:
        assert program.stdout is not None
        assert "half is written" in program.stdout.readline()
        program.kill()
    assert [each.name for each in tmp_path.iterdir() if each.name[0] != "."] == ["older.mp4"]
    replay = Replay(10)
    for index in range(60):
        replay.offer(numbered_frame(index, index / 30))
        while not replay._frames.empty():
            threading.Event().wait(0.001)
    assert replay.save(path).path == path
    assert replay.save(path).path == tmp_path / "replay-2.mp4"
    replay.close()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["older.mp4", "replay-2.mp4", "replay.mp4"]
