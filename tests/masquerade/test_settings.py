"""Guards that settings survive a restart, and that no damaged file stops the program."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from masquerade.errors import SettingsError
from masquerade.settings import (
    _CHECKS,
    PhotoFormat,
    Settings,
    ThemeChoice,
    WindowPlace,
    read_settings,
    write_settings,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PLACES = st.builds(
    WindowPlace,
    left=st.integers(-5000, 5000),
    top=st.integers(-5000, 5000),
    width=st.integers(1, 8000),
    height=st.integers(1, 8000),
)
ANY_SETTINGS = st.builds(
    Settings,
    source=TEXTS,
    filters=st.lists(TEXTS, unique=True, max_size=4).map(tuple),
    intensity=st.floats(0, 1),
    favourites=st.lists(TEXTS, unique=True, max_size=4).map(tuple),
    mirror_preview=st.booleans(),
    mirror_file=st.booleans(),
    show_hud=st.booleans(),
    reduced_motion=st.booleans(),
    theme=st.sampled_from(ThemeChoice),
    photo_format=st.sampled_from(PhotoFormat),
    folder=TEXTS,
    window=st.none() | PLACES,
    maximised=st.booleans(),
)


@given(settings=ANY_SETTINGS)
def test_settings_come_back_as_they_were_written(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("settings") / "new" / "settings.toml"
    write_settings(path, settings)
    assert read_settings(path) == settings


def test_every_field_has_a_check_at_the_door() -> None:
    assert _CHECKS.keys() == {field.name for field in fields(Settings)}


def test_a_missing_file_gives_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "settings.toml") == Settings()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('intensity = "much"', "'intensity' must be a number"),
        ("intensity = true", "'intensity' must be a number"),
        ("intensity = 1.5", "'intensity' must lie between 0 and 1"),
        ("intensity = nan", "'intensity' must lie between 0 and 1"),
        ("mirror_file = 1", "'mirror_file' must be true or false"),
        ('theme = "blue"', "'theme' must be one of system, dark, light"),
        ("photo_format = []", "'photo_format' must be one of jpeg, png"),
        ("favourites = [1]", "'favourites' must be a list of texts"),
        ("source = 3", "'source' must be text"),
        ("window = [1, 2, 3, 4]", "'window' must hold left, top, width and height"),
        ("window = {left=0, top=0, width=0, height=9}", "'window' must have a width"),
        ("window = {left=0, top=0.5, width=9, height=9}", "'window' must hold whole numbers"),
        ("window = {left=9999999, top=0, width=9, height=9}", "'window' lies outside any desktop"),
        ("theme = ", "damaged"),
    ],
)
def test_a_broken_file_is_told_and_kept_aside(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=told):
        read_settings(path)
    assert (tmp_path / "settings.toml.broken").read_text() == text
    assert read_settings(path) == Settings()


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('theme = "blue"\nintensity = 7')
    with pytest.raises(SettingsError, match=r"'intensity'.*'theme'"):
        read_settings(path)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="UTF-8"):
        read_settings(path)


def test_a_key_of_another_version_does_not_cost_the_other_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('filters = ["dog"]\nlater_key = 3')
    assert read_settings(path).filters == ("dog",)


@pytest.mark.parametrize(("written", "filters"), [("blur", ("blur",)), ("", ())])
def test_the_one_filter_of_an_earlier_version_is_still_worn(
    tmp_path: Path, written: str, filters: tuple[str, ...]
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f'filter = "{written}"')
    assert read_settings(path).filters == filters


def test_a_write_that_fails_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    write_settings(path, Settings(filters=("dog",)))
    blocked = path / "settings.toml"
    with pytest.raises(SettingsError, match="cannot be saved"):
        write_settings(blocked, Settings())
    assert tomllib.loads(path.read_text())["filters"] == ["dog"]
    assert list(tmp_path.iterdir()) == [path]
