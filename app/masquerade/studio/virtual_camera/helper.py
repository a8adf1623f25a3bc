"""Passes frames to pyvirtualcam in a separate process: `python -m masquerade.studio.virtual_camera.helper`.

pyvirtualcam is GPL-2.0 and Masquerade is Apache-2.0: nothing of Masquerade imports this file, and the two
programs share frames and lines of text alone (docs/decisions). The protocol is that of helper_camera.py.
"""

import importlib
import json
import sys
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np

from masquerade.resources import extra_line


def main(words: list[str]) -> int:
    """Send the slots that standard input names until it ends.

    Args:
        words: name of the shared memory, width, height, frames a second, and the names of the drivers to
            try, the best first.

    Returns:
        0, or 1 where there is no driver.
    """
    name, (width, height, rate), drivers = words[0], map(int, words[1:4]), words[4:]
    try:
        library = importlib.import_module("pyvirtualcam")
    except ImportError:
        return _refuse(f"The virtual camera needs the package pyvirtualcam. Install it: {extra_line('virtual-camera')}")
    camera, reasons = _open(library, drivers, width=width, height=height, fps=rate)
    if camera is None:
        return _refuse(f"There is no virtual camera driver ({'; '.join(reasons)}). {_advice(drivers)}")
    memory = _attach(name)
    try:
        with camera:
            _answer(device=camera.device)
            _send_all(camera, memory, width * height * 3 // 2)
    finally:
        memory.close()
    return 0


def _open(library: Any, drivers: list[str], **size: int) -> tuple[Any, list[str]]:
    """Return the camera of the first driver that works, or None; and why the others do not."""
    reasons: list[str] = []
    for driver in drivers:
        try:
            return library.Camera(**size, fmt=library.PixelFormat.I420, backend=driver), reasons
        except (RuntimeError, OSError, ValueError) as error:
            # A version that does not know a driver says so by ValueError.
            reasons.append(f"{driver}: {error}")
    return None, reasons


def _advice(drivers: list[str]) -> str:
    others = " or install UnityCapture" if "unitycapture" in drivers else ""
    return f"Install OBS Studio and start its virtual camera once{others}, then try again."


def _send_all(camera: Any, memory: SharedMemory, byte_count: int) -> None:
    assert memory.buf is not None
    for line in sys.stdin:
        slot = int(line)
        # A copy: the driver may keep it, and the slot is free again.
        image = np.frombuffer(memory.buf, np.uint8, byte_count, slot * byte_count).copy()
        camera.send(image)
        _answer(done=slot)


def _attach(name: str) -> SharedMemory:
    """Open the parent's memory, which this process must not remove at its end."""
    memory = SharedMemory(name)
    if sys.platform != "win32":
        # WORKAROUND https://github.com/python/cpython/issues/82300: before 3.13 attaching registers it, too.
        resource_tracker.unregister(f"/{memory.name.lstrip('/')}", "shared_memory")
    return memory


def _refuse(sentence: str) -> int:
    _answer(error=sentence)
    return 1


def _answer(**content: object) -> None:
    print(json.dumps(content), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
