"""Finds the system libraries that Qt and OpenCV need and this Linux lacks, and the packages that contain them."""

# start.py uses this file before anything is installed: the standard library only.

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# What must load so that a window with a camera's image can come up, below site-packages.
# Qt's own message blames xcb-cursor whatever is missing: the loader names the library that is really missing.
_WANTED = (
    "PySide6/Qt/plugins/platforms/libqxcb.so",
    "PySide6/Qt/plugins/imageformats/libqsvg.so",
    "PySide6/Qt/lib/libQt6Widgets.so.6",
    "PySide6/Qt/lib/libQt6Svg.so.6",
    "cv2/cv2*.so",
)
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
_FONT = "a font"

# Name of the library without its version -> package for apt, dnf and pacman.
_PACKAGES: dict[str, tuple[str, str, str]] = {
    _FONT: ("fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu"),
    "libGL": ("libgl1", "libglvnd-glx", "libglvnd"),
    "libGLX": ("libgl1", "libglvnd-glx", "libglvnd"),
    "libEGL": ("libegl1", "libglvnd-egl", "libglvnd"),
    "libGLESv2": ("libgles2", "libglvnd-gles", "libglvnd"),
    "libOpenGL": ("libopengl0", "libglvnd-opengl", "libglvnd"),
    "libGLdispatch": ("libglvnd0", "libglvnd", "libglvnd"),
    "libglib-2.0": ("libglib2.0-0", "glib2", "glib2"),
    "libgthread-2.0": ("libglib2.0-0", "glib2", "glib2"),
    "libdbus-1": ("libdbus-1-3", "dbus-libs", "dbus"),
    "libfontconfig": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libfreetype": ("libfreetype6", "freetype", "freetype2"),
    "libX11": ("libx11-6", "libX11", "libx11"),
    "libX11-xcb": ("libx11-xcb1", "libX11-xcb", "libx11"),
    "libxkbcommon": ("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    "libxkbcommon-x11": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    "libxcb": ("libxcb1", "libxcb", "libxcb"),
    "libxcb-cursor": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    "libxcb-icccm": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    "libxcb-image": ("libxcb-image0", "xcb-util-image", "xcb-util-image"),
    "libxcb-keysyms": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    "libxcb-randr": ("libxcb-randr0", "libxcb", "libxcb"),
    "libxcb-render": ("libxcb-render0", "libxcb", "libxcb"),
    "libxcb-render-util": ("libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    "libxcb-shape": ("libxcb-shape0", "libxcb", "libxcb"),
    "libxcb-shm": ("libxcb-shm0", "libxcb", "libxcb"),
    "libxcb-sync": ("libxcb-sync1", "libxcb", "libxcb"),
    "libxcb-util": ("libxcb-util1", "xcb-util", "xcb-util"),
    "libxcb-xfixes": ("libxcb-xfixes0", "libxcb", "libxcb"),
    "libxcb-xkb": ("libxcb-xkb1", "libxcb", "libxcb"),
    "libz": ("zlib1g", "zlib", "zlib"),
    "libzstd": ("libzstd1", "libzstd", "zstd"),
}


@dataclass(frozen=True, slots=True)
class PackageTool:
    """A program that installs packages of the system.

    Attributes:
        program: what must be on the PATH.
        command: the words before the packages' names.
    """

    program: str
    command: tuple[str, ...]


PACKAGE_TOOLS = (
    PackageTool("apt-get", ("apt-get", "install", "-y", "--no-install-recommends")),
    PackageTool("dnf", ("dnf", "install", "-y")),
    PackageTool("pacman", ("pacman", "-S", "--needed", "--noconfirm")),
)


def site_packages() -> Path | None:
    """Return the folder that this Python has its Qt in; None where it has none, and where this is not Linux."""
    qt = importlib.util.find_spec("PySide6")
    return Path(qt.origin).parents[1] if sys.platform == "linux" and qt is not None and qt.origin is not None else None


def find_missing(site_packages: Path) -> tuple[str, ...]:
    """Ask the system's loader what it cannot find for the Qt and OpenCV that lie in `site_packages`.

    Returns:
        Names like "libxcb-cursor.so.0", and "a font" where there is none at all; empty
        where nothing is missing or where there is no `ldd` to ask.
    """
    wanted = [str(path) for pattern in _WANTED for path in sorted(site_packages.glob(pattern))]
    fonts = () if _has_font() else (_FONT,)
    if not wanted or shutil.which("ldd") is None:
        return fonts
    # ldd ends with 1 when one file is no library; what it printed about the others still holds.
    output = subprocess.run(["ldd", *wanted], capture_output=True, text=True, check=False).stdout
    return read_ldd(output) + fonts


def read_ldd(output: str) -> tuple[str, ...]:
    """Return the names that `ldd` could not find, each once, sorted; `output` is what it printed."""
    return tuple(sorted(set(re.findall(r"^\s*(\S+) => not found", output, re.MULTILINE))))


def find_package_tool() -> PackageTool | None:
    """Return the package tool of this system; None where it is none of those known here."""
    return next((tool for tool in PACKAGE_TOOLS if shutil.which(tool.program)), None)


def packages_for(missing: Sequence[str], tool: PackageTool) -> tuple[str, ...]:
    """Return the packages that carry what is `missing`, each once, sorted; unknown libraries are left out."""
    column = PACKAGE_TOOLS.index(tool)
    return tuple(sorted({_PACKAGES[stem][column] for stem in map(_stem, missing) if stem in _PACKAGES}))


def explain(missing: Sequence[str], tool: PackageTool | None) -> str:
    """Return a message for the user: the libraries' names and the line that installs them."""
    names = ", ".join(missing)
    if tool is None:
        return f"These system libraries are missing: {names}. Install them with your system's package tool."
    packages = packages_for(missing, tool)
    unknown = [name for name in missing if _stem(name) not in _PACKAGES]
    lines = [f"These system libraries are missing: {names}."]
    if packages:
        lines.append(f"Install them with:\n\n    {install_line(packages, tool)}\n")
    if unknown:
        lines.append(f"No package is known here for: {', '.join(unknown)}.")
    return "\n".join(lines)


def install_line(packages: Sequence[str], tool: PackageTool) -> str:
    """Return the line to type that installs `packages`."""
    return " ".join(("sudo", *tool.command, *packages))


def _stem(name: str) -> str:
    """Return "libxcb-cursor" of "libxcb-cursor.so.0"."""
    return name.split(".so", 1)[0]


def _has_font() -> bool:
    folders = [Path(folder).expanduser() for folder in _FONT_FOLDERS]
    ending = (".ttf", ".otf", ".ttc", ".pfb")
    return any(name.lower().endswith(ending) for folder in folders for _, _, names in os.walk(folder) for name in names)
