"""Says which SVG may be in a package: the elements and attributes that QtSvg draws the same everywhere."""

import re
from types import MappingProxyType

SVG_SPACE = "http://www.w3.org/2000/svg"
LINK_SPACE = "http://www.w3.org/1999/xlink"
XML_SPACE = "http://www.w3.org/XML/1998/namespace"
PNG_LINK = "data:image/png;base64,"

# What drawing programs note about themselves; it is left out of what is drawn.
_EDITOR_SPACES = re.compile(
    r"http://(?:www\.inkscape\.org/namespaces/inkscape|sodipodi\.sourceforge\.net/DTD/sodipodi-0\.dtd"
    r"|www\.w3\.org/1999/02/22-rdf-syntax-ns#|creativecommons\.org/ns#|web\.resource\.org/cc/|purl\.org/dc/\S{1,20}"
    r"|ns\.adobe\.com/\S{1,60}|www\.serif\.com/|www\.bohemiancoding\.com/sketch/ns|schemas\.microsoft\.com/visio/\S{1,60})"
)

# No text (fonts differ), no filters, masks and clip paths (some versions draw them), nothing that runs or fetches.
_STRUCTURE = {"svg", "g", "defs", "use", "title", "desc", "metadata"}
_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "image"}
GRADIENTS = frozenset({"linearGradient", "radialGradient"})
ELEMENTS = frozenset(_STRUCTURE | _SHAPES | GRADIENTS | {"stop"})
# Their contents are words and notes.
SILENT = frozenset({"title", "desc", "metadata"})
# QtSvg goes by the bare name, so in no namespace may an element be called like one that it knows.
_DRAWN_ELSEWHERE = frozenset(
    {"text", "tspan", "textArea", "tbreak", "a", "style", "script", "switch", "symbol", "marker", "mask", "pattern"}
    | {"filter", "clipPath", "animate", "animateColor", "animateMotion", "animateTransform", "set", "solidColor"}
    | {"font", "font-face", "glyph", "missing-glyph", "image", "video", "audio", "animation", "discard", "handler"}
    | {"hkern", "mpath", "prefetch", "foreignObject", "iframe"}
)
# What to do where drawing programs write something else.
INSTEAD = MappingProxyType(
    {
        "text": "turn it into paths",
        "tspan": "turn it into paths",
        "style": "set 'fill' and similar attributes on the shapes themselves",
        "symbol": "a <g> in <defs> does the same",
        "clipPath": "cut the shape itself",
        "mask": "a gradient with 'stop-opacity' fades as well",
        "filter": "a radial gradient makes a soft shadow",
        "pattern": "repeat the shape by <use>",
    }
)

# May stand in a `style`, too.
_PROPERTIES = frozenset(
    {"fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap"}
    | {"stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "opacity", "color"}
    | {"stop-color", "stop-opacity", "display", "visibility", "vector-effect"}
)
_ATTRIBUTES = _PROPERTIES | frozenset(
    {"id", "d", "points", "x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2", "fx", "fy"}
    | {"viewBox", "transform", "offset", "gradientUnits", "gradientTransform", "spreadMethod", "preserveAspectRatio"}
    | {"style"}
)
_MANY_DIGITS = re.compile(r"\d{8}")
_LARGE_NUMBER = re.compile(r"(?<![.\d])\d{8}|\d[eE]\+?\d\d|nan|inf", re.IGNORECASE)
_URL = re.compile(r"url\s*\(\s*['\"]?\s*([^)'\"]*)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# Attributes that hold numbers alone, and none of them large.
_GEOMETRY = _ATTRIBUTES - {"id", "style", "fill", "stroke", "color", "stop-color", "preserveAspectRatio"}
_ESCAPABLE = _ATTRIBUTES - {"id"}


def is_editor_space(space: str, tag: str) -> bool:
    """Return whether an element is a note of a drawing program."""
    known = tag in ELEMENTS - SILENT or tag in _DRAWN_ELSEWHERE or tag.startswith("fe")
    return _EDITOR_SPACES.fullmatch(space) is not None and not known


def is_kept(name: str) -> bool:
    """Return whether an attribute without namespace has a meaning that is drawn."""
    return name in _ATTRIBUTES


def value_problem(name: str, value: str) -> str | None:
    """Return why an attribute's value may not be drawn, or None."""
    if name[:2].lower() == "on":
        return f"has a script in the attribute '{name}', which is not allowed"
    if "(" in value:
        for target in _URL.findall(value):
            if not target.startswith("#"):
                return f"refers to {target[:60]!r}; only url(#id) is allowed"
            if name not in ("fill", "stroke", "style"):
                return f"uses the attribute '{name}' with a url, which is not allowed"
    if "\\" in value and name in _ESCAPABLE:
        return f"has a backslash in the attribute '{name}', which is not allowed"
    if name in _GEOMETRY and _has_large_number(value):
        return f"has a number in the attribute '{name}' that is too large"
    return None


def _has_large_number(value: str) -> bool:
    """Return whether a value has one; in two steps, since paths are long and most are harmless."""
    suspicious = _MANY_DIGITS.search(value) or any(letter in value for letter in "eEnN")
    return bool(suspicious) and _LARGE_NUMBER.search(value) is not None


def style_properties(style: str) -> dict[str, str]:
    """Return the properties of a `style` attribute that have a meaning that is drawn."""
    pairs = (each.partition(":") for each in re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL).split(";"))
    return {key.strip(): value.strip() for key, _, value in pairs if key.strip() in _PROPERTIES}


def dashes_too_fine(pattern: str, side: float) -> bool:
    """Return whether a stroke-dasharray would give more than some thousand dashes across art of this side."""
    numbers = [float(number) for number in _NUMBER.findall(pattern)]
    return bool(numbers) and not 0 < side / 1000 <= sum(map(abs, numbers))


def numbers_in(text: str) -> list[float]:
    """Return the numbers of a list such as a viewBox."""
    return [float(number) for number in _NUMBER.findall(text)]
