"""Finds the faces of single images: find_faces, FaceFinder."""

from pathlib import Path

from masquerade.api.images import Colour, Image, as_pixels
from masquerade.api.models import LandmarkModel
from masquerade.compose import build_still_finder
from masquerade.values import Face


class FaceFinder:
    """Finds faces in image after image with networks that are loaded once.

    Used on one thread at a time; threads that work at once each make their own.
    """

    def __init__(self, *, model: str | Path | LandmarkModel = "", detector: str = "blazeface") -> None:
        """Load the networks, which takes some 50 ms.

        Args:
            model: finds the landmarks: as in `load_model`, or what that returned.
            detector: "blazeface", or "mediapipe" where that is installed.

        Raises:
            ModelError: a model is missing or damaged.
        """
        self._finder = build_still_finder(detector, model if isinstance(model, LandmarkModel) else str(model))

    def find(self, image: Image, *, colour: Colour = "bgr") -> tuple[Face, ...]:
        """Return the faces of an image; see `find_faces`."""
        return self._finder.find(as_pixels(image, colour))


def find_faces(
    image: Image, *, colour: Colour = "bgr", model: str | Path | LandmarkModel = "", detector: str = "blazeface"
) -> tuple[Face, ...]:
    """Return the faces of one image, the largest first.

    The image is searched at several scales and in four turns, which takes tenths of a second;
    use `FaceStream` or `track` for video. For many images make one `FaceFinder`.

    Args:
        image: a path, or an array (H, W), (H, W, 3) or (H, W, 4) uint8. It is not changed.
        colour: order of an array's channels: "bgr" as OpenCV has it, or "rgb" as Pillow has it.
        model: finds the landmarks: as in `load_model`, or what that returned.
        detector: "blazeface", or "mediapipe" where that is installed.

    Returns:
        For each face `landmarks` (15 by name, or (15, 2) float32 as `landmarks.points`, pixels
        of the image), `score` 0 to 1, `pose` in degrees and `identity`, counted from 1.

    Raises:
        SourceError: the file is missing or not an image.
        ModelError: a model is missing or damaged.
        TypeError: an array is not of uint8.
        ValueError: an array has another shape.
    """
    return FaceFinder(model=model, detector=detector).find(image, colour=colour)
