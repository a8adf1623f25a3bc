"""Tests the rules of the house that import-linter and ruff cannot see."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shared import REPO

ROOTS = (REPO / "app", REPO / "train")
SOURCES = sorted(path for root in ROOTS for path in root.rglob("*.py"))
QT_ROOMS = {
    "PySide6.QtWidgets": ("masquerade.gui", "masquerade.compose"),
    "PySide6.QtGui": ("masquerade.gui", "masquerade.compose", "masquerade.filters"),
    "PySide6.QtSvg": ("masquerade.gui", "masquerade.compose", "masquerade.filters"),
}
OTHER_QT_ROOMS = ("masquerade.gui", "masquerade.compose", "masquerade.filters")
MAY_CATCH_EVERYTHING = {"masquerade.__main__", "masquerade.pipeline.engine"}
LONGEST_FILE, LONGEST_FUNCTION = 400, 50


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(REPO).with_suffix("").parts[1:]).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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
    swallowing = {
        module_of(path)
        for path in SOURCES
        if any(map(swallows_everything, ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert swallowing <= MAY_CATCH_EVERYTHING


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_a_file_and_its_functions_can_be_read_at_one_sitting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    long_functions = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert len(text.splitlines()) <= LONGEST_FILE
    assert not long_functions


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_a_file_opens_with_one_sentence_on_what_it_holds(path: Path) -> None:
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert told
    assert told.splitlines()[0].endswith(".")
