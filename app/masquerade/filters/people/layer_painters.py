"""The interfaces of painters: face by face, or on the whole frame."""

from typing import Any, Protocol

from masquerade.filters.people.per_face import PerFace
from masquerade.filters.people.presence import FrameContext, VisibleFace
from masquerade.values import ByteArray


class FaceLayerPainter(Protocol):
    """Paints one layer on all faces that wear it. For one thread.

    Attributes:
        hides_faces: True for privacy, which is painted on faces that only the detector sees, too.
        covers_head: True where what else is worn lies on this layer, and stays as long.
        memory: what it remembers of each face.
    """

    hides_faces: bool
    covers_head: bool
    memory: PerFace[Any]

    def paint(self, pixels: ByteArray, face: VisibleFace, frame: FrameContext) -> VisibleFace:
        """Paint the layer on one face into a frame, in place.

        Args:
            pixels: (H, W, 4) uint8 BGRA, contiguous and writable.
            face: where it is, or was last.
            frame: the time since the last one, and how strongly it is painted.

        Returns:
            The face as the layers that follow see it: a warp moves its landmarks.
        """


class FrameLayerPainter(Protocol):
    """Paints one layer over the whole frame. For one thread."""

    def paint(self, pixels: ByteArray, faces: tuple[VisibleFace, ...], frame: FrameContext) -> None:
        """Paint the layer into a frame, in place.

        Args:
            pixels: (H, W, 4) uint8 BGRA, contiguous and writable.
            faces: those that wear it.
            frame: the time since the last one, and how strongly it is painted.
        """
