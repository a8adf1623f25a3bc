"""Chooses and sets up the encoders of videos: Encoding, add_video, find_hardware_encoder."""

import io
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import numpy as np
from av.container import OutputContainer
from av.video.reformatter import Colorspace

from masquerade.errors import RecordingError
from masquerade.pipeline.sources.videos.hdr import HdrColours
from masquerade.settings import VideoQuality

TICKS_PER_SECOND = 90_000
# Numbers of ITU-T H.273, in which H.264, VP9 and their containers name colours.
_BT709, _SMPTE170M, _LIMITED_RANGE = 1, 6, 1
_SMALL_PIXELS = 1280 * 720
_X264, _X265, _VP9 = "libx264", "libx265", "libvpx-vp9"
_BT2020_MATRIX = 9
# The vendors' encoders in PyAV's build, the quickest first. V4L2's and Media Foundation's are left out:
# the one blocks for ever on some boards, the other cannot make a keyframe when one is wanted.
HARDWARE_ENCODERS = ("h264_nvenc", "h264_qsv", "h264_amf", "h264_videotoolbox")
_CRF = {VideoQuality.SMALL: 26, VideoQuality.STANDARD: 20, VideoQuality.BEST: 16}
_VP9_CRF = {VideoQuality.SMALL: 38, VideoQuality.STANDARD: 31, VideoQuality.BEST: 24}
# Bits a pixel and second of an image that moves; about what x264 takes at those qualities.
_BITS_PER_PIXEL = {VideoQuality.SMALL: 2.0, VideoQuality.STANDARD: 4.5, VideoQuality.BEST: 9.0}
_TRIAL_WH = (640, 480)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Encoding:
    """Settings of the video encoder and the layout of the file.

    Attributes:
        preset: x264's preset.
        quality: x264's CRF; 18 is visually lossless, 23 the default.
        fragmented: True writes a file that plays even if the program is killed; False a
            plain one with its index at the beginning.
        all_tags: True writes tags of any name, not only those that MP4 defines.
        live_sound: True where a stream of sound is added: a fragmented file then gets its header with the first
            fragment, since an AAC encoder's priming samples before 0 can be declared only there.
        codec: FFmpeg's name of the encoder.
        bit_rate: bits a second of encoders without a CRF; 0 = by `quality`.
        hdr: of a video whose images are HDR code values, in 10 bits; None for all others.
    """

    preset: str
    quality: int
    fragmented: bool
    all_tags: bool = False
    live_sound: bool = False
    codec: str = _X264
    bit_rate: int = 0
    hdr: HdrColours | None = None


# At 720p on one core 3.4 ms a frame, against 2.0 of "ultrafast" and 5.3 of "veryfast";
# "ultrafast" needs more room and shows blocks on moving skin.
LIVE = Encoding(preset="superfast", quality=_CRF[VideoQuality.STANDARD], fragmented=True)
RENDERED = Encoding(preset="medium", quality=18, fragmented=False)


def live_encoding(
    suffix: str, quality: VideoQuality, size_wh: tuple[int, int], has_sound: bool, hardware: str | None = None
) -> Encoding:
    """Return how a recording is encoded.

    Args:
        suffix: ".webm" takes VP9, all else H.264.
        quality: the user's choice.
        size_wh: of the images.
        has_sound: whether a stream of sound is added.
        hardware: an encoder that `find_hardware_encoder` found; None = x264.
    """
    live = replace(LIVE, live_sound=has_sound, quality=_CRF[quality])
    if suffix.lower() == ".webm":
        return replace(live, codec=_VP9, quality=_VP9_CRF[quality])
    if hardware is None:
        return live
    return replace(live, codec=hardware, bit_rate=round(_BITS_PER_PIXEL[quality] * size_wh[0] * size_wh[1]))


def add_video(
    container: OutputContainer, size_wh: tuple[int, int], matrix: Colorspace, encoding: Encoding
) -> av.VideoStream:
    """Add the stream, with times in 1/90000 s and tagged colours."""
    stream = container.add_stream(encoding.codec, rate=30, options=_options(encoding))
    assert isinstance(stream, av.VideoStream)
    stream.width, stream.height = size_wh
    stream.pix_fmt = "yuv420p"
    stream.time_base = Fraction(1, TICKS_PER_SECOND)
    if encoding.bit_rate:
        stream.bit_rate = encoding.bit_rate
    context = stream.codec_context
    context.time_base = Fraction(1, TICKS_PER_SECOND)
    context.colorspace = _BT709 if matrix == Colorspace.ITU709 else _SMPTE170M
    context.color_primaries = context.color_trc = _BT709
    context.color_range = _LIMITED_RANGE
    if encoding.hdr is not None:
        _describe_hdr(stream, encoding.hdr, container.format.name)
    # One thread leaves the processor to the preview; a larger image needs more to keep up.
    small = size_wh[0] * size_wh[1] <= _SMALL_PIXELS
    context.thread_count = 1 if encoding.fragmented and small and encoding.codec == _X264 else 0
    return stream


def _describe_hdr(stream: av.VideoStream, hdr: HdrColours, container_name: str) -> None:
    context = stream.codec_context
    stream.pix_fmt = "yuv420p10le"
    context.colorspace = _BT2020_MATRIX
    context.color_primaries, context.color_trc = hdr.encoding.primaries, hdr.encoding.transfer
    if container_name == "mp4":
        # QuickTime knows HEVC by this name alone.
        context.codec_tag = "hvc1"


def hdr_encoding(hdr: HdrColours) -> Encoding:
    """Return how a rendered HDR video is encoded: HEVC in 10 bits.

    Raises:
        RecordingError: there is no encoder for it.
    """
    if _X265 not in av.codecs_available:
        raise RecordingError("HDR videos cannot be written here: FFmpeg was built without libx265. Use --hdr sdr.")
    return replace(RENDERED, codec=_X265, hdr=hdr)


def _x265_parameters(hdr: HdrColours | None) -> str:
    parameters = ["log-level=error"]
    if hdr is not None and hdr.mastering:
        parameters += ["hdr10=1", f"master-display={hdr.mastering}"]
    if hdr is not None and hdr.light:
        parameters.append(f"max-cll={hdr.light}")
    return ":".join(parameters)


def _options(encoding: Encoding) -> dict[str, str]:
    if encoding.codec == _VP9:
        # No frame is held back, and eight is the quickest that VP9 has for live video.
        live = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "row-mt": "1", "tile-columns": "2"}
        return {**live, "crf": str(encoding.quality), "b": "0"}
    # MP4 keeps durations in the order of decoding: with B-frames those of uneven times
    # land at the wrong images. They would make the file about 5 % smaller.
    options = {"bf": "0", "forced-idr": "1"}
    if encoding.codec == _X265:
        options |= {"preset": encoding.preset, "crf": str(encoding.quality)}
        options["x265-params"] = _x265_parameters(encoding.hdr)
    if encoding.codec == _X264:
        options |= {"preset": encoding.preset, "crf": str(encoding.quality)}
        if encoding.fragmented:
            # No look-ahead: an image is in the file as soon as it is encoded.
            options["tune"] = "zerolatency"
    return options


def find_hardware_encoder(names: Iterable[str] = HARDWARE_ENCODERS) -> str | None:
    """Return the first encoder that really encodes an image on this machine; None where none does.

    An encoder that FFmpeg lists may lack its driver, and says so only when it is used.
    """
    return next((name for name in names if _encodes(name)), None)


def _encodes(name: str) -> bool:
    if name not in av.codecs_available:
        return False
    trial = Encoding("", 0, fragmented=True, codec=name, bit_rate=1_000_000)
    image = av.VideoFrame.from_ndarray(np.zeros((_TRIAL_WH[1], _TRIAL_WH[0], 3), np.uint8)).reformat(format="yuv420p")
    image.pts, image.time_base = 0, Fraction(1, TICKS_PER_SECOND)
    try:
        with av.open(io.BytesIO(), "w", format="matroska") as container:
            stream = add_video(container, _TRIAL_WH, Colorspace.ITU601, trial)
            packets = [*stream.encode(image), *stream.encode(None)]
            return any(packet.size for packet in packets)
    except (av.FFmpegError, OSError, ValueError) as error:
        _log.info("the encoder %s does not work here: %s", name, error)
        return False
