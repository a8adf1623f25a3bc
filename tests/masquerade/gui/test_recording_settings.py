"""Records with the settings of the window: format, copy without filters, the disk's room, the last report."""

from pathlib import Path

import av
import pytest
from masquerade.gui.controllers.recording_controller import remaining_in_words, report_in_words
from masquerade.settings import VideoFormat, VideoQuality
from masquerade.settings_file import read_settings
from masquerade.studio.recording.recorder import RecordingReport
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import open_live, remember, wait
from tests.masquerade.gui.world import World

CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_recording_follows_the_settings(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, filters=("dog",))
    window = open_live(qtbot, open_window)
    page = window.settings_page
    page.quality.chosen.emit("best")
    page.format.chosen.emit("webm")
    page.split.chosen.emit("1000")
    page.hardware.click()
    page.clean_copy.click()
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    wait(qtbot, lambda: window.bar.timer.text() == "00:02" and "left" in window.view._time)
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    wait(qtbot, lambda: window.toast.words.startswith("Video saved"))
    assert window.toast.words.endswith("with a copy without filters)")
    (options,) = world.recordings
    assert (options.quality, options.hardware, options.with_clean) == (VideoQuality.BEST, True, True)
    assert (options.max_bytes, options.filters) == (1_000_000_000, ("Dog",))
    clean, filtered = world.takes
    assert clean.name == f"{filtered.stem} clean.webm"
    with av.open(str(filtered)) as file:
        assert file.metadata["COMMENT"].strip().endswith("Filters: Dog")
    assert not world.keeps_clean
    window.close()
    assert read_settings(world.settings_path).settings.video_format is VideoFormat.WEBM


def test_a_filter_that_hides_faces_keeps_the_copy_from_being_written(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world, filters=("blur",), clean_copy=True)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    wait(qtbot, lambda: window.bar.timer.text() == "00:01")
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    wait(qtbot, lambda: window.toast.words.endswith("no copy without filters)"))
    assert len(world.takes) == 1


def test_frames_dropped_while_the_window_closed_are_reported_at_the_next_start(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world, record_sound=False)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    wait(qtbot, lambda: window.bar.timer.text() == "00:01")
    (source,) = world.sources.values()
    source._index += 7
    wait(qtbot, lambda: window.bar.timer.text() == "00:02")
    window.close()
    (path,) = world.takes
    again = open_window()
    wait(qtbot, lambda: again.banner.words.startswith(f"{path.name} was saved when the window was closed ("))
    assert "frames dropped" in again.banner.words
    again.close()
    assert read_settings(world.settings_path).settings.last_recording == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(9.9, "9 seconds"), (61, "1 min"), (3599, "59 min"), (3600 * 3 + 60 * 29, "3 h 20 min"), (1e9, "over 24 h")],
)
def test_the_room_on_the_disk_is_rounded_down(seconds: float, words: str) -> None:
    assert remaining_in_words(seconds) == words


def test_a_report_says_what_is_missing_and_nothing_else() -> None:
    whole = RecordingReport(Path("a.mp4"), 5.0, 150, 0)
    assert report_in_words(whole) == "5 seconds"
    lacking = RecordingReport(Path("a.mp4"), 5.0, 150, 3, 5.0, 2, Path("b.mp4"), True)
    assert report_in_words(lacking) == (
        "5 seconds, 2 files, 3 frames dropped, no sound, copy without filters ended early"
    )
