"""Names what the window needs from the rest of the house, so that compose can hand it in and tests can fake it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from masquerade.errors import AppError
from masquerade.gui.services.filter_selection import FilterSelection
from masquerade.values import ByteArray, Frame, Scene


class RunningEngine(Protocol):
    """An engine that has been started."""

    def stop(self, timeout: float) -> None:
        """End the engine; returns after `timeout` seconds at the latest. May be called twice."""
        ...


class StartEngine(Protocol):
    """Starts the line on a source and returns at once: the source is opened on the engine's own thread."""

    def __call__(
        self, source_text: str, on_scene: Callable[[Scene], None], on_end: Callable[[AppError | None], None]
    ) -> RunningEngine:
        """Start.

        Args:
            source_text: "camera:0", "camera:Name", "demo" or a path; files are played at their own pace, over and over.
            on_scene: called on the process thread for every scene.
            on_end: called exactly once on any thread: None when stopped, or the error.

        Raises:
            AppError: the source is known to be wrong at once.
        """
        ...


@dataclass(frozen=True, slots=True)
class CameraName:
    """A camera as the system names it."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class FilterCard:
    """What the gallery shows of one filter package.

    Attributes:
        identity: the folder's name; "" stands for no filter.
        name: for people; the folder's name where the package is broken.
        group: the first tag; "" where there is none.
        tags: found by the search too.
        hint: shown once when the filter is chosen; "" = none.
        error: None, or why the package cannot be used.
        folder: of the package; its content names the thumbnail in the cache.
        broken_edit: why what was last changed in it cannot be read, in one sentence; it is
            then used as it was before. "" where all is well.
    """

    identity: str
    name: str
    group: str = ""
    tags: tuple[str, ...] = ()
    hint: str = ""
    error: str | None = None
    folder: Path | None = None
    broken_edit: str = ""


@dataclass(frozen=True, slots=True)
class AddedFilter:
    """What came of taking in a package.

    Attributes:
        identity: of the new filter.
        cards: all filters there are now.
    """

    identity: str
    cards: tuple[FilterCard, ...]


class PackageWatching(Protocol):
    """Notices changes of the user's packages."""

    def close(self, timeout_seconds: float) -> None:
        """End it."""
        ...


class Recording(Protocol):
    """A recording that is under way."""

    @property
    def dropped(self) -> int:
        """Frames that could not be written in time."""
        ...

    def offer(self, frame: Frame) -> None:
        """Take a frame without ever blocking; called on the process thread."""
        ...

    def stop(self) -> "TakeReport":
        """Finish the file; may take a moment. Raises RecordingError."""
        ...


class TakeReport(Protocol):
    """What came of a recording."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    @property
    def seconds(self) -> float:
        """The recording's length."""
        ...

    @property
    def frames(self) -> int:
        """Frames in the file."""
        ...

    @property
    def dropped(self) -> int:
        """Frames that are missing in it."""
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
        self, mirrored: bool, card: str, on_change: Callable[[], None], on_error: Callable[[AppError], None]
    ) -> OutgoingCamera:
        """Open it.

        Args:
            mirrored: send the frames as in a mirror.
            card: path of the image that is shown while there are no frames; "" = the bundled one.
            on_change: called on any thread when a reader has come or gone.
            on_error: called on any thread, once, when the camera has gone away.

        Raises:
            AppError: this system has no virtual camera, or it cannot be opened.
        """
        ...


@dataclass(frozen=True)
class Backend:
    """Everything the window drives; made by compose.py on a worker thread while the window is already up.

    Attributes:
        start_engine: see StartEngine.
        models: what may be chosen to find the points of a face: names, and paths of a user's own; the first one
            is used where none is chosen.
        use_model: changes to one of them, from the next image on; called on a worker. Raises AppError, and
            then everything stays as it was.
        model_error: why the model that the command line names could not be used; "" where it could.
        read_filters: the packages, in the gallery's order, broken ones with their error; takes some tenths of a
            second and is called on a worker when the first image is there.
        choose: what is worn from the next frame on; called on a worker, before `read_filters` too. Raises
            FilterError.
        start_take: (path, mirrored, on_error) opens a recording; on_error is called on the recorder's thread.
            Raises RecordingError.
        save_photo: (path, pixels, mirrored) writes PNG or JPEG by the path's ending and returns the path taken.
            Raises RecordingError.
        list_cameras: takes the camera that gives images now, which must not be opened once more, or None; may take
            a second; called on a worker thread.
        render_thumbnail: (identity, side) -> (side, side, 4) uint8 BGRA, the filter on the demo face, "" the bare
            face; called on a worker thread, one call at a time. Raises AppError.
        add_filter: copies a package, a folder or a zip, to the user's filters. Raises AppError, in one sentence.
        watch_filters: begins to watch the user's packages; what it takes is called on a thread of its own at each
            change.
        open_virtual_camera: see OpenVirtualCamera.
        cache_folder: for thumbnails; need not exist.
    """

    start_engine: StartEngine
    models: tuple[str, ...]
    use_model: Callable[[str], None]
    model_error: str
    read_filters: Callable[[], tuple[FilterCard, ...]]
    choose: Callable[[FilterSelection], None]
    start_take: Callable[[Path, bool, Callable[[AppError], None]], Recording]
    save_photo: Callable[[Path, ByteArray, bool], Path]
    list_cameras: Callable[[CameraName | None], Sequence[CameraName]]
    render_thumbnail: Callable[[str, int], ByteArray]
    add_filter: Callable[[Path], AddedFilter]
    watch_filters: Callable[[Callable[[], None]], PackageWatching]
    open_virtual_camera: OpenVirtualCamera
    cache_folder: Path


@dataclass(frozen=True, slots=True)
class LaunchOptions:
    """What the command line asks of the window; None = as remembered.

    Attributes:
        source_text: as in StartEngine.
        filters: identities of the filters to begin with; empty = no filter.
        record_to: a recording starts there with the first image.
        seconds: the window closes itself after as long (a recording is finished first).
        packages: filter packages besides those in their folders.
        model: what finds the points; "" = as remembered.
    """

    source_text: str | None = None
    filters: tuple[str, ...] | None = None
    record_to: Path | None = None
    seconds: float | None = None
    packages: tuple[Path, ...] = ()
    model: str = ""
