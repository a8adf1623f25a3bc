"""Finds the flashes and the beginnings of sounds in a video, to hold one against the other."""

from pathlib import Path

import av
import numpy as np

_BRIGHT = 124  # of 255, mean over a frame
_SILENT_SECONDS = 0.3  # between two sounds


def flashes_and_sounds(path: Path, loud: float) -> tuple[list[float], list[float]]:
    """The seconds at which frames turn bright, and at which sound louder than `loud` begins."""
    flashes, sounds = [], []
    with av.open(str(path)) as file:
        was = False
        for frame in file.decode(video=0):
            bright = frame.to_ndarray(format="gray").mean() > _BRIGHT
            if bright and not was:
                flashes.append(float(frame.time))
            was = bright
    with av.open(str(path)) as file:
        ended = -1.0
        for frame in file.decode(audio=0):
            for moment in float(frame.time) + np.flatnonzero(np.abs(frame.to_ndarray()[0]) > loud) / frame.sample_rate:
                if moment - ended > _SILENT_SECONDS:
                    sounds.append(moment)
                ended = moment
    return flashes, sounds
