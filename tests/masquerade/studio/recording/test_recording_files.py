"""Records with options: split files, a copy without filters, WebM, qualities, encoders, the comment in the file."""

import subprocess
import threading
from pathlib import Path

import av
import numpy as np
import pytest
from masquerade.errors import RecordingError
from masquerade.settings import VideoQuality
from masquerade.studio.microphone.live_sound import LiveSound
from masquerade.studio.microphone.resampler import Samples
from masquerade.studio.recording import recorder as recorder_module
from masquerade.studio.recording.encoders import HARDWARE_ENCODERS, find_hardware_encoder, live_encoding
from masquerade.studio.recording.recorder import Recorder, RecordingReport
from masquerade.studio.recording.recording_options import RecordingOptions
from masquerade.values import ByteArray, Frame

from tests.masquerade.studio.full_disk import files_end_at, needs_a_limit
from tests.masquerade.studio.videos import needs_ffmpeg, noisy_frame, number_in, numbered_frame, read_video

_RATE = 48_000


class _Tone:
    """A microphone that hears a ramp: sample n has the value of its second, so that a gap can be seen."""

    channels, rate, level, muted, lost = 1, _RATE, 0.0, False, False

    def __init__(self) -> None:
        self.closed = False
        self._heard = 0
        self._until = 0.0

    def listen_until(self, seconds: float) -> None:
        self._until = seconds

    def take(self) -> list[tuple[Samples, float]]:
        count = int(self._until * _RATE) - self._heard
        if count <= 0:
            return []
        begin, self._heard = self._heard, self._heard + count
        times = np.arange(begin, begin + count) / _RATE
        return [(0.5 * np.sin(2 * np.pi * 440 * times).astype(np.float32)[:, None], begin / _RATE)]

    def close(self) -> None:
        self.closed = True


def _drain(recorder: Recorder) -> None:
    """The queue is as long as a live one's: wait for its thread."""
    while not recorder._frames.empty():
        threading.Event().wait(0.001)


def _record(
    path: Path, frames: list[Frame], options: RecordingOptions, clean: list[ByteArray | None] | None = None,
    tone: _Tone | None = None,
) -> RecordingReport:  # fmt: skip
    errors: list[RecordingError] = []
    recorder = Recorder(path, errors.append, options, LiveSound(tone) if tone is not None else None)
    for number, frame in enumerate(frames):
        if tone is not None:
            tone.listen_until(frame.taken_at + 0.05)
        recorder.offer(frame, clean[number] if clean is not None else None)
        _drain(recorder)
    if tone is not None:
        tone.listen_until(frames[-1].taken_at + 0.1)
    report = recorder.stop(at=frames[-1].taken_at + 1 / 30)
    assert not errors
    return report


def _noisy(seconds: float) -> list[Frame]:
    return [noisy_frame(index, index / 30) for index in range(round(seconds * 30))]


def test_a_split_recording_lacks_no_frame_and_each_file_is_small_enough(tmp_path: Path) -> None:
    frames = _noisy(9)
    report = _record(tmp_path / "take.mp4", frames, RecordingOptions(max_bytes=6_000_000))
    parts = sorted(tmp_path.glob("*.mp4"), key=lambda path: path.stat().st_mtime_ns)
    assert report.parts == len(parts) > 1
    assert [path.name for path in parts][:2] == ["take.mp4", "take part 2.mp4"]
    assert all(path.stat().st_size <= 6_000_000 for path in parts)
    videos = [read_video(path, decode=False) for path in parts]
    assert sum(len(video.times) for video in videos) == report.frames == len(frames)
    assert all(video.times[0] == 0 for video in videos)
    assert sum(video.end for video in videos) == pytest.approx(9, abs=0.01) == report.seconds


def test_the_sound_of_split_files_goes_on_without_a_gap(tmp_path: Path) -> None:
    report = _record(tmp_path / "take.mp4", _noisy(9), RecordingOptions(max_bytes=6_000_000), tone=_Tone())
    parts = [tmp_path / "take.mp4", *sorted(tmp_path.glob("take part *.mp4"))]
    assert report.parts == len(parts) > 1
    total = 0.0
    for number, path in enumerate(parts):
        with av.open(str(path)) as file:
            heard = [frame.to_ndarray()[0] for frame in file.decode(audio=0)]
        with av.open(str(path)) as file:
            video = file.streams.video[0]
            sound = file.streams.audio[0]
            length = float(sound.duration * sound.time_base)
            assert abs(length - float(video.duration * video.time_base)) < 0.06
        samples = np.concatenate(heard)
        # A tone throughout: nowhere a silence of more than a few samples, but for the encoder's run-in.
        loud = np.abs(samples[2048:-2048]).reshape(-1)[: len(samples[2048:-2048]) // 480 * 480].reshape(-1, 480)
        assert loud.max(axis=1).min() > 0.3, number
        total += length
    assert total == pytest.approx(9, abs=0.15)


def test_a_recording_and_its_clean_copy_have_one_clock(tmp_path: Path) -> None:
    frames = [numbered_frame(index, 3 + index / 20) for index in range(40)]
    clean: list[ByteArray | None] = [numbered_frame(index + 5, 0.0).pixels for index in range(40)]
    report = _record(tmp_path / "take.mp4", frames, RecordingOptions(with_clean=True, microphone=""), clean, _Tone())
    assert report.clean_path == tmp_path / "take clean.mp4"
    assert not report.clean_ended
    filtered, bare = read_video(report.path), read_video(report.clean_path)
    assert filtered.times == bare.times
    assert [number_in(image) for image in filtered.images] == [index % 10 for index in range(40)]
    assert [number_in(image) for image in bare.images] == [(index + 5) % 10 for index in range(40)]
    with av.open(str(report.clean_path)) as file:
        assert file.streams.audio


def test_nothing_clean_is_written_from_the_moment_on_at_which_faces_are_hidden(tmp_path: Path) -> None:
    frames = [numbered_frame(index, index / 20) for index in range(40)]
    clean: list[ByteArray | None] = [frame.pixels if index < 10 else None for index, frame in enumerate(frames)]
    # Taken off again: the copy does not go on.
    clean[30:] = [frame.pixels for frame in frames[30:]]
    report = _record(tmp_path / "take.mp4", frames, RecordingOptions(with_clean=True), clean)
    assert report.clean_ended
    assert report.clean_path is not None
    assert len(read_video(report.clean_path).times) == 10
    assert report.frames == 40


def test_no_clean_file_appears_where_faces_are_hidden_from_the_start(tmp_path: Path) -> None:
    frames = [numbered_frame(index, index / 20) for index in range(10)]
    clean: list[ByteArray | None] = [None, *(frame.pixels for frame in frames[1:])]
    report = _record(tmp_path / "take.mp4", frames, RecordingOptions(with_clean=True), clean)
    assert (report.clean_path, report.clean_ended) == (None, True)
    assert [path.name for path in tmp_path.iterdir()] == ["take.mp4"]


@needs_a_limit
def test_a_clean_copy_that_cannot_be_written_does_not_end_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The noise of the clean copy reaches the limit, the plain frames do not.
    frames = [numbered_frame(index, index / 20, (320, 240)) for index in range(60)]
    clean: list[ByteArray | None] = [noisy_frame(index, 0.0).pixels for index in range(60)]
    with files_end_at(500_000):
        report = _record(tmp_path / "take.mp4", frames, RecordingOptions(with_clean=True), clean)
    assert report.clean_ended
    assert len(read_video(report.path).images) == 60


@needs_ffmpeg
@pytest.mark.parametrize("name", ["take.mp4", "take.webm"])
@pytest.mark.parametrize("with_sound", [False, True])
def test_the_comment_names_version_filters_and_what_was_dropped(tmp_path: Path, name: str, with_sound: bool) -> None:
    errors: list[RecordingError] = []
    tone = _Tone()
    recorder = Recorder(
        tmp_path / name, errors.append, RecordingOptions(filters=("Dog",)), LiveSound(tone) if with_sound else None
    )
    for index in (0, 1, 5, 6, 40, 41):
        recorder.offer(numbered_frame(index, index / 20))
        tone.listen_until(index / 20)
        _drain(recorder)
    recorder.note_filters(("Dog", "Crown & Bär"))
    report = recorder.stop(at=42 / 20)
    words = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format_tags=comment", "-of", "csv=p=0", str(report.path)],
        capture_output=True, encoding="utf-8", check=True,
    ).stdout.strip().strip('"').strip()  # fmt: skip
    assert words.startswith("Masquerade ")
    assert words.endswith(". Frames dropped: 36. Filters: Dog, Crown & Bär")
    assert read_video(report.path).images


def test_a_webm_has_vp9_and_opus_and_true_times(tmp_path: Path) -> None:
    frames = [numbered_frame(index, 9 + time) for index, time in enumerate((0, 0.05, 0.3, 0.35, 0.4, 1.6, 1.7, 2.0))]
    report = _record(tmp_path / "take.webm", frames, RecordingOptions(microphone=""), tone=_Tone())
    video = read_video(report.path)
    assert video.times == pytest.approx([0, 0.05, 0.3, 0.35, 0.4, 1.6, 1.7, 2.0], abs=0.002)
    assert [number_in(image) for image in video.images] == list(range(8))
    with av.open(str(report.path)) as file:
        assert [stream.codec_context.name for stream in file.streams] == ["vp9", "opus"]


def test_a_webm_that_is_cut_anywhere_plays_to_the_last_second(tmp_path: Path) -> None:
    report = _record(tmp_path / "take.webm", _noisy(4), RecordingOptions())
    content = report.path.read_bytes()
    report.path.write_bytes(content[: len(content) * 9 // 10])
    with av.open(str(report.path)) as file:
        shown = 0
        try:
            for _ in file.decode(video=0):
                shown += 1
        except av.FFmpegError:
            pass
    assert shown > 75


def test_better_qualities_take_more_room(tmp_path: Path) -> None:
    sizes = [
        _record(tmp_path / f"{quality}.mp4", _noisy(1), RecordingOptions(quality=quality)).path.stat().st_size
        for quality in VideoQuality
    ]
    assert sizes == sorted(sizes)
    assert sizes[-1] > 1.5 * sizes[0]


def test_encoders_that_do_not_work_here_are_passed_over() -> None:
    assert find_hardware_encoder(("no_such_encoder", "gif", "libx264")) == "libx264"
    assert find_hardware_encoder(("no_such_encoder", "png")) is None
    found = find_hardware_encoder()
    assert found is None or found in HARDWARE_ENCODERS


def test_without_a_graphics_card_that_encodes_a_recording_is_made_by_x264(tmp_path: Path) -> None:
    report = _record(tmp_path / "take.mp4", _noisy(0.5), RecordingOptions(hardware=True))
    assert read_video(report.path).images


def test_an_encoder_that_was_found_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # An encoder that works everywhere stands for a card's.
    monkeypatch.setattr(recorder_module, "find_hardware_encoder", lambda: find_hardware_encoder(("libvpx-vp9",)))
    report = _record(tmp_path / "take.mp4", _noisy(1), RecordingOptions(hardware=True))
    with av.open(str(report.path)) as file:
        assert file.streams.video[0].codec_context.name == "vp9"
    assert live_encoding(".webm", VideoQuality.BEST, (64, 48), False, "h264_nvenc").codec == "libvpx-vp9"


def test_the_disk_has_room_for_so_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    errors: list[RecordingError] = []
    recorder = Recorder(tmp_path / "take.mp4", errors.append)
    assert recorder.remaining_seconds is None
    usage = type("Usage", (), {"free": 10_000_000})
    monkeypatch.setattr("masquerade.studio.recording.recording_file.shutil.disk_usage", lambda folder: usage)
    for frame in _noisy(4):
        recorder.offer(frame)
        _drain(recorder)
    remaining = recorder.remaining_seconds
    report = recorder.stop(at=4.0)
    assert remaining is not None
    rate = report.path.stat().st_size / 4
    assert remaining == pytest.approx(10_000_000 / rate, rel=0.5)
