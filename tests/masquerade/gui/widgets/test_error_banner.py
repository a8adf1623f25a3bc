"""Checks that no message hides another, and that each can be closed."""

from collections.abc import Callable

import pytest
from masquerade.gui.widgets.error_banner import ErrorBanner
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(800, 600)
    return parent


@pytest.fixture
def banner(parent: QWidget) -> ErrorBanner:
    return ErrorBanner(parent)


def closed_one_by_one(banner: ErrorBanner) -> list[str]:
    words = []
    while banner.is_open:
        words.append(banner.words)
        banner.leave()
    return words


def test_messages_come_one_after_the_other_errors_first(banner: ErrorBanner) -> None:
    banner.show_notice("Some settings were reset.")
    banner.show_error("The camera was unplugged.")
    banner.show_error("The disk is full.")
    banner.show_notice("This is the demo.")
    assert banner.waiting == 3
    assert closed_one_by_one(banner) == [
        "The camera was unplugged.",
        "The disk is full.",
        "Some settings were reset.",
        "This is the demo.",
    ]
    assert banner.words == ""


def test_the_same_message_waits_once(banner: ErrorBanner) -> None:
    for _ in range(3):
        banner.show_error("The disk is full.")
    banner.show_error("The camera was unplugged.")
    assert closed_one_by_one(banner) == ["The disk is full.", "The camera was unplugged."]


def test_the_cross_closes_and_does_nothing_else(qtbot: QtBot, banner: ErrorBanner) -> None:
    acted: list[int] = []
    banner.show_error("The camera is busy.", "Try again", lambda: acted.append(1))
    qtbot.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
    assert (banner.is_open, acted) == (False, [])


def test_the_button_acts_and_what_it_reports_is_shown(qtbot: QtBot, banner: ErrorBanner) -> None:
    banner.show_notice("No camera found.", "Look again", lambda: banner.show_notice("Still no camera found."))
    qtbot.mouseClick(banner.button, Qt.MouseButton.LeftButton)
    assert banner.words == "Still no camera found."
    assert banner.button.isHidden()


@pytest.mark.parametrize(
    ("take_away", "left"),
    [
        (lambda banner: banner.withdraw_source(), ["The disk is full.", "Hello."]),
        (lambda banner: banner.withdraw("Hello."), ["The camera is busy.", "The disk is full."]),
        (lambda banner: banner.withdraw("unknown"), ["The camera is busy.", "The disk is full.", "Hello."]),
    ],
    ids=["source", "one", "none"],
)
def test_an_outdated_message_is_withdrawn(
    banner: ErrorBanner, take_away: Callable[[ErrorBanner], None], left: list[str]
) -> None:
    banner.show_error("The camera is busy.", of_source=True)
    banner.show_error("The disk is full.")
    banner.show_notice("Hello.")
    take_away(banner)
    assert closed_one_by_one(banner) == left


@pytest.mark.parametrize("room_width", [400, 640, 992, 3840])
@pytest.mark.parametrize(
    "words",
    ["Short.", "The folder " + "/a-long-name" * 20 + " cannot be created.", "x" * 5000, "many words " * 300],
    ids=["short", "path", "letters", "words"],
)
def test_every_message_fits_into_the_room(parent: QWidget, banner: ErrorBanner, room_width: int, words: str) -> None:
    parent.show()
    banner.show_error(words, "Try again", lambda: None)
    banner.show_error("Another one.")
    size = banner.wanted_size(room_width)
    banner.resize(size)
    banner.show()
    assert size.width() <= room_width - 16
    assert size.height() <= 350
    for child in (banner.button, banner.close_button):
        assert banner.rect().contains(child.geometry())
        assert child.width() >= child.minimumSizeHint().width()
    assert banner.words == words
