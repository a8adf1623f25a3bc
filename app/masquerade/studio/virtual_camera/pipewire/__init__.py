"""Uses PipeWire through ctypes: a camera without a kernel module, a package or root rights."""
