"""Checks colours and signs."""

import pytest
from masquerade.gui.widgets.icons import NAMES, application_icon, paint_icon
from masquerade.gui.widgets.theme import DARK, LIGHT, Theme, pick_theme
from masquerade.settings import ThemeChoice
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot


def luminance(colour: str) -> float:
    parts = [getattr(QColor(colour), name)() for name in ("redF", "greenF", "blueF")]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("ground", ["panel", "raised", "hover", "ground"])
def test_words_can_be_read_on_every_ground(theme: Theme, ground: str) -> None:
    assert contrast(theme.text, getattr(theme, ground)) >= 7
    assert contrast(theme.soft, getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_the_accent_stands_out(theme: Theme) -> None:
    assert contrast(theme.accent, theme.panel) >= 3
    assert contrast(theme.on_accent, theme.accent) >= 3


def test_the_setting_wins_over_the_system(qtbot: QtBot) -> None:
    assert pick_theme(ThemeChoice.DARK) is DARK
    assert pick_theme(ThemeChoice.LIGHT) is LIGHT


@pytest.mark.parametrize("name", NAMES)
def test_every_sign_is_drawn_inside_its_place_in_the_colour_asked_for(qtbot: QtBot, name: str) -> None:
    image = QImage(48, 48, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    paint_icon(painter, name, QRectF(8, 8, 32, 32), QColor(0, 255, 0))
    painter.end()
    inked = [(x, y) for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() > 128]
    assert len(inked) > 20
    assert all(7 <= x <= 40 and 7 <= y <= 40 for x, y in inked)
    assert all(image.pixelColor(x, y).green() > image.pixelColor(x, y).red() for x, y in inked)


@pytest.mark.parametrize("side", [16, 32, 64, 256])
def test_the_programs_icon_is_a_white_mask_on_a_round_tile_at_every_size(qtbot: QtBot, side: int) -> None:
    image = application_icon().pixmap(QSize(side, side), 1.0).toImage()
    assert image.width() == side
    assert image.pixelColor(0, 0).alpha() < 64
    tile, mask = image.pixelColor(side // 2, side // 8), image.pixelColor(side // 2, side // 2)
    assert tile.red() > 200 > tile.green()
    assert mask.green() > 200
