"""Holds what the user chose and the program remembers: Settings."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import platformdirs


class ThemeChoice(StrEnum):
    """The window's colours."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"


class SourceKind(StrEnum):
    """The kind of a source; the mirror of the preview is remembered for each kind that may have one."""

    CAMERA = "camera"
    DEMO = "demo"
    FILE = "file"


class StatsDetail(StrEnum):
    """How much the performance stats on the preview show."""

    OFF = "off"
    SHORT = "short"
    FULL = "full"


class PhotoSeries(StrEnum):
    """What one press of the photo button takes."""

    SINGLE = "single"
    BURST = "burst"
    STRIP = "strip"


class VideoQuality(StrEnum):
    """How much room recordings take."""

    SMALL = "small"
    STANDARD = "standard"
    BEST = "best"


class VideoFormat(StrEnum):
    """The file format of recordings."""

    MP4 = "mp4"
    WEBM = "webm"


PHOTO_DELAYS = (0, 3, 5, 10)  # seconds
# What can be chosen; each costs as much of the processor as a recording.
REPLAY_SECONDS = (0, 15, 30, 60, 120)

VIRTUAL_CAMERA_HEIGHTS = (720, 1080)  # rows
# Recordings go on in another file where one reaches so many megabytes; FAT32 holds 4 GB.
SPLIT_MEGABYTES = (0, 1000, 4000)


class PhotoFormat(StrEnum):
    """The file format of photos."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"


class GalleryOrder(StrEnum):
    """How the gallery sorts the filters."""

    NAME = "name"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class FilterIntensity:
    """How strong one filter is.

    Attributes:
        id: of the filter.
        intensity: 0 to 1.
    """

    id: str
    intensity: float


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """Keys that the user chose for a command of the window.

    Attributes:
        command: its name.
        keys: as Qt writes them, e.g. "Ctrl+P"; "" = no keys.
    """

    command: str
    keys: str


@dataclass(frozen=True, slots=True)
class WindowPlace:
    """Where the window stood, in pixels of the desktop."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the program remembers between starts.

    Attributes:
        source: as on the command line; "" = the first camera, or the demo if there is none.
        filters: ids of the filters that are on, bottom first.
        hides_faces: whether one of them hides faces; then faces are blurred where it is gone at the next start.
        intensities: of the filters that are not at full strength.
        favourites: ids; the first nine are on the keys 1 to 9.
        recent: ids of the filters that were on last, the latest first.
        gallery_order: how the gallery sorts them.
        small_cards: show more filters at once.
        mirror_preview: the kinds of source whose preview is mirrored; files never are.
        mirror_file: mirror recordings and photos.
        stats: the performance stats on the preview.
        folder: where recordings and photos are saved; "" = the system's folders for videos and pictures.
        model: the landmark model, a bundled one's name or a path; "" = the first bundled one.
        photo_delay: seconds that are counted down before a photo.
        countdown_sound: they are heard, too.
        photo_series: one photo, four, or a strip of four.
        replay_seconds: how far back a replay can be saved; 0 = it is off.
        video_quality: how much room recordings take.
        video_format: their file format.
        hardware_encoder: let the graphics card encode them, where it can.
        split_megabytes: size of a file at which a recording goes on in the next; 0 = one file.
        clean_copy: record the video without filters beside it, unless a filter hides faces.
        record_sound: recordings have sound.
        microphone: its name; "" = the system's default.
        mute_videos: the sound of a video that is the source is not heard.
        virtual_camera: offer the frames to other programs from the start on.
        mirror_virtual_camera: send them as in a mirror.
        virtual_camera_card: path of the image that other programs see while there are no frames; "" = the bundled one.
        virtual_camera_height: its rows.
        virtual_camera_explained: the page about it has been shown.
        other_files: paths of recordings and the like that do not bear the program's own name, the latest first.
        last_recording: what was missing in a recording that was still running when the window was closed; "" = nothing.
        window: None until it has been placed once.
        shortcuts: the keys that differ from the window's own.
        global_shortcuts: the desktop's keys work while another program has the focus.
    """

    source: str = ""
    filters: tuple[str, ...] = ()
    hides_faces: bool = False
    intensities: tuple[FilterIntensity, ...] = ()
    favourites: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    gallery_order: GalleryOrder = GalleryOrder.NAME
    small_cards: bool = False
    mirror_preview: tuple[SourceKind, ...] = (SourceKind.CAMERA,)
    mirror_file: bool = False
    stats: StatsDetail = StatsDetail.SHORT
    reduced_motion: bool = False
    theme: ThemeChoice = ThemeChoice.SYSTEM
    photo_format: PhotoFormat = PhotoFormat.JPEG
    folder: str = ""
    model: str = ""
    photo_delay: int = 0
    countdown_sound: bool = True
    photo_series: PhotoSeries = PhotoSeries.SINGLE
    replay_seconds: int = 0
    video_quality: VideoQuality = VideoQuality.STANDARD
    video_format: VideoFormat = VideoFormat.MP4
    hardware_encoder: bool = False
    split_megabytes: int = 0
    clean_copy: bool = False
    record_sound: bool = True
    microphone: str = ""
    mute_videos: bool = False
    virtual_camera: bool = False
    mirror_virtual_camera: bool = False
    virtual_camera_card: str = ""
    virtual_camera_height: int = VIRTUAL_CAMERA_HEIGHTS[0]
    virtual_camera_explained: bool = False
    other_files: tuple[str, ...] = ()
    last_recording: str = ""
    window: WindowPlace | None = None
    maximised: bool = False
    shortcuts: tuple[KeyBinding, ...] = ()
    global_shortcuts: bool = False

    def intensity_of(self, filter_id: str) -> float:
        """Return how strong a filter is, 0 to 1."""
        return next((each.intensity for each in self.intensities if each.id == filter_id), 1.0)

    @property
    def recordings_folder(self) -> Path:
        """Where recordings are written; it may not exist yet."""
        return Path(self.folder or Path(platformdirs.user_videos_dir()) / "Masquerade")

    @property
    def photos_folder(self) -> Path:
        """Where photos are written; it may not exist yet."""
        return Path(self.folder or Path(platformdirs.user_pictures_dir()) / "Masquerade")
