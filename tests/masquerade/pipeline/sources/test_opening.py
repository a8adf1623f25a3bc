"""Tests what a user may type as a source."""

from pathlib import Path

import cv2
import pytest
from masquerade.errors import SourceError
from masquerade.pipeline.sources import Camera, Demo, ImageFiles, open_source
from masquerade.pipeline.sources.videos.video_file import VideoFile

from tests.masquerade.pipeline.sources.clips import grey


@pytest.mark.parametrize("text", ["camera", "camera:0", "camera:Fake Webcam", "camera:12"])
def test_camera_is_meant_by_number_or_name(text: str) -> None:
    assert isinstance(open_source(text), Camera)


def test_demo_is_meant_by_its_word() -> None:
    assert isinstance(open_source("demo"), Demo)


def test_file_is_taken_by_its_kind(tmp_path: Path) -> None:
    image, video = tmp_path / "a.PNG", tmp_path / "b.mp4"
    image.write_bytes(cv2.imencode(".png", grey(1, (4, 4)))[1].tobytes())
    video.touch()
    assert isinstance(open_source(str(image)), ImageFiles)
    assert isinstance(open_source(str(video)), VideoFile)
    assert open_source(str(tmp_path)).frame_count == 1


def test_misspelt_file_suggests_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "holiday.mp4").touch()
    with pytest.raises(SourceError, match=r"Did you mean '.*holiday\.mp4'"):
        open_source(str(tmp_path / "hoilday.mp4"))


def test_unknown_source_is_answered_with_the_possible_ones() -> None:
    with pytest.raises(SourceError, match=r"'demo', 'camera:0'"):
        open_source("webcamera-zwei")
