"""Tests the rules of the house that import-linter and ruff cannot see."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.shared import REPO

ROOTS = (REPO / "app", REPO / "train")
SOURCES = sorted(path for root in ROOTS for path in root.rglob("*.py"))
TEXTS = {path: path.read_text(encoding="utf-8") for path in SOURCES}
TREES = {path: ast.parse(text) for path, text in TEXTS.items()}
QT_ROOMS = {
    "PySide6.QtWidgets": ("masquerade.gui", "masquerade.compose"),
    "PySide6.QtGui": ("masquerade.gui", "masquerade.compose", "masquerade.filters"),
    "PySide6.QtSvg": ("masquerade.gui", "masquerade.compose", "masquerade.filters"),
}
OTHER_QT_ROOMS = ("masquerade.gui", "masquerade.compose", "masquerade.filters")
MAY_CATCH_EVERYTHING = {"masquerade.__main__", "masquerade.pipeline.engine", "masquerade.commands.inputs"}
LONGEST_FILE, LONGEST_FUNCTION = 400, 50


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(REPO).with_suffix("").parts[1:]).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(TREES[path]):
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


def test_only_the_two_guards_swallow_every_exception() -> None:
    swallowing = {module_of(path) for path in SOURCES if any(map(swallows_everything, ast.walk(TREES[path])))}
    assert swallowing <= MAY_CATCH_EVERYTHING


def test_every_file_and_function_can_be_read_at_one_sitting() -> None:
    long_files = [module_of(path) for path, text in TEXTS.items() if len(text.splitlines()) > LONGEST_FILE]
    long_functions = [
        f"{module_of(path)}.{node.name}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert not long_files
    assert not long_functions


def test_every_file_opens_with_one_sentence_on_what_it_holds() -> None:
    docstrings = {module_of(path): ast.get_docstring(tree) or "" for path, tree in TREES.items()}
    assert not [name for name, text in docstrings.items() if not text.partition("\n")[0].endswith(".")]
