"""Counts the programs that a node's images go to, by the links that PipeWire's registry names."""

import ctypes
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_size_t, c_uint32, c_void_p
from typing import Any

from masquerade.studio.virtual_camera.pipewire.library import Hook, method

_LINK = b"PipeWire:Interface:Link"
_REGISTRY_VERSION = 3
# Places in pw_core_methods and pw_registry_methods.
_CORE_GET_REGISTRY, _REGISTRY_ADD_LISTENER = 5, 0


class _DictItem(Structure):
    _fields_ = (("key", c_char_p), ("value", c_char_p))


class _Dict(Structure):
    _fields_ = (("flags", c_uint32), ("item_count", c_uint32), ("items", POINTER(_DictItem)))


_Global = CFUNCTYPE(None, c_void_p, c_uint32, c_uint32, c_char_p, c_uint32, POINTER(_Dict))
_GlobalRemove = CFUNCTYPE(None, c_void_p, c_uint32)


class _RegistryEvents(Structure):
    _fields_ = (("version", c_uint32), ("global_", _Global), ("global_remove", _GlobalRemove))


class LinkCounter:
    """The links of all nodes; made and destroyed with the loop's lock held, or before the loop runs."""

    def __init__(self, library: Any, core: int, on_change: Callable[[], None]) -> None:
        """Begin to listen.

        Args:
            library: of `load_library`.
            core: the connection.
            on_change: called ON PIPEWIRE'S THREAD when a link has come or gone.
        """
        self._library = library
        self._on_change = on_change
        self._outputs: dict[int, int] = {}
        get_registry = method(core, _CORE_GET_REGISTRY, c_uint32, c_size_t, result=c_void_p)
        self._registry = get_registry(_REGISTRY_VERSION, 0)
        self._hook = Hook()
        self._events = _RegistryEvents(0, _Global(self._on_global), _GlobalRemove(self._on_global_remove))
        listen = method(self._registry, _REGISTRY_ADD_LISTENER, c_void_p, c_void_p, c_void_p, result=c_int)
        listen(ctypes.addressof(self._hook), ctypes.addressof(self._events), None)

    def count(self, node: int) -> int:
        """Return how many links lead away from a node; may be called on any thread."""
        return sum(output == node for output in tuple(self._outputs.values()))

    def destroy(self) -> None:
        """Listen no longer; the loop must have stopped."""
        self._library.pw_proxy_destroy(self._registry)

    def _on_global(self, _data: int, number: int, _rights: int, kind: bytes, _version: int, properties: Any) -> None:
        if kind != _LINK or not properties:
            return
        items = properties[0]
        named = {items.items[place].key: items.items[place].value for place in range(items.item_count)}
        output = named.get(b"link.output.node", b"")
        if output.isdigit():
            self._outputs[number] = int(output)
            self._on_change()

    def _on_global_remove(self, _data: int, number: int) -> None:
        if self._outputs.pop(number, None) is not None:
            self._on_change()
