"""Declares how a controller shows the user a sentence, whatever window it stands in."""

from collections.abc import Callable
from typing import Protocol


class Messages(Protocol):
    """Shows banners and toasts; used on Qt's thread."""

    def show_error(
        self, words: str, button: str = "", act: Callable[[], None] | None = None, of_source: bool = False
    ) -> None:
        """Show an error, with a button where there is something to do."""
        ...

    def show_notice(
        self, words: str, button: str = "", act: Callable[[], None] | None = None, of_source: bool = False
    ) -> None:
        """Show what is no error, but stays until it is closed."""
        ...

    def withdraw(self, words: str) -> None:
        """Take a banner away whose cause is gone."""
        ...

    def show_toast(self, words: str, button: str, act: Callable[[], None]) -> None:
        """Show for some seconds what has been done; "" for no button."""
        ...
