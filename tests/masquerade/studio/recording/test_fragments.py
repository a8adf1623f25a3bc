"""Tests that a broken-off file is cut where its last whole fragment ends."""

import struct
from pathlib import Path

import pytest
from masquerade.studio.recording.fragments import cut_to_whole_fragments


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


HEAD = box(b"ftyp", b"isom") + box(b"moov", b"m" * 30)
FRAGMENT = box(b"moof", b"i" * 20) + box(b"mdat", b"d" * 50)
LONG_FRAGMENT = box(b"moof", b"i" * 20) + struct.pack(">I4sQ", 1, b"mdat", 16 + 50) + b"d" * 50


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        pytest.param(HEAD + FRAGMENT * 3, HEAD + FRAGMENT * 3, id="whole"),
        pytest.param(HEAD + FRAGMENT * 2 + FRAGMENT[:40], HEAD + FRAGMENT * 2, id="broken off in the content"),
        pytest.param(HEAD + FRAGMENT * 2 + FRAGMENT[:12], HEAD + FRAGMENT * 2, id="broken off in the index"),
        pytest.param(HEAD + FRAGMENT + FRAGMENT[:3], HEAD + FRAGMENT, id="broken off in a header"),
        pytest.param(HEAD + LONG_FRAGMENT + FRAGMENT[:40], HEAD + LONG_FRAGMENT, id="64-bit length"),
        pytest.param(HEAD + FRAGMENT[:40], HEAD + FRAGMENT[:40], id="first one broken: left alone"),
        pytest.param(HEAD + FRAGMENT + b"\0" * 40, HEAD + FRAGMENT, id="zeros after a power cut"),
        pytest.param(b"", b"", id="empty"),
    ],
)
def test_an_incomplete_fragment_is_cut_off(tmp_path: Path, content: bytes, kept: bytes) -> None:
    path = tmp_path / "take.mp4"
    path.write_bytes(content)
    cut_to_whole_fragments(path)
    assert path.read_bytes() == kept
