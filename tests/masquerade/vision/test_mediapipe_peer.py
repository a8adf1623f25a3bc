"""Tests the peer of the benchmark: what it says when something is missing, and that it really answers."""

import importlib.util
import re
from pathlib import Path

import pytest
from masquerade.errors import ModelError
from masquerade.pipeline.sources.demo import Demo
from masquerade.resources import extra_line
from masquerade.vision.mediapipe_peer import MODEL_FILE, MediapipePeer

from tests.shared import SHARED, needs_shared

needs_mediapipe = pytest.mark.skipif(
    importlib.util.find_spec("mediapipe") is None, reason="the extra 'mediapipe' is not installed"
)


def test_without_the_extra_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=re.escape(extra_line("mediapipe"))):
        MediapipePeer(tmp_path / MODEL_FILE)


@needs_mediapipe
def test_without_the_model_it_names_the_file_and_the_option(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"There is no model file .*face_landmarker\.task.*--peer-model"):
        MediapipePeer(tmp_path / MODEL_FILE)


@needs_mediapipe
def test_a_file_that_is_no_model_is_an_error(tmp_path: Path) -> None:
    (tmp_path / MODEL_FILE).write_bytes(b"no model")
    with Demo() as demo, MediapipePeer(tmp_path / MODEL_FILE) as peer:
        frame = demo.read()
        assert frame is not None
        with pytest.raises(ModelError, match="cannot use the model file"):
            peer.measure(frame)


@needs_mediapipe
@needs_shared
def test_it_takes_its_own_time_for_every_frame_and_leaves_the_frame_alone() -> None:
    with Demo() as demo, MediapipePeer(SHARED / "models" / MODEL_FILE) as peer:
        frames = [frame for _ in range(5) if (frame := demo.read()) is not None]
        before = frames[0].pixels.copy()
        milliseconds = [peer.measure(frame) for frame in frames]
    assert all(0.1 < each < 5000 for each in milliseconds)
    assert (frames[0].pixels == before).all()
