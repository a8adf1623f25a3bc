"""Declares what the window needs from the program below, so that compose can provide it and tests can fake it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from masquerade.errors import AppError
from masquerade.filters.format.image_layers import Fit
from masquerade.filters.packages.entry import FilterEntry
from masquerade.gui.services.filter_selection import FilterSelection
from masquerade.pipeline.cameras import CameraInfo
from masquerade.studio.clips.options import LoopOptions, Stretch
from masquerade.studio.recording.recording_options import RecordingOptions
from masquerade.studio.virtual_camera.look import CameraLook
from masquerade.values import ByteArray, Frame, Scene

if TYPE_CHECKING:
    # These load OpenCV, PyAV or the art of filters, which the window must not wait for.
    from masquerade.filters.packages.watch import PackageWatch
    from masquerade.pipeline.engine import Engine
    from masquerade.studio.clips.clip import Clip
    from masquerade.studio.clips.loop import Loop
    from masquerade.studio.clips.playback import Playback
    from masquerade.studio.clips.speaker import Speaker
    from masquerade.studio.recording.recorder import Recorder
    from masquerade.studio.replay.replay import Replay


class Backend(Protocol):
    """Everything the window drives; made on a worker thread while the window is already on the screen."""

    @property
    def models(self) -> tuple[str, ...]:
        """Landmark models to choose from, names and paths; the first one is the default."""
        ...

    @property
    def model_error(self) -> str:
        """Why the model of the command line cannot be used; "" where it can."""
        ...

    @property
    def clips(self) -> "ClipTools":
        """What is done with finished photos, recordings and loops."""
        ...

    @property
    def source_sound(self) -> "SourceSound":
        """The sound of the video that is the source."""
        ...

    @property
    def cache_folder(self) -> Path:
        """Where thumbnails are kept; need not exist."""
        ...

    @property
    def filters_folder(self) -> Path:
        """Where the user's own filters lie; need not exist."""
        ...

    def start_engine(
        self, source_text: str, on_scene: Callable[[Scene], None], on_end: Callable[[AppError | None], None]
    ) -> "Engine":
        """Start the line on a source and return at once: the source is opened on the engine's own thread.

        Args:
            source_text: "camera:0", "camera:Name", "demo" or a path; files are played at their own pace, over and over.
            on_scene: called on the process thread for every scene.
            on_end: called exactly once, on any thread, with None when stopped, or with the error.

        Raises:
            AppError: the source is known to be wrong at once.
        """
        ...

    def use_model(self, model: str) -> None:
        """Change to one of the models, from the next frame on; called on a worker.

        Raises:
            AppError: the model cannot be used; the one before stays in use.
        """
        ...

    def read_filters(self) -> tuple[FilterEntry, ...]:
        """Return all packages, broken ones with their problem; takes some tenths of a second, called on a worker."""
        ...

    def choose(self, selection: FilterSelection) -> None:
        """Change what is worn, from the next frame on; called on a worker, before `read_filters` too.

        Raises:
            FilterError: one of the filters cannot be used; what was worn before stays.
        """
        ...

    def add_filter(self, path: Path) -> str:
        """Copy a package, a folder or a zip, to the user's filters and return its id.

        An image or video becomes a background of the user's own.

        Raises:
            AppError: the package cannot be used or copied, in one sentence.
        """
        ...

    def place_background(self, path: Path, fit: Fit, pan: tuple[float, float]) -> None:
        """Change how a background of the user's own is laid on the frame; called on a worker.

        Args:
            path: of the package.
            fit: whether it fills the frame or is seen whole.
            pan: which part is kept where it fills, -1 to 1 across and down.

        Raises:
            AppError: the package cannot be changed.
        """
        ...

    def rename_filter(self, path: Path, name: str) -> None:
        """Give a package of the user's another display name; called on a worker.

        Raises:
            AppError: the name cannot be used, or the package cannot be changed.
        """
        ...

    def watch_filters(self, on_change: Callable[[], None]) -> "PackageWatch":
        """Watch the user's packages; `on_change` is called on the watch's own thread."""
        ...

    def render_thumbnail(self, filter_id: str, side: int) -> ByteArray:
        """Return (side, side, 4) uint8 BGRA: the filter on the demo face, "" for the bare face.

        Called on a worker thread, one call at a time.

        Raises:
            AppError: the filter cannot be used.
        """
        ...

    def start_recording(
        self,
        path: Path,
        options: RecordingOptions,
        on_error: Callable[[AppError], None],
        on_silent: Callable[[AppError], None] = lambda error: None,
    ) -> "Recorder":
        """Start a recording.

        Args:
            path: of the file.
            options: how it is made.
            on_error: called on the recorder's thread.
            on_silent: called before this returns where there is no sound although it was asked for.

        Raises:
            RecordingError: the file cannot be made.
        """
        ...

    def keep_clean(self, on: bool) -> None:
        """Give scenes their frame without filters, too, unless one hides faces; see `Scene.clean`."""
        ...

    def save_photo(self, path: Path, pixels: ByteArray, mirrored: bool) -> Path:
        """Write a PNG or JPEG by the path's ending and return the path taken.

        Raises:
            RecordingError: the file cannot be written.
        """
        ...

    def save_strip(self, path: Path, photos: tuple[ByteArray, ...], mirrored: bool) -> Path:
        """Write several photos as one strip and return the path taken.

        Raises:
            RecordingError: the file cannot be written.
        """
        ...

    def list_cameras(self, streaming: CameraInfo | None) -> Sequence[CameraInfo]:
        """Return the cameras; may take a second, called on a worker.

        Args:
            streaming: the camera in use, which must not be opened again.
        """
        ...

    def open_replay(self, seconds: float) -> "Replay":
        """Begin to keep the last seconds, encoded; called on a worker."""
        ...

    def list_microphones(self) -> Sequence[str]:
        """Return the names of the microphones, the system's default first; called on a worker.

        Raises:
            AppError: this system cannot record sound.
        """
        ...

    def open_virtual_camera(
        self, look: CameraLook, on_change: Callable[[], None], on_error: Callable[[AppError], None]
    ) -> "OutgoingCamera":
        """Offer the finished frames to other programs; see OpenVirtualCamera."""
        ...

    def open_stream(
        self, look: CameraLook, on_change: Callable[[], None], on_error: Callable[[AppError], None]
    ) -> "OutgoingCamera":
        """Offer them at an address on this machine, which is the description; see OpenVirtualCamera."""
        ...


class SourceSound(Protocol):
    """The sound of the video that is the source, as the window switches it."""

    @property
    def has_sound(self) -> bool:
        """Whether the source that plays has sound; known with its first frame."""
        ...

    def mute(self, muted: bool) -> None:
        """Mute or unmute the sound; recordings always have it."""
        ...

    def close(self) -> None:
        """Release the output."""
        ...


class OutgoingCamera(Protocol):
    """A virtual camera that other programs can open."""

    @property
    def readers(self) -> int:
        """How many programs look at it."""
        ...

    @property
    def description(self) -> str:
        """How other programs list it."""
        ...

    @property
    def latency_seconds(self) -> float:
        """From the camera's frame to the readers, smoothed; 0 where none was sent."""
        ...

    def offer(self, frame: Frame) -> None:
        """Take a finished frame without ever blocking; called on the process thread."""
        ...

    def mirror(self, mirrored: bool) -> None:
        """Send the next frames as in a mirror."""
        ...

    def show_card(self) -> None:
        """Show the card until the next frame comes."""
        ...

    def show_test_image(self, shown: bool) -> None:
        """Show colour bars instead of the frames."""
        ...

    def close(self) -> None:
        """Take it away from the readers; may take a moment."""
        ...


class OpenVirtualCamera(Protocol):
    """Offers the frames to other programs; called on a worker."""

    def __call__(
        self, look: CameraLook, on_change: Callable[[], None], on_error: Callable[[AppError], None]
    ) -> OutgoingCamera:
        """Open it.

        Args:
            look: its size, and what it shows.
            on_change: called on any thread when a reader has come or gone.
            on_error: called on any thread, once, when the camera has gone away.

        Raises:
            AppError: this system has no virtual camera, or it cannot be opened.
        """
        ...


class ClipTools(Protocol):
    """What is done with finished files; see studio/clips/tools.py. Called on a worker, where not said otherwise."""

    def read_clip(self, path: Path) -> "Clip":
        """Return what a file is."""
        ...

    def read_still(self, path: Path, longest_side: int, seconds: float = 0.0) -> ByteArray:
        """Return a small image of a file, (H, W, 4) BGRA."""
        ...

    def open_speaker(self) -> "Speaker | None":
        """Return the system's sound output; None where there is none."""
        ...

    def play_countdown(self, seconds: int, begun_at: float) -> "Speaker | None":
        """Let a countdown be heard; returns what has to be closed afterwards, None where there is no sound output."""
        ...

    def play(
        self,
        path: Path,
        stretch: Stretch,
        on_frame: Callable[[Frame], None],
        on_end: Callable[[AppError | None], None],
        speaker: "Speaker | None",
    ) -> "Playback":
        """Play a stretch once; returns at once, on any thread."""
        ...

    def trim(self, path: Path, stretch: Stretch) -> Path:
        """Write a trimmed copy and return its path."""
        ...

    def make_loop(self, source: Path, target: Path, options: LoopOptions) -> "Loop":
        """Write a loop."""
        ...


@dataclass(frozen=True, slots=True)
class LaunchOptions:
    """What the command line asks of the window; None = as remembered.

    Attributes:
        source_text: as in Backend.start_engine.
        filters: ids of the filters to begin with; empty = no filter.
        record_to: a recording starts there with the first frame.
        seconds: the window closes itself after as long (a recording is finished first).
        packages: filter packages besides those in their folders.
        model: of the landmarks; "" = as remembered.
        hidden: the window stays in the tray until it is asked for.
    """

    source_text: str | None = None
    filters: tuple[str, ...] | None = None
    record_to: Path | None = None
    seconds: float | None = None
    packages: tuple[Path, ...] = ()
    model: str = ""
    hidden: bool = False
