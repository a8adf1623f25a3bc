"""Checks the table of shortcuts, and the keys that a user may choose instead."""

from collections import Counter

import pytest
from masquerade.gui.services.desktop.shortcuts import (
    SHORTCUTS,
    Command,
    can_change,
    check_keys,
    make_key_map,
    rebind,
)
from masquerade.settings import KeyBinding
from pytestqt.qtbot import QtBot


def test_no_key_does_two_things() -> None:
    keys = Counter(keys for shortcut in SHORTCUTS for keys in shortcut.keys)
    assert [each for each, count in keys.items() if count > 1] == []


def test_the_page_lists_every_command_once() -> None:
    commands = [shortcut.command for shortcut in SHORTCUTS if shortcut.command is not None]
    assert sorted(commands) == sorted(Command)


def test_no_bare_letter_does_anything_and_digits_choose_favourites_only(qtbot: QtBot) -> None:
    for shortcut in SHORTCUTS:
        bare = [keys for keys in shortcut.keys if check_keys(keys)]
        if shortcut.command is Command.FAVOURITE:
            assert bare == list("123456789")
        else:
            # "/" moves the keyboard to the search, as typing does.
            assert bare == (["/"] if shortcut.command is Command.SEARCH else []), shortcut


@pytest.mark.parametrize(
    "keys", ["P", "Shift+P", "7", "Space", "Esc", "", "Ctrl+A, Ctrl+B", "Nonsense", "Ctrl+", "\u00e4"]
)
def test_keys_that_type_or_are_none_are_refused(qtbot: QtBot, keys: str) -> None:
    assert check_keys(keys)


@pytest.mark.parametrize("keys", ["Ctrl+P", "F12", "Alt+Shift+1", "Meta+X", "Ctrl+Space", "ctrl+p"])
def test_keys_with_a_modifier_and_function_keys_are_taken(qtbot: QtBot, keys: str) -> None:
    assert check_keys(keys) == ""


def test_the_users_keys_come_in_place_of_the_defaults(qtbot: QtBot) -> None:
    key_map = make_key_map((KeyBinding("photo", "f12"), KeyBinding("quit", "")))
    assert key_map.keys[Command.PHOTO] == ("F12",)
    assert key_map.keys[Command.QUIT] == ()
    assert key_map.keys[Command.RECORD] == ("Ctrl+R",)
    assert key_map.problems == ()


def test_two_commands_may_swap_their_keys(qtbot: QtBot) -> None:
    key_map = make_key_map((KeyBinding("photo", "Ctrl+R"), KeyBinding("record", "Ctrl+P")))
    assert key_map.problems == ()
    assert (key_map.keys[Command.PHOTO], key_map.keys[Command.RECORD]) == (("Ctrl+R",), ("Ctrl+P",))


@pytest.mark.parametrize(
    ("binding", "problem"),
    [
        (KeyBinding("photo", "P"), "letters alone search"),
        (KeyBinding("photo", "Nonsense"), "is not a key"),
        (KeyBinding("fly", "Ctrl+Y"), "no shortcut"),
        (KeyBinding("favourite", "Ctrl+Y"), "no shortcut"),
        (KeyBinding("photo", "Ctrl+R"), "already used for \u201cStart or stop recording\u201d"),
    ],
)
def test_a_binding_that_cannot_be_used_is_reported_and_the_default_stays(
    qtbot: QtBot, binding: KeyBinding, problem: str
) -> None:
    key_map = make_key_map((binding, KeyBinding("quit", "F10")))
    (sentence,) = key_map.problems
    assert problem in sentence
    assert key_map.keys[Command.PHOTO] == ("Ctrl+P",)
    assert key_map.keys[Command.QUIT] == ("F10",)


def test_keys_that_another_command_has_are_refused_and_nothing_changes(qtbot: QtBot) -> None:
    before = (KeyBinding("record", "F9"),)
    bindings, problem = rebind(before, Command.PHOTO, "F9")
    assert bindings == before
    assert "already used for \u201cStart or stop recording\u201d" in problem


def test_keys_are_chosen_and_given_back(qtbot: QtBot) -> None:
    bindings, problem = rebind((), Command.PHOTO, "F9")
    assert (bindings, problem) == ((KeyBinding("photo", "F9"),), "")
    assert rebind(bindings, Command.PHOTO, None) == ((), "")


def test_the_default_cannot_come_back_while_another_command_has_it(qtbot: QtBot) -> None:
    bindings = (KeyBinding("photo", "F9"), KeyBinding("record", "Ctrl+P"))
    kept, problem = rebind(bindings, Command.PHOTO, None)
    assert kept == bindings
    assert "Ctrl+P" in problem


def test_favourites_and_faces_keep_their_digits() -> None:
    fixed = [each.command for each in SHORTCUTS if each.command and not can_change(each)]
    assert fixed == [Command.FACE, Command.FAVOURITE]
