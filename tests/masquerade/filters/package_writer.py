"""Writes small filter packages for the tests."""

from pathlib import Path

HEAD = 'format = 1\nname = "Test"\nauthor = "Somebody"\nlicence = "CC0-1.0"\ntags = ["test"]\n'
STICKER = (
    '[[layer]]\nkind = "sticker"\nart = "art.svg"\n'
    "anchors = { right_eye_center = [100, 50], left_eye_center = [300, 50] }\n"
)
SQUARES = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 100">'
    '<g id="shadow"><rect x="60" y="20" width="280" height="70" fill="#000" fill-opacity=".3"/></g>'
    '<g id="front"><rect x="60" y="10" width="80" height="80" fill="#d02020"/>'
    '<rect x="260" y="10" width="80" height="80" fill="#2020d0"/></g></svg>'
)


def svg(body: str, box: str = "0 0 100 100") -> str:
    """Returns an SVG with this inside."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{body}</svg>'


def package(folder: Path, manifest: str = HEAD + STICKER, **art: str | bytes) -> Path:
    """Writes a package; `art_svg="..."` becomes art.svg, which otherwise holds SQUARES."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "filter.toml").write_text(manifest, encoding="utf-8")
    for name, content in ({"art_svg": SQUARES} | art).items():
        path = folder / name.replace("_svg", ".svg").replace("_png", ".png")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder
