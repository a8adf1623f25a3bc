"""Where frames come from: cameras, video files, pictures and the demo, behind one interface."""

import os

import cv2

# WORKAROUND: opencv-python points Qt at its own plugins and fonts (docs/decisions). PySide6
# brings others, and its error messages would lead the user to the wrong place.
# https://github.com/opencv/opencv-python/issues/386
for _name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
    os.environ.pop(_name, None)

# What OpenCV would print about a camera says nothing to a user; a SourceError does.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
