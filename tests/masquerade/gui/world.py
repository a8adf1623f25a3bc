"""Builds a house round the window: the real engine and recorder, sources that fail on command."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from masquerade.errors import AppError, FilterError, ModelError, SourceError
from masquerade.filters.format.image_layers import Fit
from masquerade.filters.packages.entry import FilterEntry
from masquerade.filters.packages.watch import PackageWatch
from masquerade.geometry.head import model_landmarks
from masquerade.gui.services.backend import Backend, OutgoingCamera
from masquerade.gui.services.filter_selection import FilterSelection
from masquerade.pipeline.cameras import CameraInfo
from masquerade.pipeline.engine import Engine
from masquerade.studio.clips.source_sound import SourceSound
from masquerade.studio.clips.tools import ClipTools
from masquerade.studio.microphone.live_sound import LiveSound
from masquerade.studio.photos.photo_strip import make_strip
from masquerade.studio.photos.snapshot import save_image
from masquerade.studio.recording.recorder import Recorder
from masquerade.studio.recording.recording_options import RecordingOptions
from masquerade.studio.replay.replay import Replay
from masquerade.studio.virtual_camera.look import CameraLook
from masquerade.values import ByteArray, Face, Frame, Keypoints, Scene, StageTime
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication

CARDS = (
    FilterEntry("blur", "Blur", ("privacy",), hides=True),
    FilterEntry("crown", "Crown", ("hats", "party"), ("tiara",)),
    FilterEntry("dog", "Dog", ("animals",), hint="Open your mouth"),
    FilterEntry("hat", "Fedora", ("hats",)),
    FilterEntry("wolf", "wolf", problem="wolf/filter.toml: layer 2: unknown anchor 'nose' (did you mean 'nose_tip'?)"),
)
SIZE_WH = (64, 36)
LEFT_COLOUR, RIGHT_COLOUR = (255, 0, 0, 255), (0, 0, 255, 255)  # blue and red, as BGRA


def make_frame(index: int = 0, size_wh: tuple[int, int] = SIZE_WH) -> Frame:
    """The left half is blue, the right one red."""
    pixels = np.empty((size_wh[1], size_wh[0], 4), np.uint8)
    pixels[:, : size_wh[0] // 2] = LEFT_COLOUR
    pixels[:, size_wh[0] // 2 :] = RIGHT_COLOUR
    return Frame(pixels, index, time.monotonic())


def make_face(identity: int = 1) -> Face:
    points = model_landmarks()[:, :2].astype(np.float32) * 6 + np.array([32, 15], np.float32)
    return Face(identity, Keypoints(points, 1.0))


def make_face_at(x: float, y: float, size: float = 2.0) -> Face:
    """A face with its middle at a place of the frame; `size` is about half its width in pixels."""
    points = model_landmarks()[:, :2].astype(np.float32)
    return Face(1, Keypoints((points - points.mean(axis=0)) * size + np.array([x, y], np.float32), 1.0))


class FakeSource:
    """A camera with a plug that can be pulled; frames come at 50 a second."""

    live = True
    frames_per_second = 50.0
    frame_count = None

    def __init__(self, name: str, error: str | None = None) -> None:
        self.name = name
        self.error = error
        self.failure: Exception | None = None
        self.size_wh = SIZE_WH
        self.silent = threading.Event()
        self._unplugged = threading.Event()
        self._closed = threading.Event()
        self._index = 0

    def unplug(self) -> None:
        self._unplugged.set()

    def __enter__(self) -> Self:
        if self.error is not None:
            raise SourceError(self.error)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()

    def read(self) -> Frame | None:
        while not self._closed.wait(0.02):
            if self._unplugged.is_set():
                raise SourceError(f"The camera '{self.name}' was unplugged.")
            if self.failure is not None:
                raise self.failure
            if not self.silent.is_set():
                self._index += 1
                return make_frame(self._index, self.size_wh)
        return None

    def close(self) -> None:
        self._closed.set()


class FakeMicrophone:
    """A microphone with a hum, which can be pulled out."""

    channels, rate, level = 1, 48_000, 0.5

    def __init__(self) -> None:
        self.lost = self.closed = self.muted = False
        self._given_until = time.monotonic()

    def take(self) -> list[tuple[NDArray[np.float32], float]]:
        count = 0 if self.lost else int((time.monotonic() - self._given_until) * self.rate)
        if count == 0:
            return []
        stamp, self._given_until = self._given_until, self._given_until + count / self.rate
        return [(np.full((count, 1), 0.0 if self.muted else 0.5, np.float32), stamp)]

    def close(self) -> None:
        self.closed = True


class FakeVirtualCamera:
    """A virtual camera whose readers come and go."""

    description = "Masquerade"
    latency_seconds = 0.02

    def __init__(self, look: CameraLook, on_change: Callable[[], None], on_error: Callable[[AppError], None]) -> None:
        self.mirrored, self.card, self.height = look.mirrored, look.card, look.height
        self.on_change, self.on_error = on_change, on_error
        self.readers = self.cards = 0
        self.frames: list[Frame] = []
        self.tests: list[bool] = []
        self.closed = False

    def watch(self, readers: int) -> None:
        self.readers = readers
        self.on_change()

    def offer(self, frame: Frame) -> None:
        self.frames.append(frame)

    def mirror(self, mirrored: bool) -> None:
        self.mirrored = mirrored

    def show_card(self) -> None:
        self.cards += 1

    def show_test_image(self, shown: bool) -> None:
        self.tests.append(shown)

    def close(self) -> None:
        self.closed = True


class FakeSpeaker:
    """A silent sound output."""

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


class QuietClips(ClipTools):
    """The real tools, but for countdowns, which no test should let be heard.

    Attributes:
        countdowns: seconds of each, and its output.
    """

    def __init__(self) -> None:
        self.countdowns: list[tuple[int, FakeSpeaker]] = []

    def play_countdown(self, seconds: int, begun_at: float) -> FakeSpeaker:  # type: ignore[override]
        self.countdowns.append((seconds, FakeSpeaker()))
        return self.countdowns[-1][1]


@dataclass
class World:
    """Everything behind the window.

    Attributes:
        cameras: those that the system lists.
        spared: the camera that each look for cameras had to leave alone, or None.
        errors: source text -> the sentence it fails with.
        faces: in every scene.
        worn: what everyone has worn, one after the other, names joined by "+", and how strongly.
        may_choose: cleared, a filter is being loaded for as long.
        encoding: set when the encoder begins to load.
        encoder_seconds: how long that takes.
    """

    folder: Path
    cameras: tuple[CameraInfo, ...] = (CameraInfo(0, "Integrated Camera"),)
    spared: list[CameraInfo | None] = field(default_factory=list)
    cards: tuple[FilterEntry, ...] = CARDS
    faces: tuple[Face, ...] = field(default_factory=lambda: (make_face(),))
    errors: dict[str, str] = field(default_factory=dict)
    load_error: AppError | None = None
    filter_errors: dict[str, str] = field(default_factory=dict)
    sources: dict[str, FakeSource] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    worn: list[tuple[str, float]] = field(default_factory=list)
    wearings: list[FilterSelection] = field(default_factory=list)
    rendered: list[str] = field(default_factory=list)
    placed: list[tuple[Path, Fit, tuple[float, float]]] = field(default_factory=list)
    models: tuple[str, ...] = ("masquerade85", "seed96grey")
    model_errors: dict[str, str] = field(default_factory=dict)
    model_error: str = ""
    used_models: list[str] = field(default_factory=list)
    scenes_without_filter: int = 0
    encoder_seconds: float = 0.0
    camera_error: str = ""
    virtual_camera: FakeVirtualCamera | None = None
    stream: FakeVirtualCamera | None = None
    microphones_used: list[str | None] = field(default_factory=list)
    microphone_error: str = ""
    microphone: "FakeMicrophone | None" = None
    recordings: list[RecordingOptions] = field(default_factory=list)
    keeps_clean: bool = False
    clips: QuietClips = field(default_factory=QuietClips)
    source_sound: SourceSound = field(default_factory=lambda: SourceSound(lambda: None))
    choosing: threading.Event = field(default_factory=threading.Event)
    may_choose: threading.Event = field(default_factory=threading.Event)
    encoding: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may_choose.set()

    @property
    def settings_path(self) -> Path:
        return self.folder / "config" / "settings.toml"

    @property
    def mine(self) -> Path:
        """Where the user's packages lie, which are watched."""
        return self.folder / "mine"

    @property
    def filters_folder(self) -> Path:
        return self.mine

    @property
    def cache_folder(self) -> Path:
        return self.folder / "cache"

    @property
    def takes(self) -> list[Path]:
        return sorted((self.folder / "takes").glob("*"))

    def list_cameras(self, streaming: CameraInfo | None) -> tuple[CameraInfo, ...]:
        self.spared.append(streaming)
        return self.cameras

    def load(self) -> Backend:
        if self.load_error is not None:
            raise self.load_error
        return self

    def read_filters(self) -> tuple[FilterEntry, ...]:
        """Those of the user's own are there as long as their files are."""
        return tuple(card for card in self.cards if not card.is_own or (card.path and card.path.exists()))

    def watch_filters(self, on_change: Callable[[], None]) -> PackageWatch:
        return PackageWatch((self.mine,), (), on_change)

    def save_photo(self, path: Path, pixels: ByteArray, mirrored: bool) -> Path:
        return save_image(path, pixels, mirrored)

    def start_engine(
        self, source_text: str, on_scene: Callable[[Scene], None], on_end: Callable[[AppError | None], None]
    ) -> Engine:
        self.started.append(source_text)
        source = self.sources[source_text] = FakeSource(source_text, self.errors.get(source_text))
        engine = Engine(source, self.line, on_scene, on_end)
        engine.start()
        return engine

    def line(self, frame: Frame) -> Scene:
        if not self.worn or not self.worn[-1][0]:
            self.scenes_without_filter += 1
        frame.pixels.flags.writeable = False
        worn = self.worn[-1][0].split("+") if self.worn else []
        hides = any(card.hides for card in self.read_filters() if card.id in worn)
        clean = frame.pixels if self.keeps_clean and not hides else None
        return Scene(frame, clean=clean, faces=self.faces, times=(StageTime("find", 0.1), StageTime("draw", 0.3)))

    def choose(self, selection: FilterSelection) -> None:
        self.choosing.set()
        self.may_choose.wait(10)
        for identity in (*selection.filters, *(each for own in selection.own for each in own.filters)):
            if identity in self.filter_errors:
                raise FilterError(self.filter_errors[identity])
            if identity not in {card.id for card in self.read_filters()}:
                raise FilterError(f"There is no filter '{identity}' any more.")
        self.wearings.append(selection)
        self.worn.append(
            ("+".join(selection.filters), selection.intensity_of(selection.filters[-1] if selection.filters else ""))
        )

    def use_model(self, model: str) -> None:
        if model in self.model_errors:
            raise ModelError(self.model_errors[model])
        self.used_models.append(model)

    def place_background(self, path: Path, fit: Fit, pan: tuple[float, float]) -> None:
        self.placed.append((path, fit, pan))

    def rename_filter(self, path: Path, name: str) -> None:
        self.cards = tuple(replace(card, name=name) if card.path == path else card for card in self.cards)

    def start_recording(
        self,
        path: Path,
        options: RecordingOptions,
        on_error: Callable[[AppError], None],
        on_silent: Callable[[AppError], None] = lambda error: None,
    ) -> Recorder:
        self.encoding.set()
        threading.Event().wait(self.encoder_seconds)
        self.recordings.append(options)
        self.microphones_used.append(options.microphone)
        if options.microphone is not None and self.microphone_error:
            on_silent(AppError(self.microphone_error))
            return Recorder(path, on_error, options)
        self.microphone = FakeMicrophone()
        sound = None if options.microphone is None else LiveSound(self.microphone)
        return Recorder(path, on_error, options, sound)

    def keep_clean(self, on: bool) -> None:
        self.keeps_clean = on

    def save_strip(self, path: Path, photos: tuple[ByteArray, ...], mirrored: bool) -> Path:
        return save_image(path, make_strip(photos, mirrored), False)

    def open_replay(self, seconds: float) -> Replay:
        return Replay(seconds)

    def list_microphones(self) -> tuple[str, ...]:
        return ("Built-in", "Headset")

    def open_virtual_camera(
        self, look: CameraLook, on_change: Callable[[], None], on_error: Callable[[AppError], None]
    ) -> OutgoingCamera:
        if self.camera_error:
            raise AppError(self.camera_error)
        self.virtual_camera = FakeVirtualCamera(look, on_change, on_error)
        return self.virtual_camera

    def open_stream(
        self, look: CameraLook, on_change: Callable[[], None], on_error: Callable[[AppError], None]
    ) -> OutgoingCamera:
        self.stream = FakeVirtualCamera(look, on_change, on_error)
        self.stream.description = "http://127.0.0.1:1/token/"
        return self.stream

    def render_thumbnail(self, identity: str, side: int) -> ByteArray:
        self.rendered.append(identity)
        return np.full((side, side, 4), 200, np.uint8)

    def add_filter(self, path: Path) -> str:
        if path.name in self.filter_errors:
            raise FilterError(self.filter_errors[path.name])
        self.cards = (*self.cards, FilterEntry(path.stem, path.stem.capitalize(), folder=path))
        return path.stem


def application() -> QApplication:
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found
