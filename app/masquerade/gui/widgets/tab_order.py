"""Let Tab go through the controls in the order in which they are laid out, whenever each was made."""

from collections.abc import Iterable, Iterator
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QLayout, QLayoutItem, QScrollArea, QWidget


def move_focus(parts: Iterable[QWidget], forward: bool) -> bool:
    """Give the keyboard to the next control inside these widgets, or to the one before; the last leads to the first.

    Returns:
        Whether there is one.
    """
    controls = [control for part in parts for control in controls_in_order(part)]
    if not controls:
        return False
    now = controls[0].window().focusWidget()
    place = controls.index(now) if now in controls else -1 if forward else 0
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    controls[(place + (1 if forward else -1)) % len(controls)].setFocus(reason)
    return True


def controls_in_order(widget: QWidget | None) -> Iterator[QWidget]:
    """Yield the controls inside a widget that Tab reaches, or the widget itself, in the order of the layouts."""
    if widget is None or not widget.isVisible():
        return
    if _is_stop(widget):
        yield widget
    layout = widget.layout()
    if isinstance(widget, QScrollArea):
        yield from controls_in_order(widget.widget())
    elif layout is not None:
        yield from _in_layout(layout)
    else:
        for child in widget.children():
            if isinstance(child, QWidget):
                yield from controls_in_order(child)


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    for item in _items_in_order(layout):
        inner, widget = item.layout(), item.widget()
        if inner is not None:
            yield from _in_layout(inner)
        elif widget is not None:
            yield from controls_in_order(widget)


def _items_in_order(layout: QLayout) -> list[QLayoutItem]:
    """Return what is in a layout; of a grid row by row."""
    numbers = list(range(layout.count()))
    if isinstance(layout, QGridLayout):
        numbers.sort(key=lambda number: _grid_place(layout, number))
    return [item for number in numbers if (item := layout.itemAt(number)) is not None]


def _grid_place(layout: QGridLayout, number: int) -> tuple[int, int]:
    # A tuple, although it is typed as an object.
    place = cast("tuple[int, int, int, int]", layout.getItemPosition(number))
    return place[0], place[1]


def _is_stop(widget: QWidget) -> bool:
    """Return whether Tab stops here; of buttons of which one is chosen, at that one: the arrow keys choose another."""
    if not widget.isEnabled():
        return False
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    if group is not None and group.exclusive() and group.checkedButton() is not None:
        return group.checkedButton() is widget
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
