"""Keeps the frames of an HDR video as they are coded, beside the SDR ones that filters are painted on."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame

from masquerade.pipeline.sources.colour import ColourEncoding
from masquerade.values import DeepArray

# Three primaries and white as x and y, then the least and the greatest luminance, as AVRational each;
# then whether the primaries and whether the luminances are set (libavutil/mastering_display_metadata.h).
_MASTERING = struct.Struct("20i2i")
_LIGHT = struct.Struct("2I")
_CHROMATICITY_UNITS, _LUMINANCE_UNITS = 50_000, 10_000
# What a re-encoded video cannot hold, by the name of the side data.
_LOST = {"DOVI_METADATA": "the data of Dolby Vision", "DYNAMIC_HDR_PLUS": "the data of HDR10+"}


@dataclass(frozen=True, slots=True)
class HdrColours:
    """How an HDR video is coded.

    Attributes:
        encoding: primaries and transfer.
        mastering: the screen that it was made on, as x265 wants to have it; "" where the video does not say.
        light: the brightest pixel and the brightest frame, cd/m2, likewise.
    """

    encoding: ColourEncoding
    mastering: str = ""
    light: str = ""


class HdrOriginals:
    """The decoded frames of an HDR video that are not written yet; used on one thread.

    Attributes:
        colours: of the first frame; None where that is no HDR, or before it.
        marks: what the frames carry that cannot be kept, in words.
    """

    def __init__(self) -> None:
        self.colours: HdrColours | None = None
        self.marks: frozenset[str] = frozenset()
        self._kept: dict[int, tuple[VideoFrame, Callable[[VideoFrame], DeepArray]]] = {}

    def put(
        self,
        index: int,
        frame: VideoFrame,
        beside: Mapping[str, SideData],
        to_coded: Callable[[VideoFrame], DeepArray],
    ) -> None:
        """Keep a frame, if the video is HDR.

        Args:
            index: of the frame in the video.
            frame: as decoded.
            beside: its side data.
            to_coded: gives its code values, upright and with square pixels.
        """
        encoding = ColourEncoding(frame.color_primaries, frame.color_trc)
        if index == 0 and encoding.is_hdr:
            self.colours = HdrColours(encoding, _mastering(beside), _light(beside))
        if self.colours is not None and encoding == self.colours.encoding:
            self._kept[index] = frame, to_coded
            self.marks |= {words for name, words in _LOST.items() if beside.get(name) is not None}

    def take(self, index: int) -> DeepArray | None:
        """Return (H, W, 3) uint16, R G B code values of a frame, and forget it; None where it is not kept."""
        kept = self._kept.pop(index, None)
        if kept is None:
            return None
        frame, to_coded = kept
        return to_coded(frame)


def _mastering(beside: Mapping[str, SideData]) -> str:
    data = beside.get("MASTERING_DISPLAY_METADATA")
    if data is None or len(bytes(data)) < _MASTERING.size:
        return ""
    *rationals, has_primaries, has_luminance = _MASTERING.unpack(bytes(data)[: _MASTERING.size])
    values = [over / max(under, 1) for over, under in zip(rationals[::2], rationals[1::2], strict=True)]
    if not (has_primaries and has_luminance):
        return ""
    red, green, blue, white = (
        ",".join(str(round(_CHROMATICITY_UNITS * each)) for each in values[place : place + 2]) for place in (0, 2, 4, 6)
    )
    least, most = (round(_LUMINANCE_UNITS * each) for each in values[8:])
    return f"G({green})B({blue})R({red})WP({white})L({most},{least})"


def _light(beside: Mapping[str, SideData]) -> str:
    data = beside.get("CONTENT_LIGHT_LEVEL")
    if data is None or len(bytes(data)) < _LIGHT.size:
        return ""
    pixel, frame = _LIGHT.unpack(bytes(data)[: _LIGHT.size])
    return f"{pixel},{frame}"
