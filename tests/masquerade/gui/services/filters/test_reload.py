"""A changed package is shown within a moment; a broken edit is an error until it is mended."""

from dataclasses import replace

from masquerade.filters.packages.entry import FilterEntry
from masquerade.gui.main_window import MainWindow
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.test_main_window import open_live, remember, wait
from tests.masquerade.gui.world import World

EDIT = "'crown', line 3: unknown key 'nmae' (did you mean 'name'?). `masquerade filters check` tells all."


def touch(world: World, text: str) -> None:
    (world.mine / "crown").mkdir(parents=True, exist_ok=True)
    (world.mine / "crown" / "filter.toml").write_text(text)


def edited(world: World, **values: str) -> tuple[FilterEntry, ...]:
    return tuple(replace(card, **values) if card.id == "crown" else card for card in world.cards)


def begin(qtbot: QtBot, world: World, open_window: OpenWindow) -> MainWindow:
    remember(world, filters=("crown",))
    return open_live(qtbot, open_window)


def test_new_art_is_put_on_again(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    begin(qtbot, world, open_window)
    count = len(world.worn)
    touch(world, "new art")
    wait(qtbot, lambda: len(world.worn) > count)
    assert world.worn[-1][0] == "crown"


def test_a_new_name_is_shown(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = begin(qtbot, world, open_window)
    world.cards = edited(world, name="Tiara")
    touch(world, "new name")
    wait(qtbot, lambda: "Tiara" in {card.name for card in window.gallery.model.cards})
    assert window.gallery.model.chosen == "crown"


def test_a_broken_edit_is_an_error_and_the_last_good_version_stays(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    window = begin(qtbot, world, open_window)
    whole = world.cards
    world.cards = edited(world, broken_edit=EDIT)
    touch(world, "broken")
    wait(qtbot, lambda: window.banner.words == EDIT)
    assert world.worn[-1][0] == "crown"
    world.cards = whole
    touch(world, "mended again")
    wait(qtbot, lambda: window.banner.words == "")
