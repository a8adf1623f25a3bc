"""Writes the video without filters beside a recording, as long as no filter hides faces: CleanCopy."""

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from masquerade.errors import RecordingError
from masquerade.studio.recording.recording_file import RecordingFile
from masquerade.studio.whole_file import reserve_name
from masquerade.values import ByteArray

_log = logging.getLogger(__name__)


class CleanCopy:
    """The file `name clean.mp4`, with the clock of the recording; used on the recorder's thread.

    It ends for good with the first frame in which a filter hides faces, and an error ends it without
    ending the recording.

    Attributes:
        path: of its first file; None until there is one.
        is_over: whether it has ended before the recording.
    """

    def __init__(self, beside: Path, open_file: Callable[[Path], RecordingFile]) -> None:
        self.path: Path | None = None
        self.is_over = False
        self._beside = beside
        self._open_file = open_file
        self._file: RecordingFile | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """All its files."""
        return tuple(self._file.paths) if self._file is not None else ()

    def write(self, pixels: ByteArray | None, seconds: float) -> None:
        """Add an image; None ends the copy, because a filter hides faces."""
        if self.is_over:
            return
        try:
            if pixels is None:
                self._end(seconds)
                return
            if self._file is None:
                self.path = reserve_name(self._beside.with_stem(f"{self._beside.stem} clean"))
                self._file = self._open_file(self.path)
            self._file.write(pixels, seconds)
        except RecordingError as error:
            self._fail(error)

    def write_sound(self, samples: NDArray[np.float32], place: int) -> None:
        """Add a block of sound; see `RecordingFile.write_sound`."""
        if self.is_over or self._file is None:
            return
        try:
            self._file.write_sound(samples, place)
        except RecordingError as error:
            self._fail(error)

    def close(self, end_seconds: float | None) -> None:
        """Finish the copy if it has not ended yet."""
        if self.is_over or self._file is None:
            return
        try:
            self._file.close(end_seconds)
        except RecordingError as error:
            self._fail(error)

    def abandon(self) -> None:
        """Keep what is complete."""
        if not self.is_over and self._file is not None:
            self._file.abandon()
        self.is_over = True

    def _end(self, seconds: float) -> None:
        self.is_over = True
        if self._file is not None:
            self._file.close(seconds)

    def _fail(self, error: RecordingError) -> None:
        _log.warning("the copy without filters ends: %s", error)
        with suppress(OSError):
            self.abandon()
        self.is_over = True
