"""Masquerade: face filters on a webcam, offline, in real time."""
