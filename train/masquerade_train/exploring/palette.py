"""Holds the colours of the report: its own two themes, and one colour for each part of a face."""

# Stand for colours that the page decides on, dark or light; plots are drawn with them, the page puts its own in place.
INK, SOFT, LINE = "#010203", "#040506", "#070809"
PAGE_COLOURS = {INK: "var(--ink)", SOFT: "var(--soft)", LINE: "var(--line)"}
ACCENT = "#ff4d5e"

# In this order: an eyebrow is no eye.
_PARTS = (("brow", "#f5b14c"), ("eye", "#4cc2ff"), ("nos", "#5fd68b"), ("mouth", "#ff7d92"), ("lip", "#ff7d92"))
_OTHER = "#b79bff"


def colour_of(name: str) -> str:
    """Return the colour of the landmark `name`, as #rrggbb, by the part of the face it belongs to."""
    return next((colour for part, colour in _PARTS if part in name), _OTHER)


def words_of(name: str) -> str:
    """Return the name of a landmark as words."""
    return name.replace("_", " ")
