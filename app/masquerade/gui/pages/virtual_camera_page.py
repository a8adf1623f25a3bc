"""Explains the virtual camera, and holds what can be chosen of it."""

import sys
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from masquerade.gui.pages.overlay_page import OverlayPage
from masquerade.gui.pages.settings_page import ChoiceRow
from masquerade.gui.services.studio.virtual_camera import VirtualCameraState
from masquerade.gui.widgets.controls import Switch, WordButton, isolated
from masquerade.settings import VIRTUAL_CAMERA_HEIGHTS
from masquerade.studio.virtual_camera.look import CameraLook

_LINE_LETTERS = 62  # of the steps
_NUMBER_GAP = 8  # pixels
_CHOOSE = "In Zoom, Teams, Meet, Discord or OBS, choose the camera <b>Masquerade</b>."
_STEPS = {
    "linux": (
        "Switch the virtual camera on. It needs no driver.",
        _CHOOSE,
        "If the program asks whether it may use the camera, allow it. A program that was open before "
        "may have to be started again.",
    ),
    "other": (
        "Install OBS Studio once: it brings the driver of the virtual camera.",
        "Switch the virtual camera on here.",
        "In your meeting program, choose the camera <b>OBS Virtual Camera</b>.",
    ),
}


class VirtualCameraPage(OverlayPage):
    """The switch, the steps for this system, and the choices.

    Signals:
        switched: on or off.
        mirrored: others see the frames as in a mirror, or not.
        card_chosen: path of the image that is shown while the video is paused; "" = the bundled one.
        height_chosen: rows of what others see.
        test_shown: colour bars are sent, or no longer.
        stream_switched: the stream on this computer is on or off.
        output_wanted: the window without controls is to be opened.
    """

    switched = Signal(bool)
    mirrored = Signal(bool)
    card_chosen = Signal(str)
    height_chosen = Signal(int)
    test_shown = Signal(bool)
    stream_switched = Signal(bool)
    output_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Virtual camera", parent)
        self.on = Switch("", "Virtual camera", self)
        self.on.clicked.connect(self.switched)
        self.state = QLabel("Off", self)
        self.state.setObjectName("small")
        self.mirror = Switch("", "Mirror what others see", self)
        self.mirror.clicked.connect(self.mirrored)
        self.choose_card = WordButton(isolated("Choose\u2026"), self, "Choose the image while paused")
        self.choose_card.clicked.connect(self._on_choose_card)
        self.own_card = WordButton("Default", self, "Use the default image while paused")
        self.own_card.clicked.connect(lambda: self.card_chosen.emit(""))
        heights = tuple((str(height), f"{height}p") for height in VIRTUAL_CAMERA_HEIGHTS)
        self.height_row = ChoiceRow("Size for others", heights, self)
        self.height_row.chosen.connect(lambda height: self.height_chosen.emit(int(height)))
        self.test = WordButton("Send test image", self)
        self.test.setCheckable(True)
        self.test.setEnabled(False)
        self.test.toggled.connect(self.test_shown)
        self.closed.connect(lambda: self.test.setChecked(False))
        self._address = ""
        self.stream = Switch("", "Stream for OBS", self)
        self.stream.clicked.connect(self.stream_switched)
        self.copy = WordButton("Copy address", self, "Copy the stream's address")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._address))
        self.stream_words = QLabel("", self)
        self.stream_words.setObjectName("small")
        self.output = WordButton("Open", self, "Open the window without controls")
        self.output.clicked.connect(self.output_wanted)
        self._card_words = QLabel("", self)
        self._card_words.setObjectName("small")
        self._steps: tuple[QLabel, ...] = ()
        self.body.addLayout(self._make_steps())
        self._grid = QGridLayout()
        self._controls: list[QHBoxLayout] = []
        self.body.addLayout(self._make_rows())
        self.show_stream(VirtualCameraState())

    def show_state(self, state: VirtualCameraState) -> None:
        """Show whether the camera is on, and who looks."""
        self.on.setChecked(state.on)
        self.state.setText(f"{state.words}: choose \u201c{state.name}\u201d" if state.words == "Ready" else state.words)
        self.on.setAccessibleDescription(self.state.text())
        self.test.setEnabled(state.ready)
        if not state.ready:
            self.test.setChecked(False)

    def show_stream(self, state: VirtualCameraState) -> None:
        """Show whether the stream is on, and who reads it."""
        self.stream.setChecked(state.on)
        self._address = state.name
        self.copy.setEnabled(state.ready)
        words = "An address for a browser source" if not state.on else state.words
        self.stream_words.setText("Ready: paste the address into OBS" if state.words == "Ready" else words)
        self.stream.setAccessibleDescription(self.stream_words.text())

    def show_choices(self, look: CameraLook) -> None:
        """Show what is chosen."""
        self.mirror.setChecked(look.mirrored)
        self._card_words.setText(Path(look.card).name if look.card else "Shown to others while there is no video")
        self.own_card.setEnabled(bool(look.card))
        self.height_row.show_choice(str(look.height))

    def lay_out(self, width: int) -> None:
        """Break the steps into lines that are easy to read."""
        for step in self._steps:
            step.setFixedWidth(min(_LINE_LETTERS * step.fontMetrics().averageCharWidth(), width - self._number_width()))
        for under in (False, True):
            self._place_controls(under)
            if self._grid.minimumSize().width() <= width:
                break

    def _place_controls(self, under: bool) -> None:
        """Put the controls beside their words, or under them where there is no room."""
        for row, place in enumerate(self._controls):
            self._grid.removeItem(place)
            place.setParent(None)
            self._grid.addLayout(place, 2 * row + int(under), 0 if under else 1)
        self._grid.invalidate()

    def _number_width(self) -> int:
        return self.fontMetrics().horizontalAdvance("0.") + _NUMBER_GAP

    def _make_steps(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(_NUMBER_GAP)
        grid.setVerticalSpacing(6)
        for row, words in enumerate(_STEPS["linux" if sys.platform == "linux" else "other"]):
            number, step = QLabel(f"{row + 1}.", self), QLabel(words, self)
            number.setObjectName("soft")
            step.setWordWrap(True)
            step.setTextFormat(Qt.TextFormat.RichText)
            grid.addWidget(number, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(step, row, 1, Qt.AlignmentFlag.AlignTop)
            self._steps = (*self._steps, step)
        grid.setColumnStretch(1, 1)
        return grid

    def _make_rows(self) -> QGridLayout:
        grid = self._grid
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(0, 1)
        mirror_words = QLabel("Off: others can read what you hold up", self)
        mirror_words.setObjectName("small")
        test_words = QLabel("Colour bars, until you close this page", self)
        test_words.setObjectName("small")
        height_words = QLabel("720p costs less; few meetings show more", self)
        height_words.setObjectName("small")
        output_words = QLabel("For programs that share a window", self)
        output_words.setObjectName("small")
        rows: tuple[tuple[str, QLabel, tuple[QWidget, ...]], ...] = (
            ("Virtual camera", self.state, (self.on,)),
            ("Mirror what others see", mirror_words, (self.mirror,)),
            ("Size", height_words, (self.height_row,)),
            ("Image while paused", self._card_words, (self.own_card, self.choose_card)),
            ("Test", test_words, (self.test,)),
            ("Stream for OBS", self.stream_words, (self.copy, self.stream)),
            ("Window without controls", output_words, (self.output,)),
        )
        for row, (title, small, controls) in enumerate(rows):
            text = QVBoxLayout()
            text.setSpacing(2)
            text.addWidget(QLabel(title, self))
            text.addWidget(small)
            place = QHBoxLayout()
            place.setSpacing(8)
            place.addStretch(1)
            for control in controls:
                control.setAccessibleDescription(small.text())
                place.addWidget(control)
            grid.addLayout(text, 2 * row, 0)
            grid.addLayout(place, 2 * row, 1)
            self._controls.append(place)
        return grid

    def _on_choose_card(self) -> None:
        dialog = QFileDialog(self, "Image while paused")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("Images (*.png *.jpg *.jpeg *.webp)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.card_chosen)
        dialog.open()
