"""Tests the progress line: on a terminal alone, and gone at the end."""

import io

from train.progress import Progress


class Terminal(io.StringIO):
    """A terminal that keeps what it was told."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_the_share_and_a_clean_line_at_the_end() -> None:
    terminal = Terminal()
    with Progress("reading a.csv", 200, terminal) as progress:
        progress.step(50)
    assert "reading a.csv  ######------------------  25%" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\033[K")


def test_a_file_sees_nothing() -> None:
    stream = io.StringIO()
    with Progress("reading a.csv", 200, stream) as progress:
        progress.step(200)
    assert stream.getvalue() == ""
