"""Reads a camera without hanging when its driver hangs: Camera."""

import logging
import math
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self, cast

import cv2

from masquerade.errors import SourceError
from masquerade.pipeline.cameras import CameraInfo, explain_camera, find_camera, is_present
from masquerade.pipeline.slot import LatestSlot
from masquerade.pipeline.sources.source import REST_SECONDS
from masquerade.values import ByteArray, Frame

_log = logging.getLogger(__name__)

SILENT_SECONDS = 3.0
# Some drivers on Windows take ten seconds to open.
_OPEN_SECONDS = 20.0
_RELEASE_SECONDS = 1.5
# One bad frame is a loose plug for a moment; so many in a row are an error.
_FAILURES = 5
_RAW_WH = (640, 480)
_MJPG = cv2.VideoWriter.fourcc(*"MJPG")

_BACKEND = {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_DSHOW, "darwin": cv2.CAP_AVFOUNDATION}.get(
    sys.platform, cv2.CAP_ANY
)


class Camera:
    """A camera by number or by (a part of) its name.

    The device is opened, read and given back on a thread of its own. A driver may hang
    in any of the three, and then only that thread is lost: `with` ends after 20 s and
    `read` after 3 s with a SourceError, `close` wakes both at once.
    """

    live = True
    frame_count = None

    def __init__(self, number_or_name: int | str, size_wh: tuple[int, int] = (1280, 720)) -> None:
        """Store the settings; the camera delivers the closest size it has."""
        self._wanted = number_or_name
        self._size_wh = size_wh
        self._camera = CameraInfo(-1, f"Camera {number_or_name}" if isinstance(number_or_name, int) else number_or_name)
        self._rate = 0.0
        self._slot: LatestSlot[Frame] = LatestSlot()
        self._opened = threading.Event()
        self._closing = threading.Event()
        self._resting = False
        self._problem: SourceError | None = None
        self._thread: threading.Thread | None = None

    @property
    def name(self) -> str:
        """The camera's own name once it is open."""
        return self._camera.name

    @property
    def frames_per_second(self) -> float:
        """The measured rate, from the tenth frame on; before that what the driver claims (0 = nothing)."""
        return self._rate

    def __enter__(self) -> Self:
        """Open the camera; it may be opened once.

        Raises:
            SourceError: it is absent, used by another program, forbidden, or does not answer.
        """
        self._camera = find_camera(self._wanted)
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()
        answered = self._opened.wait(_OPEN_SECONDS)
        if self._problem is not None:
            self._leave()
            raise self._problem
        if not answered:
            self._leave()
            raise SourceError(f"The camera '{self.name}' does not answer. Unplug it, plug it in and try again.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release the camera."""
        self._leave()

    def read(self) -> Frame | None:
        """Wait for the newest frame; `index` has a gap where frames were missed.

        Raises:
            SourceError: there is no frame for 3 s, or the camera was unplugged.
        """
        frame = self._slot.take(SILENT_SECONDS)
        if frame is not None or self._closing.is_set():
            return frame
        raise self._problem or SourceError(
            f"The camera '{self.name}' has sent no image for {SILENT_SECONDS:.0f} seconds. "
            "Unplug it, plug it in and try again."
        )

    def close(self) -> None:
        """Wake a read that waits for this camera; called on ANY thread."""
        self._closing.set()
        self._slot.close()
        self._opened.set()

    def rest(self, on: bool) -> None:
        """Decode a frame every REST_SECONDS, or all again; called on ANY thread."""
        self._resting = on

    def _leave(self) -> None:
        """Wait a moment for the device to be released; a hanging driver keeps its thread."""
        self.close()
        if self._thread is not None:
            self._thread.join(_RELEASE_SECONDS)

    def _run(self) -> None:
        """Do everything with the device, ON THE CAMERA'S THREAD."""
        device = None
        try:
            device = _open_device(self._camera, self._size_wh)
            self._rate = max(device.get(cv2.CAP_PROP_FPS), 0.0)
            self._opened.set()
            self._capture(device)
        except SourceError as error:
            self._problem = error
        except Exception as error:  # noqa: BLE001 (a driver may raise anything, and `read` waits for this thread)
            _log.exception("the camera '%s' failed", self.name)
            self._problem = SourceError(f"The camera '{self.name}' sends images that cannot be read. Try another one.")
            self._problem.__cause__ = error
        finally:
            _release(device)
            self._slot.close()
            self._opened.set()

    def _capture(self, device: cv2.VideoCapture) -> None:
        """Put frame after frame into the slot until the camera is closed; raises SourceError."""
        unpack = _unpacking(device)
        moments: deque[float] = deque(maxlen=31)
        index = failures = 0
        given_at = -math.inf
        while not self._closing.is_set():
            grabbed = device.grab()
            taken_at = time.monotonic()
            if grabbed and self._resting and taken_at < given_at + REST_SECONDS:
                continue
            decoded, image = device.retrieve() if grabbed else (False, None)
            pixels = unpack(cast(ByteArray, image)) if decoded else None
            if pixels is None:
                failures += 1
                self._check_failure(failures, index)
                continue
            failures = 0
            self._slot.put(Frame(pixels, index, taken_at))
            given_at = taken_at
            index += 1
            if self._resting:
                # The gaps say nothing of the camera.
                moments.clear()
            moments.append(taken_at)
            if len(moments) >= 10:
                self._rate = (len(moments) - 1) / (moments[-1] - moments[0])

    def _check_failure(self, failures: int, frames: int) -> None:
        """Raise SourceError where the camera is gone, or fails again and again."""
        if frames and not is_present(self._camera):
            raise SourceError(f"The camera '{self.name}' was unplugged. Plug it in and try again.")
        if failures >= _FAILURES:
            if not frames:
                raise explain_camera(self._camera)
            raise SourceError(f"The camera '{self.name}' stopped. Unplug it, plug it in and try again.")
        self._closing.wait(0.05)


def _open_device(camera: CameraInfo, size_wh: tuple[int, int]) -> cv2.VideoCapture:
    """Open the device and ask for MJPG; raises SourceError."""
    # Read by OpenCV when it first opens a camera. Its own limit is 10 s, in which a silent
    # camera could not be given back, nor opened again.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(int(SILENT_SECONDS)))
    device = cv2.VideoCapture(camera.number, _BACKEND)
    if not device.isOpened():
        device.release()
        raise explain_camera(camera)
    # Raw images of 1280 x 720 come 5 to 10 times a second through USB 2, packed ones 30.
    device.set(cv2.CAP_PROP_FOURCC, _MJPG)
    _ask_for_size(device, size_wh)
    # Not 1: with a single buffer the camera has none to fill while its image is unpacked,
    # and every other frame is lost. Since reads follow each other without a pause, none grows old.
    device.set(cv2.CAP_PROP_BUFFERSIZE, 2)
    is_packed = int(device.get(cv2.CAP_PROP_FOURCC)) == _MJPG
    if not is_packed and 0 < device.get(cv2.CAP_PROP_FPS) < 15:
        _ask_for_size(device, _RAW_WH)
    return device


def _unpacking(device: cv2.VideoCapture) -> Callable[[ByteArray], ByteArray | None]:
    """Return a function that converts the device's frames to BGRA, or to None if a frame is damaged.

    Where OpenCV hands the camera's JPEGs through, they are decoded here, in a quarter of the time.
    """
    is_packed = int(device.get(cv2.CAP_PROP_FOURCC)) == _MJPG
    if is_packed and device.getBackendName() == "V4L2" and device.set(cv2.CAP_PROP_CONVERT_RGB, 0):
        return _Unpacker()
    return _to_bgra


class _Unpacker:
    """Decode JPEGs; keep frames that the driver has decoded itself."""

    def __init__(self) -> None:
        from masquerade.pipeline.sources.mjpeg import MjpegDecoder  # noqa: PLC0415 (loads PyAV)

        self._decoder = MjpegDecoder()

    def __call__(self, image: ByteArray) -> ByteArray | None:
        if image.ndim == 3 and image.shape[2] == 3:
            return _to_bgra(image)
        return self._decoder.decode(image)


def _to_bgra(image: ByteArray) -> ByteArray:
    return cast(ByteArray, cv2.cvtColor(image, cv2.COLOR_BGR2BGRA))


def _release(device: cv2.VideoCapture | None) -> None:
    try:
        if device is not None:
            device.release()
    except Exception:  # noqa: BLE001 (see Camera._run)
        _log.exception("a camera could not be given back")


def _ask_for_size(device: cv2.VideoCapture, size_wh: tuple[int, int]) -> None:
    device.set(cv2.CAP_PROP_FRAME_WIDTH, size_wh[0])
    device.set(cv2.CAP_PROP_FRAME_HEIGHT, size_wh[1])
    device.set(cv2.CAP_PROP_FPS, 30)
