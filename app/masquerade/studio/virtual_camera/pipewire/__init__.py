"""Speaks to PipeWire by ctypes: a camera without a kernel module, a package or a right of root."""
