"""Reports what is missing on this machine and how to get it: `masquerade doctor`."""

import argparse
import importlib
import importlib.util
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from masquerade.errors import AppError
from masquerade.resources import bundled, command_line, extra_line, pip_line, settings_file, user_filters
from masquerade.settings_file import read_settings

OLDEST_PYTHON = (3, 11)
# Package on PyPI and the module that must load, for it can be there and be broken.
_NEEDED = (
    ("numpy", "numpy"),
    ("opencv-python-headless", "cv2"),
    ("ai-edge-litert", "ai_edge_litert.interpreter"),
    ("av", "av"),
    ("PySide6-Essentials", "PySide6.QtWidgets"),
    ("cv2-enumerate-cameras", "cv2_enumerate_cameras"),
    ("platformdirs", "platformdirs"),
    ("tomli-w", "tomli_w"),
)
_EXTRAS = (
    ("mediapipe", "mediapipe", "the detector 'mediapipe' and `bench --peer mediapipe`"),
    ("train", "tensorflow", "training your own model"),
)
# Packages that put OpenCV into one and the same folder.
_OPENCVS = ("opencv-python-headless", "opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless")
_AGAIN = "Reinstall Masquerade."


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check of the machine.

    Attributes:
        state: "fine"; "note" = nothing needed is missing; "missing".
        text: a sentence, with what to do where there is something to do.
    """

    state: str
    text: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --privacy, --delete and --licences."""
    parser.add_argument("--privacy", action="store_true", help="list every file that Masquerade has written")
    parser.add_argument(
        "--delete", action="store_true", help="with --privacy: delete them, except photos and recordings"
    )
    parser.add_argument("--licences", action="store_true", help="list the licences of the packages it uses")


def run(arguments: argparse.Namespace) -> int:
    """Print what it finds; return 1 where something is missing that is needed."""
    if arguments.privacy or arguments.delete:
        from masquerade.commands.written_files import show_written_files

        return show_written_files(arguments.delete and arguments.privacy)
    if arguments.licences:
        from masquerade.commands.licences import print_licences

        return print_licences()
    findings = list(examine())
    for finding in findings:
        print(f"{finding.state:<9}{finding.text}".replace("\n", f"\n{'':9}"))
    missing = sum(finding.state == "missing" for finding in findings)
    print(f"\n{missing} of these must be fixed." if missing else "\nNothing is missing.")
    return 1 if missing else 0


def examine() -> Iterator[Finding]:
    """Yield the findings one by one; a check that fails does not stop the others."""
    looks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _look_at_python,
        _look_at_packages,
        _look_at_opencvs,
        _look_at_system_libraries,
        _look_at_screen,
        _look_at_models,
        _look_at_filters,
        _look_at_encoder,
        _look_at_cameras,
        _look_at_sound,
        _look_at_virtual_camera,
        _look_at_folders,
        _look_at_extras,
    )
    for look in looks:
        try:
            yield from look()
        except AppError as error:
            yield Finding("missing", str(error))
        except ImportError as error:
            yield Finding("missing", f"A part of the program does not load: {error}. {_AGAIN}")


def _look_at_python() -> Iterator[Finding]:
    fits = sys.version_info[:2] >= OLDEST_PYTHON
    text = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    yield Finding("fine", text) if fits else Finding("missing", f"{text}: 3.11 or newer is needed.")


def _look_at_packages() -> Iterator[Finding]:
    for package, module in _NEEDED:
        try:
            importlib.import_module(module)
            yield Finding("fine", f"{package} {_version(package, module)}".rstrip())
        except (ImportError, OSError) as error:
            yield Finding("missing", f"{package} does not load ({error}). {pip_line(f'--force-reinstall {package}')}")


def _look_at_opencvs() -> Iterator[Finding]:
    found = {package: version for package in _OPENCVS if (version := _version(package))}
    if len(set(found.values())) > 1:
        named = ", ".join(f"{package} {version}" for package, version in found.items())
        oldest = min(found.values(), key=lambda text: [int(part) for part in text.split(".") if part.isdigit()])
        wanted = " ".join(f"{package}=={oldest}" for package in found)
        yield Finding("missing", f"Two versions of OpenCV are in one folder ({named}): {pip_line(wanted)}")


def _version(package: str, module: str = "") -> str:
    """Return the version of an installed package; a program that was bundled without pip's records may not know it."""
    try:
        return version(package)
    except PackageNotFoundError:
        return str(getattr(sys.modules.get(module.partition(".")[0]), "__version__", ""))


def _look_at_system_libraries() -> Iterator[Finding]:
    from masquerade import system_libraries

    folder = system_libraries.site_packages()
    if folder is None:
        return
    missing = system_libraries.find_missing(folder)
    if missing:
        yield Finding("missing", system_libraries.explain(missing, system_libraries.find_package_tool()))
    else:
        yield Finding("fine", "all system libraries that Qt and OpenCV need")


def _look_at_screen() -> Iterator[Finding]:
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        yield Finding("note", "There is no screen: the window cannot open, but the commands work.")


def _look_at_models() -> Iterator[Finding]:
    from masquerade.vision.card import read_card

    kinds = set()
    for folder in sorted(path for path in bundled("model").iterdir() if path.is_dir()):
        try:
            card = read_card(folder)
        except AppError as error:
            yield Finding("missing", str(error))
            continue
        kinds.add(card.kind)
        yield Finding("fine", f"model {card.name} ({card.kind}, {card.licence}), its checksum is right")
    for kind in ("detector", "landmarker"):
        if kind not in kinds:
            yield Finding("missing", f"There is no {kind} among the models. {_AGAIN}")


def _look_at_filters() -> Iterator[Finding]:
    from masquerade import compose

    entries = compose.build_catalog().entries
    whole = sum(entry.problem is None for entry in entries)
    yield Finding("fine", f"{whole} filters") if whole else Finding("missing", f"There are no filters. {_AGAIN}")
    for entry in entries:
        if entry.problem is not None:
            yield Finding("missing", f"the filter '{entry.id}' is broken:\n{entry.problem}")


def _look_at_encoder() -> Iterator[Finding]:
    from av import FFmpegError
    from av.codec import Codec

    try:
        Codec("libx264", "w")
        yield Finding("fine", "the H.264 encoder for recordings")
    except (FFmpegError, ValueError):
        yield Finding(
            "missing", f"The package av has no H.264 encoder here. {pip_line('--force-reinstall --no-cache av')}"
        )


def _look_at_sound() -> Iterator[Finding]:
    from masquerade.studio.microphone.microphone import list_microphones

    try:
        names = list_microphones()
    except AppError as error:
        yield Finding("note", f"Recordings have no sound here. {error}")
        return
    found = f"microphone: {names[0]}" if names else "There is no microphone, so recordings have no sound."
    yield Finding("fine" if names else "note", found)


def _look_at_virtual_camera() -> Iterator[Finding]:
    from masquerade.studio.virtual_camera.camera_format import CameraFormat
    from masquerade.studio.virtual_camera.opening import open_device

    try:
        device = open_device(CameraFormat(), lambda: None)
    except AppError as error:
        yield Finding("note", f"There is no virtual camera here. {error}")
        return
    yield Finding("fine", f"virtual camera: {device.description}")
    device.close()


def _look_at_cameras() -> Iterator[Finding]:
    from masquerade.pipeline.cameras import list_cameras

    if sys.platform == "linux":
        locked = [path for path in sorted(Path("/dev").glob("video*")) if not os.access(path, os.R_OK | os.W_OK)]
        if locked:
            yield Finding(
                "missing",
                f"You may not use {', '.join(map(str, locked))}. Add yourself to the group 'video' "
                "(sudo usermod -aG video $USER), then log out and in.",
            )
            return
    cameras = list_cameras()
    if not cameras:
        yield Finding("note", f"There is no camera. The demo works without: {command_line('--source demo')}")
    for camera in cameras:
        yield Finding("fine", f"camera {camera.number}: {camera.name}")


def _look_at_folders() -> Iterator[Finding]:
    loaded = read_settings(settings_file())
    settings = loaded.settings
    for problem in loaded.problems:
        yield Finding("note", f"A setting in {settings_file()} is ignored: {problem}.")
    folders = {
        "the settings": settings_file().parent,
        "your own filters": user_filters(),
        "recordings": settings.recordings_folder,
        "photos": settings.photos_folder,
    }
    for purpose, folder in folders.items():
        nearest = next(path for path in (folder, *folder.parents) if path.exists())
        if nearest.is_dir() and os.access(nearest, os.W_OK):
            yield Finding("fine", f"{folder} for {purpose}")
        else:
            yield Finding("missing", f"{purpose[0].upper()}{purpose[1:]} cannot be written: {nearest} is read-only.")


def _look_at_extras() -> Iterator[Finding]:
    for extra, package, use in _EXTRAS:
        # Looked for and not loaded: that takes seconds.
        if importlib.util.find_spec(package) is not None:
            yield Finding("fine", f"{package} {_version(package)}".rstrip() + f", for {use}")
        else:
            yield Finding("note", f"{package} is not installed; only needed for {use}: {extra_line(extra)}")
