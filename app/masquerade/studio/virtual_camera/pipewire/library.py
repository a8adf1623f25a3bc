"""Declares the part of libpipewire-0.3 that is used here: functions, structures and callbacks."""

import ctypes
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any

from masquerade.studio.virtual_camera.device import VirtualCameraError

_LIBRARY = "libpipewire-0.3.so.0"

StateChanged = CFUNCTYPE(None, c_void_p, c_int, c_int, c_char_p)
ParamChanged = CFUNCTYPE(None, c_void_p, c_uint32, c_void_p)
BufferChanged = CFUNCTYPE(None, c_void_p, c_void_p)
Plain = CFUNCTYPE(None, c_void_p)


class Hook(Structure):
    """spa_hook: the place of a listener in a list; the library fills it."""

    _fields_ = (
        ("next", c_void_p),
        ("previous", c_void_p),
        ("functions", c_void_p),
        ("data", c_void_p),
        ("removed", c_void_p),
        ("private", c_void_p),
    )


class StreamEvents(Structure):
    """pw_stream_events, version 2."""

    _fields_ = (
        ("version", c_uint32),
        ("destroy", c_void_p),
        ("state_changed", StateChanged),
        ("control_info", c_void_p),
        ("io_changed", c_void_p),
        ("param_changed", ParamChanged),
        ("add_buffer", c_void_p),
        ("remove_buffer", BufferChanged),
        ("process", Plain),
        ("drained", c_void_p),
        ("command", c_void_p),
        ("trigger_done", c_void_p),
    )


class Chunk(Structure):
    """spa_chunk: which part of a block is valid."""

    _fields_ = (("offset", c_uint32), ("size", c_uint32), ("stride", c_int32), ("flags", c_int32))


class Data(Structure):
    """spa_data: one block of memory."""

    _fields_ = (
        ("type", c_uint32),
        ("flags", c_uint32),
        ("descriptor", c_int64),
        ("map_offset", c_uint32),
        ("max_size", c_uint32),
        ("data", c_void_p),
        ("chunk", POINTER(Chunk)),
    )


class Meta(Structure):
    """spa_meta: what comes with a buffer."""

    _fields_ = (("type", c_uint32), ("size", c_uint32), ("data", c_void_p))


class Header(Structure):
    """spa_meta_header: the time of a buffer, nanoseconds on the monotonic clock, and its number."""

    _fields_ = (
        ("flags", c_uint32),
        ("offset", c_uint32),
        ("pts", c_int64),
        ("dts_offset", c_int64),
        ("sequence", c_uint64),
    )


class SpaBuffer(Structure):
    """spa_buffer."""

    _fields_ = (
        ("meta_count", c_uint32),
        ("data_count", c_uint32),
        ("metas", POINTER(Meta)),
        ("datas", POINTER(Data)),
    )


class StreamBuffer(Structure):
    """pw_buffer, as far as it is used."""

    _fields_ = (("buffer", POINTER(SpaBuffer)), ("user_data", c_void_p), ("size", c_uint64))


class _Callbacks(Structure):
    _fields_ = (("functions", c_void_p), ("data", c_void_p))


class Interface(Structure):
    """spa_interface: how methods of objects that are not plain functions are reached."""

    _fields_ = (("type", c_char_p), ("version", c_uint32), ("callbacks", _Callbacks))


def method(proxy: int, number: int, *argument_types: Any, result: Any = c_int) -> Any:
    """Return a method of an object.

    Args:
        proxy: address of the object.
        number: of the method in its table, from 0; the table's version stands before it.
        argument_types: without the object itself.
        result: type of the result.
    """
    callbacks = Interface.from_address(proxy).callbacks
    address = c_void_p.from_address(callbacks.functions + ctypes.sizeof(c_void_p) * (1 + number)).value
    function = CFUNCTYPE(result, c_void_p, *argument_types)(address or 0)
    return lambda *arguments: function(callbacks.data, *arguments)


_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "pw_init": (None, (c_void_p, c_void_p)),
    "pw_thread_loop_new": (c_void_p, (c_char_p, c_void_p)),
    "pw_thread_loop_get_loop": (c_void_p, (c_void_p,)),
    "pw_thread_loop_start": (c_int, (c_void_p,)),
    "pw_thread_loop_stop": (None, (c_void_p,)),
    "pw_thread_loop_destroy": (None, (c_void_p,)),
    "pw_thread_loop_lock": (None, (c_void_p,)),
    "pw_thread_loop_unlock": (None, (c_void_p,)),
    "pw_context_new": (c_void_p, (c_void_p, c_void_p, c_size_t)),
    "pw_context_connect": (c_void_p, (c_void_p, c_void_p, c_size_t)),
    "pw_context_destroy": (None, (c_void_p,)),
    "pw_core_disconnect": (c_int, (c_void_p,)),
    "pw_proxy_destroy": (None, (c_void_p,)),
    "pw_properties_new_string": (c_void_p, (c_char_p,)),
    "pw_stream_new": (c_void_p, (c_void_p, c_char_p, c_void_p)),
    "pw_stream_add_listener": (None, (c_void_p, c_void_p, c_void_p, c_void_p)),
    "pw_stream_connect": (c_int, (c_void_p, c_int, c_uint32, c_int, c_void_p, c_uint32)),
    "pw_stream_update_params": (c_int, (c_void_p, c_void_p, c_uint32)),
    "pw_stream_get_node_id": (c_uint32, (c_void_p,)),
    "pw_stream_dequeue_buffer": (c_void_p, (c_void_p,)),
    "pw_stream_queue_buffer": (c_int, (c_void_p, c_void_p)),
    "pw_stream_destroy": (None, (c_void_p,)),
}


def load_library() -> Any:
    """Return the library with its functions declared, initialised.

    Raises:
        VirtualCameraError: it is not on this system, or lacks a function.
    """
    try:
        # use_errno: why a connection was refused stands there alone.
        library = ctypes.CDLL(_LIBRARY, use_errno=True)
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise VirtualCameraError(
            f"The virtual camera needs PipeWire ({_LIBRARY}), which this system does not have. "
            "Install the package 'pipewire' together with 'wireplumber', then log in again."
        ) from error
    library.pw_init(None, None)
    return library


def parameters(*pods: bytes) -> tuple[Any, list[Any]]:
    """Return PODs as an array of pointers, and what must stay alive while it is used."""
    alive = [ctypes.create_string_buffer(pod, len(pod)) for pod in pods]
    return (c_void_p * len(pods))(*map(ctypes.addressof, alive)), alive
