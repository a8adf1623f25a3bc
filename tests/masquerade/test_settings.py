"""Settings survive a restart, and no damaged file stops the program."""

import os
import re
import sys
import tomllib
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from masquerade.errors import SettingsError
from masquerade.settings import (
    FilterIntensity,
    GalleryOrder,
    KeyBinding,
    PhotoFormat,
    Settings,
    SourceKind,
    StatsDetail,
    ThemeChoice,
    WindowPlace,
)
from masquerade.settings_file import _CHECKS, LoadedSettings, open_settings, read_settings, write_settings

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
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
    intensities=st.dictionaries(TEXTS, st.floats(0, 1), max_size=4).map(
        lambda table: tuple(FilterIntensity(filter_id, value) for filter_id, value in table.items())
    ),
    hides_faces=st.booleans(),
    recent=st.lists(TEXTS, unique=True, max_size=4).map(tuple),
    gallery_order=st.sampled_from(GalleryOrder),
    small_cards=st.booleans(),
    favourites=st.lists(TEXTS, unique=True, max_size=4).map(tuple),
    mirror_preview=st.sampled_from([(), (SourceKind.CAMERA,), (SourceKind.CAMERA, SourceKind.DEMO)]),
    mirror_file=st.booleans(),
    stats=st.sampled_from(StatsDetail),
    reduced_motion=st.booleans(),
    theme=st.sampled_from(ThemeChoice),
    photo_format=st.sampled_from(PhotoFormat),
    folder=TEXTS,
    window=st.none() | PLACES,
    maximised=st.booleans(),
    shortcuts=st.dictionaries(TEXTS, TEXTS, max_size=4).map(
        lambda table: tuple(KeyBinding(command, keys) for command, keys in table.items())
    ),
)


@given(chosen=ANY_SETTINGS)
def test_settings_come_back_as_they_were_written(chosen: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("settings") / "new" / "settings.toml"
    write_settings(path, chosen)
    assert read_settings(path).settings == chosen


def test_every_field_has_a_check_at_the_door() -> None:
    assert _CHECKS.keys() == {field.name for field in fields(Settings)}


def test_a_missing_file_gives_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "settings.toml").settings == Settings()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("intensities = 1", "'intensities' must be a table of filters and their intensities"),
        ('intensities = {dog = "much"}', "'intensities' must be a table of filters and their intensities"),
        ("intensities = {dog = true}", "'intensities' must be a table of filters and their intensities"),
        ("intensities = {dog = 1.5}", "'intensities' must be a table of filters and their intensities"),
        ("intensities = {dog = nan}", "'intensities' must be a table of filters and their intensities"),
        ("mirror_file = 1", "'mirror_file' must be true or false"),
        ('theme = "blue"', "'theme' must be one of system, dark, light, contrast"),
        ('photo_format = "tiff"', "'photo_format' must be one of jpeg, png, webp"),
        ("photo_format = []", "'photo_format' must be one of jpeg, png, webp"),
        ("favourites = [1]", "'favourites' must be a list of texts"),
        ("source = 3", "'source' must be text"),
        ('mirror_preview = ["file"]', "'mirror_preview' must be a list of camera and demo"),
        ("mirror_preview = [[]]", "'mirror_preview' must be a list of camera and demo"),
        ('stats = "many"', "'stats' must be one of off, short, full"),
        ("shortcuts = 3", "'shortcuts' must be a table of commands"),
        ("shortcuts = {photo = 3}", "'shortcuts' must be a table of commands"),
        ('folder = "a\\u0000b"', "'folder' must not hold a NUL"),
        ("window = [1, 2, 3, 4]", "'window' must hold left, top, width and height"),
        ("window = {left=0, top=0, width=0, height=9}", "'window' must have a width"),
        ("window = {left=0, top=0.5, width=9, height=9}", "'window' must hold whole numbers"),
        ("window = {left=9999999, top=0, width=9, height=9}", "'window' lies outside any desktop"),
        (f"intensities = 0x{'f' * 5000}", "'intensities' must be a table"),
        (f"intensities = {{dog = 0x{'f' * 5000}}}", "'intensities' must be a table"),
        (f"window = {{left={'9' * 4000}, top=0, width=9, height=9}}", "'window' lies outside any desktop"),
        (f"theme = {'[' * 100}{']' * 100}", "'theme' must be one of"),
        ("theme = ", "not TOML"),
        (f"x = {'9' * 5000}", "not TOML"),
        (f"x = {'[' * 3000}", "not TOML (too deeply nested)"),
        (f"x = {'{a=' * 3000}", "not TOML"),
        ("x = 0000-00-00T99:99:99", "not TOML"),
        ("x = 9999-12-31T23:59:60Z", "not TOML"),
        ("[window", "not TOML"),
        ("theme = 'dark'\ntheme = 'dark'", "not TOML"),
        ("\x00\x01\x02", "not TOML"),
    ],
)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_bad_value_only_loses_itself(text: str, problem: str, after: bool, tmp_path: Path) -> None:
    """Above all the filters stay on: a face that should be hidden must not wake up bare."""
    path = tmp_path / "settings.toml"
    worn = 'filters = [\n    "blur",\n    "hat",\n]'
    path.write_text(f"{worn}\n{text}\n" if after else f"{text}\n{worn}\n")
    loaded = open_settings(path)
    assert loaded.settings.filters == ("blur", "hat")
    assert any(problem in each for each in loaded.problems), loaded.problems
    assert loaded.notice.count(". ") == 1
    assert str(tmp_path / "settings.toml.broken") in loaded.notice
    assert (tmp_path / "settings.toml.broken").read_text() in (f"{worn}\n{text}\n", f"{text}\n{worn}\n")
    # Also at the next start, though nothing was changed in between.
    again = open_settings(path)
    assert (again.settings, again.problems, again.notice) == (loaded.settings, (), "")


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ('filters = ["blur", 3, "hat"]', ("blur", "hat")),
        ('filters = "blur"', ("blur",)),
        ('filters = ["blur", "ha', ("blur",)),
        ('filters = [\n  "blur",\n  "hat",', ("blur", "hat")),
        ('filters = ["blur"]\nmirror_file = true\nthe', ("blur",)),
        ('\ufefffilters = ["blur"]', ("blur",)),
        ('filters = ["blur"]\nfilters = []', ("blur",)),
        ('filters = [["blur"], "hat"]', ("blur", "hat")),
        ('[[filters]]\nid = "blur"', ("blur",)),
        ('[filters]\nface = "blur"\nbody = ["hat", 3]', ("blur", "hat")),
    ],
)
def test_what_can_be_read_of_a_damaged_list_of_filters_stays_on(
    tmp_path: Path, text: str, filters: tuple[str, ...]
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    assert read_settings(path).settings.filters == filters


@pytest.mark.parametrize(
    ("text", "intensities"),
    [
        ('filters = ["dog", "hat"]\nintensity = 0.5', {"dog": 0.5, "hat": 0.5}),
        ('filters = ["dog"]\nintensity = 1.0', {}),
        ("intensity = 0.5", {}),
        ('filters = ["dog"]\nintensity = "much"', {}),
        ('filters = ["dog"]\nintensity = 0.5\nintensities = {cat = 0.2}', {"cat": 0.2}),
        ("intensities = {cat = 0.2, dog = 7}", {"cat": 0.2}),
    ],
)
def test_the_one_intensity_of_earlier_versions_stays_with_the_filters_that_are_on(
    tmp_path: Path, text: str, intensities: dict[str, float]
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    chosen = read_settings(path).settings
    assert {each.id: each.intensity for each in chosen.intensities} == intensities
    assert chosen.intensity_of("owl") == 1.0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_that_an_editor_saved_as_utf_16_is_read_whole(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "settings.toml"
    mark = "" if encoding == "utf-16" else "\ufeff"
    path.write_bytes(f'{mark}filters = ["blur"]\nfolder = "/tmp/Größe"\n'.encode(encoding))
    loaded = read_settings(path)
    assert (loaded.settings.filters, loaded.settings.folder, loaded.problems) == (("blur",), "/tmp/Größe", ())


def test_of_a_file_that_is_too_large_the_beginning_is_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('filters = ["blur"]\nmirror_file = true\n' + "# noise\n" * 200_000)
    loaded = read_settings(path)
    assert (loaded.settings.filters, loaded.settings.mirror_file) == (("blur",), True)
    assert "larger than 1000 kB" in loaded.problems[0]


def test_bytes_that_are_no_text_cost_only_their_own_key(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b'filters = ["blur"]\nsource = "\xff\xfe"\nmirror_file = true\n')
    loaded = read_settings(path)
    assert (loaded.settings.filters, loaded.settings.mirror_file) == (("blur",), True)
    assert "it is not UTF-8 text" in loaded.problems


def _directory(path: Path) -> None:
    path.mkdir()
    (path / "inside").write_text("x")


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _parent_is_a_file(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("x")


@pytest.mark.parametrize(
    "spoil",
    [
        _directory,
        pytest.param(_loop, marks=POSIX),
        pytest.param(getattr(os, "mkfifo", None), marks=POSIX, id="fifo"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), marks=POSIX, id="device"),
        pytest.param(_parent_is_a_file, marks=POSIX),
        lambda path: path.write_bytes(b"#" * 2_000_000),
        lambda path: path.write_bytes(bytes(range(256)) * 1000),
        lambda path: path.write_bytes(b""),
    ],
)
def test_nothing_at_the_path_of_the_file_stops_the_start(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    path = tmp_path / "masquerade" / "settings.toml"
    path.parent.mkdir()
    spoil(path)
    loaded = open_settings(path)
    assert loaded.settings == Settings()
    assert bool(loaded.notice) == bool(loaded.problems)
    assert open_settings(path).settings == Settings()


def test_every_backup_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    _directory(tmp_path / "settings.toml.broken")
    path.write_text("theme = 'blue'")
    assert "settings.toml.broken-2" in open_settings(path).notice
    assert (tmp_path / "settings.toml.broken-2").read_text() == "theme = 'blue'"


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('theme = "blue"\nmirror_file = 7')
    assert re.search(r"'mirror_file'.*'theme'", open_settings(path).notice)


def test_reading_changes_nothing_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("theme = 'blue'")
    read_settings(path)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("settings.toml", "theme = 'blue'")]


def test_a_name_that_is_not_utf_8_does_not_keep_the_others_from_being_saved(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    write_settings(path, Settings(source="caf\udce9.mp4", filters=("blur",)))
    assert read_settings(path).settings == Settings(filters=("blur",))


def test_a_filter_whose_name_is_not_utf_8_does_not_take_off_the_one_that_hides(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    write_settings(path, Settings(filters=("caf\udce9", "blur"), favourites=("dog", "\udcff")))
    assert read_settings(path).settings == Settings(filters=("blur",), favourites=("dog",))


@settings(max_examples=100, deadline=None)
@given(
    text=st.lists(
        st.sampled_from(
            [
                "filters",
                "theme",
                "window",
                "=",
                "[",
                "]",
                "{",
                "}",
                '"',
                "'''",
                '"' * 3,
                "\n",
                "#",
                ",",
                "0x",
                "9" * 400,
            ]
        )
        | st.text(max_size=5),
        max_size=40,
    ).map("".join)
)
def test_no_text_makes_reading_raise(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    loaded = open_settings(path)
    assert bool(loaded.notice) == bool(loaded.problems)


def test_a_key_of_another_version_does_not_cost_the_other_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('filters = ["dog"]\nlater_key = 3')
    assert read_settings(path).settings.filters == ("dog",)


@pytest.mark.parametrize(("written", "filters"), [("blur", ("blur",)), ("", ())])
def test_the_one_filter_of_an_earlier_version_is_still_worn(
    tmp_path: Path, written: str, filters: tuple[str, ...]
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f'filter = "{written}"')
    assert read_settings(path).settings.filters == filters


def test_what_can_be_read_of_a_damaged_table_of_shortcuts_stays(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('shortcuts = {photo = 3, record = "F9"}\nmirror_preview = ["demo", 7]')
    loaded = read_settings(path)
    assert loaded.settings.shortcuts == (KeyBinding("record", "F9"),)
    assert loaded.settings.mirror_preview == (SourceKind.DEMO,)
    assert len(loaded.problems) == 2


@pytest.mark.parametrize(("written", "kinds"), [("true", (SourceKind.CAMERA,)), ("false", ())])
def test_the_mirror_of_an_earlier_version_is_that_of_cameras(
    tmp_path: Path, written: str, kinds: tuple[SourceKind, ...]
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"mirror_preview = {written}")
    assert read_settings(path) == LoadedSettings(Settings(mirror_preview=kinds))


@pytest.mark.parametrize(("written", "stats"), [("true", StatsDetail.SHORT), ("false", StatsDetail.OFF)])
def test_the_stats_of_an_earlier_version_stay_as_they_were(tmp_path: Path, written: str, stats: StatsDetail) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"show_hud = {written}")
    assert read_settings(path) == LoadedSettings(Settings(stats=stats))


def test_a_write_that_fails_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    write_settings(path, Settings(filters=("dog",)))
    blocked = path / "settings.toml"
    with pytest.raises(SettingsError, match="cannot be saved"):
        write_settings(blocked, Settings())
    assert tomllib.loads(path.read_text())["filters"] == ["dog"]
    assert list(tmp_path.iterdir()) == [path]
