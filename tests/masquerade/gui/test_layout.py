"""Measures the window at the sizes, fonts and directions that people have: nothing overlaps, nothing is cut.

LAYOUT_SHOTS names a folder that keeps a screenshot of every case, to be looked at.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest
from masquerade.gui.gallery.group_chips import GroupChips
from masquerade.gui.main_window import MainWindow
from masquerade.gui.pages.settings_page import ChoiceRow
from masquerade.gui.preview.video_view import VideoView
from masquerade.gui.widgets.error_banner import Notice
from masquerade.gui.widgets.theme import apply_theme, pick_theme
from masquerade.settings import ThemeChoice
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import open_live, remember, wait
from tests.masquerade.gui.world import World, application, make_face_at


@dataclass(frozen=True)
class Case:
    """A window as somebody has it."""

    name: str
    size_wh: tuple[int, int]
    text: float = 1.0
    right_to_left: bool = False
    theme: ThemeChoice = ThemeChoice.DARK


CASES = (
    Case("640x480", (640, 480)),
    # What a screen of 1280 x 800 leaves at a scale of 2.
    Case("640x400", (640, 400)),
    Case("800x600", (800, 600), theme=ThemeChoice.LIGHT),
    Case("1000x700", (1000, 700)),
    Case("1280x800", (1280, 800)),
    Case("4k", (3840, 2160)),
    Case("text-200", (1280, 800), text=2.0, theme=ThemeChoice.LIGHT),
    Case("text-200-800x600", (800, 600), text=2.0),
    Case("text-200-640x480", (640, 480), text=2.0),
    Case("text-150", (1000, 700), text=1.5),
    Case("rtl", (1280, 800), right_to_left=True),
    Case("rtl-640x480", (640, 480), right_to_left=True),
    Case("rtl-text-200", (1280, 800), text=2.0, right_to_left=True),
    Case("contrast", (1280, 800), theme=ThemeChoice.CONTRAST),
)


_SCROLLS_BY_ITSELF = (QAbstractScrollArea, QLineEdit, VideoView, GroupChips)


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    case: Case = request.param
    app = application()
    font = QFont(app.font())
    larger = QFont(font)
    larger.setPointSizeF(font.pointSizeF() * case.text)
    app.setFont(larger)
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if case.right_to_left else Qt.LayoutDirection.LeftToRight)
    yield case
    app.setFont(font)
    app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def open_case(qtbot: QtBot, world: World, open_window: OpenWindow, case: Case) -> MainWindow:
    remember(world, theme=case.theme, favourites=("dog",))
    world.faces = (make_face_at(32, 20),)
    window = open_live(qtbot, open_window, size_wh=case.size_wh)
    window.setMinimumSize(1, 1)
    window.resize(*case.size_wh)
    wait(qtbot, lambda: window.size() == QSize(*case.size_wh))
    window.bar.offer_recent()
    return window


def keep(window: MainWindow, name: str) -> None:
    folder = os.environ.get("LAYOUT_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        window.grab().save(str(Path(folder) / f"{name}.png"))


def problems(top: QWidget) -> list[str]:
    """Everything below a widget that is cut, squeezed or covered by its neighbour."""
    found = []
    for parent in (top, *top.findChildren(QWidget)):
        if not parent.isVisible() or isinstance(parent, _SCROLLS_BY_ITSELF):
            continue
        children = [child for child in parent.children() if isinstance(child, QWidget) and child.isVisible()]
        laid_out = [child for child in children if not isinstance(child, Notice) and not child.isWindow()]
        for child in laid_out:
            if not parent.rect().contains(child.geometry()) and not in_scroll_area(child):
                found.append(f"{describe(child)} {child.geometry()} is cut by {describe(parent)} {parent.rect()}")
            if too_small(child):
                found.append(f"{describe(child)} is {child.size()} and needs {needed(child)}")
        for one, other in combinations(laid_out, 2):
            if one.geometry().intersects(other.geometry()):
                found.append(f"{describe(one)} overlaps {describe(other)}")
    return found


def in_scroll_area(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def too_small(widget: QWidget) -> bool:
    size = needed(widget)
    return widget.width() < size.width() or widget.height() < size.height()


def needed(widget: QWidget) -> QSize:
    if isinstance(widget, QLabel) and widget.wordWrap():
        return QSize(0, widget.heightForWidth(widget.width()))
    if isinstance(widget, QLabel | QAbstractButton | QSlider):
        return widget.minimumSizeHint() if isinstance(widget, QAbstractButton) else widget.sizeHint()
    if isinstance(widget, QLineEdit):
        return QSize(0, widget.fontMetrics().height() + 8)
    return QSize(0, 0)


def describe(widget: QWidget) -> str:
    words = widget.accessibleName() or (widget.text() if isinstance(widget, QLabel) else "") or widget.objectName()
    return f"{type(widget).__name__} '{words}'"


def shown(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name, indirect=True)
def test_the_window_holds_at_every_size(qtbot: QtBot, world: World, open_window: OpenWindow, case: Case) -> None:
    """One window for all the steps: opening it takes longer than they do."""
    window = open_case(qtbot, world, open_window, case)
    check_parts(window, case)
    check_messages(qtbot, window, case)
    window.clip_page.show_file(Path("Masquerade 2026-11-30 12.00.00.mp4"))
    window.clip_page.show_clip(65.0, can_trim=True, has_sound=True)
    for page in ("settings_page", "shortcut_page", "virtual_camera_page", "clip_page"):
        check_page(qtbot, window, case, page)


def check_parts(window: MainWindow, case: Case) -> None:
    keep(window, case.name)
    assert problems(window.bar) == []
    assert problems(window.gallery) == []
    cards = window.gallery.list
    assert cards.sizeHintForIndex(cards.model().index(0, 0)).height() <= cards.viewport().height()
    for part in (window.view, window.gallery, window.bar):
        assert window.rect().contains(part.geometry()), part
    for one, other in combinations((window.view, window.gallery, window.bar), 2):
        assert not one.geometry().intersects(other.geometry())
    assert window.view.height() >= min(96, window.height() // 5)
    bar = window.bar
    controls = (bar.camera, bar.mirror_preview, bar.mirror_file, bar.intensity, bar.photo, bar.record, bar.settings)
    for control in controls:
        assert control.isVisible()
        assert window.rect().contains(shown(control, window))


def check_messages(qtbot: QtBot, window: MainWindow, case: Case) -> None:
    """Messages, and the bar while a recording runs."""
    height, record = window.bar.height(), window.bar.record.geometry()
    window.bar.record.click()
    wait(qtbot, lambda: window.bar.record.accessibleName() == "Stop recording")
    # The time recorded is always seen: on the bar, or on the preview where there is no room.
    wait(qtbot, lambda: window.bar.shows_time or window.view._time.startswith("00:"))
    assert window.bar.height() == height, "nothing jumps when a recording begins"
    assert window.bar.record.geometry() == record, "a second click lands on the same button"
    window.show_error("The camera \u2018Integrated Camera\u2019 is used by another program.", "Try again", lambda: None)
    window.show_error("Another one.")
    window.show_toast("Video saved (12 seconds)", "Show in folder", lambda: None)
    keep(window, f"{case.name}-messages")
    assert problems(window.bar) == []
    assert window.banner.isVisible()
    for notice in (window.banner, window.toast):
        assert problems(notice) == []
        assert not notice.isVisible() or shown(window.view, window).contains(notice.geometry())
    room = window.view.height() - window.banner.height() - window.toast.wanted_size(window.view.width()).height()
    # Where there is no room for both, the toast comes when the banner has been closed.
    assert window.toast.isVisible() or room < 48
    assert not window.toast.isVisible() or not window.banner.geometry().intersects(window.toast.geometry())
    window.banner.leave()
    window.banner.leave()
    assert window.toast.isVisible()
    window.toast.leave()
    window.bar.record.click()
    wait(qtbot, lambda: window.bar.record.accessibleName() == "Start recording" and not window.banner.isVisible())


def check_page(qtbot: QtBot, window: MainWindow, case: Case, page: str) -> None:
    opened = getattr(window, page)
    opened.open_sheet()
    keep(window, f"{case.name}-{page}")
    assert window.rect().contains(shown(opened.panel, window))
    assert problems(opened) == []
    # What does not fit is scrolled up and down, never sideways.
    wait(qtbot, lambda: opened._content.width() <= opened._scroll.viewport().width())
    opened.close_sheet()


def test_in_right_to_left_everything_stands_on_the_other_side(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    window = open_case(qtbot, world, open_window, CASES[4])
    before = {name: shown(getattr(window.bar, name), window) for name in ("camera", "intensity", "photo", "settings")}
    application().setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        wait(qtbot, lambda: window.gallery.x() == 0)
        for name, place in before.items():
            now = shown(getattr(window.bar, name), window)
            assert abs(now.left() - (window.width() - place.right() - 1)) <= 1, name
    finally:
        application().setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_another_font_size_while_the_window_is_open_is_followed(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    window = open_case(qtbot, world, open_window, CASES[4])
    app, font = application(), QFont(application().font())
    height = window.bar.record.height()
    larger = QFont(font)
    larger.setPointSizeF(font.pointSizeF() * 2.5)
    app.setFont(larger)
    try:
        wait(qtbot, lambda: window.bar.record.height() > height)
        wait(qtbot, lambda: problems(window.bar) == [])
    finally:
        app.setFont(font)


def ink(widget: QWidget) -> list[int]:
    """How much of each column of a widget is not its ground."""
    image = widget.grab().toImage()
    ground = image.pixel(image.width() // 2, 4)
    rows = range(4, image.height() - 4)
    return [sum(image.pixel(column, row) != ground for row in rows) for column in range(image.width())]


@pytest.fixture
def right_to_left() -> Iterator[None]:
    application().setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    application().setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def countdown_chip(qtbot: QtBot) -> list[int]:
    # Its style sheet draws the words of a button in the direction of the window.
    apply_theme(application(), pick_theme(ThemeChoice.DARK))
    page = QWidget()
    qtbot.addWidget(page)
    (button,) = ChoiceRow("Countdown", (("10", "10 s"),), page).findChildren(QPushButton)
    return ink(button)


def test_a_number_stands_before_its_unit_in_a_window_from_right_to_left_too(
    qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    left_to_right = countdown_chip(qtbot)
    request.getfixturevalue("right_to_left")
    assert any(left_to_right)
    assert countdown_chip(qtbot) == left_to_right


def arrow_of_chips(qtbot: QtBot) -> list[int]:
    """The ink of the edge where a row of chips goes on."""
    apply_theme(application(), pick_theme(ThemeChoice.DARK))
    chips = GroupChips()
    qtbot.addWidget(chips)
    chips.show_groups(("glasses", "hats", "animals", "looks", "beards"), "glasses")
    chips.resize(160, 32)
    chips.show()
    (edge,) = [each for each in chips.children() if isinstance(each, QWidget) and each.y() == 0 and is_edge(each)]
    image = edge.grab().toImage()
    light = [image.pixelColor(column, row).lightness() > 180 for column in range(image.width()) for row in range(32)]
    return [sum(light[32 * column : 32 * column + 32]) for column in range(image.width())]


def is_edge(widget: QWidget) -> bool:
    return widget.cursor().shape() is Qt.CursorShape.PointingHandCursor and not widget.isHidden()


def test_the_arrow_of_the_chips_points_outwards_from_the_edge_on_either_side(
    qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    left_to_right = arrow_of_chips(qtbot)
    request.getfixturevalue("right_to_left")
    right_to_left = arrow_of_chips(qtbot)
    half = len(left_to_right) // 2
    assert sum(left_to_right[half:]) > 0
    assert sum(left_to_right[:half]) == 0
    assert sum(right_to_left[:half]) > 0
    assert sum(right_to_left[half:]) == 0
