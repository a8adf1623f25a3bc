"""The parts of the studio that the window uses, loaded when first used: StudioBackend."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from masquerade.errors import AppError
from masquerade.studio.clips.tools import ClipTools
from masquerade.studio.recording.recording_options import RecordingOptions
from masquerade.studio.virtual_camera.look import CameraLook

if TYPE_CHECKING:
    from masquerade.studio.clips.source_sound import SourceSound
    from masquerade.studio.recording.recorder import Recorder
    from masquerade.studio.replay.replay import Replay
    from masquerade.studio.virtual_camera.feed import CameraFeed
    from masquerade.values import ByteArray


class StudioBackend:
    """Imports inside its functions, so that the window is on the screen before encoders and sound are loaded.

    Each function does what gui/services/backend.py says of it.
    """

    def __init__(self) -> None:
        self.clips = ClipTools()

    @cached_property
    def source_sound(self) -> "SourceSound":
        """The sound of the video that is the source."""
        from masquerade.studio.clips.source_sound import SourceSound

        return SourceSound(self.clips.open_speaker)

    def start_recording(
        self,
        path: Path,
        options: RecordingOptions,
        on_error: Callable[[AppError], None],
        on_silent: Callable[[AppError], None] = lambda error: None,
    ) -> "Recorder":
        """Start a recording, with the sound of the video that plays, or of a microphone where one is named."""
        from masquerade.studio.microphone.live_sound import LiveSound
        from masquerade.studio.microphone.opening import open_sound
        from masquerade.studio.recording.recorder import Recorder

        if options.microphone is None:
            return Recorder(path, on_error, options)
        if self.source_sound.has_sound:
            return Recorder(path, on_error, options, LiveSound(self.source_sound.capture()))
        return Recorder(path, on_error, options, open_sound(options.microphone, on_silent))

    def open_replay(self, seconds: float) -> "Replay":
        """Begin to keep the last seconds."""
        from masquerade.studio.replay.replay import Replay

        return Replay(seconds)

    def list_microphones(self) -> tuple[str, ...]:
        """Return the names of the microphones."""
        from masquerade.studio.microphone.microphone import list_microphones

        return list_microphones()

    def save_photo(self, path: Path, pixels: "ByteArray", mirrored: bool) -> Path:
        """Write a photo and return the path taken."""
        from masquerade.studio.photos.snapshot import save_image

        return save_image(path, pixels, mirrored)

    def save_strip(self, path: Path, photos: "tuple[ByteArray, ...]", mirrored: bool) -> Path:
        """Write several photos as one strip and return the path taken."""
        from masquerade.studio.photos.photo_strip import make_strip
        from masquerade.studio.photos.snapshot import save_image

        return save_image(path, make_strip(photos, mirrored), False)

    def open_virtual_camera(
        self, look: CameraLook, on_change: Callable[[], None], on_error: Callable[[AppError], None]
    ) -> "CameraFeed":
        """Offer the frames to other programs."""
        from masquerade.studio.virtual_camera.opening import open_virtual_camera

        return open_virtual_camera(look, on_change, on_error)

    def open_stream(
        self, look: CameraLook, on_change: Callable[[], None], on_error: Callable[[AppError], None]
    ) -> "CameraFeed":
        """Offer the frames at an address on this machine."""
        from masquerade.studio.streaming.opening import open_stream

        return open_stream(look, on_change, on_error)
