"""Reads the virtual camera as another program does, and prints a line of JSON for each image.

It goes on until it has so many images and its standard input has been closed.

usage: python reader.py LAYOUT IMAGES [WIDTHxHEIGHT]
"""

import ctypes
import json
import os
import sys
import threading
import time
from ctypes import POINTER, addressof, c_uint8
from typing import Any

import cv2
import numpy as np
from masquerade.studio.virtual_camera.pipewire import pods
from masquerade.studio.virtual_camera.pipewire.library import (
    Header,
    Hook,
    ParamChanged,
    Plain,
    StateChanged,
    StreamBuffer,
    StreamEvents,
    load_library,
    parameters,
)
from numpy.typing import NDArray

from tests.masquerade.studio.virtual_camera.bars import read_colours, read_number

_NUMBERS = {"I420": 2, "NV12": 23, "YUY2": 4}
_TO_BGR = {"I420": cv2.COLOR_YUV2BGR_I420, "NV12": cv2.COLOR_YUV2BGR_NV12, "YUY2": cv2.COLOR_YUV2BGR_YUY2}


class Reader:
    def __init__(self, layout: str, size_wh: tuple[int, int]) -> None:
        self.layout, self.size_wh = layout, size_wh
        self.images = 0
        self.failed = threading.Event()
        library = self._library = load_library()
        self._loop = library.pw_thread_loop_new(b"reader", None)
        context = library.pw_context_new(library.pw_thread_loop_get_loop(self._loop), None, 0)
        core = library.pw_context_connect(context, None, 0)
        properties = library.pw_properties_new_string(
            b"{ media.type = Video media.category = Capture media.role = Camera target.object = masquerade }"
        )
        self._stream = library.pw_stream_new(core, b"reader", properties)
        self._events = StreamEvents(
            version=2,
            state_changed=StateChanged(self._on_state),
            param_changed=ParamChanged(self._on_param),
            process=Plain(self._on_process),
        )
        self._hook = Hook()
        library.pw_stream_add_listener(self._stream, addressof(self._hook), addressof(self._events), None)
        offers, _alive = parameters(pods.video_format(_NUMBERS[layout], size_wh, 30))
        library.pw_stream_connect(self._stream, 0, 0xFFFFFFFF, 1 | 4, offers, 1)
        library.pw_thread_loop_start(self._loop)

    def _on_state(self, _data: int, _old: int, new: int, error: bytes | None) -> None:
        if new == -1:
            print(json.dumps({"error": (error or b"").decode()}), flush=True)
            self.failed.set()

    def _on_param(self, _data: int, param: int, pod: int | None) -> None:
        if param == pods.PARAM_FORMAT and pod:
            length = ctypes.c_uint32.from_address(pod).value + 8
            agreed = pods.read_video_format(ctypes.string_at(pod, length))
            self.layout = next(layout for layout, number in _NUMBERS.items() if number == agreed)
            print(json.dumps({"agreed": self.layout}), flush=True)
            wishes, _alive = parameters(pods.header_meta())
            self._library.pw_stream_update_params(self._stream, wishes, 1)

    def _on_process(self, _data: int) -> None:
        while handle := self._library.pw_stream_dequeue_buffer(self._stream):
            buffer = StreamBuffer.from_address(handle).buffer[0]
            data = buffer.datas[0]
            chunk = data.chunk[0]
            header = next(
                (
                    Header.from_address(buffer.metas[k].data)
                    for k in range(buffer.meta_count)
                    if buffer.metas[k].type == 1
                ),
                None,
            )
            if chunk.size:
                memory: Any = ctypes.cast(data.data, POINTER(c_uint8))
                self._report(np.ctypeslib.as_array(memory, (chunk.size,)), header.pts if header else 0)
            self._library.pw_stream_queue_buffer(self._stream, handle)

    def _report(self, memory: NDArray[np.uint8], pts: int) -> None:
        now = time.monotonic()
        width, height = self.size_wh
        if memory.size not in (width * height * 2, width * height * 3 // 2):
            print(json.dumps({"error": f"{memory.size} bytes came"}), flush=True)
            self.failed.set()
            return
        shape = (height, width, 2) if self.layout == "YUY2" else (height * 3 // 2, width)
        image = memory.reshape(shape)
        luma = image[..., 0] if self.layout == "YUY2" else image[:height]
        report = {"number": read_number(luma), "latency_ms": 1000 * now - pts / 1e6, "at": now, "pts": pts / 1e9}
        if self.images % 15 == 0:
            bgr = cv2.cvtColor(image, _TO_BGR[self.layout])
            report["colours"] = read_colours(bgr).tolist()
        self.images += 1
        print(json.dumps(report), flush=True)


def main() -> None:
    layout, images = sys.argv[1], int(sys.argv[2])
    width, height = map(int, (sys.argv[3] if len(sys.argv) > 3 else "1280x720").split("x"))
    reader = Reader(layout, (width, height))
    closed = threading.Event()
    threading.Thread(target=lambda: (os.read(0, 1), closed.set()), daemon=True).start()
    deadline = time.monotonic() + 120
    while reader.images < images or not closed.is_set():
        if reader.failed.wait(0.02) or time.monotonic() > deadline:
            break


if __name__ == "__main__":
    main()
