"""Offers a camera to every program that asks PipeWire or the desktop portal for one: PipeWireCamera."""

import ctypes
import errno
import logging
import time
from collections.abc import Callable
from ctypes import POINTER, addressof, c_uint8

import numpy as np

from masquerade.studio.virtual_camera.camera_format import CameraFormat, LayoutWriter, PixelLayout
from masquerade.studio.virtual_camera.device import VirtualCameraError
from masquerade.studio.virtual_camera.pipewire import pods
from masquerade.studio.virtual_camera.pipewire.library import (
    BufferChanged,
    Header,
    Hook,
    ParamChanged,
    StateChanged,
    StreamBuffer,
    StreamEvents,
    load_library,
    parameters,
)
from masquerade.studio.virtual_camera.pipewire.links import LinkCounter
from masquerade.values import ByteArray

# The cheapest first: readers take the first one they know.
_LAYOUTS = {PixelLayout.I420: 2, PixelLayout.NV12: 23, PixelLayout.YUY2: 4}  # numbers of spa_video_format
_ERROR, _UNCONNECTED, _CONNECTING, _STREAMING = -1, 0, 1, 3  # of pw_stream_state
_OUTPUT, _ANY_NODE = 1, 0xFFFFFFFF
_MAP_BUFFERS, _DRIVER = 1 << 2, 1 << 3
_HEADER = 1
# After so long a buffer is not with a reader any more: one that was killed takes some with it.
_LOST_SECONDS = 0.3
_NO_DAEMON = (errno.EHOSTDOWN, errno.ENOENT, errno.ECONNREFUSED)

_log = logging.getLogger(__name__)


class PipeWireCamera:
    """A node of the class Video/Source, whose own loop runs on a thread of the library.

    `send` and `close` are called on one thread, the properties on any.
    """

    description = "Masquerade"

    def __init__(self, camera_format: CameraFormat, on_change: Callable[[], None]) -> None:
        """Offer the camera; it is there when this returns.

        Args:
            camera_format: the one size and rate that readers are offered.
            on_change: called ON PIPEWIRE'S THREAD when a reader has come or gone, or PipeWire has ended.

        Raises:
            VirtualCameraError: PipeWire is not installed or does not run.
        """
        self._format = camera_format
        self._on_change = on_change
        self._writer = LayoutWriter(camera_format)
        self._layout: PixelLayout | None = None
        self._state = _UNCONNECTED
        self._was_offered = False
        self._sequence = self._pts = 0
        # Buffers that are on their way, by their address, and since when.
        self._queued_at: dict[int, float] = {}
        self._closed = False
        self._library = load_library()
        self._loop = self._library.pw_thread_loop_new(b"masquerade camera", None)
        self._context = self._library.pw_context_new(self._library.pw_thread_loop_get_loop(self._loop), None, 0)
        self._core = self._connect_core()
        self._links = LinkCounter(self._library, self._core, on_change)
        self._stream = self._open_stream()
        self._library.pw_thread_loop_start(self._loop)

    @property
    def watched(self) -> bool:
        """True while a program takes images, or images must be sent to notice that PipeWire has ended."""
        return self._state == _STREAMING or self._is_lost()

    @property
    def readers(self) -> int:
        """How many programs take images."""
        if self._state != _STREAMING:
            return 0
        return max(self._links.count(self._library.pw_stream_get_node_id(self._stream)), 1)

    def send(self, pixels: ByteArray, taken_at: float) -> None:
        """Hand on one image; does nothing while no program reads.

        Args:
            pixels: (H, W, 4) uint8, BGRA, of the camera's size.
            taken_at: `time.monotonic` seconds.

        Raises:
            VirtualCameraError: PipeWire has ended.
        """
        if self._is_lost():
            raise VirtualCameraError("PipeWire has stopped, and the virtual camera with it. Switch it on again.")
        # Held while the image is converted: a reader that goes takes the memory with it.
        self._library.pw_thread_loop_lock(self._loop)
        try:
            if self._state == _STREAMING and self._layout is not None:
                self._send_locked(pixels, taken_at, self._layout)
        finally:
            self._library.pw_thread_loop_unlock(self._loop)

    def close(self) -> None:
        """Take the camera away. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self._library.pw_thread_loop_stop(self._loop)
        self._library.pw_stream_destroy(self._stream)
        self._links.destroy()
        self._library.pw_core_disconnect(self._core)
        self._destroy_loop()

    def _connect_core(self) -> int:
        core = self._library.pw_context_connect(self._context, None, 0)
        if core:
            return int(core)
        number = ctypes.get_errno()
        self._destroy_loop()
        reason = "it does not run" if number in _NO_DAEMON else errno.errorcode.get(number, f"error {number}")
        raise VirtualCameraError(
            f"PipeWire cannot be reached ({reason}), so there is no virtual camera. "
            "Start it with `systemctl --user start pipewire wireplumber`, or log in again."
        )

    def _destroy_loop(self) -> None:
        self._library.pw_context_destroy(self._context)
        self._library.pw_thread_loop_destroy(self._loop)

    def _open_stream(self) -> int:
        library = self._library
        properties = library.pw_properties_new_string(
            b"{ media.class = Video/Source media.role = Camera media.type = Video media.category = Capture"
            b" node.name = masquerade node.description = Masquerade node.nick = Masquerade }"
        )
        stream = int(library.pw_stream_new(self._core, b"Masquerade", properties))
        # Kept: the library holds their addresses only.
        self._hook = Hook()
        self._events = StreamEvents(
            version=2,
            state_changed=StateChanged(self._on_state),
            param_changed=ParamChanged(self._on_param),
            remove_buffer=BufferChanged(lambda _data, handle: self._queued_at.pop(handle, None)),
        )
        library.pw_stream_add_listener(stream, addressof(self._hook), addressof(self._events), None)
        size_wh, rate = self._format.size_wh, self._format.frames_per_second
        offers, _alive = parameters(*(pods.video_format(number, size_wh, rate) for number in _LAYOUTS.values()))
        library.pw_stream_connect(stream, _OUTPUT, _ANY_NODE, _MAP_BUFFERS | _DRIVER, offers, len(_LAYOUTS))
        return stream

    def _send_locked(self, pixels: ByteArray, taken_at: float, layout: PixelLayout) -> None:
        handle = self._take_buffer()
        if handle is None:
            # All buffers are with the readers: they are behind, and get the next image.
            return
        buffer = StreamBuffer.from_address(handle).buffer[0]
        data = buffer.datas[0]
        byte_count = self._format.byte_count(layout)
        fits = bool(data.data) and data.max_size >= byte_count
        if fits:
            memory = ctypes.cast(data.data, POINTER(c_uint8))
            self._writer.write(pixels, layout, np.ctypeslib.as_array(memory, (byte_count,)))
        chunk = data.chunk[0]
        chunk.offset, chunk.size, chunk.stride = 0, byte_count if fits else 0, self._format.stride(layout)
        self._sequence += 1
        # A frame that follows a repeated one was taken before that was sent; readers drop what goes back in time.
        self._pts = max(_nanoseconds(taken_at), self._pts + 1)
        for number in range(buffer.meta_count):
            meta = buffer.metas[number]
            if meta.type == _HEADER:
                header = Header.from_address(meta.data)
                header.flags, header.pts, header.sequence = 0, self._pts, self._sequence
        self._queued_at[handle] = time.monotonic()
        self._library.pw_stream_queue_buffer(self._stream, handle)

    def _take_buffer(self) -> int | None:
        """Return a free buffer, or one that an ended reader did not return."""
        handle = self._library.pw_stream_dequeue_buffer(self._stream)
        if not handle:
            oldest = min(self._queued_at, key=self._queued_at.__getitem__, default=None)
            if oldest is None or time.monotonic() - self._queued_at[oldest] < _LOST_SECONDS:
                return None
            handle = oldest
        self._queued_at.pop(handle, None)
        return int(handle)

    def _is_lost(self) -> bool:
        return self._state == _ERROR or (self._was_offered and self._state == _UNCONNECTED)

    def _on_state(self, _data: int, _old: int, new: int, error: bytes | None) -> None:
        """Take the stream's new state, on PipeWire's thread."""
        self._state = new
        self._was_offered = self._was_offered or new >= _CONNECTING
        if error:
            _log.info("PipeWire says of the camera: %s", error.decode(errors="replace"))
        if not self._closed:
            self._on_change()

    def _on_param(self, _data: int, param: int, pod: int | None) -> None:
        """Answer the format that was agreed on with buffers for it, on PipeWire's thread."""
        if param != pods.PARAM_FORMAT:
            return
        if not pod:
            self._layout = None
            return
        length = ctypes.c_uint32.from_address(pod).value + 8
        number = pods.read_video_format(ctypes.string_at(pod, length))
        layout = next((each for each, known in _LAYOUTS.items() if known == number), None)
        self._layout = layout
        if layout is None:
            _log.warning("PipeWire chose a video format that was not offered: %s", number)
            return
        wishes, _alive = parameters(
            pods.buffers(self._format.byte_count(layout), self._format.stride(layout)), pods.header_meta()
        )
        self._library.pw_stream_update_params(self._stream, wishes, len(wishes))


def _nanoseconds(taken_at: float) -> int:
    """Return the time for the reader; a time that is not of this clock (a file's) becomes now."""
    now = time.monotonic()
    return round(1e9 * (taken_at if 0 <= now - taken_at < 1 else now))
