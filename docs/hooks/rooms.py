"""Draw the packages of the program in layers, with the imports between them: `python docs/hooks/rooms.py`."""

import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

import grimp

_ROOT = Path(__file__).resolve().parents[2]
_BOX_WIDTH, _BOX_HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 148, 40, 28, 62, 24


@dataclass(frozen=True, slots=True)
class Room:
    """A package or a single module directly below the root.

    Attributes:
        name: without the root's name.
        files: Python files in it.
        lines: of all its files.
    """

    name: str
    files: int
    lines: int


def draw_rooms(root: str) -> str:
    """Return an SVG drawing of the packages below `root`; an arrow leads from an importer to what it imports.

    An arrow that a longer way implies is left out. A room's floor is one above the highest
    room that it imports, so every arrow leads down unless two rooms import each other.
    """
    sys.path[:0] = [str(_ROOT / "app"), str(_ROOT / "train")]
    graph = grimp.build_graph(root, cache_dir=None)
    rooms = {room.name: room for room in _rooms_of(graph, root)}
    arrows = _arrows(graph, root, rooms)
    return _svg(rooms, _direct(arrows), _floors(rooms, arrows))


def _rooms_of(graph: grimp.ImportGraph, root: str) -> list[Room]:
    rooms = []
    for child in sorted(graph.find_children(root)):
        members = {child} | graph.find_descendants(child)
        paths = [_path_of(module) for module in members]
        lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)
        rooms.append(Room(child.removeprefix(f"{root}."), len(paths), lines))
    return rooms


def _path_of(module: str) -> Path:
    base = (_ROOT / ("train" if module.startswith("masquerade_train") else "app")).joinpath(*module.split("."))
    return base / "__init__.py" if base.is_dir() else base.with_suffix(".py")


def _arrows(graph: grimp.ImportGraph, root: str, rooms: dict[str, Room]) -> set[tuple[str, str]]:
    arrows = set()
    for importer in rooms:
        for imported in rooms:
            if importer != imported and graph.direct_import_exists(
                importer=f"{root}.{importer}", imported=f"{root}.{imported}", as_packages=True
            ):
                arrows.add((importer, imported))
    return arrows


def _direct(arrows: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the arrows without those that a way over a third room implies, which keeps the drawing calm."""
    reach = {room: {room} for arrow in arrows for room in arrow}
    for _ in reach:
        for importer, imported in arrows:
            reach[importer] |= reach[imported]
    return {
        (importer, imported)
        for importer, imported in arrows
        if not any(a == importer and b != imported and imported in reach[b] for a, b in arrows)
    }


def _floors(rooms: dict[str, Room], arrows: set[tuple[str, str]]) -> dict[str, int]:
    floors = dict.fromkeys(rooms, 0)
    for _ in rooms:
        for importer, imported in arrows:
            floors[importer] = min(max(floors[importer], floors[imported] + 1), len(rooms))
    return floors


def _svg(rooms: dict[str, Room], arrows: set[tuple[str, str]], floors: dict[str, int]) -> str:
    used = sorted(set(floors.values()), reverse=True)
    rows = [[name for name in rooms if floors[name] == floor] for floor in used]
    width = max(map(len, rows)) * (_BOX_WIDTH + _GAP_X) - _GAP_X + 2 * _MARGIN
    height = len(rows) * (_BOX_HEIGHT + _GAP_Y) - _GAP_Y + 2 * _MARGIN
    places = {}
    for level, row in enumerate(rows):
        left = (width - len(row) * (_BOX_WIDTH + _GAP_X) + _GAP_X) / 2
        for column, name in enumerate(row):
            places[name] = (left + column * (_BOX_WIDTH + _GAP_X), _MARGIN + level * (_BOX_HEIGHT + _GAP_Y))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        'aria-label="Packages and their imports" font-family="sans-serif" font-size="13" fill="currentColor">'
    ]
    parts += [_arrow(places[importer], places[imported]) for importer, imported in sorted(arrows)]
    parts += [_box(room, places[room.name]) for room in rooms.values()]
    return "".join([*parts, "</svg>"])


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    x1, y1 = start[0] + _BOX_WIDTH / 2, start[1] + _BOX_HEIGHT
    x2, y2 = end[0] + _BOX_WIDTH / 2, end[1]
    bend = (y2 - y1) / 2
    return (
        f'<path d="M{x1:.0f} {y1:.0f}C{x1:.0f} {y1 + bend:.0f} {x2:.0f} {y2 - bend:.0f} {x2:.0f} {y2:.0f}" '
        'fill="none" stroke="currentColor" stroke-opacity="0.25"/>'
    )


def _box(room: Room, place: tuple[float, float]) -> str:
    x, y = place
    middle = x + _BOX_WIDTH / 2
    note = f"{room.files} files, {room.lines:,} lines" if room.files > 1 else f"{room.lines:,} lines"
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="8" '
        'fill="var(--md-default-bg-color, white)" stroke="currentColor" stroke-opacity="0.6"/>'
        f'<text x="{middle:.0f}" y="{y + 17:.0f}" text-anchor="middle" font-weight="600">{escape(room.name)}</text>'
        f'<text x="{middle:.0f}" y="{y + 32:.0f}" text-anchor="middle" font-size="10" opacity="0.7">{note}</text>'
    )


if __name__ == "__main__":
    print(draw_rooms(sys.argv[1] if len(sys.argv) > 1 else "masquerade"))
