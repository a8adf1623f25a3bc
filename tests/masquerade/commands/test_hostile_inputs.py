"""Tests that no name and no content of one input hurts the others, the terminal or the network."""

import os
import signal
import socket
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.__main__ import main
from masquerade.compose import find_filters

from tests.masquerade.commands.faces import face_video, portrait, save
from tests.masquerade.commands.program import LONG_SECONDS, start_masquerade
from tests.masquerade.commands.test_keypoints import read_table
from tests.masquerade.filters.package_writer import HEAD, STICKER, package
from tests.masquerade.pipeline.sources.clips import grey, write_clip
from tests.masquerade.pipeline.sources.photos.photo_files import write_heic
from tests.masquerade.studio.recording.test_companions import video_with

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such files")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every connection of this process that Python sees, and the port on which FFmpeg's would be seen."""
    calls: list[object] = []

    def trap(*arguments: object) -> None:
        calls.append(arguments)
        raise AssertionError(f"a connection to {arguments}")

    monkeypatch.setattr(socket.socket, "connect", trap)
    monkeypatch.setattr(socket, "getaddrinfo", trap)
    return calls


@posix
def test_names_that_look_like_urls_and_lists_of_urls_reach_no_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_network: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.01)
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        clip = write_clip(tmp_path / "plain.mp4", [grey(90, (64, 48))] * 3).read_bytes()
        folder = Path(f"http:/{address}")
        folder.mkdir(parents=True)
        names = [f"http:/{address}/clip.mp4", "rec-12:30.mp4", "tcp:x.mp4", "concat:a.mp4|b.mp4", "file:x.mp4"]
        for name in names:
            Path(name).write_bytes(clip)
        Path("list.mp4").write_text(f"ffconcat version 1.0\nfile 'http://{address}/x.mp4'\n")
        Path("list.ts").write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://{address}/x.ts\n")
        Path("list.mov").write_text(f"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\nc=IN IP4 {address}\n")
        words = ["render", *names, "list.mp4", "list.ts", "list.mov", "-o", "out", "--filter", "glasses"]
        assert main(words) == 1
        with pytest.raises(TimeoutError):
            listener.accept()
    assert no_network == []
    reported = capsys.readouterr().err
    assert reported.count("is not a video that Masquerade can read") == 3
    assert sum(path.suffix == ".mp4" for path in Path("out").iterdir()) == len(names)


@posix
def test_no_name_commands_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    content = cv2.imencode(".png", portrait((64, 64)))[1].tobytes()
    for name in ("\x1b[2J\x1b]0;owned\x07.png", "new\nmasquerade: fake.png", "\u202egnp.exe.png"):
        (folder / name).write_bytes(content)
        (folder / f"broken{name}").write_text("no image")
    for path in (*folder.iterdir(), tmp_path / "missing\x1b[31m.png"):
        main(["render", str(path), "-o", str(tmp_path / "out.png"), "--filter", "glasses", "--force"])
        main(["render", str(path), "-o", str(path), "--filter", "glasses"])
        main(["keypoints", str(path), "-o", str(tmp_path / "t\x1b.csv"), "--force"])
    main(["render", str(folder), "-o", str(tmp_path / "o\x1b[1m"), "--filter", "glasses"])
    main(["render", str(folder), "-o", str(tmp_path / "o\x1b[1m"), "--filter", "gla\x1bsses"])
    shown = capsys.readouterr()
    for letter in ("\x1b", "\x07", "\u202e"):
        assert letter not in shown.err + shown.out
    assert "\nmasquerade: fake" not in shown.err
    assert "\\x1b[2J" in shown.err


@posix
def test_no_name_of_a_package_commands_the_terminal(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = own_home / ".local/share/masquerade/filters"
    for name in ("\x1b[2J\x1b]0;owned\x07", "new\nblur  Blur", "\u202egnp", "caf\udce9", "x" * 255):
        package(own / name)
        package(own / f"{name[:9]}broken", HEAD)
    main(["filters", "list"])
    for folder in list(own.iterdir()):
        main(["filters", "check", str(folder)])
    shown = capsys.readouterr()
    for letter in ("\x1b", "\x07", "\u202e", "\udce9"):
        assert letter not in shown.err + shown.out
    assert "\nblur  Blur  " not in shown.out
    assert "\\x1b[2J" in shown.out
    assert max(len(line) for line in shown.out.splitlines() if line.startswith("dog ")) < 100


@posix
def test_a_bad_file_of_any_kind_costs_itself_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = tmp_path / "given"
    given.mkdir()
    face_video(given / "a.mp4", frames=4)
    video_with(given / "b.avi", [("pcm_s16le", 11_024, "mono", "und")], seconds=0.2)
    part = video_with(tmp_path / "part.ts", [("aac", 44_100, "mono", "und")], seconds=0.4)
    (given / "c.ts").write_bytes(part.read_bytes() * 2)
    save(given / "d.png", portrait((128, 128)))
    (given / os.fsdecode(b"caf\xe9.png")).write_bytes((given / "d.png").read_bytes())
    write_heic(given / "e.heic", portrait((128, 128)))
    content = write_clip(tmp_path / "odd.mkv", [grey(9, (64, 48))]).read_bytes()
    (given / "f.mkv").write_bytes(content.replace(b"V_MPEG4/ISO/AVC", b"V_UNHEARD/OF/XX"))
    (given / "g.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    os.mkfifo(given / "h.jpg")
    (given / "i.png").symlink_to(given / "i.png")
    paths = [str(given / name) for name in sorted(os.listdir(given))]
    assert main(["render", *paths, "-o", str(tmp_path / "out"), "--filter", "glasses"]) == 1
    reported = [line for line in capsys.readouterr().err.splitlines() if line.startswith("masquerade: ")]
    assert len(reported) == 4, reported
    assert not any("error in Masquerade" in line or "Traceback" in line for line in reported)
    results = sorted(os.listdir(tmp_path / "out"))
    assert results == ["a.mp4", "b.mp4", "c.mp4", os.fsdecode(b"caf\xe9.png"), "d.png", "e.png"]
    assert main(["keypoints", *paths, "-o", str(tmp_path / "t.csv")]) == 1
    files = {Path(row["file"]).name for row in read_table(tmp_path / "t.csv")}
    assert files == {"a.mp4", "caf\\xe9.png", "d.png", "e.heic"}


def test_an_error_of_the_program_at_one_input_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.png", "b.png", "c.png"):
        save(tmp_path / name, portrait((64, 64)))
    from masquerade.pipeline.still_line import StillLine  # noqa: PLC0415 (loads networks)

    paint = StillLine.__call__
    calls = iter(range(3))

    def fail_once(line: StillLine, frame: object) -> object:
        if next(calls) == 1:
            raise ZeroDivisionError("by zero")
        return paint(line, frame)  # type: ignore[arg-type]

    monkeypatch.setattr(StillLine, "__call__", fail_once)
    paths = [str(tmp_path / name) for name in ("a.png", "b.png", "c.png")]
    assert main(["render", *paths, "-o", str(tmp_path / "out"), "--filter", "glasses"]) == 1
    assert (
        "b.png could not be processed because of an error in Masquerade (ZeroDivisionError" in capsys.readouterr().err
    )
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.png", "c.png"]


def test_existing_results_stop_the_run_before_it_begins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(tmp_path / "in.png", portrait((64, 64)))
    target = tmp_path / "out.png"
    target.write_text("older")
    words = ["render", str(tmp_path / "in.png"), "-o", str(target), "--filter", "glasses"]
    assert main(words) == 1
    assert "already exists. Use --force to replace it" in capsys.readouterr().err
    assert main([*words, "--skip-existing"]) == 0
    assert target.read_text() == "older"
    assert main([*words, "--force"]) == 0
    assert cv2.imread(str(target)) is not None


@posix
def test_a_table_that_was_killed_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for index in range(6):
        save(folder / f"{index}.png", np.roll(portrait((160, 160)), 2 * index, axis=1))
    assert main(["keypoints", str(folder), "-o", str(tmp_path / "whole.csv")]) == 0
    table = tmp_path / "stopped.csv"
    with start_masquerade(tmp_path, "keypoints", folder, "-o", table) as program:
        while program.poll() is None and (not table.exists() or table.read_text().count("\n") < 3):
            pass
        program.send_signal(signal.SIGKILL)
        program.wait(LONG_SECONDS)
    assert 3 <= table.read_text().count("\n") <= 7
    assert main(["keypoints", str(folder), "-o", str(table)]) == 1
    assert main(["keypoints", str(folder), "-o", str(table), "--resume"]) == 0
    assert table.read_text() == (tmp_path / "whole.csv").read_text()


def test_a_package_called_blur_is_not_what_blur_means(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package(own_home / ".local/share/masquerade/filters/blur", HEAD.replace("Test", "Moustache") + STICKER)
    assert find_filters(["blur"])[0].manifest.name == "Blur"
    assert find_filters(["own-blur"])[0].manifest.name == "Moustache"
    main(["filters", "list"])
    assert "own-blur" in capsys.readouterr().out


def test_the_hint_after_adding_a_package_called_blur_names_the_id_that_wears_it(
    own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package(tmp_path / "blur", HEAD.replace("Test", "Moustache") + STICKER)
    assert main(["filters", "add", str(tmp_path / "blur")]) == 0
    assert "--filter own-blur" in capsys.readouterr().out


LONG = "x" * 300


@pytest.mark.parametrize(
    "words",
    [
        ["render", f"{LONG}.jpg", "-o", "out", "--filter", "blur"],
        ["render", "face.png", "-o", f"{LONG}.png", "--filter", "blur"],
        ["render", "face.png", "-o", "out.png", "--filter", LONG],
        ["render", "face.png", "-o", "out.png", "--filter", f"./{LONG}"],
        ["render", "face.png", "-o", "out.png", "--filter", "blur", "--model", f"./{LONG}"],
        ["keypoints", "face.png", "-o", f"{LONG}.csv"],
        ["keypoints", f"{LONG}.mp4", "-o", "table.csv"],
        ["keypoints", f"{LONG}.mp4", "--live", "-o", "table.csv", "--seconds", "1"],
        ["loop", f"{LONG}.mp4", "-o", "loop.gif"],
        ["loop", "clip.mp4", "-o", f"{LONG}.gif"],
        ["trim", "clip.mp4", "-o", f"{LONG}.mp4", "--to", "1"],
        ["filters", "add", LONG],
        ["replay", f"{LONG}.jsonl", "-o", "out.mp4"],
    ],
)
def test_a_name_that_no_file_can_have_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "face.png", grey(90, (64, 48)))
    write_clip(tmp_path / "clip.mp4", [grey(90, (64, 48))] * 40)
    assert main(words) == 1
    said = capsys.readouterr().err
    assert "crashed" not in said
    assert "error in Masquerade" not in said
    assert LONG in said


def test_an_empty_folder_among_the_inputs_costs_itself_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    photo = save(tmp_path / "face.png", portrait())
    for words in (["render", "--filter", "glasses", "-o", tmp_path / "out"], ["keypoints", "-o", tmp_path / "t.csv"]):
        assert main([str(word) for word in (*words, tmp_path / "empty", photo)]) == 1
        assert "no image and no video in the folder" in capsys.readouterr().err
    assert (tmp_path / "out" / "face.png").is_file()
    assert len(read_table(tmp_path / "t.csv")) == 1


@posix
def test_no_command_replaces_its_own_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = write_clip(tmp_path / "clip.mp4", [grey(90, (64, 48))] * 9)
    (tmp_path / "link.mp4").symlink_to(clip)
    before = clip.read_bytes()
    for given, output in ((clip, clip), (clip, tmp_path / "link.mp4"), (tmp_path / "link.mp4", clip)):
        for words in (["loop"], ["trim", "--to", "0.1"], ["replay"], ["render", "--filter", "blur"]):
            assert main([*words, str(given), "-o", str(output), "--force"]) == 1
            assert "input and would be lost" in capsys.readouterr().err
    assert clip.read_bytes() == before


@posix
def test_a_pipe_is_no_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    photo = save(tmp_path / "face.png", grey(90, (64, 48)))
    for answer in ("--force", "--resume"):
        assert main(["keypoints", str(photo), "-o", str(tmp_path / "pipe.csv"), answer]) == 1
        assert "is a pipe or a device. Name a file." in capsys.readouterr().err
