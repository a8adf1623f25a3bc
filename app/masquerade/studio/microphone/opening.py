"""Opens the microphone of a recording; without one, the recording continues with a message."""

import logging
from collections.abc import Callable

from masquerade.errors import AppError
from masquerade.studio.microphone.live_sound import LiveSound
from masquerade.studio.microphone.microphone import Microphone, MicrophoneError

_log = logging.getLogger(__name__)


def open_sound(name: str, on_silent: Callable[[AppError], None]) -> LiveSound | None:
    """Return the sound for a recording, or None where there is none.

    Args:
        name: of the microphone; "" = the system's default.
        on_silent: called with the reason, in a sentence, where there is none.
    """
    try:
        return LiveSound(Microphone(name))
    except MicrophoneError as error:
        _log.info("the recording is silent: %s", error)
        on_silent(error)
        return None
