"""What is not bundled is checked and drawn in a process of its own, whose end costs that package alone."""

import os
import sys
import threading
from pathlib import Path

import numpy as np
import psutil
import pytest
from masquerade.errors import FilterError, PackageError
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.intake.cache import IntakeCache
from masquerade.filters.intake.intake import _PROGRAM, Intake
from masquerade.filters.intake.packed import pack
from masquerade.filters.render import paint_still

from tests.masquerade.filters.format.art.test_animation import encoded, frames
from tests.masquerade.filters.package_writer import HEAD, STICKER, package, svg
from tests.masquerade.filters.packages.test_archive import whole, zipped
from tests.masquerade.filters.portrait import portrait_face, portrait_pixels

ANIMATED = HEAD + '[[layer]]\nkind = "sticker"\nanchors = { nose_tip = [1, 2] }\nwidth = 1\nart = "a.gif"\n'
BROKEN = HEAD + STICKER + "dept = 1\n"
# Packages of these names do to the worker what hostile art has done to it.
HOSTILE = (
    _PROGRAM.rpartition("from")[0]
    + """
import hashlib, os, signal, time
from masquerade.filters.intake import worker
worker.CPU_SECONDS = 1
real = worker._try_out
def hostile(chosen, shown_as, strict):
    name = shown_as.name
    if name == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if name == "spin":
        while True: pass
    if name == "sleep":
        worker.faulthandler.dump_traceback_later(1, exit=True, file=open(os.devnull, "w"))
        time.sleep(1000)
    if name == "native":
        # Keeps the interpreter's lock, as QtSvg does.
        (10 ** 4_000_000) ** 3 % 7
        sum(range(10 ** 12))
    if name == "memory":
        bytearray(20_000_000_000)
    if name == "raise":
        raise KeyError("inner")
    real(chosen, shown_as, strict)
worker._try_out = hostile
worker.main()
"""
)
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such limits")


def pixels_of(chosen: Filter) -> np.ndarray:
    pixels = portrait_pixels()
    paint_still(pixels, (portrait_face(),), (chosen,))
    return pixels


def taken_from(taken: Filter | FilterError) -> Filter:
    assert isinstance(taken, Filter), taken
    return taken


def test_a_checked_package_draws_the_same(tmp_path: Path) -> None:
    folder = package(tmp_path / "hat", HEAD + STICKER + 'part = "front"\n')
    animated = package(tmp_path / "toy", ANIMATED)
    (animated / "a.gif").write_bytes(encoded(".gif", frames()))
    archive = zipped(tmp_path / "cap.zip", *whole())
    taken = Intake(tmp_path / "cache").take_in((folder, animated, archive))
    hat, toy, cap = (taken_from(taken[path]) for path in (folder, animated, archive))
    assert (pixels_of(hat) == pixels_of(load_filter(folder))).all()
    assert [piece.seconds for piece in toy.art[0]] == [0.08] * 4
    assert (hat.id, hat.manifest.folder, toy.id, cap.id) == ("hat", folder, "toy", "cap")


def test_an_unchanged_package_needs_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = Intake(tmp_path / "cache")
    folder, broken = package(tmp_path / "hat"), package(tmp_path / "bad", BROKEN)
    first = intake.take_in((folder, broken))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    again = intake.take_in((folder, broken))
    assert (pixels_of(taken_from(first[folder])) == pixels_of(taken_from(again[folder]))).all()
    assert str(first[broken]) == str(again[broken])
    assert "filter.toml:10: layer 1: unknown key 'dept'" in str(again[broken])
    assert isinstance(again[broken], PackageError)
    # Of the same content, but elsewhere: the problems name this path.
    other = package(tmp_path / "elsewhere" / "bad", BROKEN)
    assert str(intake.take_in((other,))[other]).startswith(str(other))
    package(tmp_path / "hat", HEAD.replace("Test", "Changed") + STICKER)
    with pytest.raises(FilterError, match=r"was not checked: the checking process did not start"):
        intake.load(folder)


@POSIX
def test_a_crash_or_a_hang_costs_that_package_alone(tmp_path: Path) -> None:
    names = ("crash", "spin", "sleep", "native", "memory", "raise")
    paths = [package(tmp_path / name, HEAD.replace("Test", name) + STICKER) for name in ("a", *names, "z")]
    intake, before = Intake(tmp_path / "cache", HOSTILE), psutil.Process().children(recursive=True)
    taken = {path.name: each for path, each in intake.take_in(paths).items()}
    assert [name for name, each in taken.items() if isinstance(each, Filter)] == ["a", "z"]
    wanted = {
        "crash": "crashes when it is drawn (code -11)",
        "spin": "takes too long to draw",
        "sleep": "takes longer than",
        "native": "takes too long to draw",
        "memory": "needs too much memory",
        "raise": "cannot be used (KeyError: 'inner')",
    }
    for name, words in wanted.items():
        assert words in str(taken[name]), str(taken[name])
        assert str(tmp_path / name) in str(taken[name])
        assert "\n" not in str(taken[name])
    assert psutil.Process().children(recursive=True) == before
    # Known by now: no start of the program waits for it again.
    assert "crashes" in str(Intake(tmp_path / "cache", "raise SystemExit").take_in(paths)[paths[1]])


def test_only_one_process_runs_at_a_time(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = _PROGRAM.replace("main()", f"f = open({str(log)!r}, 'a'); f.write('+'); f.flush(); main(); f.write('-')")
    intakes = [Intake(tmp_path / f"cache{number}", program) for number in range(3)]
    folder = package(tmp_path / "hat")
    threads = [threading.Thread(target=each.take_in, args=((folder,),)) for each in intakes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert log.read_text() == "+-+-+-"


@pytest.mark.parametrize("spoil", ["cut", "noise", "folder", "empty", "changed"])
def test_a_damaged_file_of_the_cache_is_not_used(tmp_path: Path, spoil: str) -> None:
    folder = package(tmp_path / "hat")
    cache = IntakeCache(tmp_path / "cache")
    cache.keep("key", pack((folder / "filter.toml").read_bytes(), load_filter(folder).art))
    assert isinstance(cache.load("key", folder), Filter)
    (kept,) = (tmp_path / "cache").iterdir()
    content = kept.read_bytes()
    kept.unlink()
    if spoil == "folder":
        (kept / "inside").mkdir(parents=True)
    else:
        damaged = {
            "cut": content[:-9],
            "noise": bytes(99),
            "empty": b"",
            "changed": content.replace(b"d02020", b"20d020"),
        }
        kept.write_bytes(damaged[spoil])
    assert cache.load("key", folder) is None


def test_the_cache_deletes_what_was_not_used_for_longest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("masquerade.filters.intake.cache._MAX_BYTES", 2500)
    cache = IntakeCache(tmp_path)
    for number in range(3):
        cache.keep(str(number), bytes(1000))
        os.utime(tmp_path / f"{number}.filter", (number, number))
    cache.keep("3", bytes(1000))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2.filter", "3.filter"]


def test_a_cache_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    assert Intake(tmp_path / "cache").load(package(tmp_path / "hat")).id == "hat"


def test_a_check_leaves_nothing_behind_and_names_the_zip(tmp_path: Path) -> None:
    path = zipped(tmp_path / "hat.zip", ("filter.toml", BROKEN), whole()[1])
    with pytest.raises(FilterError) as caught:
        Intake(tmp_path / "cache").check(path)
    assert str(caught.value).startswith(f"{path / 'filter.toml'}:10: ")
    assert [each.name for each in tmp_path.iterdir()] == ["hat.zip"]


def test_a_check_takes_the_manifest_for_its_folder(tmp_path: Path) -> None:
    assert Intake(tmp_path / "cache").check(package(tmp_path / "hat") / "filter.toml").id == "hat"


def test_a_check_reports_art_in_which_nothing_can_be_seen(tmp_path: Path) -> None:
    art = svg('<g id="a"/><g id="b"><rect width="9" height="9" fill="none"/></g><defs><g id="c"><path/></g></defs>')
    folder = package(tmp_path / "hat", HEAD + "".join(f'{STICKER}part = "{part}"\n' for part in "abc"), art_svg=art)
    with pytest.raises(FilterError) as caught:
        Intake(tmp_path / "cache").check(folder)
    assert str(caught.value).count("nothing of its art can be seen") == 3
    # It harms nobody: whoever has it may go on wearing the rest.
    assert Intake(tmp_path / "cache").load(folder).manifest.name == "Test"


@pytest.mark.parametrize(
    ("path", "words"), [("nothing", "does not exist"), ("file.svg", "is no filter"), ("big", "has over 200 files")]
)
def test_a_folder_that_is_no_package_is_refused(tmp_path: Path, path: str, words: str) -> None:
    (tmp_path / "file.svg").write_text("<svg/>")
    folder = package(tmp_path / "big")
    for number in range(201):
        (folder / f"{number}.svg").write_text("")
    with pytest.raises(FilterError, match=words):
        Intake(tmp_path / "cache").load(tmp_path / path)


@POSIX
def test_art_that_takes_too_long_to_draw_is_refused(tmp_path: Path) -> None:
    """Nothing in it is forbidden: there is only too much of it."""
    ring = '<circle cx="50" cy="50" r="40" fill="url(#g)" stroke="url(#g)" stroke-width="9" stroke-dasharray="0.1"/>'
    gradient = '<radialGradient id="g"><stop offset="0" stop-color="red"/><stop offset="1"/></radialGradient>'
    folder = package(tmp_path / "rings", art_svg=svg(gradient + ring * 4900))
    with pytest.raises(FilterError, match=r"filter\.toml: takes too long to draw"):
        Intake(tmp_path / "cache", HOSTILE).load(folder)
