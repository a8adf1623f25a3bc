"""Decodes images when they are first drawn, by the threads that make batches, and keeps those there is room for."""

import threading

from masquerade.values import ByteArray

from masquerade_train.datasets.face_set import FaceSet

# 2400 images of 192 pixels in colour.
_ROOM_BYTES = 256 << 20


class DecodedImages:
    """The images of a FaceSet; used by several threads.

    Decoding takes 0.4 of 1.5 ms that a crop costs, and an image takes a dozen times as much memory as its JPEG:
    so the first ones are kept, and the rest are decoded at each draw.
    """

    def __init__(self, faces: FaceSet, room_bytes: int = _ROOM_BYTES) -> None:
        """Decode nothing yet."""
        self._faces = faces
        self._lock = threading.Lock()
        self._kept: dict[int, ByteArray] = {}
        self._room = room_bytes

    def get(self, row: int) -> ByteArray:
        """Return image `row`, (H, W, 3) uint8, RGB; not to be written to."""
        image = self._kept.get(row)
        if image is not None:
            return image
        image = self._faces.image(row)
        with self._lock:
            if row not in self._kept and image.nbytes <= self._room:
                self._kept[row] = image
                self._room -= image.nbytes
        return image
