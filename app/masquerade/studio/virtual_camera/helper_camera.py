"""Reaches the virtual camera drivers of Windows and macOS by a helper process: HelperCamera.

Frames lie in shared memory: two slots of I420, used in turn. The helper reads lines from its standard
input, the number of the slot that is ready, and writes lines of JSON: first `{"device": "OBS Virtual Camera"}`
or `{"error": "a sentence"}`, then `{"done": slot}` for each image. It ends with its standard input.
"""

import json
import subprocess
import sys
import threading
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np

from masquerade.studio.virtual_camera.camera_format import CameraFormat, LayoutWriter, PixelLayout
from masquerade.studio.virtual_camera.device import VirtualCameraError
from masquerade.values import ByteArray

_SLOTS = 2
_END_SECONDS = 3.0
# UnityCapture is a driver of its own, for those who do not want OBS.
_DRIVERS: dict[str, tuple[str, ...]] = {"win32": ("obs", "unitycapture")}
_HELPER = "masquerade.studio.virtual_camera.helper"


class HelperCamera:
    """The parent's side. Who reads the driver's camera cannot be known: images are always sent."""

    watched = True
    readers = 0

    def __init__(
        self,
        camera_format: CameraFormat,
        environment: dict[str, str] | None = None,
        drivers: tuple[str, ...] | None = None,
    ) -> None:
        """Start the helper and wait until it has a driver.

        Args:
            camera_format: size and rate.
            environment: of the helper; None = this process's.
            drivers: as pyvirtualcam calls them, the best first; None = those of this system.

        Raises:
            VirtualCameraError: the extra is not installed, or there is no driver.
        """
        width, height = camera_format.size_wh
        self._writer = LayoutWriter(camera_format)
        self._bytes = camera_format.byte_count(PixelLayout.I420)
        self._memory = SharedMemory(create=True, size=_SLOTS * self._bytes)
        assert self._memory.buf is not None
        self._slots: list[ByteArray] = [
            np.frombuffer(self._memory.buf, np.uint8, self._bytes, slot * self._bytes) for slot in range(_SLOTS)
        ]
        self._free = set(range(_SLOTS))
        self._guard = threading.Lock()
        self._closed = False
        words = (self._memory.name, str(width), str(height), str(camera_format.frames_per_second))
        self._process: subprocess.Popen[str] = subprocess.Popen(
            [sys.executable, "-m", _HELPER, *words, *(drivers or _DRIVERS.get(sys.platform, ("obs",)))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        answer = self._read()
        if "device" not in answer:
            self.close()
            raise VirtualCameraError(
                str(answer.get("error", "The helper of the virtual camera ended at once. Switch it on again."))
            )
        self.description = str(answer["device"])
        self._thread = threading.Thread(target=self._take_answers, name="camera helper", daemon=True)
        self._thread.start()

    def send(self, pixels: ByteArray, taken_at: float) -> None:
        """Send one image; if the helper is behind, drop it.

        Raises:
            VirtualCameraError: the helper or its driver has ended.
        """
        if self._process.poll() is not None:
            raise VirtualCameraError("The virtual camera's driver has ended. Switch the virtual camera on again.")
        with self._guard:
            if not self._free:
                return
            slot = self._free.pop()
        self._writer.write(pixels, PixelLayout.I420, self._slots[slot])
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(f"{slot}\n")
            self._process.stdin.flush()
        except OSError as error:
            raise VirtualCameraError("The virtual camera's driver has ended. Switch it on again.") from error

    def close(self) -> None:
        """Stop the helper and free its memory. May be called twice."""
        if self._closed:
            return
        self._closed = True
        try:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(_END_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        if hasattr(self, "_thread"):
            self._thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        # The arrays hold the memory, which cannot be closed while they live.
        self._slots.clear()
        self._memory.close()
        self._memory.unlink()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        try:
            answer = json.loads(self._process.stdout.readline() or "{}")
        except ValueError:
            return {}
        return answer if isinstance(answer, dict) else {}

    def _take_answers(self) -> None:
        while answer := self._read():
            slot = answer.get("done")
            if isinstance(slot, int) and slot in range(_SLOTS):
                with self._guard:
                    self._free.add(slot)
