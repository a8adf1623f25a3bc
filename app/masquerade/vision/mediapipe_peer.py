"""Runs and times mediapipe's FaceLandmarker in a separate process, as the peer of `masquerade bench`."""

import importlib.util
import os
import struct
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np

from masquerade.errors import ModelError
from masquerade.resources import extra_line
from masquerade.values import FloatArray, Frame

MODEL_FILE = "face_landmarker.task"
# Of its 478 landmarks, in the order of LANDMARK_NAMES: an eye's centre is the mean of its lids, as in our labels.
MESH_OF_15 = (
    (362, 385, 387, 263, 373, 380), (33, 160, 158, 133, 153, 144), (362,), (263,), (133,), (33,),
    (285, 336), (276, 300), (55, 107), (46, 70), (1,), (291,), (61,), (0,), (17,),
)  # fmt: skip
_REQUEST = struct.Struct("<IIQ")  # width, height, milliseconds in the video
_ANSWER = struct.Struct("<dI")  # milliseconds that the peer took, and how many landmarks follow, two float32 each


class MediapipePeer:
    """mediapipe's FaceLandmarker in its VIDEO mode; used by `with`, on one thread.

    A process of its own: mediapipe's threads, its memory and what it prints stay out of the
    line's figures. Only its own call is timed, not the way of the image to it. It runs on
    the core or cores that this process may use.
    """

    def __init__(self, model: Path, faces: int = 1) -> None:
        """Check that everything is there.

        Args:
            model: Google's model file face_landmarker.task.
            faces: as many faces are looked for.

        Raises:
            ModelError: mediapipe or the model file is missing.
        """
        if importlib.util.find_spec("mediapipe") is None:
            raise ModelError("The comparison needs the package mediapipe. Install it: " + extra_line("mediapipe"))
        if not model.is_file():
            raise ModelError(
                f"There is no model file {model}. Get '{MODEL_FILE}' from Google's page on MediaPipe's face "
                "landmarker, and put it into this folder or name it with --peer-model."
            )
        self.name = f"mediapipe {version('mediapipe')} FaceLandmarker"
        self._command = [sys.executable, "-m", "masquerade.vision.mediapipe_peer", str(model), str(faces)]
        self._process: subprocess.Popen[bytes] | None = None
        self._index = 0

    def __enter__(self) -> Self:
        """Start the process; it loads mediapipe while the first frame waits."""
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def measure(self, frame: Frame) -> float:
        """Return the milliseconds of mediapipe's own call for `frame`.

        Raises:
            ModelError: mediapipe cannot load the model file.
        """
        milliseconds, _ = self._ask(frame)
        return milliseconds

    def locate(self, frame: Frame) -> FloatArray | None:
        """Return mediapipe's first face as our 15 landmarks, (15, 2) float32, pixels; None if it finds no face.

        Raises:
            ModelError: mediapipe cannot load the model file.
        """
        _, landmarks = self._ask(frame)
        if not len(landmarks):
            return None
        return np.stack([landmarks[list(group)].mean(axis=0) for group in MESH_OF_15]).astype(np.float32)

    def _ask(self, frame: Frame) -> tuple[float, FloatArray]:
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the peer is not running: use `with`")
        rgb = np.ascontiguousarray(frame.pixels[..., 2::-1])
        try:
            self._process.stdin.write(_REQUEST.pack(*frame.size_wh, self._index * 33) + rgb.tobytes())
            self._process.stdin.flush()
        except BrokenPipeError:
            pass
        self._index += 1
        answer = self._process.stdout.read(_ANSWER.size)
        if len(answer) < _ANSWER.size:
            raise ModelError(f"{self.name} cannot use the model file {self._command[-2]}. Download it again.")
        milliseconds, count = _ANSWER.unpack(answer)
        landmarks = np.frombuffer(self._process.stdout.read(8 * count), np.float32).reshape(-1, 2)
        return float(milliseconds), landmarks


def serve(model: str, faces: int, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more; runs in the separate process."""
    import mediapipe  # noqa: PLC0415 (costs a second: only in this process)
    from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=model), running_mode=vision.RunningMode.VIDEO, num_faces=faces
    )
    landmarker = vision.FaceLandmarker.create_from_options(options)
    while len(request := requests.read(_REQUEST.size)) == _REQUEST.size:
        width, height, milliseconds = _REQUEST.unpack(request)
        rgb = np.frombuffer(requests.read(width * height * 3), np.uint8).reshape(height, width, 3)
        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)
        start = time.perf_counter()
        found = landmarker.detect_for_video(image, milliseconds).face_landmarks
        taken = 1000 * (time.perf_counter() - start)
        first = found[0] if found else ()
        landmarks = np.array([(each.x * width - 0.5, each.y * height - 0.5) for each in first], np.float32)
        answers.write(_ANSWER.pack(taken, len(landmarks)) + landmarks.tobytes())
        answers.flush()
    landmarker.close()


if __name__ == "__main__":
    # What mediapipe's own code prints must not get among the answers.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as kept:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        serve(sys.argv[1], int(sys.argv[2]), sys.stdin.buffer, kept)
