"""Where frames come from: cameras, video files, images and the demo, behind one interface."""

import os

import cv2

from masquerade.pipeline.sources.camera import Camera
from masquerade.pipeline.sources.demo import Demo
from masquerade.pipeline.sources.opening import open_source
from masquerade.pipeline.sources.paced import Paced
from masquerade.pipeline.sources.photos.image_files import ImageFiles, list_images, read_image
from masquerade.pipeline.sources.source import Source

__all__ = [
    "Camera",
    "Demo",
    "ImageFiles",
    "Paced",
    "Source",
    "list_images",
    "open_source",
    "read_image",
]

# WORKAROUND: an OpenCV that is not headless, as mediapipe pulls in, points Qt at its own plugins
# and fonts. PySide6 brings others, and with these Qt's error messages would lead the user to the wrong place.
# https://github.com/opencv/opencv-python/issues/386
for _name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
    os.environ.pop(_name, None)

# What OpenCV prints about a camera says nothing to a user; a SourceError does.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
