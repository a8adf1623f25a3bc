"""Checks an SVG from an untrusted package, and rewrites it as the subset that is understood."""

import base64
import binascii
import math
from dataclasses import dataclass
from typing import cast
from xml.dom import minidom
from xml.parsers import expat

from masquerade.filters.format.art.png import clean_png, png_problem
from masquerade.filters.format.art.svg_subset import (
    ELEMENTS,
    GRADIENTS,
    INSTEAD,
    LINK_SPACE,
    PNG_LINK,
    SILENT,
    SVG_SPACE,
    XML_SPACE,
    dashes_too_fine,
    is_editor_space,
    is_kept,
    numbers_in,
    style_properties,
    value_problem,
)
from masquerade.filters.format.wording import shown, suggest

MAX_SVG_BYTES = 1_000_000
_MAX_ELEMENTS = 5_000
_MAX_DEPTH = 40
_MAX_IMAGES = 8
_MAX_IMAGE_SIDE = 2048
_MAX_ASPECT = 40.0
_MAX_PROBLEMS = 12
_MAX_COORDINATE = 1e5


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
        problems: empty if the file may be drawn.
        box: the viewBox; only meaningful without problems.
        groups: every id in the file.
        content: the file without all that has no meaning here; b"" if there are problems.
    """

    problems: tuple[str, ...]
    box: ArtBox
    groups: frozenset[str]
    content: bytes = b""


def check_svg(content: bytes) -> SvgReport:
    """Check an SVG for everything that may not be in a package.

    Nothing is fetched, expanded or drawn. Document types are refused, so there are no entities;
    every `use` is followed by counting, so a small file cannot become a huge drawing.
    """
    if len(content) > MAX_SVG_BYTES:
        return SvgReport((f"is larger than {MAX_SVG_BYTES // 1000} kB",), ArtBox(0, 0, 1, 1), frozenset())
    checker = _Checker()
    try:
        checker.parser.Parse(content, True)
    except expat.ExpatError as error:
        checker.problems.append(f"is not well-formed: {error}")
    except (LookupError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        checker.problems.append(f"cannot be read: {error}")
    except _NotWorthReadingError:
        pass
    checker.let_go()
    if not checker.problems:
        checker.check_links()
    problems = tuple(checker.problems[:_MAX_PROBLEMS])
    return SvgReport(problems, checker.box, frozenset(checker.ids), b"" if problems else checker.written())


def cut_part(content: bytes, part: str) -> bytes:
    """Return the SVG with all but the group `part` moved out of sight.

    The rest moves into `defs`, since the group may `use` it. The group keeps its place, and so
    its anchors.

    Args:
        content: of a report of `check_svg` without problems.
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
    # The nodes refer to each other: left alone, the tree would stay until some garbage collection.
    document.unlink()
    return cut


def _hide(document: minidom.Document, parent: minidom.Element, element: minidom.Element) -> None:
    # In the parent's way of writing: <svg:defs> where it is <svg:g>.
    defs = document.createElement("".join(parent.tagName.rpartition(":")[:2]) + "defs")
    parent.replaceChild(defs, element)
    defs.appendChild(element)


def _quoted(value: str) -> str:
    """Return an attribute's value as it is written; characters of a path need nothing."""
    if value.isprintable() and not any(sign in value for sign in '&<>"'):
        return f'"{value}"'
    from xml.sax.saxutils import quoteattr  # noqa: PLC0415 (loads urllib and ssl, and is hardly ever needed)

    return quoteattr(value)


class _NotWorthReadingError(Exception):
    """Stops the walk after a forbidden declaration or too many elements; the problem is already recorded."""


class _Checker:
    """Walks through one file once and collects what may be drawn."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._noted: set[str] = set()
        self.box = ArtBox(0, 0, 1, 1)
        self.ids: dict[str, int] = {}
        self._stack: list[int] = []
        self._parents: list[int] = []
        self._links: dict[int, str] = {}
        self._images = 0
        # Depth of the outermost element that is not written, such as <metadata>; 0 = none is open.
        self._silent = 0
        self._output: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = self._instruction

    def let_go(self) -> None:
        """Drop the parser: with references to each other, both would be freed late."""
        del self.parser

    def written(self) -> bytes:
        """Return the subset of the file that may be drawn."""
        return "".join(self._output).encode("utf-8")

    def check_links(self) -> None:
        """Count what would be drawn with every link followed; a circle of them is a problem."""
        children: list[list[int]] = [[] for _ in self._parents]
        for index, parent in enumerate(self._parents):
            if parent >= 0:
                children[parent].append(index)
        sizes: dict[int, int] = {}
        for index in range(len(self._parents)):
            if self._count(index, children, sizes, frozenset()) > _MAX_ELEMENTS:
                self.problems.append(f"draws more than {_MAX_ELEMENTS} elements when every 'use' is expanded")
                return

    def _count(self, index: int, children: list[list[int]], sizes: dict[int, int], above: frozenset[int]) -> int:
        if index in sizes:
            return sizes[index]
        if index in above or len(above) > 4 * _MAX_DEPTH:
            return _MAX_ELEMENTS + 1
        inside = above | {index}
        total = 1 + sum(self._count(child, children, sizes, inside) for child in children[index])
        target = self.ids.get(self._links.get(index, ""))
        if target is not None:
            total += self._count(target, children, sizes, inside)
        sizes[index] = min(total, _MAX_ELEMENTS + 1)
        return sizes[index]

    def _problem(self, problem: str) -> None:
        """Record a problem with its line, once for each kind."""
        if problem not in self._noted and len(self._noted) < _MAX_PROBLEMS:
            self._noted.add(problem)
            self.problems.append(f"{problem} (line {self.parser.CurrentLineNumber})")

    def _stop(self, problem: str) -> None:
        self._problem(problem)
        raise _NotWorthReadingError

    def _doctype(self, *_: object) -> None:
        self._stop("has a DOCTYPE, which is not allowed")

    def _instruction(self, target: str, _: str) -> None:
        self._problem(f"has a processing instruction {shown(target)}, which is not allowed")

    def _end(self, name: str) -> None:
        if not self._silent:
            self._output.append(f"</{name.rpartition(' ')[2]}>")
        elif len(self._stack) == self._silent:
            self._silent = 0
        self._stack.pop()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        index = len(self._parents)
        if index >= _MAX_ELEMENTS or len(self._stack) >= _MAX_DEPTH:
            self._stop(f"has more than {_MAX_ELEMENTS} elements, or more than {_MAX_DEPTH} inside each other")
        self._parents.append(self._stack[-1] if self._stack else -1)
        self._stack.append(index)
        if index == 0:
            self._root(space, tag, attributes)
        self._element(space, tag)
        if not self._silent and (space != SVG_SPACE or tag in SILENT):
            self._silent = len(self._stack)
        kept = [self._attribute(index, tag, key, value) for key, value in attributes.items()]
        if not self._silent:
            spaces = f' xmlns="{SVG_SPACE}" xmlns:xlink="{LINK_SPACE}"' if index == 0 else ""
            self._output.append(f"<{tag}{spaces}{''.join(kept)}>")

    def _element(self, space: str, tag: str) -> None:
        """Refuse elements outside the subset. QtSvg ignores namespaces, so the bare name counts."""
        if space != SVG_SPACE:
            if not is_editor_space(space, tag):
                self._problem(f"uses <{tag}> of the namespace {shown(space)}, which is not allowed")
        elif tag not in ELEMENTS:
            instead = f"; {INSTEAD[tag]}" if tag in INSTEAD else suggest(tag, ELEMENTS)
            self._problem(f"uses <{tag}>, which is not allowed{instead}")

    def _root(self, space: str, tag: str, attributes: dict[str, str]) -> None:
        if tag != "svg" or space != SVG_SPACE:
            self._problem(f'must begin with <svg xmlns="{SVG_SPACE}">')
        numbers = numbers_in(attributes.get("viewBox", ""))
        if len(numbers) != 4 or not all(math.isfinite(each) and abs(each) <= _MAX_COORDINATE for each in numbers):
            self._problem('needs a viewBox of four numbers, such as viewBox="0 0 1200 480"')
            return
        left, top, width, height = numbers
        if width < 1 or height < 1 or max(width / height, height / width) > _MAX_ASPECT:
            self._problem(f"has a viewBox of {width:g} x {height:g}; both sides must be 1 or more, and at most 1:40")
            return
        self.box = ArtBox(left, top, width, height)

    def _attribute(self, index: int, tag: str, key: str, value: str) -> str:
        """Check an attribute, and return it as it is written; "" = it has no meaning here."""
        space, _, name = key.rpartition(" ")
        if name == "base" and space in ("", XML_SPACE):
            self._problem("has the attribute 'base', which is not allowed")
            return ""
        if name == "href" and space in ("", LINK_SPACE):
            return self._link(index, tag, value, "xlink:href" if space else "href")
        problem = value_problem(name, value)
        if problem:
            self._problem(problem)
        if space or not is_kept(name):
            return ""
        if name == "id" and not self._silent:
            self.ids.setdefault(value, index)
        if name == "style":
            properties = style_properties(value)
            self._dashes(properties.get("stroke-dasharray", ""))
            return f" style={_quoted(';'.join(f'{one}:{other}' for one, other in properties.items()))}"
        if name == "stroke-dasharray":
            self._dashes(value)
        return f" {name}={_quoted(value)}"

    def _link(self, index: int, tag: str, value: str, name: str) -> str:
        if value.startswith("#"):
            if tag == "use" or tag in GRADIENTS:
                self._links[index] = value[1:]
                return f" {name}={_quoted(value)}"
            return ""
        if tag == "image" and value.startswith(PNG_LINK):
            return f' {name}="{self._image(value)}"'
        self._problem(f"refers to {shown(value)}; only '#id' and '{PNG_LINK}...' are allowed")
        return ""

    def _image(self, value: str) -> str:
        """Return an image's link, made again of what of it is drawn."""
        self._images += 1
        if self._images > _MAX_IMAGES:
            self._problem(f"holds more than {_MAX_IMAGES} images")
            return ""
        try:
            content = base64.b64decode("".join(value[len(PNG_LINK) :].split()), validate=True)
        except (binascii.Error, ValueError):
            self._problem("holds an image that is not base64")
            return ""
        problem = png_problem(content, _MAX_IMAGE_SIDE)
        if problem:
            self._problem(f"holds an image that {problem}")
            return ""
        return PNG_LINK + base64.b64encode(clean_png(content)).decode("ascii")

    def _dashes(self, pattern: str) -> None:
        """Refuse a stroke with too many dashes, which would take very long."""
        if dashes_too_fine(pattern, min(self.box.width, self.box.height)):
            self._problem("has a stroke-dasharray that is too fine to draw")
