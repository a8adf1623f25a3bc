"""Drives the strip of what was made and the page of one file in the whole window."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from masquerade.gui.main_window import MainWindow
from masquerade.gui.recent.recent_strip import FILE_ROLE
from masquerade.gui.services.studio.recent_files import find_recent
from masquerade.settings_file import read_settings
from PIL import Image
from PySide6.QtCore import QEvent, QFile, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import open_live, remember, wait
from tests.masquerade.gui.world import World
from tests.masquerade.studio.sample_clips import bgra, make_clip, save_image_of
from tests.masquerade.studio.videos import read_video

_PHOTO, _TAKE, _LOOP = (f"Masquerade 2026-11-30 12.0{n}.00{end}" for n, end in ((0, ".png"), (1, ".mp4"), (2, ".gif")))


@pytest.fixture
def takes(world: World) -> Path:
    """A photo, a take of 4 s with sound, and a loop, from the oldest to the newest."""
    folder = world.folder / "takes"
    folder.mkdir()
    save_image_of(folder / _PHOTO, bgra((320, 180)))
    make_clip(folder / _TAKE, 4.0, keyframe_every=25)
    Image.new("RGB", (32, 32), "red").save(
        folder / _LOOP, save_all=True, append_images=[Image.new("RGB", (32, 32), "blue")], duration=100
    )
    for age, name in enumerate((_LOOP, _TAKE, _PHOTO)):
        os.utime(folder / name, (1_700_000_000 - age, 1_700_000_000 - age))
    remember(world)
    return folder


def names(window: MainWindow) -> list[str]:
    model = window.recent.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def open_strip(qtbot: QtBot, open_window: OpenWindow, count: int = 3, **values: object) -> MainWindow:
    window = open_live(qtbot, open_window, **values)
    wait(qtbot, window.bar.recent.isVisible)
    qtbot.mouseClick(window.bar.recent, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: len(names(window)) == count)
    return window


def open_file(qtbot: QtBot, window: MainWindow, name: str) -> None:
    model = window.recent.list.model()
    index = model.index(names(window).index(name), 0)
    window.recent.list.scrollTo(index)
    place = window.recent.list.visualRect(index).center()
    qtbot.mouseClick(window.recent.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.clip_page.isVisible()
    wait(qtbot, lambda: not window.clip_page.view.image.isNull())


def open_take(qtbot: QtBot, window: MainWindow) -> None:
    open_file(qtbot, window, _TAKE)
    wait(qtbot, lambda: window.clip_page.bar.end > 3.5)


def key(qtbot: QtBot, window: MainWindow, name: str, pressed: Qt.Key, held: Qt.KeyboardModifier) -> None:
    model = window.recent.list.model()
    window.recent.list.setCurrentIndex(model.index(names(window).index(name), 0))
    qtbot.keyClick(window.recent.list, pressed, held)


def test_the_strip_shows_what_was_made_the_newest_first(qtbot: QtBot, takes: Path, open_window: OpenWindow) -> None:
    (takes / "holiday.jpg").write_bytes((takes / _PHOTO).read_bytes())
    (takes / "Masquerade 2026-11-30 13.00.00.mp4").write_bytes(b"")
    window = open_strip(qtbot, open_window)
    assert names(window) == [_LOOP, _TAKE, _PHOTO]
    model = window.recent.list.model()
    role = int(Qt.ItemDataRole.DecorationRole)
    wait(qtbot, lambda: all(isinstance(model.index(row, 0).data(role), QImage) for row in range(3)))
    assert max(model.index(2, 0).data(role).size().toTuple()) == 320
    urls = model.mimeData([model.index(1, 0)]).urls()
    assert [url.toLocalFile() for url in urls] == [str(takes / _TAKE)]
    qtbot.keyClick(window.recent.list, Qt.Key.Key_Escape)
    assert not window.recent.isVisible()


def test_images_are_made_off_qts_thread_and_a_broken_file_has_none(
    qtbot: QtBot, world: World, takes: Path, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    (takes / _TAKE).write_bytes(b"no video")
    readers = []
    read_still = world.clips.read_still

    def read(path: Path, side: int, seconds: float = 0.0) -> object:
        readers.append(threading.current_thread())
        return read_still(path, side, seconds)

    monkeypatch.setattr(world.clips, "read_still", read)
    window = open_strip(qtbot, open_window)
    model = window.recent.list.model()
    role = int(Qt.ItemDataRole.DecorationRole)
    wait(qtbot, lambda: all(model.index(row, 0).data(role) is not None for row in range(3)))
    broken = names(window).index(_TAKE)
    assert [model.index(row, 0).data(role).isNull() for row in range(3)] == [row == broken for row in range(3)]
    assert threading.main_thread() not in readers


def test_the_page_of_a_file_that_cannot_be_read_says_why_without_its_folder(
    qtbot: QtBot, takes: Path, open_window: OpenWindow
) -> None:
    (takes / _TAKE).write_bytes(b"no video")
    window = open_strip(qtbot, open_window)
    model = window.recent.list.model()
    window.recent.list.clicked.emit(model.index(names(window).index(_TAKE), 0))
    page = window.clip_page
    wait(qtbot, lambda: _TAKE in page.message.text())
    assert str(takes) not in page.message.text()
    assert page.view.sign == "warning"


@pytest.mark.parametrize("size_wh", [(640, 480), (800, 600), (1280, 800)])
def test_the_strip_takes_no_room_from_the_image(
    qtbot: QtBot, takes: Path, open_window: OpenWindow, size_wh: tuple[int, int]
) -> None:
    window = open_live(qtbot, open_window, size_wh=size_wh)
    window.resize(*size_wh)
    before = window.view.image_place().size()
    wait(qtbot, window.bar.recent.isVisible)
    qtbot.mouseClick(window.bar.recent, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: len(names(window)) == 3)
    assert window.recent.isVisible()
    assert window.gallery.isVisible() is (size_wh[0] >= 900)
    # The fake camera's 16:9 leaves room above and below in a large window.
    assert window.view.image_place().height() >= before.height() - 1
    qtbot.mouseClick(window.bar.recent, Qt.MouseButton.LeftButton)
    assert window.gallery.isVisible()
    assert not window.recent.isVisible()


def test_a_new_photo_comes_to_the_beginning_of_the_strip(qtbot: QtBot, takes: Path, open_window: OpenWindow) -> None:
    window = open_strip(qtbot, open_window)
    goal = window.recent.first_place().translated(window.recent.pos())
    flights: list[object] = []
    window.fly_photo = lambda image, fly=window.fly_photo: flights.append(fly(image))  # type: ignore[method-assign]
    qtbot.mouseClick(window.bar.photo, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: len(names(window)) == 4)
    assert names(window)[0].endswith(".jpg")
    assert len(flights) == 1
    assert window.recent.geometry().contains(goal)


def test_a_running_recording_is_not_in_the_strip(qtbot: QtBot, takes: Path, open_window: OpenWindow) -> None:
    window = open_strip(qtbot, open_window)
    qtbot.mouseClick(window.bar.record, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: window.is_recording)
    wait(qtbot, lambda: sum(path.stat().st_size > 0 for path in takes.iterdir()) == 4)
    # Another photo, so that one can tell when the folder has been looked at again.
    another = "Masquerade 2026-11-30 12.09.00.png"
    save_image_of(takes / another, bgra((320, 180)))
    # A screen without a window manager never sends this by itself.
    QGuiApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    wait(qtbot, lambda: len(names(window)) == 4)
    assert set(names(window)) == {_PHOTO, _TAKE, _LOOP, another}
    qtbot.mouseClick(window.bar.record, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: len(names(window)) == 5)


def test_a_recording_plays_to_its_end_in_the_window(qtbot: QtBot, takes: Path, open_window: OpenWindow) -> None:
    window = open_strip(qtbot, open_window)
    open_take(qtbot, window)
    page = window.clip_page
    page.bar.seek_wanted.emit(3.2)
    bright: list[float] = []
    positions: list[float] = []
    page.view.show_image = lambda image: bright.append(image.pixelColor(9, 9).lightness())  # type: ignore[method-assign]
    show_time: Callable[[float, float], None] = page.show_time
    page.show_time = lambda at, seconds: (positions.append(at), show_time(at, seconds))  # type: ignore[method-assign]
    qtbot.keyClick(page.play, Qt.Key.Key_Space)
    assert page.play.accessibleName() == "Pause (Space)"
    wait(qtbot, lambda: page.play.accessibleName() == "Play (Space)")
    assert positions[-1] == pytest.approx(3.96, abs=0.1)
    assert positions == sorted(positions)
    assert len(bright) > 1
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_a_trimmed_copy_begins_where_its_handle_stands(qtbot: QtBot, takes: Path, open_window: OpenWindow) -> None:
    window = open_strip(qtbot, open_window)
    before = (takes / _TAKE).read_bytes()
    open_take(qtbot, window)
    page = window.clip_page
    assert not page.trim.isEnabled()
    # By the keyboard: two seconds from the front, half a second from the end.
    for _ in range(2):
        qtbot.keyClick(page.bar, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    for _ in range(5):
        qtbot.keyClick(page.bar, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert page.bar.begin == pytest.approx(2.0, abs=0.01)
    qtbot.mouseClick(page.trim, Qt.MouseButton.LeftButton)
    trimmed = f"{Path(_TAKE).stem} trimmed.mp4"
    wait(qtbot, lambda: page.message.text() == f"Saved {trimmed}")
    assert read_video(takes / trimmed).end == pytest.approx(1.5, abs=0.05)
    assert (takes / _TAKE).read_bytes() == before
    wait(qtbot, lambda: trimmed in names(window))


def test_dragging_a_handle_snaps_it_to_a_keyframe(qtbot: QtBot, takes: Path, open_window: OpenWindow) -> None:
    window = open_strip(qtbot, open_window)
    open_take(qtbot, window)
    bar = window.clip_page.bar
    y = bar.height() // 2
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(6, y))
    qtbot.mouseMove(bar, QPoint(bar.width() * 45 // 100, y))
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton)
    # 45 % of four seconds lie behind the keyframe at 1 s.
    assert bar.begin == pytest.approx(1.0, abs=0.01)
    assert bar.end == pytest.approx(4.0, abs=0.1)


def test_a_loop_is_made_of_the_stretch(qtbot: QtBot, takes: Path, open_window: OpenWindow) -> None:
    window = open_strip(qtbot, open_window)
    open_take(qtbot, window)
    page = window.clip_page
    page.bar.stretch_changed.emit(2.0, 2.5)
    qtbot.mouseClick(page.loop, Qt.MouseButton.LeftButton)
    page.loop_row.kinds.chosen.emit("webp")
    page.loop_row.boomerang.click()
    page.loop_row.megabytes.setText("x")
    qtbot.mouseClick(page.loop_row.make, Qt.MouseButton.LeftButton)
    assert page.message.text() == "Type the largest size in MB, such as 5."
    page.loop_row.megabytes.setText("0,5")
    qtbot.mouseClick(page.loop_row.make, Qt.MouseButton.LeftButton)
    name = f"{Path(_TAKE).stem} loop.webp"
    wait(qtbot, lambda: page.message.text().startswith(f"Saved {name}, 160 \u00d7 120"))
    wait(qtbot, lambda: name in names(window))
    assert page.loop_row.make.isEnabled()


def test_the_page_says_that_a_recording_is_gone(
    qtbot: QtBot, world: World, takes: Path, open_window: OpenWindow
) -> None:
    window = open_strip(qtbot, open_window)
    open_take(qtbot, window)
    (takes / _TAKE).unlink()
    window.clip_page.bar.stretch_changed.emit(2.0, 3.0)
    window.clip_page.trim.click()
    wait(qtbot, lambda: "cannot be opened" in window.clip_page.message.text())


def test_a_file_gets_another_name_and_stays_in_the_strip(
    qtbot: QtBot, world: World, takes: Path, open_window: OpenWindow
) -> None:
    window = open_strip(qtbot, open_window)
    key(qtbot, window, _LOOP, Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier)
    page = window.clip_page
    assert page.name.hasFocus()
    # 120 letters of three bytes each are too long for a file's name.
    for bad in ("a/b", "", ".hidden", "CON", "\u20ac" * 120):
        page.name.setText(bad)
        qtbot.keyClick(page.name, Qt.Key.Key_Return)
        wait(qtbot, page.message.isVisible)
        assert page.name.text() == Path(_LOOP).stem
        page.show_message("")
    page.name.setText("A red wink")
    qtbot.keyClick(page.name, Qt.Key.Key_Return)
    wait(qtbot, lambda: (takes / "A red wink.gif").exists() and "A red wink.gif" in names(window))
    window.close()
    assert read_settings(world.settings_path).settings.other_files == (str(takes / "A red wink.gif"),)


def test_a_taken_name_is_refused(qtbot: QtBot, takes: Path, open_window: OpenWindow) -> None:
    (takes / "mine.png").write_bytes((takes / _PHOTO).read_bytes())
    window = open_strip(qtbot, open_window)
    key(qtbot, window, _PHOTO, Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier)
    window.clip_page.name.setText("mine")
    qtbot.keyClick(window.clip_page.name, Qt.Key.Key_Return)
    wait(qtbot, lambda: "already a file mine.png" in window.clip_page.message.text())
    assert (takes / _PHOTO).exists()


def test_files_are_copied_as_files_and_photos_as_images_too(qtbot: QtBot, takes: Path, open_window: OpenWindow) -> None:
    window = open_strip(qtbot, open_window)
    control = Qt.KeyboardModifier.ControlModifier
    for name, is_image in ((_PHOTO, True), (_TAKE, False)):
        key(qtbot, window, name, Qt.Key.Key_C, control)
        wait(qtbot, lambda name=name: window.toast.words == f"Copied {name}")
        mime = QGuiApplication.clipboard().mimeData()
        assert [url.toLocalFile() for url in mime.urls()] == [str(takes / name)]
        assert mime.hasImage() is is_image
        assert bytes(mime.data("x-special/gnome-copied-files").data()).startswith(b"copy\nfile://")


def test_a_deleted_file_lies_in_the_bin_and_comes_back(qtbot: QtBot, takes: Path, open_window: OpenWindow) -> None:
    window = open_strip(qtbot, open_window)
    content = (takes / _TAKE).read_bytes()
    key(qtbot, window, _TAKE, Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier)
    wait(qtbot, lambda: names(window) == [_LOOP, _PHOTO])
    assert not (takes / _TAKE).exists()
    assert window.toast.words == f"Moved {_TAKE} to the bin"
    window.toast.button.click()
    wait(qtbot, lambda: names(window) == [_LOOP, _TAKE, _PHOTO])
    assert (takes / _TAKE).read_bytes() == content


def test_without_a_bin_the_file_stays_and_a_sentence_says_so(
    qtbot: QtBot, takes: Path, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    class BinlessFile(QFile):
        def moveToTrash(self) -> bool:  # noqa: N802 (Qt's name)
            return False

    monkeypatch.setattr("masquerade.gui.services.desktop.bin.QFile", BinlessFile)
    window = open_strip(qtbot, open_window)
    open_take(qtbot, window)
    qtbot.mouseClick(window.clip_page.remove, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: "could not be moved to the bin" in window.banner.words)
    assert (takes / _TAKE).exists()


def test_the_menu_of_a_file_offers_everything(qtbot: QtBot, takes: Path, open_window: OpenWindow) -> None:
    window = open_strip(qtbot, open_window)
    file = window.recent.list.model().index(0, 0).data(FILE_ROLE)
    window.recent.list.menu_wanted.emit(file, window.mapToGlobal(QPoint(300, 300)))
    menu = next(each for each in window.findChildren(QMenu) if each.isVisible())
    words = [action.text() for action in menu.actions() if action.text()]
    assert words == ["Open", "Rename\u2026", "Copy", "Show in folder", "Move to bin"]
    menu.close()


def test_the_list_is_bounded_and_folders_may_be_missing(tmp_path: Path) -> None:
    for number in range(80):
        path = tmp_path / f"Masquerade 2026-11-30 10.00.{number}.png"
        path.write_bytes(b"x")
        os.utime(path, (number, number))
    (tmp_path / "Masquerade 2026-11-30 folder.png").mkdir()
    (tmp_path / "Masquerade 2026-11-30 link.png").symlink_to(tmp_path / "nowhere")
    files = find_recent([tmp_path, tmp_path / "missing"], [tmp_path / "gone.mp4", Path("a\0b.png")], [])
    assert [file.path.stem[-2:] for file in files[:2]] == ["79", "78"]
    assert len(files) == 60


def test_the_sound_of_a_recording_is_played_in_time(takes: Path) -> None:
    from masquerade.studio.clips.file_sound import read_sound  # noqa: PLC0415 (loads PyAV)

    with av.open(str(takes / _TAKE)) as file:
        assert file.streams.audio
    blocks = list(read_sound(takes / _TAKE, 0.5))
    loud = [block.seconds for block in blocks if np.abs(block.samples).max() > 0.3]
    assert loud[0] == pytest.approx(1.0, abs=0.05)
    assert blocks[0].seconds <= 0.5
