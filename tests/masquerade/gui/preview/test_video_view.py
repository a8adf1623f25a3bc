"""Looks at the pixels of the image: proportions, mirror, marks, and that it never pretends to be live."""

import time

import numpy as np
import pytest
from masquerade.gui.preview import overlays, video_view
from masquerade.gui.preview.hud import Hud, hud_rows
from masquerade.gui.preview.image_fit import fit_image
from masquerade.gui.preview.video_view import VideoView
from masquerade.pipeline.timing import StageSummary, Summary
from masquerade.settings import StatsDetail
from masquerade.values import Face, Keypoints, Scene, StageTime
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.world import make_face, make_frame

BLUE, RED, BLACK = (255, 0, 0), (0, 0, 255), (0, 0, 0)


@pytest.fixture
def view(qtbot: QtBot) -> VideoView:
    view = VideoView()
    qtbot.addWidget(view)
    view.show_stats(StatsDetail.OFF)
    view.resize(640, 400)
    with qtbot.waitExposed(view):
        view.show()
    view.begin_source("", invites=True)
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


def test_the_outline_appears_when_no_face_is_in_the_image(view: VideoView, monkeypatch: pytest.MonkeyPatch) -> None:
    view.show_scene(scene())
    plain = grab(view)
    monkeypatch.setattr(video_view, "LONELY_SECONDS", -1.0)
    view.show_scene(scene(faces=()))
    assert view.is_lonely
    assert not np.array_equal(plain, grab(view))
    monkeypatch.undo()
    view.show_scene(scene())
    assert not view.is_lonely


def test_the_first_image_of_each_source_is_signalled_once(view: VideoView, qtbot: QtBot) -> None:
    reported: list[int] = []
    view.first_shown.connect(lambda: reported.append(1))
    view.show_scene(scene())
    view.show_scene(scene())
    view.begin_source("Opening Demo")
    grab(view)
    view.show_scene(scene())
    assert len(reported) == 2


@pytest.mark.parametrize("ground", ["white", "black", "noise"])
@pytest.mark.parametrize("detail", [StatsDetail.SHORT, StatsDetail.FULL])
def test_the_stats_can_be_read_on_every_image(view: VideoView, ground: str, detail: StatsDetail) -> None:
    view.show_stats(detail)
    frame = make_frame(0, (640, 360))
    noise = np.random.default_rng(1).integers(0, 256, frame.pixels.shape, np.uint8)
    frame.pixels[:] = {"white": 255, "black": 0, "noise": noise}[ground]
    for _ in range(2):
        view.show_scene(Scene(frame, times=(StageTime("find", 0.1),)))
        view._hud.show(view.meter.summary(), 0.0)
    panel = view._hud_corners()[0].toRect()
    pixels = grab(view)[panel.top() + 3 : panel.bottom() - 3, panel.left() + 3 : panel.right() - 3].astype(float) / 255
    linear = np.where(pixels <= 0.04045, pixels / 12.92, ((pixels + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.0722, 0.7152, 0.2126]
    text, behind = luminance.max(), np.percentile(luminance, 60)
    assert text > 0.9
    assert (text + 0.05) / (behind + 0.05) >= 4.5


def test_the_stats_are_drawn_again_only_when_they_change(view: VideoView) -> None:
    """They change twice a second, and are painted thirty times."""
    hud, font = Hud(), view.font()
    drawn = [hud._panel_of(hud.rows, font).image(1.0).cacheKey() for _ in range(3)]
    assert len(set(drawn)) == 1
    hud.show(Summary(29.9, 11.2, 14.0, (), 1), now=0.0)
    assert hud._panel_of(hud.rows, font).image(1.0).cacheKey() != drawn[0]
    larger = hud._panel_of(hud.rows, font).image(2.0)
    assert larger.devicePixelRatioF() == 2.0
    font.setPointSizeF(2 * font.pointSizeF())
    assert hud.size(font).height() > larger.deviceIndependentSize().height()


def test_the_stats_go_out_of_the_way_of_a_face_and_stay_where_they_are_free(view: VideoView) -> None:
    view.show_stats(StatsDetail.SHORT)
    near, *_ = view._hud_corners()
    assert view._free_corner() == 0
    view.show_scene(scene((640, 360), (face_over(view, near),)))
    view._hud_corner = view._free_corner()
    assert view._hud_corner == 1
    # The face leaves the first corner: nothing jumps back.
    view.show_scene(scene((640, 360), ()))
    assert view._free_corner() == 1
    everywhere = tuple(face_over(view, corner, number) for number, corner in enumerate(view._hud_corners()))
    view.show_scene(scene((640, 360), everywhere))
    assert view._free_corner() == 1
    # On a face rather than under a message, and nowhere rather than there.
    view.keep_clear(view._hud_corners()[:2])
    assert view._hud_corner == 2
    view.keep_clear(view._hud_corners())
    assert view._hud_corner is None


def face_over(view: VideoView, corner: QRectF, identity: int = 1) -> Face:
    """A face in the middle of a rectangle of the view."""
    place = view.image_place()
    x, y = corner.center().x() - place.left(), corner.center().y() - place.top()
    points = make_face().keypoints.points
    return Face(identity, Keypoints(points - points.mean(axis=0) + np.array([x, y], np.float32), 1.0))


@pytest.mark.parametrize(("faces", "words"), [(0, "0 faces"), (1, "1 face"), (2, "2 faces")])
def test_the_stats_read_as_designed(faces: int, words: str) -> None:
    stages = tuple(StageSummary(name, ms, 2 * ms) for name, ms in (("find", 0.04), ("points", 0.4), ("draw", 0.3)))
    summary = Summary(29.94, 11.2, 14.0, stages, faces)
    assert hud_rows(summary, StatsDetail.OFF) == ()
    assert hud_rows(summary, StatsDetail.SHORT) == (("29.9 FPS \u00b7 11 ms delay",),)
    assert hud_rows(summary, StatsDetail.FULL) == (
        (f"29.9 FPS \u00b7 11 ms delay \u00b7 {words}",),
        ("in ms", "typical (p50)", "slow (p95)"),
        ("Delay", "11.2", "14.0"),
        ("Find faces", "0.0", "0.1"),
        ("Landmarks", "0.4", "0.8"),
        ("Draw filters", "0.3", "0.6"),
    )


def test_stats_without_a_scene_say_that_they_measure() -> None:
    assert hud_rows(Summary(0.0, float("nan"), float("nan"), (), 0), StatsDetail.FULL) == (("Measuring\u2026",),)


def test_only_cameras_ask_people_to_move_into_view(view: VideoView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_view, "LONELY_SECONDS", -1.0)
    view.begin_source("Opening clip.mp4")
    view.show_scene(scene(faces=()))
    assert not view.is_lonely
    view.begin_source("Opening camera", invites=True)
    view.show_scene(scene(faces=()))
    assert view.is_lonely


def test_the_outline_is_one_smooth_line_without_a_notch() -> None:
    path = overlays._bust(QRectF(0, 0, 1600, 900))
    assert path.toSubpathPolygons().__len__() == 1
    (line,) = path.toSubpathPolygons()
    points = np.array([(point.x(), point.y()) for point in line])
    steps = np.diff(points, axis=0)
    steps = steps[np.hypot(*steps.T) > 1e-6]
    turns = np.diff(np.unwrap(np.arctan2(steps[:, 1], steps[:, 0])))
    assert abs(turns).max() < np.radians(40)
    assert points[:, 0] + points[::-1, 0] == pytest.approx(1600)


def test_the_time_recorded_leaves_messages_and_stats_their_places(view: VideoView) -> None:
    view.show_stats(StatsDetail.SHORT)
    view.show_time("00:12")
    font = view._font(1.0)
    assert view._time_place(font).top() < 100
    assert view._time_place(font).right() > 500
    message = QRectF(100, 10, 500, 60)
    view.keep_clear((message,))
    place = view._time_place(font)
    assert not place.intersects(message)
    assert not place.intersects(view._hud_corners()[view._hud_corner or 0])
    view.show_scene(scene())
    assert grab(view)[int(place.center().y()), int(place.left() + 6)].sum() < 150
