"""Takes single images down the line: every face at once, nothing remembered of another image."""

from typing import Protocol

from masquerade.filters.format.manifest import Filter
from masquerade.filters.render import Painter
from masquerade.filters.triggers.triggers import Triggers
from masquerade.values import ByteArray, Face, Frame, Scene


class FaceFinder(Protocol):
    """Anything that finds the faces of an image, with points and pose."""

    def find(self, pixels: ByteArray) -> tuple[Face, ...]:
        """Return the faces in `pixels` (H, W, 4) uint8 BGRA."""


class StillLine:
    """Finds faces and paints filters on them; on one thread at a time."""

    def __init__(self, finder: FaceFinder) -> None:
        """With no filter chosen, the image stays as it is."""
        self._finder = finder
        self._filters: tuple[Filter, ...] = ()
        self._intensity = 1.0

    def choose(self, filters: tuple[Filter, ...], intensity: float = 1.0) -> None:
        """Swap the filters; `intensity` is 0 to 1."""
        self._filters = filters
        self._intensity = intensity

    def __call__(self, frame: Frame) -> Scene:
        """Paint into the frame and returns the scene with that frame made read-only."""
        faces = Triggers().watch(self._finder.find(frame.pixels), frame.taken_at)
        return Painter().paint(Scene(frame, faces=faces), self._filters, self._intensity)
