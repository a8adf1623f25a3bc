"""The window in which the landmarks of photos are corrected, the doubtful photos first."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMessageBox, QVBoxLayout, QWidget

from masquerade.errors import AppError, SourceError
from masquerade.gui.labelling.label_table import LabelledPhoto, LabelTable
from masquerade.gui.labelling.landmark_canvas import LandmarkCanvas
from masquerade.gui.widgets.controls import WordButton
from masquerade.pipeline.sources.photos.image_files import read_image
from masquerade.values import ByteArray

_HOW = "Drag a ring to where it belongs. Red rings are the least sure."


class CorrectionWindow(QWidget):
    """One photo after the other; the table is written when the window closes.

    Attributes:
        canvas, previous, next, leave_out, reset, done: for tests.
    """

    def __init__(self, table: LabelTable, doubtful_alone: bool) -> None:
        """Show the photos of a table.

        Args:
            table: read already.
            doubtful_alone: True shows only photos whose table says which landmarks are doubtful.
        """
        super().__init__()
        self._table = table
        self._photos = list(table.photos)
        # The least sure ones first, so that stopping early still mends the worst.
        order = sorted(range(len(self._photos)), key=lambda index: -self._photos[index].doubt)
        self._order = [index for index in order if self._photos[index].doubtful] if doubtful_alone else order
        self._left_out: set[int] = set()
        self._at = 0
        self.setWindowTitle("Masquerade: correct landmarks")
        self.canvas = LandmarkCanvas(self)
        self.canvas.moved.connect(self._on_moved)
        self.canvas.chosen.connect(self._show_words)
        self._count, self._words = QLabel(self), QLabel(_HOW, self)
        self._count.setObjectName("heading")
        self._words.setObjectName("soft")
        self.previous = self._button("Previous", "Page Up", self._show_previous)
        self.next = self._button("Next", "Page Down", self._show_next)
        self.leave_out = self._button("Leave out", "Delete", self._on_leave_out)
        self.leave_out.setCheckable(True)
        self.reset = self._button("Reset", "", self._on_reset)
        self.done = self._button("Done", "Ctrl+Return", self.close)
        self._lay_out()
        self._show()
        self.canvas.setFocus()

    @property
    def photo_count(self) -> int:
        """How many photos the window goes through."""
        return len(self._order)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Write the table; where that fails, say so and stay open."""
        photos = tuple(photo for index, photo in enumerate(self._photos) if index not in self._left_out)
        if not photos:
            QMessageBox.warning(self, "Masquerade", "All photos are left out. Keep at least one.")
            event.ignore()
            return
        try:
            self._table.write(photos)
        except AppError as error:
            QMessageBox.warning(self, "Masquerade", str(error))
            event.ignore()
            return
        event.accept()

    def _button(self, words: str, keys: str, on_click: object) -> WordButton:
        button = WordButton(words, self)
        button.clicked.connect(on_click)
        if keys:
            button.setToolTip(f"{words} ({keys})")
            QShortcut(QKeySequence(keys), self, button.click)
        return button

    def _lay_out(self) -> None:
        bar = QWidget(self)
        bar.setObjectName("bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(8)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._count)
        texts.addWidget(self._words)
        row.addLayout(texts, 1)
        for button in (self.previous, self.next, self.reset, self.leave_out, self.done):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.canvas, 1)
        column.addWidget(bar)

    def _photo(self) -> LabelledPhoto:
        return self._photos[self._order[self._at]]

    def _show(self) -> None:
        photo = self._photo()
        names = self._table.names
        doubtful = frozenset(index for index, name in enumerate(names) if name in photo.doubtful)
        self.canvas.show_photo(_read(photo), photo.landmarks, doubtful)
        self._count.setText(f"Photo {self._at + 1} of {len(self._order)}")
        is_out = self._order[self._at] in self._left_out
        self.leave_out.setChecked(is_out)
        self.canvas.show_faint(is_out)
        self.previous.setEnabled(self._at > 0)
        self.next.setEnabled(self._at + 1 < len(self._order))
        self._show_reset()

    def _show_reset(self) -> None:
        found = self._table.photos[self._order[self._at]].landmarks
        self.reset.setEnabled(not np.array_equal(found, self._photo().landmarks, equal_nan=True))

    def _show_words(self, landmark: int) -> None:
        self._words.setText(self._table.names[landmark].replace("_", " ").capitalize() if landmark >= 0 else _HOW)

    def _show_previous(self) -> None:
        self._at -= 1
        self._show()

    def _show_next(self) -> None:
        self._at += 1
        self._show()

    def _on_moved(self, landmark: int) -> None:
        """Keep the landmark's new place, and count it as sure."""
        photo, name = self._photo(), self._table.names[landmark]
        doubtful = tuple(each for each in photo.doubtful if each != name)
        self._photos[self._order[self._at]] = replace(photo, landmarks=self.canvas.landmarks, doubtful=doubtful)
        self._show_reset()

    def _on_reset(self) -> None:
        index = self._order[self._at]
        self._photos[index] = self._table.photos[index]
        self._show()

    def _on_leave_out(self) -> None:
        index = self._order[self._at]
        self._left_out.symmetric_difference_update({index})
        self.leave_out.setChecked(index in self._left_out)
        self.canvas.show_faint(index in self._left_out)


def _read(photo: LabelledPhoto) -> ByteArray | None:
    try:
        return read_image(photo.path)
    except SourceError:
        return None
