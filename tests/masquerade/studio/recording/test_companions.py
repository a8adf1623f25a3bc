"""Tests that what stands beside the images of a video comes over: sound, subtitles, chapters, tags."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from masquerade.studio.recording.metadata import MetadataMode

from tests.masquerade.studio.recording.carrying import carry, carry_over
from tests.masquerade.studio.sample_clips import flash_begins, make_clip, tone_begins


def add_silence(container: av.container.OutputContainer, stream: av.AudioStream, seconds: float, start: float) -> None:
    rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
    for begin in range(0, round(seconds * rate), 1024):
        planar = stream.codec_context.format.is_planar
        name = stream.codec_context.format.name
        kind = np.float32 if "flt" in name else np.int32 if "s32" in name else np.int16
        shape = (channels, 1024) if planar else (1, channels * 1024)
        frame = av.AudioFrame.from_ndarray(
            np.zeros(shape, kind), format=stream.codec_context.format.name, layout=stream.codec_context.layout.name
        )
        frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), begin + round(start * rate)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def video_with(
    path: Path,
    sounds: list[tuple[str, int, str, str]],
    seconds: float = 2.0,
    video_start: float = 0.0,
    tags: dict[str, str] | None = None,
    chapters: bool = False,
    subtitles: str = "",
) -> Path:
    """Writes a grey video; each of `sounds` is its codec, rate, layout and language."""
    with av.open(
        str(path), "w", options={"movflags": "use_metadata_tags"} if path.suffix == ".mov" else {}
    ) as container:
        video = container.add_stream("mpeg4", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        tracks = []
        for codec, rate, layout, language in sounds:
            track = container.add_stream(codec, rate=rate, layout=layout)
            track.metadata["language"] = language
            tracks.append(track)
        container.metadata.update(tags or {})
        if chapters:
            container.set_chapters([chapter(0, 1000, "One"), chapter(1000, 2000, "Two")])
        text = add_subtitle_stream(container, subtitles) if subtitles else None
        for index in range(round(seconds * 25)):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8))
            frame.pts, frame.time_base = index + round(video_start * 25), Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for track in tracks:
            add_silence(container, track, seconds + video_start, 0.0)
        if text is not None:
            for index, words in enumerate((b"Hello {\\i1}there{\\i0}", "Größe".encode())):
                event = av.subtitles.subtitle.SubtitleSet.create(b"%d,0,Default,,0,0,0,,%b" % (index, words), 0, 500)
                packet = text.codec_context.encode_subtitle(event)
                packet.stream, packet.time_base = text, Fraction(1, 1000)
                packet.pts = packet.dts = 200 + 1000 * index
                packet.duration = 500
                container.mux(packet)
    return path


def chapter(start: int, end: int, title: str) -> dict[str, object]:
    return {"id": start, "start": start, "end": end, "time_base": Fraction(1, 1000), "metadata": {"title": title}}


def add_subtitle_stream(container: av.container.OutputContainer, codec: str) -> av.subtitles.stream.SubtitleStream:
    stream = container.add_stream(codec)
    stream.time_base = Fraction(1, 1000)
    stream.codec_context.subtitle_header = (
        b"[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name\nStyle: Default\n\n"
        b"[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    )
    stream.metadata["language"] = "ger"
    return stream


def sounds_of(path: Path) -> list[tuple[str, int, str, str | None]]:
    with av.open(str(path)) as container:
        return [
            (each.codec_context.name, each.codec_context.sample_rate, each.codec_context.layout.name, each.language)
            for each in container.streams.audio
        ]


def seconds_of_sound(path: Path) -> float:
    with av.open(str(path)) as container:
        rate = container.streams.audio[0].codec_context.sample_rate
        return sum(frame.samples for frame in container.decode(audio=0)) / rate


@pytest.mark.parametrize(
    ("rate", "carried"),
    [
        (6_000, 8_000),
        (7_350, 8_000),
        (11_024, 11_025),
        (12_345, 16_000),
        (37_800, 44_100),
        (64_000, 48_000),
        (192_000, 48_000),
    ],
)
def test_a_rate_that_aac_lacks_is_resampled(tmp_path: Path, rate: int, carried: int) -> None:
    source = video_with(tmp_path / "clip.avi", [("pcm_s16le", rate, "mono", "und")])
    target = tmp_path / "out.mp4"
    assert not str(carry(source, target))
    assert [sound[1] for sound in sounds_of(target)] == [carried]
    assert seconds_of_sound(target) == pytest.approx(seconds_of_sound(source), abs=0.15)


def test_mp3_at_a_rate_that_mp4_refuses_is_encoded(tmp_path: Path) -> None:
    source = video_with(tmp_path / "clip.avi", [("libmp3lame", 8_000, "mono", "und")])
    carry(source, tmp_path / "out.mp4")
    assert [sound[:2] for sound in sounds_of(tmp_path / "out.mp4")] == [("aac", 8_000)]


@pytest.mark.parametrize("codec", ["flac", "pcm_s16le", "ac3"])
@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1"])
def test_all_channels_stay(tmp_path: Path, codec: str, layout: str) -> None:
    source = video_with(tmp_path / "clip.mkv", [(codec, 48_000, layout, "und")])
    carry(source, tmp_path / "out.mp4")
    assert [sound[2].removesuffix("(side)") for sound in sounds_of(tmp_path / "out.mp4")] == [layout]


@pytest.mark.parametrize("layout", ["2.1", "quad", "6.1", "7.1"])
def test_no_channel_is_lost_where_layouts_are_rare(tmp_path: Path, layout: str) -> None:
    source = video_with(tmp_path / "clip.mkv", [("pcm_s16le", 48_000, layout, "und")])
    carry(source, tmp_path / "out.mp4")
    with av.open(str(source)) as before, av.open(str(tmp_path / "out.mp4")) as after:
        channels = [each.streams.audio[0].codec_context.channels for each in (before, after)]
    assert channels[0] == channels[1]


@pytest.mark.parametrize(("codec", "name"), [("aac", "clip.mp4"), ("flac", "clip.mkv"), ("aac", "clip.ts")])
@pytest.mark.parametrize("lead", [0.2, 1.0, 3.0])
def test_sound_before_the_first_image_is_kept(tmp_path: Path, codec: str, name: str, lead: float) -> None:
    source = video_with(tmp_path / name, [(codec, 48_000, "mono", "und")], video_start=lead)
    target = tmp_path / "out.mp4"
    carry(source, target)
    assert seconds_of_sound(target) == pytest.approx(2.0 + lead, abs=0.08)
    with av.open(str(target)) as container:
        first = next(container.decode(video=0)).time
    with av.open(str(target)) as container:
        sound = next(container.decode(audio=0)).time
    assert first - sound == pytest.approx(lead, abs=0.05)


@pytest.mark.parametrize("sound", ["aac", "mp2"])
def test_sound_goes_on_beside_the_image_where_the_clock_restarts(tmp_path: Path, sound: str) -> None:
    part = make_clip(tmp_path / "part.ts", seconds=2.0, sound=sound)
    joined = tmp_path / "joined.ts"
    joined.write_bytes(part.read_bytes() * 2)
    target = carry_over(joined, tmp_path / "out.mp4")
    assert tone_begins(target) == pytest.approx(flash_begins(target), abs=0.05)
    assert seconds_of_sound(target) == pytest.approx(4.0, abs=0.15)
    assert second_tone_after(target, 2.0) == pytest.approx(flash_begins(target) + 2.0, abs=0.1)


def second_tone_after(path: Path, seconds: float) -> float:
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            if (frame.time or 0) > seconds and np.abs(frame.to_ndarray()).max() > 0.1:
                return float(frame.time)
    raise AssertionError("no second tone")


def test_another_codec_in_a_joined_broadcast_costs_its_sound_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = (make_clip(tmp_path / f"{codec}.ts", sound=codec) for codec in ("ac3", "mp2"))
    joined = tmp_path / "joined.ts"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    carry(joined, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 100
    assert seconds_of_sound(tmp_path / "out.mp4") >= 1.8
    assert "joined.ts: sound or subtitles cannot be read in part" in caplog.text


def test_sound_that_is_damaged_throughout_is_left_out_and_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = video_with(tmp_path / "clip.mkv", [("flac", 48_000, "mono", "und")])
    with av.open(str(source)) as container:
        packets = [(packet.pos, packet.size) for packet in container.demux(audio=0) if packet.size]
    content = bytearray(source.read_bytes())
    for position, size in packets:
        content[position + 8 : position + size] = bytes(size - 8)
    source.write_bytes(content)
    carry(source, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 50
    assert "clip.mkv: sound or subtitles cannot be read in part" in caplog.text


@pytest.mark.parametrize("subtitles", ["srt", "ass", "webvtt", "mov_text"])
def test_languages_subtitles_chapters_and_title_stay(tmp_path: Path, subtitles: str) -> None:
    source = video_with(
        tmp_path / ("clip.mp4" if subtitles == "mov_text" else "clip.mkv"),
        [("aac", 48_000, "mono", "ger"), ("aac", 48_000, "stereo", "eng")],
        tags={"title": "Interview 7", "date": "2019-04-05", "creation_time": "2019-04-05T10:00:00.000000Z"},
        chapters=True,
        subtitles=subtitles,
    )
    target = tmp_path / "out.mp4"
    assert not str(carry(source, target))
    assert [sound[3] for sound in sounds_of(target)] == ["ger", "eng"]
    with av.open(str(target)) as container:
        assert container.metadata["title"] == "Interview 7"
        assert container.metadata["date"] == "2019-04-05"
        assert container.metadata["creation_time"].startswith("2019-04-05T10:00:00")
        chapters = [
            (float(each["start"] * each["time_base"]), each["metadata"]["title"]) for each in container.chapters()
        ]
        assert chapters == [(0.0, "One"), (1.0, "Two")]
        (text,) = container.streams.subtitles
        assert text.language == "ger"
        shown = [
            (float(packet.pts * packet.time_base), bytes(packet)[2:].decode(errors="replace"))
            for packet in container.demux(text)
            if packet.size > 2
        ]
    assert [round(seconds, 2) for seconds, _ in shown] == [0.2, 1.2]
    assert shown[0][1].startswith("Hello there")
    assert shown[1][1].startswith("Größe")


PHONE = {
    "title": "Party",
    "creation_time": "2024-05-06T07:08:09.000000Z",
    "location": "+48.1000+011.5000/",
    "com.apple.quicktime.location.ISO6709": "+48.1000+011.5000/",
    "make": "Apple",
    "model": "iPhone 15",
    "com.android.version": "14",
}


@pytest.mark.parametrize(
    ("mode", "kept", "left_out"),
    [
        (MetadataMode.SAFE, {"title", "creation_time"}, "place, device"),
        (MetadataMode.DATE_ONLY, {"creation_time"}, "place, device, other tags, chapters, subtitles (ger)"),
        (MetadataMode.STRIP, set(), "place, device, other tags, chapters, subtitles (ger)"),
        (MetadataMode.KEEP, {"title", "creation_time", "location", "make", "model"}, ""),
    ],
)
def test_place_and_device_go_and_the_rest_is_by_choice(
    tmp_path: Path, mode: MetadataMode, kept: set[str], left_out: str
) -> None:
    source = video_with(
        tmp_path / "phone.mov", [("aac", 48_000, "mono", "ger")], tags=PHONE, chapters=True, subtitles="mov_text"
    )
    with av.open(str(source)) as container:
        assert container.metadata["make"] == "Apple"
    target = tmp_path / "out.mp4"
    report = carry(source, target, mode)
    assert sorted(str(report).split(", ")) == sorted(left_out.split(", "))
    content = target.read_bytes()
    if mode is not MetadataMode.KEEP:
        for word in (b"+48.1", b"Apple", b"iPhone", b"android"):
            assert word not in content
    with av.open(str(target)) as container:
        tags = {name.lower() for name in container.metadata}
        assert kept <= tags
        assert not ({"title", "creation_time", "location", "make", "model"} - kept) & tags
        assert len(container.streams.subtitles) == mode.keeps_text
        assert len(container.chapters()) == 2 * mode.keeps_text


def test_further_videos_and_covers_are_reported(tmp_path: Path) -> None:
    source = tmp_path / "two.mkv"
    with av.open(str(source), "w") as container:
        streams = []
        for _ in range(3):
            stream = container.add_stream("mpeg4", rate=25)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            streams.append(stream)
        for stream in streams:
            for _ in range(5):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8))))
            container.mux(stream.encode(None))
    assert str(carry(source, tmp_path / "out.mp4")) == "2 further video tracks"


def test_times_move_with_the_file_s_beginning(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mkv", start_seconds=5.0)
    with av.open(str(clip)) as given, av.open(str(tmp_path / "chapters.mkv"), "w") as container:
        streams = {each.index: container.add_stream_from_template(each) for each in given.streams}
        container.set_chapters([chapter(6000, 7000, "Flash")])
        for packet in given.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream_index]
                container.mux(packet)
    carry(tmp_path / "chapters.mkv", tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        # QuickTime's chapters begin at 0.
        before, flash = container.chapters()
        assert before["metadata"]["title"] == ""
        assert float(flash["start"] * flash["time_base"]) == pytest.approx(1.0, abs=0.03)


def video_with_image_subtitles(path: Path, codec: str) -> Path:
    """A video with one event of image subtitles, in German; nothing here looks into the images."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        images = container.add_mux_stream(codec)
        images.time_base = Fraction(1, 1000)
        images.metadata["language"] = "ger"
        for index in range(50):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8))
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        packet = av.Packet(IMAGE_EVENT)
        packet.stream, packet.time_base = images, Fraction(1, 1000)
        packet.pts = packet.dts = 400
        packet.duration = 1200
        container.mux(packet)
    return path


# An end-of-display-set segment: all that a demuxer need see.
IMAGE_EVENT = bytes([0x80, 0, 0])


def subtitle_packets(path: Path) -> list[tuple[str, bytes, float, str | None]]:
    with av.open(str(path)) as container:
        return [
            (stream.codec_context.name, bytes(packet), float(packet.pts * packet.time_base), stream.language)
            for stream in container.streams.subtitles
            for packet in [each for each in container.demux(stream) if each.size]
        ]


@pytest.mark.parametrize(
    ("codec", "ending", "is_kept"),
    [
        ("dvd_subtitle", ".mp4", True),
        ("dvd_subtitle", ".mkv", True),
        ("hdmv_pgs_subtitle", ".mkv", True),
        ("dvb_subtitle", ".mkv", True),
        ("hdmv_pgs_subtitle", ".mp4", False),
        ("dvb_subtitle", ".mp4", False),
    ],
)
def test_image_subtitles_stay_where_the_file_holds_them(tmp_path: Path, codec: str, ending: str, is_kept: bool) -> None:
    source, target = video_with_image_subtitles(tmp_path / "disc.mkv", codec), tmp_path / f"out{ending}"
    left_out = carry(source, target)
    if is_kept:
        assert str(left_out) == ""
        (before,), (after,) = subtitle_packets(source), subtitle_packets(target)
        assert after[1] == before[1] == IMAGE_EVENT
        assert after[2] == pytest.approx(before[2], abs=0.002)
        assert after[3] == "ger"
    else:
        assert str(left_out) == "subtitles that are images (ger) (an output that ends in .mkv keeps them)"
        assert subtitle_packets(target) == []
    assert len(list(av.open(str(target)).decode(video=0))) == 50


@pytest.mark.parametrize(("sound", "text"), [("flac", "ass"), ("pcm_s24le", "srt"), ("libopus", "webvtt")])
def test_a_matroska_file_keeps_sound_and_text_as_they_are(tmp_path: Path, sound: str, text: str) -> None:
    source = video_with(tmp_path / "clip.mkv", [(sound, 48_000, "stereo", "ger")], chapters=True, subtitles=text)
    target = tmp_path / "out.mkv"
    assert str(carry(source, target)) == ""
    assert sounds_of(target) == sounds_of(source)
    assert [each[:2] for each in subtitle_packets(target)] == [each[:2] for each in subtitle_packets(source)]
    with av.open(str(target)) as container:
        assert [each["metadata"]["title"] for each in container.chapters()][-2:] == ["One", "Two"]


def test_a_phone_s_text_becomes_that_of_a_matroska_file(tmp_path: Path) -> None:
    source = video_with(tmp_path / "phone.mp4", [("aac", 48_000, "mono", "ger")], subtitles="mov_text")
    target = tmp_path / "out.mkv"
    assert str(carry(source, target)) == ""
    texts = [content for _, content, _, _ in subtitle_packets(target)]
    assert [each.decode() for each in texts] == ["Hello <i>there</i>", "Größe"]
