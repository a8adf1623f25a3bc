"""Says what a source of frames is: Source."""

from types import TracebackType
from typing import Protocol, Self

from masquerade.values import Frame


class Source(Protocol):
    """Something that gives frames, one after the other.

    A source is opened, read and closed on ONE thread, by `with`; only `close` may be
    called on any other. What it gives has a buffer of its own, so whoever gets a frame
    may paint into it.
    """

    @property
    def name(self) -> str:
        """For people, such as "Fake Webcam", "clip.mp4" or "Demo"."""
        ...

    @property
    def live(self) -> bool:
        """True where frames come at their own time and are stamped with `time.monotonic`.

        False where they come as fast as they are read, stamped with the seconds in the file.
        """
        ...

    @property
    def frames_per_second(self) -> float:
        """0 = unknown; a camera's rate is measured while it runs."""
        ...

    @property
    def frame_count(self) -> int | None:
        """None = unknown or without end."""
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
        """Give back the device or file. Does nothing where nothing is open."""
        ...

    def read(self) -> Frame | None:
        """Wait for the next frame.

        Returns:
            None at the end, and after `close`.

        Raises:
            SourceError: no more frames can be read; the message says what to do.
        """
        ...

    def close(self) -> None:
        """Wake a `read` that waits, which then gives None; called on ANY thread.

        The device or file itself is given back by `__exit__`.
        """
        ...
