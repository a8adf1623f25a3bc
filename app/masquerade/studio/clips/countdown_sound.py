"""Make the sound of the countdown before a photo: a tick each second, and a higher one with the photo."""

import numpy as np

from masquerade.studio.clips.speaker import SOUND_RATE, Samples, Speaker, open_speaker

_TICK_HERTZ, _TICK_SECONDS = 880.0, 0.08
_PHOTO_HERTZ, _PHOTO_SECONDS = 1320.0, 0.3
_LOUDNESS = 0.2  # of full scale
_FADE_IN_SECONDS = 0.002  # without it, the beginning cracks


def play_countdown(seconds: int, begun_at: float) -> Speaker | None:
    """Queue the sounds of a countdown on the system's sound output.

    Args:
        seconds: until the photo.
        begun_at: of the countdown, seconds of `time.monotonic`; what is over is not heard.

    Returns:
        The output, to be closed afterwards; None where there is none.
    """
    speaker = open_speaker()
    if speaker is not None:
        for due, samples in countdown_sounds(seconds):
            speaker.play(samples, begun_at + due)
    return speaker


def countdown_sounds(seconds: int) -> tuple[tuple[float, Samples], ...]:
    """Return the sounds of a countdown: when each begins, in seconds, and its (N, 2) float32 samples."""
    tick, photo = _tone(_TICK_HERTZ, _TICK_SECONDS), _tone(_PHOTO_HERTZ, _PHOTO_SECONDS)
    return (*((float(second), tick) for second in range(seconds)), (float(seconds), photo))


def _tone(hertz: float, seconds: float) -> Samples:
    """Return a tone that fades away, (N, 2)."""
    times = np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE
    envelope = np.minimum(times / _FADE_IN_SECONDS, 1) * np.exp(-times / (seconds / 5))
    wave = _LOUDNESS * np.sin(2 * np.pi * hertz * times) * envelope
    return np.repeat(wave[:, None], 2, axis=1).astype(np.float32)
