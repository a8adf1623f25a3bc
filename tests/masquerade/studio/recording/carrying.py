"""Copies a video as `render` does, with no filter on: what stands beside its images comes over."""

from dataclasses import replace
from pathlib import Path

from masquerade.pipeline.sources.videos.video_file import VideoFile
from masquerade.studio.recording.companions import Companions
from masquerade.studio.recording.encoders import RENDERED
from masquerade.studio.recording.metadata import LeftOut, MetadataMode
from masquerade.studio.recording.video_writer import VideoWriter


def carry(source: Path, target: Path, mode: MetadataMode = MetadataMode.SAFE) -> LeftOut:
    """Copies a video as `render` does, and gives what it reports."""
    with VideoFile(source) as video:
        first = video.read()
        assert first is not None
        with (
            VideoWriter(target, first.size_wh, replace(RENDERED, all_tags=mode is MetadataMode.KEEP)) as writer,
            Companions(source, writer.container, first.taken_at, target, mode) as beside,
        ):
            writer.begin_at(beside.origin_seconds)
            frame = first
            while frame is not None:
                writer.write(frame.pixels, frame.taken_at)
                beside.write_until(frame.taken_at)
                frame = video.read()
            beside.finish()
    return beside.left_out


def carry_over(source: Path, target: Path, mode: MetadataMode = MetadataMode.SAFE) -> Path:
    """Copies a video and gives the copy."""
    carry(source, target, mode)
    return target
