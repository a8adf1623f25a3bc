"""Finds faces with mediapipe's own FaceDetector; imported only when the user asks for it."""

import weakref

import cv2
import numpy as np

from masquerade.errors import ModelError
from masquerade.resources import extra_line
from masquerade.values import Box, ByteArray, Detection
from masquerade.vision.card import ModelCard

_LEFT_EYE, _RIGHT_EYE, _MOUTH = 1, 0, 3  # mediapipe's order of the six points


class MediapipeDetector:
    """mediapipe's FaceDetector behind the same interface as BlazeFace; on one thread at a time."""

    def __init__(self, card: ModelCard, min_score: float = 0.5) -> None:
        """Load mediapipe and the network, which takes a second or more.

        Raises:
            ModelError: mediapipe is not installed, or cannot load the network.
        """
        try:
            import mediapipe  # noqa: PLC0415 (costs a second and 93 MB: never on the start path)
            from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415
        except ImportError as error:
            raise ModelError(
                "The detector 'mediapipe' needs the package mediapipe. Use the detector 'blazeface', or install it: "
                + extra_line("mediapipe")
            ) from error
        _let_go_of_frames()
        self._mediapipe = mediapipe
        options = vision.FaceDetectorOptions(
            base_options=BaseOptions(model_asset_path=str(card.path)), min_detection_confidence=min_score
        )
        try:
            self._detector = vision.FaceDetector.create_from_options(options)
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(f"mediapipe cannot load {card.path}: {error}. Use the detector 'blazeface'.") from error
        # WORKAROUND: left to Python's own end, when its thread is gone already, mediapipe 1.2.2 prints a
        # traceback. So it is closed as soon as this one is freed.
        weakref.finalize(self, self._detector.close).atexit = False

    def detect(self, pixels: ByteArray) -> tuple[Detection, ...]:
        """Return the faces in `pixels` (H, W, 4) uint8 BGRA, the surest first."""
        rgb = cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB)
        image = self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=rgb)
        size = np.array([pixels.shape[1], pixels.shape[0]], np.float32)
        found = []
        for each in self._detector.detect(image).detections:
            box = each.bounding_box
            points = np.array([(point.x, point.y) for point in each.keypoints], np.float32) * size - 0.5
            anchors = points[[_LEFT_EYE, _RIGHT_EYE, _MOUTH]].astype(np.float32)
            place = Box(box.origin_x, box.origin_y, max(box.width, 1), max(box.height, 1))
            found.append(Detection(place, anchors, float(each.categories[0].score)))
        return tuple(sorted(found, key=lambda detection: -detection.score))


def _let_go_of_frames() -> None:
    """Drop the frames that mediapipe's import keeps alive.

    WORKAROUND: without PortAudio, the sound part of mediapipe 1.2.2 keeps the error, and by its
    traceback every frame up to the import with all they hold: a detector would never be freed.
    """
    from mediapipe.tasks.python.audio.core import audio_record  # noqa: PLC0415

    error = getattr(audio_record, "sd_error", None)
    if isinstance(error, BaseException):
        error.__traceback__ = None
