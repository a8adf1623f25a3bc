"""Checks an SVG from an untrusted package, and cuts single groups out of it."""

import base64
import binascii
import math
import re
from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast
from xml.dom import minidom
from xml.parsers import expat

from masquerade.filters.format.png import png_problem
from masquerade.filters.format.wording import shown, suggest

SVG_BYTES_MOST = 1_000_000
_ELEMENTS_MOST = 5_000
_DEPTH_MOST = 40
_IMAGES_MOST = 8
_IMAGE_SIDE_MOST = 2048
_ASPECT_MOST = 40.0
_SVG_SPACE = "http://www.w3.org/2000/svg"
_LINK_SPACE = "http://www.w3.org/1999/xlink"
_PNG_LINK = "data:image/png;base64,"

# What QtSvg draws the same everywhere: no text (fonts differ), no filters, masks and clip
# paths (drawn in some versions only), nothing that runs or fetches.
_STRUCTURE = {"svg", "g", "defs", "use", "title", "desc", "metadata"}
_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "image"}
_ELEMENTS = frozenset(_STRUCTURE | _SHAPES | {"linearGradient", "radialGradient", "stop"})
# What to do where drawing programs write something else.
_INSTEAD = MappingProxyType(
    {
        "text": "turn it into paths",
        "tspan": "turn it into paths",
        "style": "write 'fill' and the like at the shapes themselves",
        "symbol": "a <g> in <defs> does the same",
        "clipPath": "cut the shape itself",
        "mask": "a gradient with 'stop-opacity' fades as well",
        "filter": "a radial gradient makes a soft shadow",
    }
)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class ArtBox:
    """The rectangle that a piece of art fills, in its own units."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class SvgReport:
    """What a check has found.

    Attributes:
        problems: empty where the file may be drawn.
        box: the viewBox; only meaningful without problems.
        groups: every id in the file.
    """

    problems: tuple[str, ...]
    box: ArtBox
    groups: frozenset[str]


def check_svg(content: bytes) -> SvgReport:
    """Look through an SVG for everything that may not be in a package.

    Nothing is fetched, expanded or drawn. A document type is refused, so there are no
    entities; `use` is followed by counting, so a small file cannot become a huge drawing.
    """
    if len(content) > SVG_BYTES_MOST:
        return SvgReport((f"is larger than {SVG_BYTES_MOST // 1000} kB",), ArtBox(0, 0, 1, 1), frozenset())
    checker = _Checker()
    try:
        checker.parser.Parse(content, True)
    except expat.ExpatError as error:
        checker.problems.append(f"is not well-formed: {error}")
    except (LookupError, ValueError) as error:
        checker.problems.append(f"cannot be read: {error}")
    except _NotWorthReadingError:
        pass
    checker.let_go()
    if not checker.problems:
        checker.check_uses()
    problems = tuple(checker.problems[:12])
    return SvgReport(problems, checker.box, frozenset(checker.ids))


def cut_part(content: bytes, part: str) -> bytes:
    """Return the SVG with all but the group `part` moved out of sight.

    The rest goes into `defs` and is not thrown away, since the group may `use` it. The
    group keeps its place, and so its anchors.

    Args:
        content: an SVG that `check_svg` found without problem.
        part: one of its ids.
    """
    document = minidom.parseString(content)
    elements = cast(list[minidom.Element], document.getElementsByTagName("*"))
    wanted = next(element for element in elements if element.getAttribute("id") == part)
    node: minidom.Node = wanted
    while node.parentNode is not None and node.parentNode is not document:
        parent = node.parentNode
        for sibling in list(parent.childNodes):
            if sibling is not node and isinstance(sibling, minidom.Element) and sibling.localName != "defs":
                _hide(document, cast(minidom.Element, parent), sibling)
        node = parent
    cut = bytes(document.toxml(encoding="utf-8"))
    # Its nodes hold each other: left alone, the tree would stay until some garbage collection.
    document.unlink()
    return cut


def _hide(document: minidom.Document, parent: minidom.Element, element: minidom.Element) -> None:
    # In the parent's way of writing: <svg:defs> where it is <svg:g>.
    defs = document.createElement("".join(parent.tagName.rpartition(":")[:2]) + "defs")
    parent.replaceChild(defs, element)
    defs.appendChild(element)


class _NotWorthReadingError(Exception):
    """Ends the walk after a refused declaration or a flood of elements; the problem is noted already."""


class _Checker:
    """One walk through one file."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._told: set[str] = set()
        self.box = ArtBox(0, 0, 1, 1)
        self.ids: dict[str, int] = {}
        self._stack: list[int] = []
        self._parents: list[int] = []
        self._uses: dict[int, str] = {}
        self._images = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = self._instruction

    def let_go(self) -> None:
        """Part the parser from this: holding each other, both would stay until some garbage collection."""
        del self.parser

    def check_uses(self) -> None:
        """Count what would be drawn with every `use` followed; a circle of them is a problem."""
        children: list[list[int]] = [[] for _ in self._parents]
        for index, parent in enumerate(self._parents):
            if parent >= 0:
                children[parent].append(index)
        sizes: dict[int, int] = {}
        for index in range(len(self._parents)):
            if self._count(index, children, sizes, frozenset()) > _ELEMENTS_MOST:
                self.problems.append(f"draws more than {_ELEMENTS_MOST} elements when every 'use' is followed")
                return

    def _count(self, index: int, children: list[list[int]], sizes: dict[int, int], above: frozenset[int]) -> int:
        if index in sizes:
            return sizes[index]
        if index in above or len(above) > 4 * _DEPTH_MOST:
            return _ELEMENTS_MOST + 1
        inside = above | {index}
        total = 1 + sum(self._count(child, children, sizes, inside) for child in children[index])
        target = self.ids.get(self._uses.get(index, ""))
        if target is not None:
            total += self._count(target, children, sizes, inside)
        sizes[index] = min(total, _ELEMENTS_MOST + 1)
        return sizes[index]

    def _problem(self, problem: str) -> None:
        """Note a problem with its line; the same one further down is not told again."""
        if problem not in self._told:
            self._told.add(problem)
            self.problems.append(f"{problem} (line {self.parser.CurrentLineNumber})")

    def _stop(self, problem: str) -> None:
        self._problem(problem)
        raise _NotWorthReadingError

    def _doctype(self, *_: object) -> None:
        self._stop("has a DOCTYPE, which is not allowed")

    def _instruction(self, target: str, _: str) -> None:
        self._problem(f"has a processing instruction {shown(target)}, which is not allowed")

    def _end(self, _: str) -> None:
        self._stack.pop()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        index = len(self._parents)
        if index >= _ELEMENTS_MOST or len(self._stack) >= _DEPTH_MOST:
            self._stop(f"has more than {_ELEMENTS_MOST} elements, or more than {_DEPTH_MOST} inside each other")
        self._parents.append(self._stack[-1] if self._stack else -1)
        self._stack.append(index)
        if index == 0:
            self._root(space, tag, attributes)
        # Drawing programs leave notes in spaces of their own; QtSvg passes over them.
        if space == _SVG_SPACE and tag not in _ELEMENTS:
            instead = f"; {_INSTEAD[tag]}" if tag in _INSTEAD else suggest(tag, _ELEMENTS)
            self._problem(f"uses <{tag}>, which is not allowed{instead}")
        for key, value in attributes.items():
            self._attribute(index, tag, key, value)

    def _root(self, space: str, tag: str, attributes: dict[str, str]) -> None:
        if tag != "svg" or space != _SVG_SPACE:
            self._problem(f'must begin with <svg xmlns="{_SVG_SPACE}">')
        numbers = [float(number) for number in _NUMBER.findall(attributes.get("viewBox", ""))]
        if len(numbers) != 4 or not all(math.isfinite(number) and abs(number) <= 1e5 for number in numbers):
            self._problem('needs a viewBox of four numbers, such as viewBox="0 0 1200 480"')
            return
        left, top, width, height = numbers
        if width < 1 or height < 1 or max(width / height, height / width) > _ASPECT_MOST:
            self._problem(f"has a viewBox of {width:g} x {height:g}; wanted sides of 1 or more, at most 1:40")
            return
        self.box = ArtBox(left, top, width, height)

    def _attribute(self, index: int, tag: str, key: str, value: str) -> None:
        space, _, name = key.rpartition(" ")
        if name == "id" and not space:
            self.ids.setdefault(value, index)
        if name == "href" and space in ("", _LINK_SPACE):
            self._link(index, tag, value)
        elif name.lower().startswith("on") and not space:
            self._problem(f"has a script in the attribute '{name}', which is not allowed")
        elif name == "base":
            self._problem("has the attribute 'base', which is not allowed")
        elif name == "stroke-dasharray" or "stroke-dasharray" in value:
            self._dashes(value)
        for target in re.findall(r"url\s*\(\s*['\"]?\s*([^)]*)", value, re.IGNORECASE):
            if not target.startswith("#"):
                self._problem(f"refers to {shown(target)}; only url(#id) is allowed")

    def _link(self, index: int, tag: str, value: str) -> None:
        if value.startswith("#"):
            if tag == "use":
                self._uses[index] = value[1:]
        elif tag == "image" and value.startswith(_PNG_LINK):
            self._image(value)
        else:
            self._problem(f"refers to {shown(value)}; only '#id' and '{_PNG_LINK}...' are allowed")

    def _image(self, value: str) -> None:
        self._images += 1
        if self._images > _IMAGES_MOST:
            self._problem(f"holds more than {_IMAGES_MOST} images")
            return
        try:
            content = base64.b64decode("".join(value[len(_PNG_LINK) :].split()), validate=True)
        except binascii.Error:
            self._problem("holds an image that is not base64")
            return
        problem = png_problem(content, _IMAGE_SIDE_MOST)
        if problem:
            self._problem(f"holds an image that {problem}")

    def _dashes(self, value: str) -> None:
        """Return a stroke of a million dashes would stop the image: the pattern must not be tiny."""
        pattern = value.rpartition("stroke-dasharray")[2].partition(";")[0]
        numbers = [float(number) for number in _NUMBER.findall(pattern)]
        if Counter(numbers) and not 0 < min(self.box.width, self.box.height) / 1000 <= sum(map(abs, numbers)):
            self._problem("has a stroke-dasharray too fine to be drawn")
