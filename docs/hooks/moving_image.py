"""Render the moving image of the README: `python docs/hooks/moving_image.py docs/images/filters.webp`."""

import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import masquerade
import numpy as np
from masquerade.pipeline.sources.demo import Demo

_FILTERS = ("dog", "sunglasses", "top-hat", "butterfly", "palm-beach", "fedora", "fox", "comic")
_SECONDS, _RATE = 1.6, 8
# The part of the demo's 1280 x 720 in which the face moves, and the size that it is shown at.
_TOP, _LEFT, _CUT_WH, _SIZE_WH = 24, 330, (640, 480), (400, 300)


def write_moving_image(path: Path) -> None:
    """Write an animated WebP in which the demo face wears one filter after the other."""
    with av.open(str(path), "w", format="webp", options={"loop": "0"}) as container:
        stream = container.add_stream("libwebp_anim", rate=_RATE, options={"quality": "45", "compression_level": "6"})
        (stream.width, stream.height), stream.pix_fmt = _SIZE_WH, "yuv420p"
        for number, frame in enumerate(_filtered_frames()):
            cut = frame.to_ndarray(format="rgb24")[_TOP : _TOP + _CUT_WH[1], _LEFT : _LEFT + _CUT_WH[0]]
            small = av.VideoFrame.from_ndarray(np.ascontiguousarray(cut), "rgb24")
            small = small.reformat(*_SIZE_WH, "yuv420p", interpolation="AREA")
            small.pts, small.time_base = number, Fraction(1, _RATE)
            container.mux(stream.encode(small))
        container.mux(stream.encode(None))


def _filtered_frames() -> Iterator[av.VideoFrame]:
    """Yield `_RATE` frames a second of the demo for each filter; all frames are worn, so that art swings."""
    with Demo() as demo:
        frames = [demo.read() for _ in range(round(_SECONDS * demo.frames_per_second))]
        step = round(demo.frames_per_second / _RATE)
    for name in _FILTERS:
        stream = masquerade.FaceStream([name])
        for index, frame in enumerate(frame for frame in frames if frame is not None):
            worn = stream.process(frame.pixels[..., :3], index / demo.frames_per_second)
            if index % step == 0:
                yield av.VideoFrame.from_ndarray(np.ascontiguousarray(worn.image), "bgr24")


if __name__ == "__main__":
    write_moving_image(Path(sys.argv[1]))
