"""Tests that a recording is whole, true in time, never in the way, and survives what ends it."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from masquerade.errors import RecordingError
from masquerade.studio.recording.recorder import Recorder
from masquerade.studio.recording.recording_options import RecordingOptions

from tests.masquerade.studio.videos import (
    ffmpeg_complaints,
    needs_ffmpeg,
    noisy_frame,
    number_in,
    numbered_frame,
    read_video,
)

REPOSITORY = Path(__file__).resolve().parents[4]
LONG_SECONDS = 60


def no_error(error: RecordingError) -> None:
    raise AssertionError(f"no error was expected: {error}")


def test_what_was_offered_is_in_the_file_at_its_time(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "take.mp4", no_error)
    for index in range(6):
        recorder.offer(numbered_frame(index, 50.0 + index * 0.25))
    report = recorder.stop()
    video = read_video(report.path)
    assert [number_in(image) for image in video.images] == [0, 1, 2, 3, 4, 5]
    assert video.times == pytest.approx([0, 0.25, 0.5, 0.75, 1.0, 1.25], abs=0.0001)
    assert (report.frames, report.dropped) == (6, 0)
    assert report.seconds == pytest.approx(1.5, abs=0.001)
    assert video.end == pytest.approx(1.5, abs=0.001)


def test_stop_may_be_called_twice_and_later_offers_are_ignored(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "take.mp4", no_error)
    recorder.offer(numbered_frame(0, 0.0))
    first = recorder.stop()
    recorder.offer(numbered_frame(1, 1.0))
    assert recorder.stop() == first


def test_a_full_queue_drops_frames_counts_them_and_never_blocks(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "take.mp4", no_error)
    image = noisy_frame(0, 0.0, (1280, 720))
    for index in range(200):  # far more than the queue holds, with nothing to do between them
        recorder.offer(replace(image, index=index, taken_at=index / 30))
    report = recorder.stop()
    assert report.dropped > 0
    assert report.frames + report.dropped == 200
    assert len(read_video(report.path, decode=False).times) == report.frames


def test_frames_lost_before_the_recorder_count_as_dropped(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "take.mp4", no_error)
    for index in (10, 11, 15, 16):
        recorder.offer(numbered_frame(index, index / 10))
    assert recorder.stop().dropped == 3


def test_the_mirrored_file_is_mirrored(tmp_path: Path) -> None:
    straight, mirrored = (
        Recorder(tmp_path / f"{name}.mp4", no_error, RecordingOptions(mirrored=name == "mirrored"))
        for name in ("a", "mirrored")
    )
    for recorder in (straight, mirrored):
        recorder.offer(numbered_frame(5, 0.0))
    plain = read_video(straight.stop().path).images[0].astype(int)
    flipped = read_video(mirrored.stop().path).images[0].astype(int)
    assert np.abs(plain[:, ::-1] - flipped).max() <= 8
    assert np.abs(plain - flipped).max() > 8


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    precious = tmp_path / "take.mp4"
    precious.write_text("mine")
    recorders = [Recorder(precious, no_error) for _ in range(2)]
    for recorder in recorders:
        recorder.offer(numbered_frame(0, 0.0))
    assert [recorder.stop().path.name for recorder in recorders] == ["take-2.mp4", "take-3.mp4"]
    assert precious.read_text() == "mine"


def test_without_a_frame_no_file_is_left(tmp_path: Path) -> None:
    report = Recorder(tmp_path / "take.mp4", no_error).stop()
    assert (report.frames, report.seconds) == (0, 0.0)
    assert list(tmp_path.iterdir()) == []


def test_an_image_of_another_size_is_fitted_into_the_first(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "take.mp4", no_error)
    recorder.offer(numbered_frame(0, 0.0, (160, 120)))
    recorder.offer(numbered_frame(1, 0.1, (200, 80)))
    video = read_video(recorder.stop().path)
    assert video.size_wh == (160, 120)
    assert video.images[1][5].mean() < 8, "black above a wider image"
    assert video.images[1][60, 120].mean() == pytest.approx(128, abs=4)


@pytest.mark.parametrize(
    ("name", "sentence"), [("take.avi", "ends in .mp4"), ("no_such_folder/take.mp4", "does not exist")]
)
def test_an_impossible_path_is_an_error_at_once(tmp_path: Path, name: str, sentence: str) -> None:
    with pytest.raises(RecordingError, match=sentence):
        Recorder(tmp_path / name, no_error)


# Runs in a process of its own: the limit of the file's size stands for the full disk, on
# every system that has one and without a right to mount.
FULL_DISK = """
import resource, sys, threading
from pathlib import Path
from masquerade.studio.recording.recorder import Recorder
from masquerade.studio.recording.recording_options import RecordingOptions
from tests.masquerade.studio.videos import noisy_frame
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
errors, reported = [], threading.Event()
def on_error(error):
    errors.append(error)
    reported.set()
recorder = Recorder(Path(sys.argv[1]), on_error)
index = 0
while not reported.is_set() and index < 3000:
    before = recorder.dropped
    recorder.offer(noisy_frame(index % 50, index / 15))
    index += 1
    reported.wait(0.02 if recorder.dropped > before else 0)
report = recorder.stop()
print(len(errors), report.frames, report.seconds, str(errors[0]), sep="|")
"""


def check_what_a_full_disk_left(path: Path, reported: str) -> None:
    errors, frames, seconds, sentence = reported.strip().split("|")
    assert errors == "1"
    assert "the disk is full. Make room" in sentence
    video = read_video(path)
    assert len(video.images) == int(frames) >= 15
    assert video.end == pytest.approx(float(seconds), abs=0.001)


def record_until_full(path: Path, script: str) -> None:
    """Runs a script that records until the disk is full, and checks what it left."""
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        timeout=LONG_SECONDS,
        check=True,
    )
    check_what_a_full_disk_left(path, done.stdout)
    assert ffmpeg_complaints(path) == ""


@needs_ffmpeg
@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no limit of a file's size")
def test_a_full_disk_is_an_error_and_what_was_written_plays(tmp_path: Path) -> None:
    record_until_full(tmp_path / "take.mp4", FULL_DISK)


@needs_ffmpeg
def test_a_really_full_disk_is_an_error_too(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=3000k", "tmpfs", str(disk)]
    if mount is None or subprocess.run([mount, *options], capture_output=True, check=False).returncode != 0:
        pytest.skip("no right to mount a small disk here")
    try:
        record_until_full(disk / "take.mp4", FULL_DISK.replace("resource.setrlimit", "# resource.setrlimit"))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


KILLED = """
import sys, time
from pathlib import Path
from masquerade.studio.recording.recorder import Recorder
from masquerade.studio.recording.recording_options import RecordingOptions
from tests.masquerade.studio.videos import numbered_frame
recorder = Recorder(Path(sys.argv[1]), lambda error: None)
index, before = 0, 0
while True:
    recorder.offer(numbered_frame(index, index / 30, (320, 240)))
    index += 1
    while recorder._frames.qsize() > 4:
        time.sleep(0.001)
    if index == 30 * 5:
        print("five seconds are offered", flush=True)
"""


@needs_ffmpeg
def test_a_killed_program_leaves_a_file_that_plays(tmp_path: Path) -> None:
    path = tmp_path / "take.mp4"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as program:
        alarm = threading.Timer(LONG_SECONDS, program.kill)
        alarm.start()
        assert program.stdout is not None
        assert "five seconds" in program.stdout.readline()
        program.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
        program.wait()
        alarm.cancel()
    video = read_video(path)
    # Of the five seconds that were certainly offered, at most the last one is missing,
    # and what was still in the queue.
    assert video.end >= 3.5
    assert [number_in(image) for image in video.images] == [index % 10 for index in range(len(video.times))]
    assert "moov atom not found" not in ffmpeg_complaints(path)


@pytest.mark.parametrize("frames", [0, 1])
def test_a_program_that_ends_at_once_leaves_no_empty_file(tmp_path: Path, frames: int) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from masquerade.studio.recording.recorder import Recorder\n"
        "from tests.masquerade.studio.videos import numbered_frame\n"
        "recorder = Recorder(Path(sys.argv[1]), print)\n"
        "for index in range(int(sys.argv[2])): recorder.offer(numbered_frame(index, index / 30))\n"
    )
    arguments = [sys.executable, "-c", program, str(tmp_path / "take.mp4"), str(frames)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    subprocess.run(arguments, cwd=REPOSITORY, env=environment, capture_output=True, timeout=60, check=True)
    assert [path for path in tmp_path.iterdir() if path.stat().st_size == 0] == []
