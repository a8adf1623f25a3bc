"""Masquerade: face filters on a webcam, offline, in real time."""

import os

# OpenCV reads this once, when it is first imported, and this file runs before. An image of
# a few kilobytes may claim a billion pixels, which is OpenCV's own limit: 3 GB of memory.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", "100000000")
