"""Checks how sources are named and chosen."""

import pytest
from masquerade.gui.services.sources.texts import camera_text, describe_source
from masquerade.gui.toolbar.camera_menu import CameraMenu
from masquerade.pipeline.cameras import CameraInfo
from pytestqt.qtbot import QtBot

CAMERAS = (CameraInfo(0, "Integrated Camera"), CameraInfo(2, "BRIO"))
TWINS = (CameraInfo(0, "BRIO"), CameraInfo(2, "BRIO"))


@pytest.mark.parametrize(
    ("source_text", "shown"),
    [
        ("", ("camera", "Camera")),
        ("demo", ("demo", "Demo")),
        ("camera:2", ("camera", "BRIO")),
        ("camera:BRIO", ("camera", "BRIO")),
        ("camera:7", ("camera", "Camera 7")),
        ("/home/anna/clip.mp4", ("film", "clip.mp4")),
    ],
)
def test_a_source_is_shown_by_its_name(source_text: str, shown: tuple[str, str]) -> None:
    assert describe_source(source_text, CAMERAS) == shown


def test_a_camera_is_remembered_by_name_and_twins_by_number() -> None:
    assert [camera_text(camera, CAMERAS) for camera in CAMERAS] == ["camera:Integrated Camera", "camera:BRIO"]
    assert [camera_text(camera, TWINS) for camera in TWINS] == ["camera:0", "camera:2"]


def test_the_list_holds_cameras_demo_and_files(qtbot: QtBot) -> None:
    button = CameraMenu()
    qtbot.addWidget(button)
    button.show()
    button.show_cameras(CAMERAS)
    button.open()
    words = [action.text() for action in button.menu.actions() if action.text()]
    assert words == ["Integrated Camera", "BRIO", "Demo", "Open video or image\u2026"]
    with qtbot.waitSignal(button.source_chosen) as reported:
        button.menu.actions()[1].trigger()
    assert reported.args == ["camera:BRIO"]
    button.menu.close()


def test_the_list_says_that_there_is_no_camera(qtbot: QtBot) -> None:
    button = CameraMenu()
    qtbot.addWidget(button)
    button.show()
    button.show_cameras(())
    button.open()
    first = button.menu.actions()[0]
    assert (first.text(), first.isEnabled()) == ("No camera found", False)
    button.menu.close()
