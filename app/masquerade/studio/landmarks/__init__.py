"""Writes, reads, draws and sends landmarks, without images of the camera."""
