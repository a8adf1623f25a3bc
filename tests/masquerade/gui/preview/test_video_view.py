"""Looks at the pixels of the image: proportions, mirror, marks, and that it never pretends to be live."""

import time

import numpy as np
import pytest
from masquerade.gui.preview import video_view
from masquerade.gui.preview.hud import hud_lines
from masquerade.gui.preview.video_view import VideoView, fit_image
from masquerade.pipeline.timing import StageSummary, Summary
from masquerade.values import Face, Scene
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.world import make_face, make_frame

BLUE, RED, BLACK = (255, 0, 0), (0, 0, 255), (0, 0, 0)


@pytest.fixture
def view(qtbot: QtBot) -> VideoView:
    view = VideoView()
    qtbot.addWidget(view)
    view.show_hud(False)
    view.mirror(False)
    view.resize(640, 400)
    with qtbot.waitExposed(view):
        view.show()
    view.begin_source("")
    return view


def scene(size_wh: tuple[int, int] = (64, 36), faces: tuple[Face, ...] = (make_face(),)) -> Scene:
    return Scene(make_frame(0, size_wh), faces=faces)


def grab(view: VideoView) -> NDArray[np.uint8]:
    """(H, W, 3) BGR, what the view shows."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return pixels[..., :3].copy()


@pytest.mark.parametrize(
    ("size_wh", "room_wh", "place"),
    [
        ((1280, 720), (1280, 720), QRect(0, 0, 1280, 720)),
        ((1280, 720), (1280, 800), QRect(0, 40, 1280, 720)),
        ((1280, 720), (2000, 720), QRect(360, 0, 1280, 720)),
        ((101, 97), (202, 400), QRect(0, 103, 202, 194)),
        ((720, 1280), (1280, 720), QRect(437, 0, 405, 720)),
        # As flat as an image may come: one pixel high it still is.
        ((4000, 1), (100, 100), QRect(0, 49, 100, 1)),
    ],
)
def test_the_image_keeps_its_proportions(size_wh: tuple[int, int], room_wh: tuple[int, int], place: QRect) -> None:
    assert fit_image(size_wh, room_wh) == place


def test_the_image_fills_its_place_and_is_black_round_it(view: VideoView) -> None:
    view.show_scene(scene())
    pixels = grab(view)
    assert tuple(pixels[200, 10]) == BLUE
    assert tuple(pixels[200, 630]) == RED
    assert tuple(pixels[10, 320]) == BLACK
    assert tuple(pixels[390, 320]) == BLACK


def test_the_mirror_is_drawn_by_the_view_alone(view: VideoView) -> None:
    shown = scene()
    before = shown.frame.pixels.copy()
    view.mirror(True)
    view.show_scene(shown)
    assert tuple(grab(view)[200, 10]) == RED
    assert np.array_equal(shown.frame.pixels, before)


def test_a_mirrored_image_of_odd_size_reaches_its_own_edges(view: VideoView) -> None:
    view.resize(641, 400)
    view.mirror(True)
    view.show_scene(scene((101, 97)))
    place = view.image_place().toRect()
    pixels = grab(view)
    assert tuple(pixels[200, place.left()]) == RED
    assert tuple(pixels[200, place.right()]) == BLUE
    assert tuple(pixels[200, place.left() - 1]) == BLACK
    assert tuple(pixels[200, place.right() + 1]) == BLACK


def test_the_red_line_is_in_the_window_and_not_in_the_frame(view: VideoView) -> None:
    shown = scene()
    before = shown.frame.pixels.copy()
    view.show_scene(shown)
    plain = grab(view)
    view.show_recording(True)
    framed = grab(view)
    assert not np.array_equal(plain[21, 320], framed[21, 320])
    assert np.array_equal(plain[200, 320], framed[200, 320])
    assert np.array_equal(shown.frame.pixels, before)


def test_a_scene_counts_in_the_latency_once_it_is_painted(view: VideoView) -> None:
    view.show_scene(scene())
    time.monotonic()
    view.show_scene(scene())
    summary = view.meter.summary()
    assert summary.fps > 0
    assert 0 < summary.latency_p50_ms < 1000


def test_a_hidden_view_counts_nothing(view: VideoView) -> None:
    view.hide()
    view.show_scene(scene())
    assert view.meter.summary().fps == 0


def test_an_image_that_stands_still_is_dimmed(view: VideoView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_view, "STALL_SECONDS", 0.1)
    view.show_scene(scene())
    bright = grab(view)[200, 10]
    qtbot.waitUntil(lambda: view.waiting_words is not None, timeout=5000)
    assert grab(view)[200, 10].sum() < bright.sum() / 2
    view.show_scene(scene())
    assert view.waiting_words is None


def test_the_outline_comes_when_nobody_is_in_the_image(view: VideoView, monkeypatch: pytest.MonkeyPatch) -> None:
    view.show_scene(scene())
    plain = grab(view)
    monkeypatch.setattr(video_view, "LONELY_SECONDS", -1.0)
    view.show_scene(scene(faces=()))
    assert view.is_lonely
    assert not np.array_equal(plain, grab(view))
    monkeypatch.undo()
    view.show_scene(scene())
    assert not view.is_lonely


def test_the_first_image_of_each_source_is_told_once(view: VideoView, qtbot: QtBot) -> None:
    told: list[int] = []
    view.first_shown.connect(lambda: told.append(1))
    view.show_scene(scene())
    view.show_scene(scene())
    view.begin_source("Opening Demo")
    grab(view)
    view.show_scene(scene())
    assert len(told) == 2


def test_the_figures_stay_readable_on_a_white_image(view: VideoView) -> None:
    view.show_hud(True)
    white = make_frame(0, (640, 360))
    white.pixels[:] = 255
    view.show_scene(Scene(white))
    ground = grab(view)[20 + 16 + 4, 24].astype(float) / 255
    linear = ((ground + 0.055) / 1.055) ** 2.4
    contrast = 1.05 / (float(linear @ [0.0722, 0.7152, 0.2126]) + 0.05)
    assert contrast >= 4.5


@pytest.mark.parametrize(
    ("faces", "first"),
    [
        (0, "29.9 FPS   11 ms p50 / 14 ms p95   0 faces"),
        (1, "29.9 FPS   11 ms p50 / 14 ms p95   1 face"),
        (2, "29.9 FPS   11 ms p50 / 14 ms p95   2 faces"),
    ],
)
def test_the_figures_read_as_designed(faces: int, first: str) -> None:
    stages = tuple(StageSummary(name, ms, ms) for name, ms in (("find", 0.04), ("points", 0.4), ("draw", 0.3)))
    assert hud_lines(Summary(29.94, 11.2, 14.0, stages, faces)) == (first, "find 0.0  points 0.4  draw 0.3 ms")


def test_figures_without_a_scene_say_that_they_measure() -> None:
    assert hud_lines(Summary(0.0, float("nan"), float("nan"), (), 0)) == ("Measuring", "")
