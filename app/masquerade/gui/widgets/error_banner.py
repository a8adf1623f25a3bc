"""Tells an error or a fact in one sentence with one button, on the image and never in a box of its own."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from masquerade.gui.widgets.icons import paint_icon
from masquerade.gui.widgets.theme import CARD_RADIUS


class Notice(QWidget):
    """A rounded card with a sign, a sentence and a button; parent of banner and toast.

    Signals:
        gone: it has been hidden.
    """

    gone = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._sign = "told"
        self._act: Callable[[], None] | None = None
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._button = QPushButton(self)
        self._button.setAccessibleName(name)
        self._button.clicked.connect(self._on_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(52, 8, 12, 8)
        layout.setSpacing(16)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    @property
    def words(self) -> str:
        """The sentence; "" while hidden."""
        return self._label.text() if not self.isHidden() else ""

    @property
    def button(self) -> QPushButton:
        """The way out."""
        return self._button

    def tell(self, sign: str, words: str, button: str, act: Callable[[], None]) -> None:
        """Show a sentence; a later one takes its place.

        Args:
            sign: one of icons.NAMES.
            words: one sentence.
            button: its words; `act` is called when it is pressed, after the card has gone.
        """
        self._sign = sign
        self._act = act
        self._label.setText(words)
        self._button.setText(button)
        self._button.setAccessibleName(button)
        self.setAccessibleDescription(words)
        self.show()
        self.raise_()
        self.update()

    def leave(self) -> None:
        """Hide the card."""
        if not self.isHidden():
            self.hide()
            self.gone.emit()

    def wanted_size(self, room_width: int) -> QSize:
        """Return the size for an image of this width."""
        button = self._button.sizeHint()
        one_line = self._label.fontMetrics().horizontalAdvance(self._label.text()) + 4
        width = min(52 + one_line + 16 + button.width() + 12, room_width - 32, 760)
        label_width = max(width - 52 - 16 - button.width() - 12, 80)
        height = max(self._label.heightForWidth(label_width), button.height()) + 16
        return QSize(max(width, 240), max(height, 56))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the card and its sign."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CARD_RADIUS, CARD_RADIUS)
        place = QRectF(16, self.height() / 2 - 11, 22, 22)
        paint_icon(painter, self._sign, place, palette.color(QPalette.ColorRole.Text))

    def _on_clicked(self) -> None:
        act = self._act
        self.leave()
        if act is not None:
            act()


class ErrorBanner(Notice):
    """Stays at the top of the image until its button is pressed or the cause is gone."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Message", parent)
        self.source_bound = False

    def show_error(self, words: str, button: str, act: Callable[[], None], of_source: bool = False) -> None:
        """Show an error; one `of_source` goes by itself when another source gives an image."""
        self.source_bound = of_source
        self.tell("warning", words, button, act)

    def show_notice(self, words: str, button: str, act: Callable[[], None], of_source: bool = False) -> None:
        """Show something that is no error, e.g. that this is the demo."""
        self.source_bound = of_source
        self.tell("told", words, button, act)
