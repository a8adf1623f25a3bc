"""Loads art from a package's folder, and checks that it is safe to draw."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from masquerade.filters.format.art.animation import animation_problem, is_animated, split_animation
from masquerade.filters.format.art.png import MAX_PNG_BYTES, clean_png, png_problem, png_size_wh
from masquerade.filters.format.art.svg import MAX_SVG_BYTES, ArtBox, check_svg, cut_part
from masquerade.filters.format.art.video import MAX_VIDEO_BYTES, VIDEO_ENDINGS, VideoError, video_size_wh
from masquerade.filters.format.wording import shown, suggest

_MAX_PNG_SIDE = 2048
_MAX_ENTRIES = 1000
ART_ENDINGS = (".svg", ".png", ".gif")


@dataclass(frozen=True, slots=True, eq=False)
class Art:
    """One checked piece of art, not yet drawn.

    Equal only to itself, so that it can be a key of the raster cache. May be shared between
    threads.

    Attributes:
        content: an SVG or PNG file, of which only what is drawn was kept.
        vector: True for SVG.
        box: what the art fills, in its own units (viewBox, or pixels of the PNG).
        seconds: how long it is shown as a frame of an animation; 0 for a still image.
        part: id of the only SVG group to draw, or None.
        video: True for a video, which is played and not drawn.
    """

    content: bytes
    vector: bool
    box: ArtBox
    seconds: float = 0.0
    part: str | None = None
    video: bool = False

    def drawing(self) -> bytes:
        """Return the file as it is drawn, with nothing in sight but the part.

        Cut only when needed: the trees of all bundled packages take 10 MB, and few are ever worn.
        """
        return self.content if self.part is None else cut_part(self.content, self.part)


@dataclass(frozen=True, slots=True)
class ArtProblem:
    """Why art cannot be used.

    Attributes:
        key: of the layer that it is about: "art", or "part" if the file itself is fine.
    """

    text: str
    key: str = "art"


def load_art(folder: Path, name: str, part: str | None) -> tuple[Art | None, tuple[ArtProblem, ...]]:
    """Return the art and no problems, or None and what is wrong with it.

    Args:
        folder: of the package.
        name: of a file in it; a path out of the folder is a problem.
        part: id of the only SVG group to draw, or None.
    """
    content, problem = _read(folder, name)
    if content is None:
        return None, (ArtProblem(problem),)
    if not name.lower().endswith(".svg"):
        return _png(name, part, content)
    report = check_svg(content)
    if report.problems:
        return None, tuple(ArtProblem(f"'{name}' {problem}") for problem in report.problems)
    if part is not None and part not in report.groups:
        missing = f"'{name}' has no group with the id {shown(part)}{suggest(part, report.groups)}"
        return None, (ArtProblem(missing, "part"),)
    return Art(report.content, True, report.box, part=part), ()


def load_frames(folder: Path, name: str) -> tuple[tuple[Art, ...], tuple[str, ...]]:
    """Return the frames of an animated GIF or PNG and no problems, or none and what is wrong with it.

    Args:
        folder: of the package.
        name: of a file in it.
    """
    content, problem = _read(folder, name)
    if content is None:
        return (), (problem,)
    broken = animation_problem(content)
    frames = () if broken else split_animation(content)
    if not frames:
        return (), (f"'{name}' {broken or 'is a broken animation'}",)
    size_wh = png_size_wh(frames[0][0]) or (1, 1)
    box = ArtBox(0, 0, size_wh[0], size_wh[1])
    return tuple(Art(still, False, box, seconds) for still, seconds in frames), ()


def load_video(folder: Path, name: str) -> tuple[Art | None, tuple[ArtProblem, ...]]:
    """Return a video that plays and no problems, or None and what is wrong with it; see `load_art`."""
    content, problem = _read(folder, name, VIDEO_ENDINGS)
    if content is None:
        return None, (ArtProblem(problem),)
    try:
        width, height = video_size_wh(content)
    except VideoError as error:
        return None, (ArtProblem(f"'{name}' {error}"),)
    return Art(content, False, ArtBox(0, 0, width, height), video=True), ()


def is_animation(folder: Path, name: str) -> bool:
    """Return whether a file of a package holds more than one image."""
    content, _ = _read(folder, name)
    return content is not None and is_animated(content)


def _png(name: str, part: str | None, content: bytes) -> tuple[Art | None, tuple[ArtProblem, ...]]:
    problem = png_problem(content, _MAX_PNG_SIDE)
    size_wh = png_size_wh(content)
    if problem or size_wh is None:
        return None, (ArtProblem(f"'{name}' {problem}"),)
    if part is not None:
        return None, (ArtProblem("'part' only applies to SVG; a PNG has no groups", "part"),)
    return Art(clean_png(content), False, ArtBox(0, 0, size_wh[0], size_wh[1])), ()


def _read(folder: Path, name: str, endings: tuple[str, ...] = ART_ENDINGS) -> tuple[bytes | None, str]:
    """Return the file's bytes and "", or None and the problem."""
    if not name.lower().endswith(endings):
        wanted = "an .svg, .png or .gif file" if endings == ART_ENDINGS else "an .mp4 or .webm file here"
        return None, f"'art' must be {wanted}, not {shown(name)}"
    path = folder / name
    # A name only: no folder, no drive, no link; so what is read lies in the package.
    if Path(name).name != name or "\\" in name or ":" in name or path.is_symlink():
        return None, f"'art' must be a file in the package's own folder, not {shown(name)}"
    # By the folder's own list: some systems find `Hat.svg` for `hat.svg`, and others then do not.
    try:
        entries = islice(folder.iterdir(), _MAX_ENTRIES)
        files = sorted(each.name for each in entries if each.suffix.lower() in endings and each.is_file())
        if name not in files:
            return None, f"there is no file {shown(name)}{suggest(name, files)}"
        most = MAX_VIDEO_BYTES if endings == VIDEO_ENDINGS else max(MAX_PNG_BYTES, MAX_SVG_BYTES)
        if path.stat().st_size > most:
            return None, f"'{name}' is larger than {most // 1_000_000} MB"
        return path.read_bytes(), ""
    except OSError as error:
        return None, f"'{name}' cannot be read ({error.strerror})"
