"""Writes, reads, draws and sends landmarks without a single pixel of the camera."""
