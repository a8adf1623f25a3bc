"""Tests what the progress line says, on a terminal and without one."""

import io

import pytest
from masquerade.progress import Progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_without_a_terminal_only_the_end_is_printed() -> None:
    stream = io.StringIO()
    with Progress("clip.mp4", 3, stream=stream) as progress:
        for _ in range(3):
            progress.step()
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().startswith("clip.mp4  ████")
    assert "100%  3 frames" in stream.getvalue()


def test_a_terminal_shows_the_share_while_it_grows() -> None:
    stream = Terminal()
    with Progress("clip.mp4", 4, stream=stream) as progress:
        progress.step()
    assert " 25%  1 frame " in stream.getvalue()
    # The file held less than it promised: the end is the end.
    assert "100%  1 frame " in stream.getvalue().splitlines()[-1]


@pytest.mark.parametrize("columns", ["40", "80"])
def test_a_progress_line_never_wraps(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    stream = Terminal()
    with Progress("a very long name of a clip.mp4", 1000, stream=stream) as progress:
        for _ in range(5):
            progress._shown_at = 0.0
            progress.step()
    drawn = stream.getvalue().split("\r\033[K")[1:-1]
    assert len(drawn) == 5
    assert max(len(line) for line in drawn) < int(columns)


def test_a_terminal_without_unicode_gets_plain_signs() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    with Progress("a very long name of a clip.mp4", 1, stream=stream) as progress:
        progress.step()
    stream.seek(0)
    assert "~  ####" in stream.read()


def test_long_work_is_reported_every_minute() -> None:
    stream = io.StringIO()
    with Progress("large.png", 1, "images", stream=stream) as progress:
        progress._begun_at -= 2.0
        progress.step()
    assert "1 image  30 a minute  in 0:02" in stream.getvalue()


def test_an_unknown_length_is_counted() -> None:
    stream = Terminal()
    with Progress("clip.mp4", None, stream=stream) as progress:
        progress.step()
    assert "clip.mp4  1 frame " in stream.getvalue()


def test_an_interruption_ends_the_line_without_claiming_success() -> None:
    stream = Terminal()
    with pytest.raises(KeyboardInterrupt), Progress("clip.mp4", 2, stream=stream) as progress:
        raise KeyboardInterrupt(progress.step())
    assert "100%" not in stream.getvalue()
    assert stream.getvalue().endswith("\n")


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_a_job_without_steps_prints_nothing(stream: io.StringIO) -> None:
    with Progress("broken.png", 1, stream=stream):
        pass
    assert not stream.getvalue()


def test_a_line_that_does_not_stay_shows_the_share_and_is_gone_at_the_end() -> None:
    terminal = Terminal()
    with Progress("reading a.csv", 200, "", terminal, stays=False) as progress:
        progress.step(50)
    assert "reading a.csv  █████░░░░░░░░░░░░░░░  25%  0:0" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\033[K")


def test_a_temporary_line_is_not_written_to_a_file() -> None:
    stream = io.StringIO()
    with Progress("reading a.csv", 200, "", stream, stays=False) as progress:
        progress.step(200)
    assert stream.getvalue() == ""
