"""Writes one recording into one file, or into several that follow each other without a gap: RecordingFile."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from masquerade.studio.recording.encoders import live_encoding
from masquerade.studio.recording.recording_options import RecordingOptions
from masquerade.studio.recording.sound_track import FILE_RATE, SoundTrack
from masquerade.studio.recording.video_writer import VideoWriter
from masquerade.studio.whole_file import reserve_name, write_error
from masquerade.values import ByteArray

# Room for the comment, which is known only at the end: a file is not written again for it.
_COMMENT_BYTES = 400
_HEADER_BYTES = 256 * 1024
# A fragment holds a second, and is on the disk when it is over.
_LOOK_EVERY_SECONDS = 1.0


class _Part:
    """One file of the recording.

    Attributes:
        begin_seconds: of its first image, in the recording's time.
    """

    def __init__(self, path: Path, writer: VideoWriter, sound: SoundTrack | None, begin_seconds: float) -> None:
        self.path = path
        self.writer = writer
        self.sound = sound
        self.begin_seconds = begin_seconds

    @property
    def first_sample(self) -> int:
        """Number of its first sample in the recording."""
        return round(self.begin_seconds * FILE_RATE)


class RecordingFile:
    """Takes images and sound by their time in the recording, which begins at 0; used on one thread.

    Attributes:
        paths: of all files, the first one first.
        remaining_seconds: how long the disk has room for more of the same; None until that is known.
    """

    def __init__(
        self,
        path: Path,
        size_wh: tuple[int, int],
        options: RecordingOptions,
        *,
        channels: int,
        hardware: str | None,
        comment: Callable[[], str],
    ) -> None:
        """Create the file, which exists already and is empty.

        Args:
            path: ends in .mp4 or .webm.
            size_wh: of the video; an image of another size is fitted into it.
            options: how it is made.
            channels: of the sound; 0 = none.
            hardware: an encoder of the graphics card; None = x264 or VP9.
            comment: called at the end of each file for what its tag says.

        Raises:
            RecordingError: the file cannot be created.
        """
        self._first_path = path
        self._size_wh = size_wh
        self._options = options
        self._channels = channels
        self._comment = comment
        self._encoding = live_encoding(path.suffix, options.quality, size_wh, channels > 0, hardware)
        self._done_seconds = 0.0
        self._done_frames = self._done_bytes = 0
        self._looked_at = 0.0
        self._last_bytes = 0
        self._ending: _Part | None = None
        self.paths: list[Path] = []
        self.remaining_seconds: float | None = None
        self._part = self._open(path, 0.0)

    @property
    def frames(self) -> int:
        """Images in all files."""
        return self._done_frames + self._part.writer.frames

    @property
    def seconds(self) -> float:
        """The duration of all files together."""
        return self._done_seconds + self._part.writer.seconds

    def write(self, pixels: ByteArray, seconds: float) -> None:
        """Add an image.

        Raises:
            RecordingError: the disk is full or gone. Call `abandon` then.
        """
        try:
            if self._is_full(seconds):
                self._go_on(seconds)
        except OSError as error:
            raise write_error(self._part.path, error) from error
        self._part.writer.write(pixels, seconds)

    def write_sound(self, samples: NDArray[np.float32], place: int) -> None:
        """Add a block of sound, (N, channels) float32; `place` is the number of its first sample.

        Raises:
            RecordingError: the disk is full or gone. Call `abandon` then.
        """
        if self._ending is not None and place >= self._part.first_sample:
            self._end_last_part()
        part = self._ending or self._part
        if part.sound is not None:
            part.sound.write(samples, max(place - part.first_sample, 0))

    def close(self, end_seconds: float | None = None) -> None:
        """Finish; `end_seconds` as in `VideoWriter.close`.

        Raises:
            RecordingError: the disk is full or gone; what was written before stays.
        """
        self._end_last_part()
        self._finish(self._part, end_seconds)

    def abandon(self) -> None:
        """Close after an error that was reported already, keep what is complete, raise nothing but OSError."""
        for part in (self._ending, self._part):
            if part is not None:
                part.writer.abandon()
                self._write_comment(part.path)

    def _open(self, path: Path, seconds: float) -> _Part:
        writer = VideoWriter(path, self._size_wh, self._encoding, self._options.mirrored, comment="-" * _COMMENT_BYTES)
        writer.begin_at(seconds)
        sound = SoundTrack(writer, self._channels) if self._channels else None
        self.paths.append(path)
        return _Part(path, writer, sound, seconds)

    def _is_full(self, seconds: float) -> bool:
        """Check the disk once a second; return whether the file is about to exceed its limit."""
        if seconds - self._looked_at < _LOOK_EVERY_SECONDS:
            return False
        self._looked_at = seconds
        byte_count = self._part.path.stat().st_size
        grown, self._last_bytes = byte_count - self._last_bytes, byte_count
        rate = (self._done_bytes + byte_count) / seconds
        if rate > 0:
            self.remaining_seconds = shutil.disk_usage(self._part.path.parent).free / rate
        # What has been encoded since is on the disk only with the next keyframe.
        return 0 < self._options.max_bytes <= byte_count + 3 * grown and self._part.writer.frames > 0

    def _go_on(self, seconds: float) -> None:
        """Start the next file with the image of this time; sound for the last one may still arrive."""
        self._end_last_part()
        last = self._part
        last.writer.end_video(seconds)
        self._done_frames += last.writer.frames
        self._done_seconds += last.writer.seconds
        self._done_bytes += self._last_bytes
        number = len(self.paths) + 1
        path = reserve_name(self._first_path.with_stem(f"{self._first_path.stem} part {number}"))
        self._part, self._last_bytes = self._open(path, seconds), 0
        self._ending = last
        if last.sound is None:
            self._end_last_part()

    def _end_last_part(self) -> None:
        ending, self._ending = self._ending, None
        if ending is not None:
            self._finish(ending, None)

    def _finish(self, part: _Part, end_seconds: float | None) -> None:
        part.writer.end_video(end_seconds)
        if part.sound is not None:
            part.sound.close()
        part.writer.close()
        self._write_comment(part.path)

    def _write_comment(self, path: Path) -> None:
        """Write the comment into its reserved space."""
        text = self._comment().encode("utf-8", "replace")[:_COMMENT_BYTES].decode("utf-8", "ignore")
        content = text.encode("utf-8").ljust(_COMMENT_BYTES)
        # A recording is worth more than its comment.
        with suppress(OSError), path.open("r+b") as file:
            place = file.read(_HEADER_BYTES).find(b"-" * _COMMENT_BYTES)
            if place >= 0:
                file.seek(place)
                file.write(content)
