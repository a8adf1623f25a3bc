"""Finds the files that a command works on, and decides where their results go."""

import logging

# os.path says no where pathlib raises: names that are too long, folders that may not be entered.
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from masquerade.errors import AppError, DiskFullError, RecordingError, SourceError
from masquerade.terminal import printable

IMAGE_OUTPUTS = (".png", ".jpg", ".jpeg")
VIDEO_OUTPUT, VIDEO_OUTPUTS = ".mp4", (".mp4", ".mkv")
TABLE_OUTPUT = ".csv"

_log = logging.getLogger(__name__)


class Existing(Enum):
    """What to do about results that exist already."""

    STOP = "stop"
    REPLACE = "replace"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Input:
    """One file to work on.

    Attributes:
        path: as the user named it, or inside a folder that the user named.
        is_image: False for a video or an animation.
        folder: below the folder that the user named; "." for a file of its own.
    """

    path: Path
    is_image: bool
    folder: Path = Path()


@dataclass(frozen=True, slots=True)
class Job:
    """An input and its output file."""

    given: Input
    target: Path


def find_inputs(
    paths: Sequence[Path],
    recursive: bool = False,
    output: Path | None = None,
    failures: "Failures | None" = None,
) -> tuple[Input, ...]:
    """Return the files; a folder stands for the images and videos in it, sorted by name.

    A missing file is returned, too: it is reported when its turn comes, and the rest goes on.

    Args:
        paths: files and folders.
        recursive: True looks into the folders of a folder as well.
        output: a folder of results, which are no inputs.
        failures: gets the error of a folder that is one of several inputs; None raises it.

    Raises:
        SourceError: a folder cannot be read, or holds neither image nor video.
    """
    inputs: list[Input] = []
    for path in paths:
        if not os.path.isdir(path):
            inputs.append(_as_input(path, Path()))
        elif failures is None or len(paths) == 1:
            inputs += _in_folder(path, recursive, output)
        else:
            with failures.caught(path):
                inputs += _in_folder(path, recursive, output)
    return tuple(inputs)


def plan_jobs(
    paths: Sequence[Path],
    output: Path,
    existing: Existing = Existing.STOP,
    recursive: bool = False,
    failures: "Failures | None" = None,
) -> tuple[Job, ...]:
    """Decide what each result is called.

    One file becomes `output` itself, unless that is a folder. Several, and those of a
    folder, go into the folder `output`, which is created, under their own names: images
    as PNG, or JPEG where they were, videos as MP4. Folders of a folder are kept.

    Args:
        paths: files and folders.
        output: a file or a folder.
        existing: what to do about results that exist already.
        recursive: True looks into the folders of a folder as well.
        failures: as in `find_inputs`.

    Raises:
        SourceError: as `find_inputs`.
        RecordingError: `output` has the wrong ending, cannot be created, exists already, or
            would replace an input.
    """
    inputs = find_inputs(paths, recursive, output, failures)
    one = len(paths) == 1 and not os.path.isdir(paths[0])
    if one and output.suffix and not os.path.isdir(output):
        jobs: tuple[Job, ...] = (Job(inputs[0], _checked(output, inputs[0])),)
    else:
        jobs = _into_folder(inputs, output)
    _spare_inputs((job.target for job in jobs), inputs)
    jobs = _without_existing(jobs, existing)
    for folder in dict.fromkeys(job.target.parent for job in jobs if job.target != output):
        _create(folder)
    return jobs


def check_table(output: Path, inputs: Sequence[Input], existing: Existing = Existing.STOP) -> None:
    """Check the name of a table before the work for it begins.

    Raises:
        RecordingError: `output` has the wrong ending, is a folder, exists already, or would replace an input.
    """
    _spare_inputs((output,), inputs)
    if os.path.isdir(output):
        raise RecordingError(f"{printable(output)} cannot be written: it is a folder. Add a file name.")
    if os.path.exists(output) and not os.path.isfile(output):
        # A pipe would wait for a reader for ever.
        raise RecordingError(f"{printable(output)} is a pipe or a device. Name a file.")
    if output.suffix.lower() != TABLE_OUTPUT:
        raise RecordingError(f"{printable(output)} is a table: give it a name that ends in {TABLE_OUTPUT}.")
    if existing is Existing.STOP and os.path.lexists(output):
        raise RecordingError(
            f"{printable(output)} already exists. Use --resume to continue it, --force to replace it, "
            "or choose another name."
        )


def _without_existing(jobs: tuple[Job, ...], existing: Existing) -> tuple[Job, ...]:
    present = [job for job in jobs if os.path.lexists(job.target)]
    if not present or existing is Existing.REPLACE:
        return jobs
    if existing is Existing.SKIP:
        _log.info("%d results exist already and are skipped", len(present))
        return tuple(job for job in jobs if job not in present)
    first = printable(present[0].target)
    if len(jobs) == 1:
        raise RecordingError(f"{first} already exists. Use --force to replace it, or choose another name.")
    raise RecordingError(
        f"{len(present)} of {len(jobs)} results already exist, the first is {first}. "
        "Use --skip-existing to leave them as they are, or --force to replace them."
    )


def _spare_inputs(outputs: Iterable[Path], inputs: Sequence[Input]) -> None:
    # Not Path.resolve, which raises a RuntimeError at a loop of links.
    taken = {os.path.realpath(given.path) for given in inputs}
    for output in outputs:
        if os.path.realpath(output) in taken:
            raise RecordingError(f"{printable(output)} is an input and would be lost. Choose another output.")


def _in_folder(folder: Path, recursive: bool, output: Path | None) -> list[Input]:
    from masquerade.pipeline.sources.photos.kinds import IMAGE_SUFFIXES, UNREADABLE_SUFFIXES
    from masquerade.pipeline.sources.suffixes import VIDEO_SUFFIXES

    known = IMAGE_SUFFIXES | VIDEO_SUFFIXES
    try:
        present = sorted(_walk(folder, recursive, output))
    except OSError as error:
        raise SourceError(f"The folder {printable(folder)} cannot be read ({error.strerror}).") from error
    paths = [path for path in present if path.suffix.lower() in known]
    unreadable = [path for path in present if path.suffix.lower() in UNREADABLE_SUFFIXES]
    if unreadable:
        kinds = ", ".join(sorted({path.suffix.lower()[1:] for path in unreadable}))
        _log.warning(
            "The folder %s holds %s that Masquerade cannot read (%s). Save them as PNG, JPEG or MP4.",
            printable(folder),
            "1 file" if len(unreadable) == 1 else f"{len(unreadable)} files",
            kinds,
        )
    if not paths:
        advice = "" if recursive else " Use --recursive to look into its folders, or choose another one."
        raise SourceError(f"There is no image and no video in the folder {printable(folder)}.{advice}")
    return [_as_input(path, path.parent.relative_to(folder)) for path in paths]


def _walk(folder: Path, recursive: bool, output: Path | None) -> Iterator[Path]:
    """Yield the files of a folder except hidden ones, such as the `._` files of macOS."""

    def fail(error: OSError) -> None:
        if error.filename == str(folder):
            raise error
        _log.warning("The folder %s cannot be read (%s).", printable(error.filename), error.strerror)

    results = None if output is None else os.path.realpath(output)
    for root, folders, names in os.walk(folder, onerror=fail):
        folders[:] = [
            name
            for name in sorted(folders)
            if recursive and not name.startswith(".") and os.path.realpath(os.path.join(root, name)) != results
        ]
        paths = (Path(root, name) for name in names if not name.startswith("."))
        yield from (path for path in paths if os.path.isfile(path))


def _as_input(path: Path, folder: Path) -> Input:
    from masquerade.pipeline.sources.photos.kinds import is_still

    return Input(path, is_still(path), folder)


def _checked(output: Path, given: Input) -> Path:
    suffix, name = output.suffix.lower(), printable(given.path)
    if given.is_image and suffix not in IMAGE_OUTPUTS:
        raise RecordingError(f"{name} is an image: give the output a name that ends in .png or .jpg, not {suffix}.")
    if not given.is_image and suffix not in VIDEO_OUTPUTS:
        kind = "a video" if given.path.suffix.lower() not in (".png", ".webp", ".avif", ".gif") else "animated"
        raise RecordingError(f"{name} is {kind}: give the output a name that ends in .mp4 or .mkv, not {suffix}.")
    return output


def _into_folder(inputs: Sequence[Input], folder: Path) -> tuple[Job, ...]:
    if folder.suffix.lower() in (*IMAGE_OUTPUTS, *VIDEO_OUTPUTS) and not os.path.isdir(folder):
        raise RecordingError(
            f"Several inputs need an output folder, and {printable(folder)} is the name of a file. Name a folder."
        )
    _create(folder)
    jobs: list[Job] = []
    taken: set[str] = set()
    for given in inputs:
        target = _free(folder / given.folder / given.path.with_suffix(_ending(given)).name, taken)
        taken.add(str(target).casefold())
        jobs.append(Job(given, target))
    return tuple(jobs)


def _create(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(
            f"The folder {printable(folder)} cannot be created ({error.strerror}). Choose another one."
        ) from error


def _ending(given: Input) -> str:
    if not given.is_image:
        return VIDEO_OUTPUT
    return ".jpg" if given.path.suffix.lower() in (".jpg", ".jpeg", ".jpe", ".jfif") else ".png"


def _free(path: Path, taken: set[str]) -> Path:
    """Return an unused name: a/face.jpg and b/face.jpg must not collide, nor Face.jpg and face.jpg on some systems."""
    number = 2
    candidate = path
    while str(candidate).casefold() in taken:
        candidate = path.with_stem(f"{path.stem}-{number}")
        number += 1
    return candidate


class Failures:
    """Reports the errors of single inputs as they happen, so that the others are still processed."""

    def __init__(self, fatal: type[Exception] = DiskFullError) -> None:
        """Count nothing yet.

        Args:
            fatal: an error after which no further input could do better; it is raised.
        """
        self.count = 0
        self._fatal = fatal

    @contextmanager
    def caught(self, path: Path) -> Iterator[None]:
        """Run the block for one input; log its error, which the user sees on stderr, and go on.

        Args:
            path: of the input.

        Raises:
            AppError: an error of the whole run, such as a full disk or a missing model.
        """
        try:
            yield
        except (SourceError, RecordingError) as error:
            if isinstance(error, self._fatal):
                raise
            self.count += 1
            _log.warning("%s", error)
        except AppError:
            raise
        except MemoryError:
            self.count += 1
            _log.warning("%s needs more memory than there is. Make it smaller and try again.", printable(path))
        except Exception as error:  # noqa: BLE001 (an agreed guard: one input never takes others with it)
            self.count += 1
            _log.info("an internal error at %s", path, exc_info=True)
            _log.warning(
                "%s could not be processed because of an error in Masquerade (%s: %s).",
                printable(path),
                type(error).__name__,
                printable(error),
            )

    def exit_code(self) -> int:
        """Return 0 when nothing was reported."""
        return 1 if self.count else 0
