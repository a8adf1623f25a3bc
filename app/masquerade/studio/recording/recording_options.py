"""The options of a recording, without loading an encoder: RecordingOptions."""

from dataclasses import dataclass

from masquerade.settings import Settings, VideoQuality

_BYTES_PER_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class RecordingOptions:
    """The options of a recording.

    Attributes:
        mirrored: True swaps left and right.
        quality: how much room it takes.
        hardware: let the graphics card encode H.264, where it can.
        max_bytes: the recording goes on in another file before one is larger; 0 = one file.
        with_clean: record the video without filters beside it, unless a filter hides faces.
        microphone: its name; "" = the system's default, None = no sound.
        filters: names of the filters that are worn at its beginning, for the file's comment.
    """

    mirrored: bool = False
    quality: VideoQuality = VideoQuality.STANDARD
    hardware: bool = False
    max_bytes: int = 0
    with_clean: bool = False
    microphone: str | None = None
    filters: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.max_bytes < 0:
            raise ValueError(f"max_bytes must not be below 0, got {self.max_bytes}")


def options_of(settings: Settings, filters: tuple[str, ...]) -> RecordingOptions:
    """Return the options from the settings.

    Args:
        settings: the user's.
        filters: names of the filters that are worn now.
    """
    return RecordingOptions(
        mirrored=settings.mirror_file,
        quality=settings.video_quality,
        hardware=settings.hardware_encoder,
        max_bytes=settings.split_megabytes * _BYTES_PER_MEGABYTE,
        with_clean=settings.clean_copy,
        microphone=settings.microphone if settings.record_sound else None,
        filters=filters,
    )
