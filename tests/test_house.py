"""Tests the rules of the house that import-linter and ruff cannot see."""

import ast
import graphlib
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp

from tests.shared import REPO

ROOTS = (REPO / "app", REPO / "train")
SOURCES = sorted(path for root in ROOTS for path in root.rglob("*.py"))
QT_ROOMS = {
    "PySide6.QtWidgets": ("masquerade.gui", "masquerade.compose"),
    "PySide6.QtGui": ("masquerade.gui", "masquerade.compose", "masquerade.filters"),
    "PySide6.QtSvg": ("masquerade.gui", "masquerade.compose", "masquerade.filters"),
}
OTHER_QT_ROOMS = ("masquerade.gui", "masquerade.compose", "masquerade.filters")
# Each is a fence round something foreign, so that one bad thing never takes others with it.
MAY_CATCH_EVERYTHING = {
    "masquerade.__main__",
    "masquerade.commands.inputs",  # one input of a batch
    "masquerade.filters.intake.worker",  # one package being checked
    "masquerade.filters.packages.catalog",  # one package being listed
    "masquerade.filters.render",  # one package being painted
    "masquerade.gui.services.filters.thumbnails",  # one package being drawn
    "masquerade.pipeline.engine",
    "masquerade.pipeline.sources.camera",  # a driver
    "masquerade_train.zoo.pretrained",  # Keras's download
}
LONGEST_FILE, LONGEST_FUNCTION = 400, 50


@cache
def trees() -> dict[Path, ast.Module]:
    """Not when tests are collected: every worker does that."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(REPO).with_suffix("").parts[1:]).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(trees()[path]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "PySide6":
            yield from (f"PySide6.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def lives_in(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def test_widgets_are_made_in_the_window_alone() -> None:
    wrong = [
        f"{module_of(path)} imports {name}"
        for path in SOURCES
        for name in imports(path)
        if name.startswith("PySide6") and not lives_in(module_of(path), QT_ROOMS.get(name, OTHER_QT_ROOMS))
    ]
    assert not wrong


def swallows_everything(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    everything = node.type is None or (
        isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
    )
    # One that only tidies up and raises again hides nothing.
    return everything and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)


def test_only_the_agreed_guards_swallow_every_exception() -> None:
    swallowing = {module_of(path) for path in SOURCES if any(map(swallows_everything, ast.walk(trees()[path])))}
    assert swallowing <= MAY_CATCH_EVERYTHING


def test_every_file_and_function_can_be_read_at_one_sitting() -> None:
    long_files = [
        module_of(path) for path in SOURCES if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    ]
    long_functions = [
        f"{module_of(path)}.{node.name}"
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert not long_files
    assert not long_functions


def test_every_file_opens_with_one_sentence_on_what_it_holds() -> None:
    docstrings = {module_of(path): ast.get_docstring(tree) or "" for path, tree in trees().items()}
    assert not [name for name, text in docstrings.items() if not text.partition("\n")[0].endswith(".")]


def test_the_table_of_layers_is_that_of_the_contracts() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (
        each for each in project["tool"]["importlinter"]["contracts"] if each["name"] == "The layers of the app"
    )
    layers = [set(re.findall(r"\w+", layer)) for layer in contract["layers"]]
    rows = re.findall(r"^\| ((?:`\w+` ?)+)\|", (REPO / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [set(re.findall(r"\w+", row)) for row in rows] == layers


def test_no_packages_import_each_other_in_a_circle() -> None:
    """Between the rooms of every package, not only those that a contract names."""
    graph = grimp.build_graph("masquerade", "masquerade_train")
    packages = [name for name in graph.modules if graph.find_children(name)]
    for package in packages:
        rooms = sorted(graph.find_children(package))
        arrows = {room: set(_imported_rooms(graph, room, rooms)) for room in rooms}
        assert list(graphlib.TopologicalSorter(arrows).static_order()), package


def _imported_rooms(graph: grimp.ImportGraph, room: str, rooms: list[str]) -> Iterator[str]:
    for module in {room} | graph.find_descendants(room):
        for imported in graph.find_modules_directly_imported_by(module):
            yield from (other for other in rooms if other != room and f"{imported}.".startswith(f"{other}."))


def message_of(node: ast.expr) -> str:
    """The text of a string, with {} for what is filled in; "" for anything else."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(message_of(part) or "{}" for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return message_of(left) + message_of(right)
    return ""


def test_no_message_has_more_than_two_sentences() -> None:
    """Of errors, and of what the window shows."""
    shown = {"show_error", "show_notice", "show_toast", "show_hint"}
    errors = {node.name for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    speaking = shown | {name for name in errors if name.endswith("Error")}
    messages = [
        (path, call.lineno, message_of(call.args[0]))
        for path, tree in trees().items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and call.args and ast.unparse(call.func).rpartition(".")[2] in speaking
    ]
    assert len([message for *_, message in messages if message]) > 300
    sentence_end = re.compile(r"(?<=[.!?])\s+(?=[A-Z{'\"])")
    assert not [each for each in messages if len(sentence_end.split(each[2].strip())) > 2]


def test_every_decision_has_a_number_of_its_own() -> None:
    decisions = sorted((REPO / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [int(path.name[:3]) for path in decisions]
    assert numbers == list(range(1, len(decisions) + 1))
    assert all(path.read_text(encoding="utf-8").startswith(f"# {int(path.name[:3])}. ") for path in decisions)
