"""Draws filters on single images, without state between images."""

from collections.abc import Callable
from typing import Protocol

from masquerade.filters.format.manifest import Filter
from masquerade.filters.people.assignment import uses_mask
from masquerade.filters.render import Painter
from masquerade.filters.triggers.triggers import Triggers
from masquerade.pipeline.stages import Segmenter
from masquerade.values import ByteArray, Face, Frame, Scene


class FaceFinder(Protocol):
    """Anything that finds the faces of an image, with landmarks and pose."""

    def find(self, pixels: ByteArray) -> tuple[Face, ...]:
        """Return the faces in `pixels` (H, W, 4) uint8 BGRA."""


class StillLine:
    """Finds faces and paints filters on them; on one thread at a time."""

    def __init__(self, finder: FaceFinder, load_segmenter: Callable[[], Segmenter]) -> None:
        """With no filter chosen, the image stays as it is.

        Args:
            finder: of the faces.
            load_segmenter: makes what cuts people out, for filters that need it.
        """
        self._load_segmenter = load_segmenter
        self._finder = finder
        self._filters: tuple[Filter, ...] = ()
        self._intensity = 1.0

    def choose(self, filters: tuple[Filter, ...], intensity: float = 1.0) -> None:
        """Swap the filters; `intensity` is 0 to 1."""
        self._filters = filters
        self._intensity = intensity

    def __call__(self, frame: Frame) -> Scene:
        """Paint into the frame and return the scene with that frame made read-only."""
        faces = Triggers().watch(self._finder.find(frame.pixels), frame.taken_at)
        person = self._load_segmenter().segment(frame.pixels) if uses_mask(self._filters) else None
        return Painter().paint(Scene(frame, faces=faces, person=person), self._filters, self._intensity)
