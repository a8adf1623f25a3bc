"""Tests that every kind of video gives upright, opaque frames with their true times, or a clear sentence."""

import gc
import os
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from masquerade.errors import SourceError
from masquerade.pipeline.sources.videos.video_file import VideoFile
from masquerade.values import ByteArray, Frame

from tests.masquerade.pipeline.sources.clips import corner_names, corners, grey, set_matrix, write_clip, write_sound
from tests.masquerade.pipeline.sources.test_orientation import MATRICES, SHOWN
from tests.shared import SHARED, needs_shared


def decoded_frames() -> int:
    """Returns how many decoded frames are in memory, used or not."""
    return sum(isinstance(each, VideoFrame) for each in gc.get_objects())


def native_threads() -> int:
    return len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 0


@pytest.fixture
def no_collector() -> Iterator[None]:
    """What only the garbage collector would free stays."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_frames_are_freed_as_soon_as_they_are_read(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", [grey(100, (64, 48))] * 60)
    before = decoded_frames()
    with VideoFile(path) as source:
        threads = []
        while source.read() is not None:
            threads.append(native_threads())
        assert decoded_frames() - before < 10
    # The decoder's own come with the first frames; a converter made again for each would add two every time.
    assert max(threads) - threads[10] < 3


def read_all(path: Path) -> list[Frame]:
    frames = []
    with VideoFile(path) as source:
        while (frame := source.read()) is not None:
            frames.append(frame)
    for frame in frames:
        assert (frame.pixels[:, :, 3] == 255).all()
        assert frame.pixels.flags.writeable
    return frames


def test_frames_come_in_order_with_their_true_times(tmp_path: Path) -> None:
    moments = [0, 40, 90, 400, 410]
    path = write_clip(tmp_path / "uneven.mp4", [grey(40 * i + 20, (64, 48)) for i in range(5)], moments)
    frames = read_all(path)
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert [frame.taken_at for frame in frames] == pytest.approx([moment / 1000 for moment in moments], abs=0.001)
    assert [int(frame.pixels[24, 32, 0]) for frame in frames] == pytest.approx([20, 60, 100, 140, 180], abs=5)


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format", "size_wh"),
    [
        ("odd.mkv", "ffv1", "yuv420p", (101, 97)),
        ("odd.avi", "mpeg4", "yuv420p", (101, 97)),
        ("grey.mkv", "ffv1", "gray", (64, 48)),
        ("sixteen.mkv", "ffv1", "gray16le", (64, 48)),
        ("ten.mkv", "libx264", "yuv420p10le", (64, 48)),
        ("rgb.mkv", "ffv1", "bgr0", (64, 48)),
        ("full.mkv", "mjpeg", "yuvj420p", (64, 48)),
        ("tiny.mkv", "ffv1", "yuv420p", (2, 2)),
    ],
)
def test_every_kind_of_image_becomes_bgra_of_its_size(
    tmp_path: Path, name: str, codec: str, pixel_format: str, size_wh: tuple[int, int]
) -> None:
    path = write_clip(tmp_path / name, [grey(100, size_wh)] * 3, codec=codec, pixel_format=pixel_format)
    frames = read_all(path)
    assert [frame.size_wh for frame in frames] == [size_wh] * 3
    assert np.abs(frames[0].pixels[:, :, :3].astype(int) - 100).max() <= 5


def test_transparent_video_is_laid_on_white(tmp_path: Path) -> None:
    image = np.zeros((48, 64, 4), np.uint8)
    image[:24] = (0, 0, 255, 255)
    frames = read_all(write_clip(tmp_path / "alpha.mkv", [image] * 2, codec="ffv1", pixel_format="bgra"))
    assert frames[0].pixels[0, 0].tolist() == [0, 0, 255, 255]
    assert frames[0].pixels[47, 0].tolist() == [255, 255, 255, 255]


def test_painting_one_frame_of_a_gif_does_not_change_the_next(tmp_path: Path) -> None:
    # The decoder draws only what changes into an image that it keeps.
    images = [grey(40, (64, 48)) for _ in range(3)]
    images[1][8:16, 8:16] = 200
    images[2][24:32, 24:32] = 200
    path = write_clip(tmp_path / "moving.gif", images, codec="gif", pixel_format="gray", rate=10)
    untouched = read_all(path)
    with VideoFile(path) as source:
        for expected in untouched:
            frame = source.read()
            assert frame is not None
            assert np.array_equal(frame.pixels, expected.pixels)
            frame.pixels[:, :, :3] = 99


def test_gif_moves(tmp_path: Path) -> None:
    images = [grey(level, (50, 40)) for level in (0, 255, 0)]
    frames = read_all(write_clip(tmp_path / "moving.gif", images, codec="gif", pixel_format="gray", rate=10))
    assert [int(frame.pixels[20, 20, 0]) for frame in frames] == [0, 255, 0]
    assert [frame.taken_at for frame in frames] == pytest.approx([0.0, 0.1, 0.2], abs=0.011)


@pytest.mark.parametrize("number", MATRICES)
def test_video_is_turned_and_mirrored_as_its_matrix_says(tmp_path: Path, number: int) -> None:
    path = set_matrix(write_clip(tmp_path / "turned.mp4", [corners((64, 48))] * 2), MATRICES[number])
    frame = read_all(path)[0]
    assert frame.size_wh == ((64, 48) if number < 5 else (48, 64))
    assert corner_names(frame.pixels) == SHOWN[number]


@pytest.mark.parametrize(
    ("aspect", "size_wh"),
    [
        (Fraction(2, 1), (128, 48)),
        (Fraction(1, 2), (64, 96)),
        (Fraction(16, 11), (93, 48)),
        (Fraction(12, 11), (70, 48)),
        (Fraction(1, 1), (64, 48)),
        (Fraction(1000, 1), (64, 48)),  # a damaged header
    ],
)
def test_pixels_that_are_not_square_become_square(tmp_path: Path, aspect: Fraction, size_wh: tuple[int, int]) -> None:
    path = write_clip(tmp_path / "pixels.mp4", [corners((64, 48))] * 2, sample_aspect_ratio=aspect)
    frame = read_all(path)[0]
    assert frame.size_wh == size_wh
    assert corner_names(frame.pixels) == "RGBW"


def test_pixels_become_square_before_the_image_is_turned(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "both.mp4", [corners((64, 48))] * 2, sample_aspect_ratio=Fraction(2, 1))
    frame = read_all(set_matrix(path, MATRICES[6]))[0]
    assert frame.size_wh == (48, 128)
    assert corner_names(frame.pixels) == SHOWN[6]


def bar_at(x: int) -> ByteArray:
    image = grey(16, (64, 64))
    image[:, x : x + 8] = 235
    return image


@pytest.mark.parametrize(("first", "shown"), [("tff", 0), ("bff", 1)])
def test_interlaced_frames_have_no_combs(tmp_path: Path, first: str, shown: int) -> None:
    # A bar moves by 8 pixels from field to field; `shown` is where the first field's lines begin.
    images = []
    for index in range(8):
        woven = bar_at(16 * index % 48)
        woven[1 - shown :: 2] = bar_at((16 * index + 8) % 48)[1 - shown :: 2]
        images.append(woven)
    path = write_clip(tmp_path / "woven.mp4", images, options={"x264-params": f"{first}=1"}, fields=first)
    frames = read_all(path)
    assert len(frames) == 8
    assert [frame.taken_at for frame in frames] == pytest.approx([index / 25 for index in range(8)], abs=0.001)
    for index, frame in enumerate(frames):
        combs = np.abs(np.diff(frame.pixels[8:56, :, 0].astype(int), axis=0)).mean()
        assert combs < 12, index
        assert frame.pixels[32, 16 * index % 48 + 4, 0] > 150, index


def test_progressive_frames_are_left_alone(tmp_path: Path) -> None:
    lines = grey(16, (64, 64))
    lines[::2] = 235
    path = write_clip(tmp_path / "lines.mkv", [lines] * 3, codec="ffv1", pixel_format="gray")
    assert np.array_equal(read_all(path)[1].pixels[:, :, :3], lines)


@pytest.mark.parametrize(("transfer", "code"), [(18, 0.75), (16, 0.58)], ids=["HLG", "PQ"])
def test_hdr_white_is_white_and_grey_stays_grey(tmp_path: Path, transfer: int, code: float) -> None:
    images = [grey(round(255 * code), (64, 48))] * 3
    path = write_clip(
        tmp_path / "hdr.mp4",
        images,
        codec="libx265",
        pixel_format="yuv420p10le",
        options={"x265-params": "log-level=none"},
        color_trc=transfer,
        color_primaries=9,
        colorspace=9,
        color_range=1,
    )
    pixel = read_all(path)[1].pixels[20, 20, :3].astype(int)
    assert 238 < pixel.min() <= pixel.max() < 253


def test_wide_gamut_video_is_converted(tmp_path: Path) -> None:
    # sRGB red as Display P3 codes it.
    image = np.full((48, 64, 3), (35, 51, 234), np.uint8)
    path = write_clip(
        tmp_path / "p3.mkv", [image] * 2, codec="ffv1", pixel_format="bgr0", color_primaries=12, color_trc=13
    )
    assert np.abs(read_all(path)[0].pixels[20, 20, :3].astype(int) - (0, 0, 255)).max() <= 8


def test_cut_file_gives_the_frames_it_has_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    noise = np.random.default_rng(0)
    images = [noise.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(50)]
    path = write_clip(tmp_path / "cut.avi", images, codec="mjpeg", pixel_format="yuvj420p")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    frames = read_all(path)
    assert 10 <= len(frames) <= 40
    assert "is cut: its last" in caplog.text
    assert str(path) in caplog.text


def test_file_with_a_damaged_middle_goes_on_behind_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write_clip(tmp_path / "hole.mov", [grey(i, (64, 48)) for i in range(100)], codec="png", pixel_format="rgb24")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = bytes(40)
    path.write_bytes(content)
    frames = read_all(path)
    assert 90 <= len(frames) < 100
    assert frames[-1].pixels[0, 0, 0] == 99
    assert "is damaged: some of it cannot be read" in caplog.text


def noise(count: int, size_wh: tuple[int, int] = (64, 48)) -> list[ByteArray]:
    random = np.random.default_rng(0)
    return [random.integers(0, 255, (size_wh[1], size_wh[0], 3), np.uint8) for _ in range(count)]


@pytest.mark.parametrize(
    ("name", "codec", "container_options"),
    [
        ("cut.mp4", "libx264", {"movflags": "faststart"}),
        ("cut.mp4", "libx264", {"movflags": "frag_keyframe+empty_moov+default_base_moof+global_sidx"}),
        ("cut.mov", "mpeg4", {"movflags": "faststart"}),
        ("cut.mkv", "libx264", {}),
        ("cut.avi", "mpeg4", {}),
        ("cut.asf", "mpeg4", {}),
        ("cut.flv", "libx264", {}),
    ],
)
def test_cut_file_of_every_container_is_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, codec: str, container_options: dict[str, str]
) -> None:
    images = noise(75)
    path = write_clip(tmp_path / name, images, codec=codec, container_options=container_options, options={"g": "10"})
    assert len(read_all(path)) == 75
    assert caplog.text == ""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 20 < len(read_all(path)) < 60
    assert str(path) in caplog.text
    assert "is cut: its last" in caplog.text or "is damaged" in caplog.text


@pytest.mark.parametrize("name", ["cut.ts", "cut.mpg"])
def test_a_truncated_file_without_a_length_is_read_to_its_end(tmp_path: Path, name: str) -> None:
    path = write_clip(tmp_path / name, noise(50), options={"g": "10"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 10 < len(read_all(path)) < 45


def test_sound_that_outlasts_the_image_is_not_called_a_cut(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "long_sound.mp4"
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = container.add_stream("aac", rate=44_100, layout="mono")
        for _ in range(10):
            container.mux(video.encode(av.VideoFrame.from_ndarray(grey(9, (64, 48)), format="bgr24")))
        container.mux(video.encode(None))
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 4 * 44_100), np.float32), format="fltp", layout="mono")
        sound.sample_rate = 44_100
        container.mux(audio.encode(sound))
        container.mux(audio.encode(None))
    assert len(read_all(path)) == 10
    assert caplog.text == ""


def test_file_that_an_edit_list_trims_is_whole(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    whole = write_clip(tmp_path / "whole.mp4", [grey(5 * i, (64, 48)) for i in range(40)], options={"g": "10"})
    path = tmp_path / "trimmed.mp4"
    with av.open(str(whole)) as given, av.open(str(path), "w") as container:
        stream = container.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(video=0):
            if packet.dts is not None:
                # What begins before 0 is in the file, and the edit list leaves it out.
                packet.pts -= round(0.5 / packet.time_base)
                packet.dts -= round(0.5 / packet.time_base)
                packet.stream = stream
                container.mux(packet)
    frames = read_all(path)
    assert 26 <= len(frames) <= 28
    assert caplog.text == ""


def test_clock_that_restarts_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    part = write_clip(tmp_path / "part.ts", [grey(100, (64, 48))] * 25)
    path = tmp_path / "joined.ts"
    path.write_bytes(part.read_bytes() * 3)
    times = [frame.taken_at for frame in read_all(path)]
    assert len(times) == 75
    assert np.diff(times) == pytest.approx(0.04, abs=0.021)
    assert times[-1] - times[0] == pytest.approx(74 / 25, abs=0.06)
    assert caplog.text == ""


@pytest.mark.parametrize("reordered", ["0", "3"])
def test_pause_of_many_hours_is_left_out_and_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, reordered: str
) -> None:
    moments = [40 * index + (13 * 3_600_000 if index >= 10 else 0) for index in range(20)]
    path = write_clip(tmp_path / "gap.mkv", noise(20), moments, options={"bf": reordered, "b_strategy": "0"})
    assert [frame.taken_at for frame in read_all(path)] == pytest.approx(
        [0.04 * index for index in range(20)], abs=0.13
    )
    assert "has no image for 13 hours in between" in caplog.text


def test_pause_of_an_hour_is_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write_clip(tmp_path / "pause.mkv", [grey(9, (64, 48))] * 3, [0, 40, 3_600_000])
    assert read_all(path)[-1].taken_at == pytest.approx(3600)
    assert caplog.text == ""


@pytest.mark.parametrize(
    "name", ["rec-12:30.mp4", "http:clip.mp4", "%03d.mp4", "a\x1b[31mb.mp4", "caf\udce9.mp4", "a#b?c.mp4", "-i.mp4"]
)
def test_name_is_a_name_and_never_a_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows allows no such names")
    content = write_clip(tmp_path / "plain.mp4", [grey(9, (64, 48))] * 3).read_bytes()
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content)
    assert len(read_all(Path(name))) == 3


def test_size_that_changes_in_the_middle_is_followed(tmp_path: Path) -> None:
    parts = [write_clip(tmp_path / f"{i}.ts", [grey(99, size)] * 5) for i, size in enumerate([(64, 48), (96, 80)])]
    path = tmp_path / "joined.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    assert {frame.size_wh for frame in read_all(path)} == {(64, 48), (96, 80)}


def test_whole_file_is_not_called_damaged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    read_all(write_clip(tmp_path / "whole.mp4", [grey(9, (64, 48))] * 10))
    assert caplog.text == ""


def test_rate_and_count_are_those_of_the_file(tmp_path: Path) -> None:
    with VideoFile(write_clip(tmp_path / "clip.mp4", [grey(9, (64, 48))] * 10, rate=20)) as source:
        assert source.frames_per_second == pytest.approx(20, rel=0.12)
        assert source.frame_count == 10
        assert source.name == "clip.mp4"


def test_video_may_be_read_twice(tmp_path: Path) -> None:
    source = VideoFile(write_clip(tmp_path / "clip.mp4", [grey(9, (64, 48))] * 3))
    for _ in range(2):
        with source:
            indices = []
            while (frame := source.read()) is not None:
                indices.append(frame.index)
        assert indices == [0, 1, 2]


def make_nothing(path: Path) -> None:
    path.touch()


def make_text(path: Path) -> None:
    path.write_text("This is no video. " * 500)


def make_headless(path: Path) -> None:
    """An MP4 whose index, at its end, was never written: a killed recorder's."""
    whole = write_clip(path.with_suffix(".mp4"), [grey(9, (64, 48))] * 10).read_bytes()
    path.write_bytes(whole[: whole.index(b"moov") + 20])


def make_song(path: Path) -> None:
    path.write_bytes(write_sound(path.with_suffix(".m4a")).read_bytes())


def make_folder(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    """It would wait for ever for somebody to write into it."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no named pipes here")
    os.mkfifo(path)


def make_loop(path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("links need a right there")
    path.symlink_to(path)


def make_concat(path: Path) -> None:
    """A script that makes FFmpeg read another file beside it, as others make it read addresses."""
    other = write_clip(path.with_suffix(".mp4"), [grey(9, (64, 48))])
    path.write_text(f"ffconcat version 1.0\nfile '{other.name}'\n")


def make_playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n")


def make_unknown_codec(path: Path) -> None:
    content = write_clip(path.with_suffix(".mkv"), [grey(9, (64, 48))]).read_bytes()
    path.write_bytes(content.replace(b"V_MPEG4/ISO/AVC", b"V_UNHEARD/OF/XX"))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (make_nothing, "is empty"),
        (make_text, "is not a video"),
        (make_headless, "damaged"),
        (make_song, "contains no video"),
        (make_folder, "is a folder"),
        (make_pipe, "is not a file but a pipe"),
        (make_loop, "cannot be opened: Too many levels"),
        (make_concat, "is not a video"),
        (make_playlist, "is not a video"),
        (make_unknown_codec, "is compressed in a way"),
        (lambda path: None, "cannot be opened: No such file"),
    ],
)
def test_the_error_of_a_file_that_is_no_video_names_it_and_says_what_to_do(
    tmp_path: Path, make: object, said: str
) -> None:
    path = tmp_path / "thing.mp4"
    make(path)  # type: ignore[operator]
    with pytest.raises(SourceError, match=said) as reported, VideoFile(path) as source:
        source.read()
    assert str(path) in str(reported.value)


@needs_shared
@pytest.mark.parametrize(
    ("name", "size_wh"),
    [
        ("liveportrait_s18.mp4", (1280, 720)),
        ("facenet_pytorch_video.mp4", (1920, 1080)),
        ("intel_head-pose-female-and-male.gif", None),
    ],
)
def test_real_clip_is_read_to_its_end(name: str, size_wh: tuple[int, int] | None) -> None:
    frames = 0
    last = -1.0
    with VideoFile(SHARED / "data" / "videos" / name) as source:
        while (frame := source.read()) is not None:
            assert frame.taken_at > last
            assert size_wh in (None, frame.size_wh)
            last = frame.taken_at
            frames += 1
    assert frames == source.frame_count
    assert last == pytest.approx(frames / source.frames_per_second, rel=0.1)


def test_closed_captions_inside_the_images_are_noticed(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "captions.h264", [grey(90, (64, 48))] * 3)
    # User data registered by ITU-T T.35 for ATSC (A/53 part 4, 6.2.3): one pair of bytes of captions.
    data = bytes.fromhex("b50031") + b"GA94" + bytes.fromhex("0341fffc8080ff")
    message = b"\0\0\0\1\x06\x04" + bytes([len(data)]) + data + b"\x80"
    content = path.read_bytes()
    first_slice = content.index(b"\0\0\1\x65")
    path.write_bytes(content[:first_slice] + message + content[first_slice:])
    with VideoFile(path) as source:
        while source.read() is not None:
            pass
        assert source.marks == {"closed captions"}
