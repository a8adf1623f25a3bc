"""`render --hdr keep` leaves HLG and PQ videos in 10 bits with their own colours, and hides faces all the same."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from masquerade.__main__ import main
from masquerade.pipeline.sources.colour import ColourEncoding, from_srgb

from tests.masquerade.commands.faces import portrait
from tests.masquerade.studio.videos import ffmpeg_complaints, needs_ffmpeg, probe

HLG, PQ = 18, 16
MASTERING = "hdr10=1:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
SIZE_WH, SIDE = (320, 240), 240
RAMP = slice(232, 240)


def hdr_video(path: Path, transfer: int, parameters: str = "", frames: int = 5) -> Path:
    """A face, and below it a ramp up to what only HDR can show."""
    shown = np.full((SIZE_WH[1], SIZE_WH[0], 3), 90, np.uint8)
    shown[:, :SIDE] = portrait((SIDE, SIDE))
    coded = from_srgb((shown[..., ::-1] / 255).astype(np.float32), ColourEncoding(9, transfer))
    coded[RAMP] = np.linspace(0.3, 1.0, SIZE_WH[0], dtype=np.float32)[:, None]
    image = av.VideoFrame.from_ndarray(np.round(coded * 65535).astype(np.uint16), "rgb48le")
    with av.open(str(path), "w") as container:
        options = {"x265-params": f"log-level=none:{parameters}", "crf": "4", "preset": "ultrafast"}
        stream = container.add_stream("libx265", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = *SIZE_WH, "yuv420p10le"
        context = stream.codec_context
        context.colorspace, context.color_primaries, context.color_trc, context.color_range = 9, 9, transfer, 1
        for index in range(frames):
            frame = VideoReformatter().reformat(
                image,
                format="yuv420p10le",
                dst_colorspace=Colorspace.BT2020,
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
            )
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def render(source: Path, target: Path, *words: str) -> None:
    assert main(["render", str(source), "-o", str(target), *words]) == 0


def luma(path: Path) -> tuple[list[np.ndarray], av.VideoFrame]:
    """(H, W) of each frame, 10 bits, and the first frame."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [frame.to_ndarray()[: frame.height].astype(int) for frame in frames], frames[0]


@pytest.mark.parametrize("transfer", [HLG, PQ], ids=["HLG", "PQ"])
def test_an_hdr_video_stays_as_it_is_where_no_filter_is(tmp_path: Path, transfer: int) -> None:
    source, target = hdr_video(tmp_path / "phone.mp4", transfer), tmp_path / "out.mp4"
    render(source, target, "--filter", "sunglasses", "--hdr", "keep")
    (before, *_), (after, *others) = luma(source)[0], luma(target)[0]
    first = luma(target)[1]
    assert len(others) == 4
    assert first.format.name == "yuv420p10le"
    assert (first.color_trc, first.color_primaries, first.colorspace) == (transfer, 9, 9)
    assert np.abs(after[RAMP, 8:-8] - before[RAMP, 8:-8]).mean() < 4
    assert after[RAMP].max() > 900 * (1.0 if transfer == HLG else 0.9)
    assert (np.abs(after[:SIDE, :SIDE] - before[:SIDE, :SIDE]) > 40).mean() > 0.004


def test_a_hidden_face_is_hidden_and_the_screen_it_was_made_on_is_named(tmp_path: Path) -> None:
    source, target = hdr_video(tmp_path / "film.mp4", PQ, f"{MASTERING}:max-cll=1000,400"), tmp_path / "out.mp4"
    render(source, target, "--filter", "blur", "--hdr", "keep")
    (before, *_), (after, *_) = luma(source)[0], luma(target)[0]
    face = (slice(30, 75), slice(85, 125))
    assert after[face].std() < 0.6 * before[face].std()
    beside = {each.type.name: bytes(each) for each in luma(target)[1].side_data}
    assert (
        beside["MASTERING_DISPLAY_METADATA"]
        == {each.type.name: bytes(each) for each in luma(source)[1].side_data}["MASTERING_DISPLAY_METADATA"]
    )
    assert np.frombuffer(beside["CONTENT_LIGHT_LEVEL"], np.uint32)[:2].tolist() == [1000, 400]


def test_without_the_choice_and_for_other_videos_it_is_h264(tmp_path: Path) -> None:
    source, target = hdr_video(tmp_path / "phone.mp4", HLG), tmp_path / "out.mp4"
    render(source, target, "--filter", "sunglasses")
    assert luma(target)[1].format.name == "yuv420p"
    again = tmp_path / "again.mp4"
    render(target, again, "--filter", "sunglasses", "--hdr", "keep")
    assert luma(again)[1].format.name == "yuv420p"


@needs_ffmpeg
def test_ffprobe_reads_the_tags_and_ffmpeg_plays_it(tmp_path: Path) -> None:
    source, target = hdr_video(tmp_path / "phone.mp4", HLG, frames=3), tmp_path / "out.mp4"
    render(source, target, "--filter", "blur", "--hdr", "keep", "--mirror")
    assert ffmpeg_complaints(target) == ""
    entries = "stream=codec_name,codec_tag_string,pix_fmt,color_range,color_space,color_transfer,color_primaries"
    assert sorted(probe(target, entries)) == sorted(
        ["hevc", "hvc1", "yuv420p10le", "tv", "bt2020nc", "arib-std-b67", "bt2020"]
    )
