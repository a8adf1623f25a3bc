"""Tests that text from outside cannot command the terminal."""

import pytest
from masquerade.terminal import printable, printable_lines


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain.mp4", "plain.mp4"),
        ("été 日本 🎭.mp4", "été 日本 🎭.mp4"),
        ("\x1b[2Jx.mp4", "\\x1b[2Jx.mp4"),
        ("a\nmasquerade: b.mp4", "a\\x0amasquerade: b.mp4"),
        ("bell\x07\x7f\x9b31m", "bell\\x07\\x7f\\x9b31m"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("caf\udce9.jpg", "caf\\xe9.jpg"),
        ("lone\ud800", "lone\\ud800"),
    ],
)
def test_a_name_is_shown_without_control_characters(name: str, shown: str) -> None:
    assert printable(name) == shown
    assert printable(name).encode()


def test_a_message_keeps_its_lines() -> None:
    assert printable_lines("one\n\ttwo\r\x1b[1m") == "one\n\ttwo\\x0d\\x1b[1m"
