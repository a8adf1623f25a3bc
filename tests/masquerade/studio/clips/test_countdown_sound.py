"""Check when the countdown before a photo is heard, and how loud."""

import numpy as np
from masquerade.studio.clips.countdown_sound import countdown_sounds
from masquerade.studio.clips.speaker import SOUND_RATE, Mixer


def test_each_second_ticks_and_the_photo_sounds_higher() -> None:
    mixer = Mixer()
    for due, samples in countdown_sounds(3):
        mixer.add(samples, 100.0 + due)
    heard = mixer.render(5 * SOUND_RATE, 100.0)[:, 0]
    loud = np.flatnonzero(np.abs(heard) > 0.02) / SOUND_RATE
    begins = loud[np.flatnonzero(np.diff(loud, prepend=-1.0) > 0.3)]
    assert np.allclose(begins, (0, 1, 2, 3), atol=0.003)
    assert 0.1 < np.abs(heard).max() <= 0.2
    tick, photo = (np.fft.rfft(heard[second * SOUND_RATE :][: SOUND_RATE // 10]) for second in (1, 3))
    # Ten hertz a bin.
    assert 10 * np.abs(photo).argmax() > 1.4 * 10 * np.abs(tick).argmax()


def test_a_tone_ends_without_a_click() -> None:
    for _, samples in countdown_sounds(3):
        assert samples.dtype == np.float32
        assert samples.shape[1] == 2
        assert np.abs(samples[[0, -1]]).max() < 0.005
