"""Paints filters on image and video files and writes the result: render_image, render_video."""

import logging
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from masquerade.errors import SourceError

if TYPE_CHECKING:
    from masquerade.pipeline.line import Line
    from masquerade.pipeline.sources.source import Source
    from masquerade.pipeline.still_line import StillLine

_log = logging.getLogger(__name__)


def render_image(path: Path, target: Path, line: "StillLine", mirror: bool = False) -> None:
    """Paint the line's filters on one image.

    Args:
        path: of the image.
        target: .png or .jpg; replaced where it exists.
        line: with filters chosen.
        mirror: True writes it as seen in a mirror.

    Raises:
        SourceError: the image cannot be read.
        RecordingError: the target cannot be written.
    """
    from masquerade.pipeline.sources.image_files import read_image
    from masquerade.studio.snapshot import replace_image
    from masquerade.values import Frame

    frame = Frame(read_image(path), 0, 0.0)
    replace_image(target, line(frame).frame.pixels, mirror)


def render_video(
    source: "Source", path: Path, target: Path, line: "Line", *, mirror: bool, on_frame: Callable[[], object]
) -> None:
    """Paint the line's filters on every frame of a video, and keep its sound.

    Args:
        source: the video, open, with no frame read yet.
        path: its path, for the sound.
        target: .mp4; replaced where it exists, once the new file is complete.
        line: fresh, with filters chosen.
        mirror: True writes it as seen in a mirror.
        on_frame: called after every frame that was written.

    Raises:
        SourceError: the video holds no frame.
        RecordingError: the target cannot be written.
    """
    from masquerade.pipeline.look_behind import look_behind
    from masquerade.studio.sound import Sound
    from masquerade.studio.video_writer import RENDERED, VideoWriter
    from masquerade.studio.whole_file import written_whole

    frame = source.read()
    if frame is None:
        raise SourceError(f"{path} holds no image. Choose another video.")
    with (
        written_whole(target) as temporary,
        VideoWriter(temporary, frame.size_wh, RENDERED, mirror, target) as writer,
        Sound(path, writer.container, frame.taken_at, target) as sound,
    ):
        _log.debug("rendering %s to %s", path, target)
        seen = map(line.see, chain((frame,), iter(source.read, None)))
        # Who is hidden is hidden from the first frame on, before the detector finds the face.
        for scene in look_behind(seen) if line.hides else seen:
            writer.write(line.paint(scene).frame.pixels, scene.frame.taken_at)
            sound.write_until(scene.frame.taken_at)
            on_frame()
        sound.finish()
