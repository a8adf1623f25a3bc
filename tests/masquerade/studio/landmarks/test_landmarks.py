import io
import json
import math
import socket
import struct
from pathlib import Path

import numpy as np
import pytest
from masquerade.errors import SourceError
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.pose import fit_pose
from masquerade.studio.landmarks.log import LandmarkLog, LoggedFace, LogReader
from masquerade.studio.landmarks.mask import draw_masks
from masquerade.studio.landmarks.osc import OscError, VmcSender, encode_message, head_quaternion, parse_target
from masquerade.values import Face, Frame, Keypoints, Scene, Trigger

_SIZE_WH = (160, 120)


def _face(identity: int = 1, held: bool = False, turn: float = 0.0) -> Face:
    model = model_landmarks().astype(np.float64)
    rotation = np.array([[math.cos(turn), 0, math.sin(turn)], [0, 1, 0], [-math.sin(turn), 0, math.cos(turn)]])
    points = ((model @ rotation.T)[:, :2] * 30 + (80, 45)).astype(np.float32)
    return Face(identity, Keypoints(points, 0.9), fit_pose(points), held, frozenset({Trigger.SMILE}))


def _scene(seconds: float, *faces: Face) -> Scene:
    return Scene(Frame(np.zeros((_SIZE_WH[1], _SIZE_WH[0], 4), np.uint8), 0, 500 + seconds), faces=faces)


def _write(path: Path, *scenes: Scene) -> None:
    with path.open("w", encoding="utf-8") as file:
        log = LandmarkLog(file)
        for scene in scenes:
            log.add(scene)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    _write(path, _scene(0, _face(3)), _scene(0.1), _scene(0.2, _face(3), _face(4, held=True)))
    reader = LogReader(path)
    frames = list(reader)
    assert reader.size_wh == _SIZE_WH
    assert [frame.time for frame in frames] == [0, 0.1, 0.2]
    assert [[face.id for face in frame.faces] for frame in frames] == [[3], [], [3]]
    assert np.abs(frames[0].faces[0].landmarks - _face().keypoints.points).max() < 0.01
    line = json.loads(path.read_text().splitlines()[1])
    assert line["faces"][0]["triggers"] == ["smile"]
    assert len(line["faces"][0]["pose"]) == 3


def test_a_line_that_is_broken_off_ends_the_log(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    _write(path, _scene(0, _face()), _scene(0.1, _face()))
    path.write_bytes(path.read_bytes()[:-20])
    assert len(list(LogReader(path))) == 1


@pytest.mark.parametrize(
    "second",
    [
        "no json",
        "[]",
        "{}",
        '{"time": "x", "faces": []}',
        '{"time": NaN, "faces": []}',
        '{"time": 1, "faces": [{"id": 1, "points": [[1, 2]]}]}',
        '{"time": 1, "faces": [{"id": 1, "points": [' + ", ".join(["[1e30, 1]"] * 15) + "]}]}",
        '{"time": 1, "faces": [{"id": 1, "points": [' + ", ".join(["[1e300, 1]"] * 15) + "]}]}",
        '{"time": 1, "faces": [{"id": 1, "points": null}]}',
        '{"time": 1, "faces": 3}',
        "[" * 100_000,
        '{"time": 1, "faces": [{"id": 1e400, "points": [' + ", ".join(["[1, 1]"] * 15) + "]}]}",
    ],
)
def test_every_invalid_line_is_one_sentence(tmp_path: Path, second: str) -> None:
    path = tmp_path / "a.jsonl"
    _write(path, _scene(0, _face()))
    head = path.read_text().splitlines()[0]
    path.write_text(f"{head}\n{second}\n")
    with pytest.raises(SourceError, match="line 2"):
        list(LogReader(path))


@pytest.mark.parametrize("head", ["", "{}", "\0\0", '{"masquerade": 2}', "[]", '{"masquerade": 1, "width": 3}'])
def test_another_file_is_one_sentence(tmp_path: Path, head: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(head + "\n")
    with pytest.raises(SourceError):
        LogReader(path)
    with pytest.raises(SourceError, match="cannot be read"):
        LogReader(tmp_path / "missing.jsonl")
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SourceError, match="it is not UTF-8 text"):
        LogReader(path)


def test_a_mask_has_the_places_of_the_face_and_each_person_a_colour() -> None:
    points = _face().keypoints.points
    drawn = draw_masks((LoggedFace(1, points),), _SIZE_WH)
    lit = drawn[..., :3].max(axis=2) > 60
    mouth = points[[11, 12, 13, 14]].mean(axis=0)
    assert lit[round(float(mouth[1])), round(float(mouth[0]))]
    assert not lit[:4].any()
    assert 0.02 < lit.mean() < 0.4
    other = draw_masks((LoggedFace(2, points),), _SIZE_WH)
    assert drawn.reshape(-1, 4).max(axis=0).tolist() != other.reshape(-1, 4).max(axis=0).tolist()
    # Points of a stranger's file may lie anywhere.
    draw_masks((LoggedFace(1, points * 1000), LoggedFace(1, points * 0)), _SIZE_WH)


def test_a_message_is_laid_out_as_osc_says() -> None:
    assert encode_message("/a", "bc", 1, 0.5) == b"/a\0\0,sif\0\0\0\0bc\0\0" + struct.pack(">if", 1, 0.5)


def test_an_avatar_program_on_this_machine_gets_pose_and_expressions() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(10)
        sender = VmcSender("127.0.0.1", listener.getsockname()[1])
        sender.send(_scene(0, _face()))
        bundle = listener.recv(4096)
        sender.send(_scene(0))
        empty = listener.recv(4096)
        sender.close()
    assert bundle.startswith(b"#bundle\0")
    assert encode_message("/VMC/Ext/OK", 1) in bundle
    assert b"/VMC/Ext/Bone/Pos\0\0\0,sfffffff\0\0\0Head\0" in bundle
    assert encode_message("/VMC/Ext/Blend/Val", "Joy", 1.0) in bundle
    assert encode_message("/VMC/Ext/Blend/Val", "A", 0.0) in bundle
    assert encode_message("/VMC/Ext/OK", 0) in empty
    assert b"Bone" not in empty


def test_the_quaternion_is_a_turn_by_the_angles_of_the_pose() -> None:
    straight = _face().pose
    assert straight is not None
    assert np.abs(np.array(head_quaternion(straight)) - (0, 0, 0, 1)).max() < 0.02
    turned = _face(turn=0.5).pose
    assert turned is not None
    x, y, z, w = head_quaternion(turned)
    assert math.hypot(x, y, z, w) == pytest.approx(1)
    assert 2 * math.acos(w) == pytest.approx(0.5, abs=0.05)
    assert abs(y) > 10 * max(abs(x), abs(z))


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("39540", ("127.0.0.1", 39_540)),
        ("192.168.0.7", ("192.168.0.7", 39_539)),
        ("192.168.0.7:1234", ("192.168.0.7", 1234)),
    ],
)
def test_the_target_is_loopback_unless_it_is_named(text: str, target: tuple[str, int]) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize("text", ["", "example.com", "127.0.0.1:0", "127.0.0.1:99999", "127.0.0.1:x", ":"])
def test_another_target_is_one_sentence(text: str) -> None:
    with pytest.raises(OscError):
        parse_target(text)


def test_a_log_holds_no_pixel() -> None:
    file = io.StringIO()
    LandmarkLog(file).add(_scene(0, _face()))
    assert set(json.loads(file.getvalue().splitlines()[1])) == {"time", "faces"}
