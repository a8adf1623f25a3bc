"""Name sources: the text that the command line takes, and what the window shows for it."""

from collections.abc import Sequence
from pathlib import Path

from masquerade.pipeline.cameras import CameraInfo
from masquerade.settings import SourceKind

DEMO = "demo"
_CAMERA = "camera:"


def source_kind(source_text: str) -> SourceKind:
    """Return the kind of a source; "" stands for a camera."""
    if source_text == DEMO:
        return SourceKind.DEMO
    return SourceKind.CAMERA if source_text == "" or source_text.startswith(_CAMERA) else SourceKind.FILE


def camera_text(camera: CameraInfo, cameras: Sequence[CameraInfo]) -> str:
    """Return the source text of a camera: its name, which survives a new order, or its number among equal names."""
    twins = sum(other.name == camera.name for other in cameras)
    return f"{_CAMERA}{camera.name if twins == 1 else camera.number}"


def find_named(source_text: str, cameras: Sequence[CameraInfo]) -> CameraInfo | None:
    """Return the camera that a source text means, by its number or a part of its name."""
    if not source_text.startswith(_CAMERA):
        return None
    wanted = source_text.removeprefix(_CAMERA).strip()
    if wanted.isdecimal():
        return next((camera for camera in cameras if camera.number == int(wanted)), None)
    return next((camera for camera in cameras if wanted.casefold() in camera.name.casefold()), None)


def describe_source(source_text: str, cameras: Sequence[CameraInfo]) -> tuple[str, str]:
    """Return the sign and the words for a source text."""
    if source_text == "":
        return "camera", "Camera"
    if source_text == DEMO:
        return "demo", "Demo"
    if source_text.startswith(_CAMERA):
        wanted = source_text.removeprefix(_CAMERA)
        found = next((camera.name for camera in cameras if str(camera.number) == wanted), None)
        return "camera", found or (f"Camera {wanted}" if wanted.isdecimal() else wanted)
    return "film", Path(source_text).name or source_text
