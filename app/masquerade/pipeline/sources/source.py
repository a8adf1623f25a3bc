"""Defines the interface of everything that gives frames: Source, and of those that can rest: Resting."""

from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from masquerade.values import Frame

# Between two frames that are not seen: faces are then found again at once.
REST_SECONDS = 0.5


class Source(Protocol):
    """Anything that gives frames, one after the other.

    A source is opened, read and closed on ONE thread, by `with`; only `close` may be
    called on another. Every frame has its own buffer, so the receiver may paint into it.
    """

    @property
    def name(self) -> str:
        """The name to show, such as "Fake Webcam", "clip.mp4" or "Demo"."""
        ...

    @property
    def live(self) -> bool:
        """Whether frames come in real time, stamped with `time.monotonic`.

        False where they come as fast as they are read, stamped with their time in the file.
        """
        ...

    @property
    def frames_per_second(self) -> float:
        """The rate, 0 = unknown; a camera's is measured while it runs."""
        ...

    @property
    def frame_count(self) -> int | None:
        """The number of frames; None = unknown or endless."""
        ...

    def __enter__(self) -> Self:
        """Open.

        Raises:
            SourceError: it cannot be opened; the message says what to do.
        """
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release the device or file; do nothing where none is open."""
        ...

    def read(self) -> Frame | None:
        """Wait for the next frame.

        Returns:
            The frame; None at the end and after `close`.

        Raises:
            SourceError: no more frames can be read; the message says what to do.
        """
        ...

    def close(self) -> None:
        """Wake a waiting `read`, which then returns None; called on ANY thread.

        `__exit__` releases the device or file itself.
        """
        ...


@runtime_checkable
class Resting(Protocol):
    """A source that saves work while its frames are not seen."""

    def rest(self, on: bool) -> None:
        """Give a frame every REST_SECONDS from now on, or all again; called on ANY thread."""
        ...
