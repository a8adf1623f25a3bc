"""Whatever breaks under a cover, no outlet of the window shows the face: preview, recording, virtual camera."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from masquerade import compose
from masquerade.errors import AppError, ModelError
from masquerade.filters.prepared import PreparedFilter
from masquerade.filters.stickers.sticker import StickerPainter
from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.backend import Backend, LaunchOptions
from masquerade.gui.start import open_main_window
from masquerade.resources import user_filters
from masquerade.settings import Settings
from masquerade.settings_file import write_settings
from masquerade.studio.recording.encoders import RENDERED
from masquerade.studio.recording.video_writer import VideoWriter
from masquerade.values import ByteArray
from masquerade.vision.detector import BlazeFace
from masquerade.vision.landmarker import Landmarker
from masquerade.vision.segmenter import PersonSegmenter
from pytestqt.qtbot import QtBot

from tests.masquerade.filters.package_writer import HEAD, package
from tests.masquerade.filters.portrait import PORTRAIT_POINTS, portrait_pixels
from tests.masquerade.gui.world import FakeVirtualCamera

# All of it is real, and may be slow on a machine that is busy with something else.
WAIT_MS = 60_000
# Of the portrait: round eyes, nose and mouth.
FACE = tuple(slice(int(PORTRAIT_POINTS[:, axis].min()) - 4, int(PORTRAIT_POINTS[:, axis].max()) + 4) for axis in (1, 0))
# A recording is compressed; a cover changes the face by 20 and more.
SAME = 9.0


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=WAIT_MS)


def is_bare(pixels: ByteArray) -> bool:
    """Whether the face of the portrait stands in an image of its size as it is."""
    face, bare = (each[FACE][..., :3].astype(np.float32) for each in (pixels, portrait_pixels()))
    return bool(np.abs(face - bare).mean() < SAME)


def test_the_detector_separates_bare_faces_from_covered_ones() -> None:
    portrait = portrait_pixels()
    assert is_bare(np.clip(portrait.astype(np.int16) + 3, 0, 255).astype(np.uint8))
    assert not is_bare(cv2.GaussianBlur(portrait, (0, 0), 12))
    assert not is_bare(np.zeros_like(portrait))


@dataclass
class Studio:
    """The real window over the real line, with a virtual camera that keeps what it gets."""

    folder: Path
    window: MainWindow
    qtbot: QtBot
    cameras: list[FakeVirtualCamera]
    shown: list[ByteArray] = field(default_factory=list)

    @property
    def sent(self) -> list[ByteArray]:
        return [frame.pixels for camera in self.cameras for frame in camera.frames]

    def wait_for_frames(self, count: int = 6) -> None:
        """Waits until the virtual camera got so many more, or the source has ended."""
        wanted = len(self.sent) + count
        wait(self.qtbot, lambda: len(self.sent) >= wanted or self.window.view.waiting_words is not None)

    def recorded(self) -> list[ByteArray]:
        """Ends the recording and returns its frames."""
        self.window.close()
        frames = []
        for path in (self.folder / "saved").glob("*.mp4"):
            with av.open(str(path)) as file:
                frames += [frame.to_ndarray(format="bgra", threads=1) for frame in file.decode(video=0)]
        return frames


def write_source(path: Path, seconds: float = 1.0) -> Path:
    with VideoWriter(path, (512, 512), RENDERED) as writer:
        for index in range(round(30 * seconds)):
            writer.write(portrait_pixels(), index / 30)
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_source(tmp_path_factory.mktemp("film") / "portrait.mp4")


Open = Callable[..., Studio]


@pytest.fixture(scope="module")
def backend() -> Backend:
    """The real one, loaded once; the images of the gallery alone are not drawn."""
    backend = compose.load_backend("blazeface", "", ())
    backend.render_thumbnail = lambda identity, side: np.zeros((side, side, 4), np.uint8)  # type: ignore[method-assign]
    return backend


@pytest.fixture
def open_studio(qtbot: QtBot, tmp_path: Path, film: Path, backend: Backend) -> Iterator[Open]:
    """Opens the window with filters on, and waits until it records and sends frames."""
    studios = []

    def open_one(*filters: str, source: Path = film, hides_faces: bool = True) -> Studio:
        settings, cameras = tmp_path / "settings.toml", []
        chosen = Settings(
            source=str(source), filters=filters, hides_faces=hides_faces, folder=str(tmp_path / "saved"),
            record_sound=False, virtual_camera=True, virtual_camera_explained=True,
        )  # fmt: skip
        write_settings(settings, chosen)

        def open_camera(*arguments: object) -> FakeVirtualCamera:
            cameras.append(FakeVirtualCamera(*arguments))  # type: ignore[arg-type]
            return cameras[-1]

        backend.open_virtual_camera = open_camera  # type: ignore[method-assign, assignment]
        window = open_main_window(lambda: backend, settings, LaunchOptions())
        qtbot.addWidget(window)
        studio = Studio(tmp_path, window, qtbot, cameras)
        studios.append(studio)
        view, show = window.view, window.view.paintEvent

        def paint(event: object) -> None:
            show(event)  # type: ignore[arg-type]
            if view.scene is not None:
                studio.shown.append(view.scene.frame.pixels)

        view.paintEvent = paint  # type: ignore[method-assign]
        wait(qtbot, lambda: window.bar.record.isEnabled() and bool(studio.sent))
        window.bar.record.click()
        wait(qtbot, lambda: window.bar.is_recording)
        studio.wait_for_frames()
        return studio

    yield open_one
    for studio in studios:
        studio.window.close()


def assert_never_bare(studio: Studio) -> None:
    outlets = {"preview": studio.shown, "virtual camera": studio.sent, "recording": studio.recorded()}
    for name, frames in outlets.items():
        assert frames, name
        assert sum(map(is_bare, frames)) == 0, name


def raises(error: Exception) -> Callable[..., None]:
    def work(*arguments: object, **named: object) -> None:
        raise error

    return work


def test_without_a_cover_the_face_is_bare_everywhere(open_studio: Open) -> None:
    """Else nothing below could fail."""
    studio = open_studio(hides_faces=False)
    for frames in (studio.shown, studio.sent, studio.recorded()):
        assert sum(map(is_bare, frames)) > 1


@pytest.mark.parametrize(("name", "part"), [("blur", "paint"), ("emoji-head", "hide")])
def test_a_cover_that_raises_blackens_the_image(
    open_studio: Open, monkeypatch: pytest.MonkeyPatch, name: str, part: str
) -> None:
    studio = open_studio(name)
    monkeypatch.setattr(PreparedFilter, part, raises(ValueError("broken")))
    studio.wait_for_frames()
    wait(studio.qtbot, studio.window.banner.isVisible)
    studio.wait_for_frames()
    assert "Blur cannot be drawn, so the image stays black." in banner_words(studio)
    assert not studio.sent[-1][..., :3].any()
    assert_never_bare(studio)


def banner_words(studio: Studio) -> str:
    """All that the banner says now and after it was closed."""
    words = []
    while studio.window.banner.is_open and len(words) < 9:
        words.append(studio.window.banner.words)
        studio.window.banner.leave()
    return " ".join(words)


def test_another_filter_that_raises_leaves_the_cover_on(open_studio: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = open_studio("blur", "dog")
    monkeypatch.setattr(StickerPainter, "paint", raises(ValueError("broken")))
    wait(studio.qtbot, lambda: "Dog cannot be drawn and was taken off." in studio.window.banner.words)
    studio.wait_for_frames()
    assert studio.sent[-1][..., :3].any()
    assert_never_bare(studio)


@pytest.mark.parametrize(
    ("owner", "method", "error"),
    [
        (Landmarker, "find", ModelError("The model is damaged.")),
        (BlazeFace, "detect", RuntimeError("invoke failed")),
        (PersonSegmenter, "segment", RuntimeError("invoke failed")),
    ],
)
def test_a_model_that_fails_in_the_stream_ends_it_covered(
    open_studio: Open, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, error: Exception
) -> None:
    studio = open_studio("blur", "palm-beach")
    monkeypatch.setattr(owner, method, raises(error))
    wait(studio.qtbot, lambda: studio.window.view.waiting_words is not None)
    wait(studio.qtbot, lambda: studio.window.banner.is_open)
    assert str(error) in banner_words(studio)
    # Other programs see the card from now on.
    assert studio.cameras[0].cards >= 1
    assert_never_bare(studio)


def test_a_model_that_is_gone_leaves_the_one_in_use(open_studio: Open) -> None:
    studio = open_studio("blur")
    page = studio.window.settings_page
    page.model_chosen.emit(str(studio.folder / "gone"))
    wait(studio.qtbot, lambda: studio.window.banner.is_open)
    studio.wait_for_frames()
    assert_never_bare(studio)


COVER = '[[layer]]\nkind = "privacy"\neffect = "blur"\n'


@pytest.mark.parametrize("edit", ["broken", "gone"])
def test_a_broken_edit_of_a_cover_never_bares_the_face(open_studio: Open, edit: str) -> None:
    folder = package(user_filters() / "mine", HEAD + COVER)
    studio = open_studio("mine")
    if edit == "gone":
        shutil.rmtree(folder)
    else:
        (folder / "filter.toml").write_text(HEAD + COVER.replace("blur", "blurr"), encoding="utf-8")
    wait(studio.qtbot, lambda: studio.window.banner.is_open or studio.window.toast.is_open)
    studio.wait_for_frames(12)
    assert_never_bare(studio)


def test_a_video_that_is_damaged_in_its_middle_stays_covered(open_studio: Open, tmp_path: Path) -> None:
    path = write_source(tmp_path / "damaged.mp4", seconds=2.0)
    content = bytearray(path.read_bytes())
    random = np.random.default_rng(1)
    for place in random.integers(len(content) // 4, len(content) - 200, 40):
        content[place] ^= 0xFF
    path.write_bytes(content)
    studio = open_studio("blur", source=path)
    studio.wait_for_frames(60)
    assert_never_bare(studio)


def test_a_source_that_fails_ends_covered(open_studio: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = open_studio("blur")
    monkeypatch.setattr(
        "masquerade.pipeline.sources.videos.video_file.VideoFile.read", raises(AppError("The camera was unplugged."))
    )
    wait(studio.qtbot, lambda: studio.window.view.waiting_words is not None)
    assert_never_bare(studio)
