"""Show a sentence with a button on the preview, never in a box of its own: Notice and ErrorBanner."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from masquerade.gui.widgets.controls import Sign, SignButton, WordButton
from masquerade.gui.widgets.theme import CARD_RADIUS

_MAX_LETTERS = 400
_MAX_WAITING = 20


@dataclass(frozen=True, slots=True)
class Message:
    """What a notice shows.

    Attributes:
        sign: one of icons.NAMES.
        words: one or two sentences.
        button: words of the button; "" = no button.
        act: called when the button is pressed, after the message has been closed.
        of_source: it goes by itself when another source is chosen.
    """

    sign: str
    words: str
    button: str = ""
    act: Callable[[], None] | None = None
    of_source: bool = False


class Notice(QWidget):
    """A rounded card with a sign, a sentence, a button and a cross that closes it.

    It is open or closed by itself; the window that places it decides whether it is visible.

    Signals:
        changed: another message is open, or none.
    """

    changed = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._message: Message | None = None
        self._sign = Sign("info", self, soft=False)
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._count = QLabel(self)
        self._count.setObjectName("soft")
        self._button = WordButton(name, self)
        self._button.clicked.connect(self._on_clicked)
        self._close = SignButton("close", "Close (Esc)", side=32, parent=self)
        self._close.clicked.connect(self.leave)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(self._sign)
        layout.addWidget(self._label, 1)
        for widget in (self._count, self._button, self._close):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self._count.hide()
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether there is a message to show."""
        return self._message is not None

    @property
    def words(self) -> str:
        """The sentence; "" where there is none."""
        return self._message.words if self._message is not None else ""

    @property
    def button(self) -> WordButton:
        """The button with the way out."""
        return self._button

    @property
    def close_button(self) -> SignButton:
        """The cross."""
        return self._close

    def leave(self) -> None:
        """Close the message."""
        if self._message is not None:
            self._show(None)

    def wanted_size(self, room_width: int) -> QSize:
        """Return the size for a preview of this width."""
        layout = self.layout()
        if layout is None or self._message is None:
            return QSize()
        others = [widget for widget in (self._sign, self._count, self._button, self._close) if not widget.isHidden()]
        margins = layout.contentsMargins()
        frame = margins.left() + margins.right() + sum(each.sizeHint().width() + layout.spacing() for each in others)
        metrics = self._label.fontMetrics()
        wanted = frame + metrics.horizontalAdvance(self._label.text()) + 4
        width = min(wanted, frame + 70 * metrics.averageCharWidth(), room_width - 16)
        return QSize(width, max(layout.totalHeightForWidth(width), 56))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CARD_RADIUS, CARD_RADIUS)

    def _show(self, message: Message | None, waiting: int = 0) -> None:
        self._message = message
        if message is not None:
            self._sign.show_sign(message.sign)
            self._label.setText(_breakable(message.words))
            self._label.setToolTip(message.words if len(message.words) > _MAX_LETTERS else "")
            self._button.setText(message.button)
            self._button.setAccessibleName(message.button)
            self._button.setVisible(bool(message.button))
            self._count.setText(f"+{waiting}")
            self._count.setToolTip("More messages are waiting")
            self._count.setVisible(waiting > 0)
            self.setAccessibleDescription(message.words)
        self.changed.emit()

    def _on_clicked(self) -> None:
        act = self._message.act if self._message is not None else None
        self.leave()
        if act is not None:
            act()


class ErrorBanner(Notice):
    """Show one message after the other; each stays until it is closed, or its cause is gone.

    Errors come before what is only a notice, and a message that waits already is not added again.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Message", parent)
        self._queue: list[Message] = []

    @property
    def waiting(self) -> int:
        """How many messages come after this one."""
        return max(len(self._queue) - 1, 0)

    def show_error(
        self, words: str, button: str = "", act: Callable[[], None] | None = None, of_source: bool = False
    ) -> None:
        """Show an error; one `of_source` goes by itself when another source is chosen."""
        self._add(Message("warning", words, button, act, of_source))

    def show_notice(
        self, words: str, button: str = "", act: Callable[[], None] | None = None, of_source: bool = False
    ) -> None:
        """Show something that is no error, e.g. that this is the demo."""
        self._add(Message("info", words, button, act, of_source))

    def leave(self) -> None:
        """Close the message; the next one comes."""
        self._keep(self._queue[1:])

    def withdraw(self, words: str) -> None:
        """Withdraw a message whose cause is gone, open or waiting."""
        self._keep([message for message in self._queue if message.words != words])

    def withdraw_source(self) -> None:
        """Withdraw all messages about the source."""
        self._keep([message for message in self._queue if not message.of_source])

    def _add(self, message: Message) -> None:
        others = [each for each in self._queue if each.words != message.words]
        before = [each for each in others if each.sign == "warning"]
        after = [each for each in others if each.sign != "warning"]
        self._keep([*before, message, *after] if message.sign == "warning" else [*before, *after, message])

    def _keep(self, queue: list[Message]) -> None:
        if queue == self._queue:
            return
        self._queue = queue[:_MAX_WAITING]
        self._show(self._queue[0] if self._queue else None, self.waiting)


def _breakable(words: str) -> str:
    """Return words that can be broken inside long paths, cut after some lines."""
    cut = words if len(words) <= _MAX_LETTERS else f"{words[: _MAX_LETTERS - 1]}\u2026"
    return cut.replace("/", "/\u200b").replace("\\", "\\\u200b").replace("_", "_\u200b")
