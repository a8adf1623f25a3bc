"""Checks what the settings page says of folders, and that its controls end in one line."""

from pathlib import Path

import pytest
from masquerade.gui.pages.settings_page import SettingsPage
from masquerade.gui.widgets.controls import Switch
from masquerade.settings import Settings
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

LONG = Path("/home/somebody") / "a rather long name of a folder" / "with many parts in it" / "takes"


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    return window


def opened(window: QWidget, settings: Settings) -> SettingsPage:
    page = SettingsPage(window)
    page.show_settings(settings)
    page.offer_models(("one", "other"), "one")
    page.open_sheet()
    return page


@pytest.mark.parametrize(("folder", "count"), [("", 2), ("/takes", 1)])
def test_the_page_shows_every_folder_that_is_written_to(window: QWidget, folder: str, count: int) -> None:
    settings = Settings(folder=folder)
    page = opened(window, settings)
    (words,) = [label.toolTip() for label in page.findChildren(QLabel) if label.toolTip()]
    assert len(words.splitlines()) == count
    assert set(words.splitlines()) == {str(settings.recordings_folder), str(settings.photos_folder)}


def test_a_long_path_is_cut_in_its_middle(window: QWidget) -> None:
    page = opened(window, Settings(folder=str(LONG)))
    (label,) = [label for label in page.findChildren(QLabel) if label.toolTip()]
    assert label.toolTip() == str(LONG)
    assert label.text().startswith("/home")
    assert label.text().endswith("takes")
    assert "\u2026" in label.text()
    assert label.width() >= label.fontMetrics().horizontalAdvance(label.text())


def test_all_controls_end_in_one_line(window: QWidget) -> None:
    page = opened(window, Settings())
    last_chips = [row.findChildren(QPushButton)[-1] for row in (page.theme, page.photo_format, page.model) if row]
    ends = {right_of(page, chip) for chip in (*last_chips, page.choose_folder)}
    ends |= {right_of(page, switch) - Switch.INSET for switch in page.findChildren(Switch)}
    assert max(ends) - min(ends) <= 1


def test_in_a_narrow_window_choices_stand_under_their_words_and_switches_stay_beside(window: QWidget) -> None:
    window.resize(640, 480)
    page = opened(window, Settings())
    rows = [row for row in (page.theme, page.stats, page.replay, page.model) if row is not None]
    begins = {left_of(page, row.findChildren(QPushButton)[0]) for row in rows}
    words = {left_of(page, label) for label in page.findChildren(QLabel) if label.text() in ("Theme", "Face tracking")}
    assert begins == words
    assert {right_of(page, switch) for switch in page.findChildren(Switch)} == {right_of(page, page.login)}
    assert left_of(page, page.login) > max(begins) + 200


def left_of(page: SettingsPage, widget: QWidget) -> int:
    return widget.mapTo(page, widget.rect().topLeft()).x()


def right_of(page: SettingsPage, widget: QWidget) -> int:
    return widget.mapTo(page, widget.rect().topRight()).x()
