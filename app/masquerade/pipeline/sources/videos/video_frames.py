"""Turns decoded video frames into the images a player shows: upright, square pixels, SDR colours, no combs."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Any, cast

import av
from av.filter import Graph
from av.sidedata.sidedata import SideData, SideDataContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream

from masquerade.pipeline.sources.colour import ColourEncoding, write_lut
from masquerade.pipeline.sources.opaque import lay_on_white
from masquerade.pipeline.sources.orientation import Orientation
from masquerade.values import ByteArray, DeepArray

_log = logging.getLogger(__name__)

_UNSPECIFIED_COLOUR = 2
# Shapes of pixels beyond this are a damaged header.
_MAX_ASPECT = 16
# Of AVFieldOrder: how a container marks material whose frames are not marked themselves.
_FIELD_PARITY = {2: "tff", 3: "bff", 4: "tff", 5: "bff"}
_NOT_YET = (av.error.BlockingIOError, av.error.EOFError)


class FrameConverter:
    """Converts the frames of one video; used on one thread."""

    def __init__(self, stream: VideoStream) -> None:
        """Read nothing yet; what a frame needs is set up when the first such frame comes."""
        self._stream = stream
        # Kept, and on one thread: a new one for each frame would start two threads for it and take twice as long.
        self._reformatter, self._deepener, self._packer = VideoReformatter(), VideoReformatter(), VideoReformatter()
        self._deinterlacer: _FilterGraph | None = None
        self._tone_mapper: _FilterGraph | None = None

    def deinterlace(self, frame: VideoFrame | None) -> Iterator[VideoFrame]:
        """Yield one frame for each input frame, deinterlaced if necessary.

        The first interlaced frame makes all later ones come one frame late.

        Args:
            frame: as decoded; None gives what was held back.
        """
        if self._deinterlacer is None or (frame is not None and not self._deinterlacer.fits(frame)):
            if self._deinterlacer is not None:
                yield from self._deinterlacer.push(None)
            self._deinterlacer = self._new_deinterlacer(frame)
        if self._deinterlacer is not None:
            yield from self._deinterlacer.push(frame)
        elif frame is not None:
            yield frame

    def shown_size_wh(self, frame: VideoFrame) -> tuple[int, int]:
        """Return the size with square pixels, before the image is turned; a side is only ever enlarged."""
        aspect = self._pixel_aspect()
        width, height = frame.width, frame.height
        if aspect > 1:
            return round(width * aspect), height
        return width, round(height / aspect)

    def to_pixels(self, frame: VideoFrame) -> ByteArray:
        """Return (H, W, 4) BGRA, opaque, with a buffer of its own."""
        frame_format = frame.format
        orientation = _orientation(frame)
        size_wh = self.shown_size_wh(frame)
        shown = self._to_sdr(frame)
        resized = size_wh != (frame.width, frame.height)
        converted = self._reformatter.reformat(
            shown,
            format="bgra",
            width=size_wh[0],
            height=size_wh[1],
            src_colorspace=_colour_space(shown),
            interpolation=Interpolation.BICUBIC if resized else None,
            threads=1,
        )
        pixels = cast(ByteArray, converted.to_ndarray())
        if frame_format.name == "pal8" or any(component.is_alpha for component in frame_format.components):
            pixels = lay_on_white(pixels)
        upright = orientation.apply(pixels)
        # Where nothing was converted this is the decoder's own image, into which a GIF's
        # next frame is drawn, and the line paints into what it gets.
        return upright.copy() if frame_format.name == "bgra" and upright is pixels else upright

    def _new_deinterlacer(self, frame: VideoFrame | None) -> "_FilterGraph | None":
        if frame is None:
            return None
        # bwdif needs three lines above each other.
        if frame.width < 4 or frame.height < 4:
            return None
        if frame.interlaced_frame:
            return _FilterGraph(frame, "bwdif", mode="send_frame", parity="auto", deint="interlaced")
        parity = _FIELD_PARITY.get(self._stream.codec_context.field_order)
        if parity is not None and self._stream.codec_context.name in _UNMARKED_CODECS:
            return _FilterGraph(frame, "bwdif", mode="send_frame", parity=parity, deint="all")
        return None

    def _pixel_aspect(self) -> Fraction:
        aspect = self._stream.sample_aspect_ratio or self._stream.codec_context.sample_aspect_ratio
        if not aspect or not Fraction(1, _MAX_ASPECT) <= aspect <= _MAX_ASPECT:
            return Fraction(1)
        return aspect

    def _to_sdr(self, frame: VideoFrame) -> VideoFrame:
        """Return the frame in the colours of sRGB; the same one where it is in them already."""
        encoding = ColourEncoding(frame.color_primaries, frame.color_trc)
        if not encoding.needs_conversion:
            return frame
        coded = self._to_rgb(frame)
        if self._tone_mapper is None or not self._tone_mapper.fits(coded):
            lut = write_lut(encoding)
            try:
                self._tone_mapper = _FilterGraph(coded, "lut3d", file=str(lut), interp="tetrahedral")
            finally:
                lut.unlink(missing_ok=True)
        return next(self._tone_mapper.push(coded), coded)

    def to_coded(self, frame: VideoFrame) -> DeepArray:
        """Return (H, W, 3) uint16, R G B: the frame's own code values, upright and with square pixels."""
        size_wh = self.shown_size_wh(frame)
        resized = size_wh != (frame.width, frame.height)
        deep = self._packer.reformat(
            self._to_rgb(frame),
            format="rgb48le",
            width=size_wh[0],
            height=size_wh[1],
            interpolation=Interpolation.BICUBIC if resized else None,
            threads=1,
        )
        return _orientation(frame).apply(cast(DeepArray, deep.to_ndarray()))

    def _to_rgb(self, frame: VideoFrame) -> VideoFrame:
        """Return the frame's code values in 16 bits, so that every level of a 10-bit video is told apart."""
        return self._deepener.reformat(frame, format="gbrp16le", src_colorspace=_colour_space(frame), threads=1)


class _FilterGraph:
    """One filter of FFmpeg's for frames of one size, pixel format and colour encoding."""

    def __init__(self, frame: VideoFrame, name: str, **options: str) -> None:
        self._kind = _kind(frame)
        self._graph = Graph()
        self._source = self._graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
        )
        work = self._graph.add(name, **options)
        sink = self._graph.add("buffersink")
        self._source.link_to(work)
        work.link_to(sink)
        self._graph.configure()

    def fits(self, frame: VideoFrame) -> bool:
        """Return whether the frame is of the kind that the filter was set up for."""
        return _kind(frame) == self._kind

    def push(self, frame: VideoFrame | None) -> Iterator[VideoFrame]:
        """Give what comes out; None ends the filter and gives what it held back."""
        self._source.push(frame)
        with suppress(*_NOT_YET):
            while True:
                yield self._graph.vpull()


# Their decoders do not mark interlaced frames; only the container does.
_UNMARKED_CODECS = frozenset({"rawvideo", "huffyuv", "ffvhuff", "utvideo", "mjpeg", "magicyuv", "v210", "qtrle", "png"})


def _kind(frame: VideoFrame) -> tuple[object, ...]:
    return (frame.width, frame.height, frame.format.name, frame.color_primaries, frame.color_trc)


def side_data(frame: VideoFrame) -> Mapping[str, SideData]:
    """Return what a frame carries beside its image.

    WORKAROUND (PyAV 18, av/frame.py): `frame.side_data` makes the frame and its container hold each other,
    so that hundreds of decoded frames wait for the garbage collector.
    """
    return cast("Mapping[str, SideData]", cast(Any, SideDataContainer)(frame))


def _orientation(frame: VideoFrame) -> Orientation:
    matrix = side_data(frame).get("DISPLAYMATRIX")
    return Orientation() if matrix is None else Orientation.from_display_matrix(bytes(matrix))


def _colour_space(frame: VideoFrame) -> Colorspace | None:
    """Return what players assume where the file does not say: BT.709 from 720 rows on."""
    if frame.colorspace == _UNSPECIFIED_COLOUR and frame.height >= 720:
        return Colorspace.ITU709
    return None
