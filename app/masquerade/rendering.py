"""Paints filters on image and video files and writes the result: render_image, render_video."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from masquerade.errors import SourceError
from masquerade.studio.recording.metadata import LeftOut, MetadataMode
from masquerade.terminal import printable

if TYPE_CHECKING:
    from masquerade.pipeline.line import Line
    from masquerade.pipeline.sources.source import Source
    from masquerade.pipeline.sources.videos.hdr import HdrOriginals
    from masquerade.pipeline.sources.videos.video_file import VideoFile
    from masquerade.pipeline.still_line import StillLine
    from masquerade.studio.recording.companions import Companions, NoCompanions
    from masquerade.studio.recording.encoders import Encoding
    from masquerade.studio.recording.video_writer import VideoWriter
    from masquerade.values import ByteArray, DeepArray, Frame


def render_image(
    path: Path,
    target: Path,
    line: "StillLine",
    mirror: bool = False,
    metadata: MetadataMode = MetadataMode.SAFE,
) -> LeftOut:
    """Paint the line's filters on one image.

    Args:
        path: of the image.
        target: .png or .jpg; replaced where it exists.
        line: with filters chosen.
        mirror: True writes it as seen in a mirror.
        metadata: what of its EXIF is kept.

    Returns:
        What the new file does not hold.

    Raises:
        SourceError: the image cannot be read.
        RecordingError: the target cannot be written.
    """
    from masquerade.pipeline.sources.photos.image_files import read_photo_and_report
    from masquerade.studio.photos.snapshot import replace_image
    from masquerade.studio.recording.metadata import choose_exif
    from masquerade.values import Frame

    photo = read_photo_and_report(path)
    exif, left_out = choose_exif(photo.exif, metadata)
    replace_image(target, line(Frame(photo.pixels, 0, 0.0)).frame.pixels, mirror, exif)
    return left_out


def render_video(
    source: "Source",
    path: Path,
    target: Path,
    line: "Line",
    *,
    mirror: bool,
    on_frame: Callable[[], object],
    metadata: MetadataMode = MetadataMode.SAFE,
) -> LeftOut:
    """Paint the line's filters on every frame of a video; keep its sound, subtitles and chapters.

    A source with HdrOriginals stays HDR: HEVC in 10 bits, with the source's own colours.

    Args:
        source: the video, open, with no frame read yet.
        path: its path, for the sound.
        target: .mp4 or .mkv; replaced where it exists, once the new file is complete.
        line: fresh, with filters chosen.
        mirror: True writes it as seen in a mirror.
        on_frame: called after every frame that was written.
        metadata: what is kept of its tags, chapters and subtitles.

    Returns:
        What the new file does not hold.

    Raises:
        SourceError: the video holds no frame.
        RecordingError: the target cannot be written.
    """
    from masquerade.pipeline.sources.videos.video_file import VideoFile
    from masquerade.studio.recording.video_writer import VideoWriter
    from masquerade.studio.whole_file import written_whole

    first = source.read()
    if first is None:
        raise SourceError(f"{printable(path)} contains no images. Choose another video.")
    video = source if isinstance(source, VideoFile) else None
    originals = video.originals if video is not None else None
    with (
        written_whole(target) as temporary,
        VideoWriter(temporary, first.size_wh, _encoding(metadata, originals), mirror, target) as writer,
        _companions(path if video is not None else None, writer, first.taken_at, target, metadata) as beside,
    ):
        for frame, pixels in _painted(line, chain((first,), iter(source.read, None)), originals):
            writer.write(pixels, frame.taken_at)
            beside.write_until(frame.taken_at)
            on_frame()
        beside.finish()
    return beside.left_out | _unheld(video)


def _unheld(video: "VideoFile | None") -> LeftOut:
    """Return what the frames of a video carried beside their images."""
    marks = video.marks if video is not None else frozenset()
    if video is not None and video.originals is not None:
        marks |= video.originals.marks
    return LeftOut(others=tuple(sorted(marks)))


def _painted(
    line: "Line", frames: "Iterable[Frame]", originals: "HdrOriginals | None"
) -> "Iterator[tuple[Frame, ByteArray | DeepArray]]":
    """Yield each frame and what to write: its painted pixels, or HDR code values with the changes merged in."""
    seen = line.see_file(frames)
    if originals is None or originals.colours is None:
        for scene in map(line.paint, seen):
            yield scene.frame, scene.frame.pixels
        return
    from masquerade.studio.recording.hdr_merge import HdrMerge

    merge = HdrMerge(originals.colours.encoding)
    for scene in seen:
        before = scene.frame.pixels.copy()
        painted = line.paint(scene)
        original = originals.take(scene.frame.index)
        yield painted.frame, merge.merge(original, before, painted.frame.pixels, painted.hidden)


def _encoding(metadata: MetadataMode, originals: "HdrOriginals | None") -> "Encoding":
    from masquerade.studio.recording.encoders import RENDERED, hdr_encoding

    colours = originals.colours if originals is not None else None
    encoding = RENDERED if colours is None else hdr_encoding(colours)
    return replace(encoding, all_tags=metadata is MetadataMode.KEEP)


@contextmanager
def _companions(
    path: Path | None, writer: "VideoWriter", first_seconds: float, target: Path, metadata: MetadataMode
) -> "Iterator[Companions | NoCompanions]":
    """Provide what copies sound and subtitles; an animated image (None) has neither."""
    from masquerade.studio.recording.companions import Companions, NoCompanions

    if path is None:
        yield NoCompanions()
        return
    with Companions(path, writer.container, first_seconds, target, metadata) as beside:
        writer.begin_at(beside.origin_seconds)
        yield beside
