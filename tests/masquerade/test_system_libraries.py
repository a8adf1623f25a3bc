"""Tests how missing system libraries are found and named."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from masquerade.system_libraries import PACKAGE_TOOLS, explain, find_missing, packages_for, read_ldd

APT, DNF, PACMAN = PACKAGE_TOOLS

# As ldd printed it on a bare Debian 12, shortened.
LDD = """\
/venv/PySide6/Qt/plugins/platforms/libqxcb.so:
\tlinux-vdso.so.1 (0x00007ffd0a5f2000)
\tlibQt6XcbQpa.so.6 => /venv/PySide6/Qt/plugins/platforms/../../lib/libQt6XcbQpa.so.6 (0x00007f3f2c800000)
\tlibxcb-cursor.so.0 => not found
\tlibxkbcommon-x11.so.0 => not found
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f3f2bc1f000)
/venv/cv2/cv2.abi3.so:
\tlibGL.so.1 => not found
\tlibxcb-cursor.so.0 => not found
\tlibgthread-2.0.so.0 => not found
\tlibglib-2.0.so.0 => not found
"""
MISSING = ("libGL.so.1", "libglib-2.0.so.0", "libgthread-2.0.so.0", "libxcb-cursor.so.0", "libxkbcommon-x11.so.0")


def test_each_missing_library_is_named_once() -> None:
    assert read_ldd(LDD) == MISSING


@pytest.mark.parametrize(
    ("tool", "packages"),
    [
        (APT, ("libgl1", "libglib2.0-0", "libxcb-cursor0", "libxkbcommon-x11-0")),
        (DNF, ("glib2", "libglvnd-glx", "libxkbcommon-x11", "xcb-util-cursor")),
        (PACMAN, ("glib2", "libglvnd", "libxkbcommon-x11", "xcb-util-cursor")),
    ],
)
def test_packages_bear_the_names_of_the_system(tool: object, packages: tuple[str, ...]) -> None:
    assert packages_for(MISSING, tool) == packages  # type: ignore[arg-type]


def test_one_line_installs_them_and_an_unknown_one_is_named() -> None:
    reported = explain((*MISSING, "libnew.so.3"), APT)
    assert (
        "\n    sudo apt-get install -y --no-install-recommends libgl1 libglib2.0-0 libxcb-cursor0 libxkbcommon-x11-0\n"
        in reported
    )
    assert "No package is known here for: libnew.so.3." in reported


def test_a_system_without_a_known_package_tool_gets_the_names() -> None:
    assert explain(("libGL.so.1",), None).startswith("These system libraries are missing: libGL.so.1.")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux leaves these libraries out")
def test_nothing_is_missing_where_these_tests_run() -> None:
    assert find_missing(Path(sysconfig.get_path("platlib"))) == ()


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("cc") is None, reason="needs Linux and a C compiler")
def test_a_library_that_is_really_gone_is_found_by_the_loader(tmp_path: Path) -> None:
    lost = tmp_path / "libmasquerade-gone.so.7"
    plugin = tmp_path / "PySide6/Qt/plugins/platforms/libqxcb.so"
    plugin.parent.mkdir(parents=True)
    for source, command in (
        ("int lost(void) { return 1; }", ["-o", str(lost), f"-Wl,-soname,{lost.name}"]),
        ("int lost(void); int plugin(void) { return lost(); }", ["-o", str(plugin), str(lost)]),
    ):
        compiler = ["cc", "-shared", "-fPIC", "-xc", "-", "-xnone", *command]
        subprocess.run(compiler, input=source, text=True, check=True)
    lost.unlink()
    assert find_missing(tmp_path) == (lost.name,)
