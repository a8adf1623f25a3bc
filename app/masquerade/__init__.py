"""Find faces, follow them and draw filters on them: offline, in real time.

The names in `__all__` are public; everything else may change. `import masquerade` takes a few
milliseconds: OpenCV, Qt and the networks are loaded by the first call that needs them. No call
opens a network connection.
"""

import importlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from masquerade.api.faces import FaceFinder, find_faces
    from masquerade.api.filters import check_filter, list_filters, load_filter
    from masquerade.api.models import LandmarkModel, load_model
    from masquerade.api.render import draw_filters, render
    from masquerade.api.streams import FaceFrame, FaceStream, track
    from masquerade.contours import CONTOUR_NAMES
    from masquerade.errors import AppError, FilterError, ModelError, RecordingError, SourceError
    from masquerade.filters.format.manifest import Filter
    from masquerade.values import LANDMARK_NAMES, Face, Keypoints, Pose

# OpenCV reads this once, when it is first imported, and this file runs before. An image of
# a few kilobytes may claim a billion pixels, which is OpenCV's own limit: 3 GB of memory.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", "100000000")

__all__ = [
    "CONTOUR_NAMES",
    "LANDMARK_NAMES",
    "AppError",
    "Face",
    "FaceFinder",
    "FaceFrame",
    "FaceStream",
    "Filter",
    "FilterError",
    "Keypoints",
    "LandmarkModel",
    "ModelError",
    "Pose",
    "RecordingError",
    "SourceError",
    "check_filter",
    "draw_filters",
    "find_faces",
    "list_filters",
    "load_filter",
    "load_model",
    "render",
    "track",
]

# Where a public name is defined; "module:name" where it has another name there.
_HOMES = {
    "FaceFinder": "api.faces",
    "find_faces": "api.faces",
    "check_filter": "api.filters",
    "list_filters": "api.filters",
    "load_filter": "api.filters",
    "LandmarkModel": "api.models",
    "load_model": "api.models",
    "draw_filters": "api.render",
    "render": "api.render",
    "FaceFrame": "api.streams",
    "FaceStream": "api.streams",
    "track": "api.streams",
    "AppError": "errors",
    "FilterError": "errors",
    "ModelError": "errors",
    "RecordingError": "errors",
    "SourceError": "errors",
    "Filter": "filters.format.manifest",
    "CONTOUR_NAMES": "contours",
    "LANDMARK_NAMES": "values:LANDMARK_NAMES",
    "Face": "values",
    "Keypoints": "values",
    "Pose": "values",
}


def __getattr__(name: str) -> object:
    """Load a public name at its first use."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'masquerade' has no attribute '{name}'")
    module, _, other = home.partition(":")
    value: object = getattr(importlib.import_module(f"masquerade.{module}"), other or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
