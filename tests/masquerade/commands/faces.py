"""Makes images and videos of the bundled demo face, in all the shapes that real files have."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from masquerade.resources import bundled
from numpy.typing import NDArray

PORTRAIT = bundled("assets") / "demo" / "eileen_collins.jpg"


def portrait(size_wh: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 BGR; `size_wh` bends it, which a face finder must bear a little of."""
    image = cv2.imread(str(PORTRAIT))
    return image if size_wh is None else cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA)


def save(path: Path, image: NDArray[np.generic]) -> Path:
    assert cv2.imwrite(str(path), image)
    return path


def face_video(
    path: Path,
    frames: int = 20,
    size_wh: tuple[int, int] = (320, 320),
    times: list[float] | None = None,
    sound: bool = True,
) -> Path:
    """The face moving slowly to the right, at 20 frames a second or at `times`; with a tone."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=20, options={"crf": "16", "preset": "ultrafast"})
        video.width, video.height = size_wh
        video.pix_fmt = "yuv444p" if size_wh[0] % 2 or size_wh[1] % 2 else "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        audio = container.add_stream("aac", rate=44_100, layout="mono") if sound else None
        image = portrait(size_wh)
        for index in range(frames):
            moved = cv2.warpAffine(
                image, np.float32([[1, 0, index], [0, 1, 0]]), size_wh, borderMode=cv2.BORDER_REPLICATE
            )
            frame = av.VideoFrame.from_ndarray(moved, format="bgr24")
            frame.pts = round(1000 * (times[index] if times else index / 20))
            frame.time_base = Fraction(1, 1000)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None:
            _add_tone(container, audio, times[-1] if times else frames / 20)
    return path


def _add_tone(container: av.container.OutputContainer, audio: av.AudioStream, seconds: float) -> None:
    wave = np.sin(2 * np.pi * 440 * np.arange(round(44_100 * seconds)) / 44_100).astype(np.float32)
    for begin in range(0, len(wave) - 1023, 1024):
        frame = av.AudioFrame.from_ndarray(wave[None, begin : begin + 1024], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 44_100, begin, Fraction(1, 44_100)
        container.mux(audio.encode(frame))
    container.mux(audio.encode(None))
