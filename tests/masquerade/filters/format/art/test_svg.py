"""An SVG from a stranger is looked through before anything draws it."""

import base64
import struct
import zlib

import cv2
import numpy as np
import pytest
from masquerade.filters.compositing.rasters import RasterCache
from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.art.svg import ArtBox, check_svg, cut_part
from masquerade.values import ByteArray

from tests.masquerade.filters.package_writer import SQUARES, svg

LINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def png_of(width: int, height: int) -> bytes:
    """A header alone: enough to be refused by."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    return b"\x89PNG\r\n\x1a\n" + chunk


def whole_png(width: int, height: int) -> bytes:
    """One that can be drawn."""
    return cv2.imencode(".png", np.full((height, width, 4), 200, np.uint8))[1].tobytes()


def chunk_of(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def data_link(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


def nested_uses(levels: int) -> str:
    """Ten times ten times ten...: small to write, endless to draw."""
    groups = ['<g id="g0"><rect width="1" height="1"/></g>']
    groups += [f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(1, levels)]
    return svg("<defs>" + "".join(groups) + f'</defs><use href="#g{levels - 1}"/>')


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"), "DOCTYPE"),
        ('<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + svg(""), "DOCTYPE"),
        (svg("&lol;"), "not well-formed"),
        (svg('<g id="a">'), "not well-formed"),
        ("", "not well-formed"),
        ("{}", "not well-formed"),
        ('<?xml-stylesheet href="http://x/a.css"?>' + svg(""), "processing instruction"),
        (svg("<script>alert(1)</script>"), "<script>"),
        (svg('<rect width="9" height="9" onload="x()"/>'), "script in the attribute 'onload'"),
        (svg("<style>@import 'http://x'</style>"), "<style>"),
        (svg("<foreignObject/>"), "<foreignObject>"),
        (svg("<text>hello</text>"), "<text>"),
        (svg('<filter id="f"/>'), "<filter>"),
        (svg('<clippath id="f"/>'), "<clippath>"),
        (svg("<animate/>"), "<animate>"),
        (svg('<image href="http://x/a.png"/>'), "refers to 'http://x/a.png'"),
        (svg('<image href="face.png"/>'), "refers to 'face.png'"),
        (svg('<image href="file:///etc/passwd"/>'), "refers to"),
        (svg(f'<image {LINK} xlink:href="../a.png"/>'), "refers to '../a.png'"),
        (svg('<use href="other.svg#a"/>'), "refers to 'other.svg#a'"),
        (svg('<image href="data:image/svg+xml;base64,AAAA"/>'), "refers to"),
        (svg('<image href="data:image/png;base64,????"/>'), "not base64"),
        (svg('<image href="data:image/png;base64,AAAA"/>'), "is not a PNG"),
        (svg(f'<image href="{data_link(png_of(60_000, 60_000))}"/>'), "60000 x 60000"),
        (svg(f'<image href="{data_link(whole_png(9, 9))}"/>' * 9), "more than 8 images"),
        (svg('<rect fill="url(http://x/a.svg#b)"/>'), "refers to 'http://x/a.svg#b"),
        (svg('<rect style="fill:URL( &quot;a.svg#b&quot; )"/>'), "refers to"),
        (svg('<g xml:base="http://x/"/>'), "'base'"),
        (svg("<g>" * 50 + "</g>" * 50), "inside each other"),
        (svg("<g/>" * 5_001), "more than 5000 elements"),
        (nested_uses(9), "when every 'use' is expanded"),
        (svg('<g id="a"><use href="#a"/></g>'), "when every 'use' is expanded"),
        (svg('<path d="M0 0H99" stroke="#000" stroke-dasharray="0.0001"/>'), "stroke-dasharray"),
        (svg('<path d="M0 0H99" style="stroke-dasharray: 0.0001,0; stroke: red"/>'), "stroke-dasharray"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "needs a viewBox"),
        (svg("", "0 0 100"), "needs a viewBox"),
        (svg("", "0 0 1e9 1e9"), "needs a viewBox"),
        (svg("", "0 0 nan 10"), "needs a viewBox"),
        (svg("", "0 0 0 10"), "viewBox of 0 x 10"),
        (svg("", "0 0 10000 10"), "viewBox of 10000 x 10"),
        ('<svg viewBox="0 0 9 9"/>', "must begin with <svg xmlns="),
        (svg(" " * 1_000_000), "larger than 1000 kB"),
        # QtSvg goes by the bare name, whatever the namespace.
        (svg('<x:text xmlns:x="urn:x" x="5" y="50">HELLO</x:text>'), "<text> of the namespace 'urn:x'"),
        (svg('<x:filter xmlns:x="urn:x"><x:feGaussianBlur stdDeviation="300"/></x:filter>'), "<filter> of the names"),
        (svg('<text xmlns="">HELLO</text>'), "<text> of the namespace ''"),
        (svg('<text xmlns="http://www.w3.org/1999/xhtml">HELLO</text>'), "<text> of the namespace"),
        (svg('<i:text xmlns:i="http://www.inkscape.org/namespaces/inkscape">HELLO</i:text>'), "<text> of the names"),
        (svg('<r:image xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" href="a.png"/>'), "<image> of the names"),
        (svg('<i:g xmlns:i="http://ns.adobe.com/x/"><rect width="9" height="9"/></i:g>'), "<g> of the namespace"),
        (svg('<x:other xmlns:x="urn:x"/>'), "<other> of the namespace 'urn:x'"),
        (svg('<metadata><x:text xmlns:x="urn:x"/></metadata>'), "<text> of the namespace 'urn:x'"),
        (svg('<pattern id="p"/>'), "<pattern>, which is not allowed; repeat the shape"),
        (svg('<set attributeName="href" to="x"/>'), "<set>"),
        (svg("<animateTransform/>"), "<animateTransform>"),
        (svg('<image xml:base="http://x/" href="#a"/>'), "'base'"),
        (svg('<linearGradient id="a" href="#b"/><linearGradient id="b" href="#a"/>'), "when every 'use' is expanded"),
        (svg('<linearGradient id="a" href="#a"/>'), "when every 'use' is expanded"),
        (svg('<linearGradient id="a" href="http://x/a.svg#b"/>'), "refers to"),
        (svg('<use id="a" href="#b"/><use id="b" href="#a"/>'), "when every 'use' is expanded"),
        (svg('<rect style="fill:\\75rl(http://x)"/>'), "has a backslash"),
        (svg('<rect mask="url(#a)"/>'), "uses the attribute 'mask' with a url"),
        (svg('<rect filter="url(#a)"/>'), "uses the attribute 'filter' with a url"),
        (svg('<rect cursor="url(http://x)"/>'), "refers to 'http://x'"),
        (svg('<rect OnClick="x()"/>'), "script in the attribute 'OnClick'"),
        (svg('<path d="M0 0 L 1e99 1"/>'), "a number in the attribute 'd' that is too large"),
        (svg('<rect width="999999999" height="1"/>'), "a number in the attribute 'width' that is too large"),
        (svg('<rect transform="scale(nan)"/>'), "a number in the attribute 'transform' that is too large"),
        (svg('<rect stroke-width="inf"/>'), "a number in the attribute 'stroke-width' that is too large"),
        ('<?xml version="1.0" encoding="utf-32"?>' + svg(""), "not well-formed|cannot be read"),
    ],
)
def test_a_hostile_svg_is_refused(content: str, problem: str) -> None:
    problems = check_svg(content.encode()).problems
    assert any(part in reported for reported in problems for part in problem.split("|")), problems


@pytest.mark.parametrize(
    "content",
    [
        SQUARES,
        '<?xml version="1.0" encoding="UTF-8"?>\n' + svg('<defs><g id="a"/></defs><use href="#a"/>'),
        svg(f'<use {LINK} xlink:href="#a"/>'),
        svg('<rect fill="url(#paint)" style="stroke:url(#paint)"/>'),
        svg(f'<image href="{data_link(whole_png(9, 9))}"/>'),
        svg('<path d="M0 0H99" stroke="#000" stroke-dasharray="4 2"/>'),
        svg('<i:view xmlns:i="http://www.inkscape.org/namespaces/inkscape" zoom="1"/>'),
        svg('<metadata><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata><rect d="M0 0 1e-5"/>'),
        svg('<path d="M0.123456789 1.5e3"/>'),
        nested_uses(3),
    ],
)
def test_an_honest_svg_is_let_through(content: str) -> None:
    assert check_svg(content.encode()).problems == ()


def test_only_what_is_understood_is_written_again() -> None:
    content = svg(
        '<!-- note --><title>Secret &amp; name</title><metadata><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<r:li/></r:RDF></metadata><g id="a" class="x" data-name="y" font-family="z"><rect x="1" y="2" width="3" '
        'height="4" style="fill:#f00;-inkscape-stroke:none;font:x" fill="url(#p)"/></g><use xlink:href="#a" '
        'xmlns:xlink="http://www.w3.org/1999/xlink"/>words'
    )
    report = check_svg(content.encode())
    assert report.problems == ()
    assert report.content.decode() == (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">'
        '<g id="a"><rect x="1" y="2" width="3" height="4" style="fill:#f00" fill="url(#p)"></rect></g>'
        '<use xlink:href="#a"></use></svg>'
    )
    assert check_svg(report.content).content == report.content


def test_an_id_that_is_not_drawn_is_no_group() -> None:
    assert check_svg(svg('<title id="a"/><metadata><g id="b"/></metadata><g id="c"/>').encode()).groups == {"c"}


def test_an_embedded_image_loses_all_that_is_not_drawn() -> None:
    png = whole_png(9, 9)
    noted = png[:33] + chunk_of(b"tEXt", b"Comment\0secret") + png[33:]
    report = check_svg(svg(f'<image width="9" height="9" href="{data_link(noted)}"/>').encode())
    assert data_link(png) in report.content.decode()


def test_all_errors_of_an_svg_are_reported() -> None:
    assert len(check_svg(svg('<text/><script/><image href="a.png"/>').encode()).problems) == 3


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("<text/>\n<text/>", "uses <text>, which is not allowed; turn it into paths (line 2)"),
        ("<g/>\n<rekt/>", "uses <rekt>, which is not allowed (did you mean 'rect'?) (line 3)"),
        ("<LinearGradient/>", "uses <LinearGradient>, which is not allowed (did you mean 'linearGradient'?) (line 2)"),
        # No word that is allowed is anything like it.
        ("<animate/>", "uses <animate>, which is not allowed (line 2)"),
    ],
)
def test_an_error_is_reported_once_with_its_line_and_what_to_do(content: str, problem: str) -> None:
    assert check_svg(svg("\n" + content).encode()).problems == (problem,)


def drawn(content: bytes, box: ArtBox) -> tuple[ByteArray, float, float]:
    raster = RasterCache().get(Art(content, True, box), 1.0)
    return raster.pixels, raster.left, raster.top


def test_a_part_keeps_its_place_and_loses_the_rest() -> None:
    pixels, left, top = drawn(cut_part(SQUARES.encode(), "front"), ArtBox(0, 0, 400, 100))
    assert (left + 2, top + 2) == pytest.approx((60, 10), abs=2)
    assert pixels[40, 100 - round(left), 2] > 200
    # Between the two squares only the shadow was.
    assert pixels[40, 200 - round(left), 3] == 0


def test_a_part_may_use_what_was_cut_away() -> None:
    content = svg(
        '<g transform="translate(10 0)"><g id="a"><rect id="r" width="20" height="20" fill="#f00"/></g>'
        '<g id="b"><use href="#r" x="40"/></g></g><rect width="100" height="100"/>'
    )
    pixels, left, _ = drawn(cut_part(content.encode(), "b"), ArtBox(0, 0, 100, 100))
    assert round(left + 2) == 50
    assert np.count_nonzero(pixels[..., 3]) == pytest.approx(400, abs=60)
