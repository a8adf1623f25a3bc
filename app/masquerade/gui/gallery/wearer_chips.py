"""Shows who wears what while faces wear filters of their own, and whom a click in the gallery goes to."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from masquerade.gui.widgets.controls import SignButton, WordButton

_MAX_ROWS = 4


@dataclass(frozen=True, slots=True)
class Wearer:
    """One face, or everyone else.

    Attributes:
        face: its identity; None = everyone who has no filters of their own.
        title: such as "Everyone", "This face" or "Face 2".
        filters: names of what is worn; "" while a face wears what everyone does.
        is_target: whether a click in the gallery goes there.
    """

    face: int | None
    title: str
    filters: str
    is_target: bool

    @property
    def words(self) -> str:
        """What the chip reads."""
        return f"{self.title}: {self.filters}" if self.filters else self.title


class WearerChips(QScrollArea):
    """A chip for everyone and one for each face with filters of its own; hidden while there is none.

    Signals:
        target_chosen: the face that a click in the gallery goes to from now on; None = everyone.
        released: a face is to wear what everyone does.
    """

    target_chosen = Signal(object)
    released = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Who wears what")
        self.viewport().setAutoFillBackground(False)
        self._content = QWidget(self)
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._content)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self.setWidget(self._content)
        # setWidget has filled it.
        self._content.setAutoFillBackground(False)
        self._wearers: tuple[Wearer, ...] = ()
        self._rows: list[_Row] = []
        self._as_strip = False
        self.hide()

    @property
    def wearers(self) -> tuple[Wearer, ...]:
        """What is shown."""
        return self._wearers

    @property
    def rows(self) -> tuple["_Row", ...]:
        """The chips, in the order of the wearers."""
        return tuple(self._rows)

    def lay_out(self, as_strip: bool) -> None:
        """Put the chips side by side, or under one another."""
        self._as_strip = as_strip
        along = QBoxLayout.Direction.LeftToRight if as_strip else QBoxLayout.Direction.TopToBottom
        self._layout.setDirection(along)
        off, as_needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setHorizontalScrollBarPolicy(off)
        self.setVerticalScrollBarPolicy(off if as_strip else as_needed)
        across = QSizePolicy.Policy.Preferred if as_strip else QSizePolicy.Policy.Expanding
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self._fit()

    def show_wearers(self, wearers: Sequence[Wearer]) -> None:
        """Show who wears what; chips that are there already change their words only."""
        if tuple(wearers) == self._wearers:
            return
        faces = [wearer.face for wearer in wearers]
        if faces != [row.face for row in self._rows]:
            for row in self._rows:
                row.setParent(None)
                row.deleteLater()
            self._rows = [_Row(face, self) for face in faces]
            for row in self._rows:
                self._layout.addWidget(row)
        self._wearers = tuple(wearers)
        for row, wearer in zip(self._rows, wearers, strict=True):
            row.show_wearer(wearer)
        self._fit()
        self.setVisible(bool(wearers))

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return room for all chips in a row, or for some under one another."""
        hint = self._layout.sizeHint()
        row = max((row.sizeHint().height() for row in self._rows), default=0)
        most = row if self._as_strip else _MAX_ROWS * (row + self._layout.spacing())
        wide = min(hint.width(), self._room_in_strip()) if self._as_strip else hint.width()
        return QSize(wide + 4, min(hint.height(), most))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the height that is needed."""
        return QSize(80, self.sizeHint().height())

    def _room_in_strip(self) -> int:
        return self.window().width() * 9 // 20

    def _fit(self) -> None:
        for row in self._rows:
            row.show_title_only(False)
        if self._as_strip and self._layout.sizeHint().width() > self._room_in_strip():
            # Whom a click goes to is said in full.
            for row in self._rows:
                row.show_title_only(not row.chip.isChecked())
        hint = self.sizeHint()
        self.setFixedHeight(hint.height())
        self.setMinimumWidth(hint.width() if self._as_strip else 0)
        self.updateGeometry()


class _Row(QWidget):
    """The chip of a face, and the way out beside it."""

    def __init__(self, face: int | None, chips: WearerChips) -> None:
        super().__init__(chips)
        self.face = face
        self._words = self._title = self._shown = ""
        self.chip = WordButton("", self)
        self.chip.setObjectName("chip")
        self.chip.setCheckable(True)
        self.chip.setMinimumWidth(40)
        self.chip.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.chip.clicked.connect(lambda: chips.target_chosen.emit(face))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.chip)
        self.out: SignButton | None = None
        if face is not None:
            self.out = SignButton("close", "Use everyone's filters", side=28, parent=self)
            self.out.clicked.connect(lambda: chips.released.emit(face))
            layout.addWidget(self.out)
        layout.addStretch(1)

    def show_wearer(self, wearer: Wearer) -> None:
        """Write what the face wears."""
        self._words = self._shown = wearer.words
        self._title = wearer.title
        self.chip.setChecked(wearer.is_target)
        self.chip.setToolTip(wearer.words if wearer.is_target else f"Choose filters for {wearer.title.lower()}")
        self.chip.setAccessibleName(wearer.words)
        self.updateGeometry()
        self._elide()

    def show_title_only(self, short: bool) -> None:
        """Leave out what is worn, where a strip has no room for it."""
        self._shown = self._title if short else self._words
        self.updateGeometry()
        self._elide()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return room for the whole words."""
        return QSize(
            self.fontMetrics().horizontalAdvance(self._shown) + 2 + self._beside(), super().sizeHint().height()
        )

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return room for cut words."""
        return QSize(self._beside() + 40, self.sizeHint().height())

    def resizeEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        """Cut the words to the room there is."""
        self._elide()

    def _beside(self) -> int:
        """Return the width of all but the words: the chip's edges and the way out."""
        return 26 + (self.out.sizeHint().width() + 2 if self.out is not None else 0)

    def _elide(self) -> None:
        room = max(self.width() - self._beside(), 40)
        self.chip.setText(self.fontMetrics().elidedText(self._shown, Qt.TextElideMode.ElideRight, room))
