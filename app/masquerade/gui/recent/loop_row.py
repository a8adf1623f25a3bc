"""Let the user choose what kind of loop is made, and how large it may be: LoopRow."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from masquerade.gui.pages.settings_page import ChoiceRow
from masquerade.gui.widgets.controls import Switch, WordButton
from masquerade.studio.clips.options import DEFAULT_MAX_BYTES

_KINDS = (("gif", "GIF"), ("webp", "WebP"), ("mp4", "MP4"))
_BYTES_PER_MB = 1_000_000
_MAX_MB = 1000.0


class LoopRow(QWidget):
    """Format, boomerang, size, and the button that makes it.

    Signals:
        wanted: the ending, whether it is a boomerang, and the size in bytes.
        invalid: with a sentence for the user.
    """

    wanted = Signal(str, bool, int)
    invalid = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._kind = "gif"
        self.kinds = ChoiceRow("Format of the loop", _KINDS, self)
        self.kinds.show_choice(self._kind)
        self.kinds.chosen.connect(self._on_kind)
        self.boomerang = Switch("Boomerang", "Boomerang", self)
        self.megabytes = QLineEdit(f"{DEFAULT_MAX_BYTES / _BYTES_PER_MB:g}", self)
        self.megabytes.setAccessibleName("Largest size in MB")
        self.megabytes.setMaxLength(6)
        self.megabytes.setFixedWidth(self.megabytes.fontMetrics().horizontalAdvance("0000.0") + 24)
        self.make = WordButton("Save loop", self)
        self.make.clicked.connect(self._on_make)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.kinds)
        first.addStretch(1)
        first.addWidget(self.boomerang)
        second.addWidget(QLabel("At most", self))
        second.addWidget(self.megabytes)
        second.addWidget(QLabel("MB", self))
        second.addStretch(1)
        second.addWidget(self.make, 0, Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(first)
        layout.addLayout(second)

    def show_busy(self, busy: bool) -> None:
        """Disable the button while a loop is being made."""
        self.make.setEnabled(not busy)
        self.make.setText("Saving\u2026" if busy else "Save loop")

    def _on_kind(self, kind: str) -> None:
        self._kind = kind

    def _on_make(self) -> None:
        try:
            wanted = float(self.megabytes.text().strip().replace(",", "."))
        except ValueError:
            wanted = 0.0
        if not 0.01 <= wanted <= _MAX_MB:
            self.invalid.emit("Type the largest size in MB, such as 5.")
            return
        self.wanted.emit(self._kind, self.boomerang.isChecked(), round(wanted * _BYTES_PER_MB))
