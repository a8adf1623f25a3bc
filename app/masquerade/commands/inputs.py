"""Finds the files that a command is to work on, and where their results go."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from masquerade.errors import RecordingError, SourceError

IMAGE_OUTPUTS = (".png", ".jpg", ".jpeg")
VIDEO_OUTPUT = ".mp4"
TABLE_OUTPUT = ".csv"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Input:
    """One file to work on.

    Attributes:
        path: as the user named it, or inside a folder that the user named.
        is_image: False for a video.
    """

    path: Path
    is_image: bool


@dataclass(frozen=True, slots=True)
class Job:
    """An input and the file that is to be made of it."""

    given: Input
    target: Path


def find_inputs(paths: Sequence[Path]) -> tuple[Input, ...]:
    """Return the files; a folder stands for the images and videos in it, in the order of their names.

    A file that is missing is kept: it is told when its turn comes, and the rest goes on.

    Raises:
        SourceError: a folder cannot be read, or holds neither image nor video.
    """
    found: list[Input] = []
    for path in paths:
        found += _in_folder(path) if path.is_dir() else [_as_input(path)]
    return tuple(found)


def plan_jobs(paths: Sequence[Path], output: Path) -> tuple[Job, ...]:
    """Decide what each result is called.

    One file becomes `output` itself, unless that is a folder. Several, and those of a
    folder, go into the folder `output`, which is made, under their own names: images as
    PNG, or JPEG where they were, videos as MP4.

    Raises:
        SourceError: as `find_inputs`.
        RecordingError: `output` has the wrong ending, cannot be made, or would replace an input.
    """
    inputs = find_inputs(paths)
    one = len(paths) == 1 and not paths[0].is_dir()
    if one and output.suffix and not output.is_dir():
        jobs: tuple[Job, ...] = (Job(inputs[0], _checked(output, inputs[0])),)
    else:
        jobs = _into_folder(inputs, output)
    _spare_inputs((job.target for job in jobs), inputs)
    return jobs


def check_table(output: Path, inputs: Sequence[Input]) -> None:
    """Look at the name of a table before the work for it begins.

    Raises:
        RecordingError: `output` has the wrong ending, is a folder, or would replace an input.
    """
    _spare_inputs((output,), inputs)
    if output.is_dir():
        raise RecordingError(f"{output} cannot be written: it is a folder. Add a file name.")
    if output.suffix.lower() != TABLE_OUTPUT:
        raise RecordingError(f"{output} is to be a table: name it with {TABLE_OUTPUT} at the end.")


def _spare_inputs(outputs: Iterable[Path], inputs: Sequence[Input]) -> None:
    taken = {given.path.resolve() for given in inputs}
    for output in outputs:
        if output.resolve() in taken:
            raise RecordingError(f"{output} is an input; it would be lost. Choose another output.")


def _in_folder(folder: Path) -> list[Input]:
    from masquerade.pipeline.sources.kinds import IMAGE_SUFFIXES, VIDEO_SUFFIXES

    known = IMAGE_SUFFIXES | VIDEO_SUFFIXES
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in known and path.is_file())
    except OSError as error:
        raise SourceError(f"The folder {folder} cannot be read ({error.strerror}).") from error
    if not paths:
        raise SourceError(f"There is no image and no video in the folder {folder}. Choose another one.")
    return [_as_input(path) for path in paths]


def _as_input(path: Path) -> Input:
    from masquerade.pipeline.sources.kinds import is_still

    return Input(path, is_still(path))


def _checked(output: Path, given: Input) -> Path:
    suffix = output.suffix.lower()
    if given.is_image and suffix not in IMAGE_OUTPUTS:
        raise RecordingError(f"{given.path} is an image: name the output with .png or .jpg at the end, not {suffix}.")
    if not given.is_image and suffix != VIDEO_OUTPUT:
        raise RecordingError(f"{given.path} is a video: name the output with .mp4 at the end, not {suffix}.")
    return output


def _into_folder(inputs: Sequence[Input], folder: Path) -> tuple[Job, ...]:
    if folder.suffix.lower() in (*IMAGE_OUTPUTS, VIDEO_OUTPUT) and not folder.is_dir():
        raise RecordingError(f"Several files go into a folder, and {folder} is the name of a file. Name a folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(f"The folder {folder} cannot be made ({error.strerror}). Choose another one.") from error
    jobs: list[Job] = []
    taken: set[Path] = set()
    for given in inputs:
        target = _free(folder / given.path.with_suffix(_ending(given)).name, taken)
        taken.add(target)
        jobs.append(Job(given, target))
    return tuple(jobs)


def _ending(given: Input) -> str:
    if not given.is_image:
        return VIDEO_OUTPUT
    return ".jpg" if given.path.suffix.lower() in (".jpg", ".jpeg", ".jpe") else ".png"


def _free(path: Path, taken: set[Path]) -> Path:
    """Keep a/face.jpg and b/face.jpg apart."""
    number = 2
    candidate = path
    while candidate in taken:
        candidate = path.with_stem(f"{path.stem}-{number}")
        number += 1
    return candidate


class Failures:
    """Tells errors of single inputs as they come, so that the rest can go on."""

    def __init__(self) -> None:
        self.count = 0

    @contextmanager
    def told(self) -> Iterator[None]:
        """End the block at a SourceError and writes it to the log, which the user sees on stderr."""
        try:
            yield
        except SourceError as error:
            self.count += 1
            _log.warning("%s", error)

    def exit_code(self) -> int:
        """Return 0 when nothing was told."""
        return 1 if self.count else 0
