"""Builds the program from its parts: the only file that names concrete classes.

It imports inside its functions, so that a command pays only for what it uses, and the
window is on the screen before OpenCV and the networks are loaded.
"""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from masquerade.errors import FilterError, ModelError, PackageError
from masquerade.resources import bundled, cache_folder, settings_file, user_filters
from masquerade.studio.backend import StudioBackend

if TYPE_CHECKING:
    from masquerade.filters.format.image_layers import Fit
    from masquerade.filters.format.manifest import Filter
    from masquerade.filters.intake.intake import Intake
    from masquerade.filters.packages.catalog import Catalog
    from masquerade.filters.packages.entry import FilterEntry
    from masquerade.filters.packages.watch import PackageWatch
    from masquerade.gui.services.backend import Backend, LaunchOptions
    from masquerade.gui.services.filter_selection import FilterSelection
    from masquerade.pipeline.cameras import CameraInfo
    from masquerade.pipeline.line import Line
    from masquerade.pipeline.plan import CurrentPlan
    from masquerade.pipeline.sources.source import Source
    from masquerade.pipeline.still_line import StillLine
    from masquerade.studio.clips.source_sound import SourceSound
    from masquerade.values import ByteArray
    from masquerade.vision.detector import Detector
    from masquerade.vision.landmarker import LandmarkFinder
    from masquerade.vision.search.still import StillFinder
    from masquerade.vision.segmenter import PersonSegmenter
    from masquerade.vision.tracker import FaceTracker

DETECTORS = ("blazeface", "mediapipe")
# At the border, where half a face is all there is, the landmarks decide about finds down to this score.
_WEAK_SCORE = 0.3


def build_line(
    detector_name: str = "blazeface",
    model: "str | LandmarkFinder" = "",
    *,
    thorough: bool = False,
    live: bool = False,
    raw: bool = False,
) -> "Line":
    """Return the line from a frame to the image with filters; one for each stream.

    Args:
        detector_name: one of DETECTORS.
        model: finds the landmarks: a bundled one's name, a folder or a file in it, or one that is loaded;
            "" takes the first bundled one.
        thorough: True looks for faces to hide without regard to time.
        live: True puts off the search for new faces until `catch_up`, as the window does.
        raw: True gives the landmarks as they were found in each frame, not smoothed.

    Raises:
        ModelError: a model is missing, damaged or of the wrong kind.
    """
    from masquerade.vision.tracker import FaceTracker

    return _line_with(FaceTracker(_build_landmarker(model)), detector_name, thorough=thorough, live=live, raw=raw)


def _live_line(
    landmarker: "LandmarkFinder", detector_name: str, plan: "CurrentPlan", identities: Iterator[int]
) -> "Line":
    from masquerade.vision.tracker import FaceTracker

    return _line_with(FaceTracker(landmarker, identities=identities), detector_name, live=True, plan=plan)


def _line_with(
    tracker: "FaceTracker",
    detector_name: str,
    *,
    thorough: bool = False,
    live: bool = False,
    plan: "CurrentPlan | None" = None,
    raw: bool = False,
) -> "Line":
    from masquerade.filters.render import Painter
    from masquerade.filters.triggers.triggers import Triggers
    from masquerade.pipeline.line import Line
    from masquerade.pipeline.stages import Draw, Find, FitPose, Segment, Track, Watch
    from masquerade.vision.detector import BlazeFace

    detector = _build_detector(detector_name, in_float=thorough)
    weak = detector.with_min_score(_WEAK_SCORE) if isinstance(detector, BlazeFace) else None
    find = Find(detector, tracker, thorough, live, weak)
    painting = (FitPose(), Watch(Triggers()), Segment(build_segmenter), Draw(Painter(realtime=not thorough)))
    return Line((find, Track(tracker, raw)), painting, plan, find.catch_up, tracker.locate)


def build_still_finder(detector_name: str = "blazeface", model: "str | LandmarkFinder" = "") -> "StillFinder":
    """Return what finds faces in single images, small ones too.

    Args and Raises: as in `build_line`.
    """
    from masquerade.vision.search.still import StillFinder

    return StillFinder(_build_detector(detector_name, in_float=True), _build_landmarker(model))


def build_still_line(detector_name: str = "blazeface", model: "str | LandmarkFinder" = "") -> "StillLine":
    """Return the line for single images.

    Args and Raises: as in `build_line`.
    """
    from masquerade.pipeline.still_line import StillLine

    return StillLine(build_still_finder(detector_name, model), build_segmenter)


def build_catalog(packages: tuple[Path, ...] = (), before: "Catalog | None" = None) -> "Catalog":
    """Read the bundled filters and the user's own.

    Args:
        packages: paths of further ones.
        before: an older catalog; only what has changed since is read.
    """
    from masquerade.filters.packages.catalog import Catalog

    own = bundled("assets") / "filters"
    return Catalog((own, user_filters()), _intake().take_in, packages, before, fixed=(own,))


def find_filters(words: Sequence[str]) -> "tuple[Filter, ...]":
    """Return filters by what the command line calls them: a name, or the path of a folder or zip.

    Raises:
        FilterError: there is none, or it is broken.
    """
    catalog = None
    found = []
    for word in words:
        # A filter that goes by its folder's name is read alone: all of them take 0.4 s and 17 MB.
        path = Path(word) if _is_path(word) else _folder_of(word)
        if path is not None:
            found.append(_load_path(path))
            continue
        catalog = catalog or build_catalog()
        found.append(catalog.load(word))
    return tuple(found)


def _folder_of(identity: str) -> Path | None:
    """Return the folder of an installed filter by its id; None for all else."""
    from masquerade.filters.packages.catalog import folder_of

    return folder_of(identity, user_filters(), bundled("assets") / "filters")


def bundled_filters() -> "tuple[Filter, ...]":
    """Return the filters that come with Masquerade, by group and then by name.

    Raises:
        FilterError: one is broken.
    """
    from masquerade.filters.packages.catalog import Catalog

    catalog = Catalog((bundled("assets") / "filters",))
    every = [catalog.load(entry.id) for entry in catalog.entries]
    return tuple(sorted(every, key=lambda each: (each.manifest.tags[0], each.manifest.name)))


def paths_among(words: Sequence[str]) -> tuple[Path, ...]:
    """Return the command line's filters that are given as paths."""
    return tuple(Path(word) for word in words if _is_path(word))


def _is_path(word: str) -> bool:
    """Return whether a filter is given as a path rather than by a name from the catalog."""
    return "/" in word or os.sep in word or word.lower().endswith(".zip")


def _intake() -> "Intake":
    """Return the intake that checks packages which are not bundled."""
    from masquerade.filters.intake.intake import Intake

    return Intake(cache_folder() / "filters")


def _load_path(path: Path) -> "Filter":
    """Return the filter of a folder or zip; only bundled ones are read in this process."""
    from masquerade.filters.format.manifest import load_filter

    if path.resolve().parent == (bundled("assets") / "filters").resolve():
        return load_filter(path)
    return _intake().load(path)


def check_package(path: Path) -> "Filter":
    """Check an untrusted package, drawings included.

    Args:
        path: a folder, a zip, or the filter.toml in a folder.

    Raises:
        FilterError: the package cannot be used, or nothing of a layer's art can be seen.
    """
    return _intake().check(path)


def install_package(path: Path) -> Path:
    """Check a package and copy it to the user's filters; of an image or video, make a background first.

    Returns:
        The copy.

    Raises:
        FilterError: the package cannot be used, or the copy cannot be written.
        SourceError: the image or video cannot be read.
    """
    from masquerade.filters.packages import packages
    from masquerade.studio.clips.own_background import is_background, make_background

    if is_background(path):
        with TemporaryDirectory(prefix="masquerade-") as temporary:
            made = make_background(path, Path(temporary), beside=user_filters())
            return packages.install_package(made, user_filters(), _intake().load)
    return packages.install_package(path, user_filters(), _intake().load)


def build_source(text: str, loop: bool, sound: "SourceSound | None" = None) -> "Source":
    """Return a source that gives its frames at their own time: a camera, or a file played like one.

    Args:
        text: as in `open_source`.
        loop: True plays a file over and over.
        sound: plays the sound of a video; None = it is not played.

    Raises:
        SourceError: `text` names nothing that is there.
    """
    from masquerade.pipeline.sources.opening import open_source
    from masquerade.pipeline.sources.paced import Paced

    source = open_source(text)
    if source.live:
        return source
    path = Path(text).expanduser()
    return Paced(source, loop, sound.follow(path) if sound is not None and path.is_file() else None)


def open_window(launch: "LaunchOptions", detector_name: str = "blazeface", model: str = "") -> int:
    """Show the window until it is closed, and return the exit code.

    Raises:
        AppError: there is no screen to show it on, or Qt cannot be loaded.
    """
    from masquerade.gui.screen import check_screen

    check_screen()
    from masquerade.gui.start import run_window

    return run_window(lambda: load_backend(detector_name, model, launch.packages), settings_file(), launch)


def _build_detector(name: str, in_float: bool = False) -> "Detector":
    """Return a detector; in float it is slower, and finds one face in 300 more (docs/decisions/050)."""
    from masquerade.vision.card import read_card

    if name == "mediapipe":
        from masquerade.vision.mediapipe_detector import MediapipeDetector

        return MediapipeDetector(read_card(bundled("model") / "blazeface_full_range_sparse"))
    from masquerade.vision.detector import BlazeFace

    models = bundled("model")
    if in_float:
        return BlazeFace(read_card(models / "blazeface_full_range"))
    return BlazeFace(read_card(models / "blazeface_int8"), read_card(models / "blazeface_int8_wide"))


def build_segmenter() -> "PersonSegmenter":
    """Return what cuts people out of the frames of one stream.

    Raises:
        ModelError: the model is missing or damaged.
    """
    from masquerade.vision.card import read_card
    from masquerade.vision.segmenter import PersonSegmenter

    return PersonSegmenter(read_card(bundled("model") / "selfie_segmentation_landscape"))


def _build_landmarker(model: "str | LandmarkFinder") -> "LandmarkFinder":
    if not isinstance(model, str):
        return model
    from masquerade.vision.landmarker import Landmarker
    from masquerade.vision.models import find_landmarker

    return Landmarker(find_landmarker(model))


def load_backend(detector_name: str, model: str, packages: tuple[Path, ...]) -> "Backend":
    """Make everything the window drives; called on a worker thread."""
    import cv2

    # Frames are read, filtered and painted on three threads already (docs/decisions/040).
    cv2.setNumThreads(1)
    backend = _WindowBackend(detector_name, model, packages)
    # What is loaded by now stays: the collector need not look through it again and again.
    gc.freeze()
    return backend


class _WindowBackend(StudioBackend):
    """Drives models, packages, thumbnails, recordings and cameras for the window; see `Backend`."""

    def __init__(self, detector_name: str, model: str, packages: tuple[Path, ...]) -> None:
        super().__init__()
        from masquerade.library import FilterLibrary
        from masquerade.session import Session
        from masquerade.studio.photos.thumbnail import ThumbnailPainter
        from masquerade.vision.models import SwappableLandmarker, bundled_landmarkers

        known = tuple(card.name for card in bundled_landmarkers())
        self.models = known if model in ("", *known) else (*known, model)
        self.model_error = ""
        self.cache_folder = cache_folder()
        self.filters_folder = user_filters()
        try:
            landmarker = SwappableLandmarker(model)
        except ModelError as error:
            # The default model is better than none.
            self.models, self.model_error = known, str(error)
            landmarker = SwappableLandmarker("")
        self.use_model = landmarker.use
        self._packages = packages
        self._library = FilterLibrary(partial(build_catalog, packages), self._load_alone)
        self._painter = ThumbnailPainter(lambda: build_still_finder().find, lambda: build_segmenter().segment)
        build_line = partial(_live_line, landmarker, detector_name)
        self._session = Session(build_line, self._library, partial(build_source, loop=True, sound=self.source_sound))
        self.start_engine = self._session.start_engine
        self.keep_clean = self._session.keep_clean

    def choose(self, selection: "FilterSelection") -> None:
        with _in_one_sentence():
            own = {each.face: each.filters for each in selection.own}
            self._session.choose(selection.filters, {each.id: each.intensity for each in selection.intensities}, own)

    def _load_alone(self, identity: str) -> "Filter | None":
        # With further packages, a zip or a folder elsewhere may go by this id.
        folder = None if self._packages else _folder_of(identity)
        return _load_path(folder) if folder is not None else None

    def read_filters(self) -> "tuple[FilterEntry, ...]":
        return self._library.read()

    def render_thumbnail(self, filter_id: str, side: int) -> "ByteArray":
        return self._painter.paint(self._library.load((filter_id,) if filter_id else ()), side)

    def add_filter(self, path: Path) -> str:
        with _in_one_sentence():
            return install_package(path).name

    def rename_filter(self, path: Path, name: str) -> None:
        from masquerade.filters.packages.renaming import rename_package

        rename_package(path, name)

    def place_background(self, path: Path, fit: "Fit", pan: tuple[float, float]) -> None:
        from masquerade.filters.packages.own_background import place_background

        place_background(path, fit, pan)

    def watch_filters(self, on_change: Callable[[], None]) -> "PackageWatch":
        from masquerade.filters.packages.watch import PackageWatch

        return PackageWatch((user_filters(),), self._packages, on_change)

    def list_cameras(self, streaming: "CameraInfo | None") -> "tuple[CameraInfo, ...]":
        from masquerade.pipeline.cameras import list_cameras

        return list_cameras(streaming)


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    """Shorten the error of an invalid package to one sentence, for the banner."""
    try:
        yield
    except PackageError as error:
        raise FilterError(f"The filter cannot be used: {error.sentence}") from error
