"""Tests `masquerade render` as a user runs it: every shape of input, sound, times, errors."""

import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.masquerade.commands.faces import PORTRAIT, face_video, portrait, save
from tests.masquerade.commands.program import LONG_SECONDS, masquerade, masquerade_process, start_masquerade
from tests.masquerade.studio.full_disk import files_end_at, needs_a_limit
from tests.masquerade.studio.sample_clips import save_rotated, sound_codecs
from tests.masquerade.studio.videos import ffmpeg_complaints, needs_ffmpeg, probe, read_video


def changed_share(before: np.ndarray, after: np.ndarray) -> float:
    """How much of the image is plainly another."""
    return float((np.abs(before.astype(int) - after).max(axis=2) > 60).mean())


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, subprocess.CompletedProcess[str]]:
    home = tmp_path_factory.mktemp("render")
    source = face_video(home / "clip.mp4", times=[0.0, 0.04, 0.2, 0.23, *(0.3 + index / 20 for index in range(16))])
    target = home / "out.mp4"
    return source, target, masquerade(home, "render", source, "-o", target, "--filter", "sunglasses")


def test_a_video_gets_the_filter_in_every_frame(rendered: tuple[Path, Path, subprocess.CompletedProcess[str]]) -> None:
    source, target, done = rendered
    assert done.returncode == 0, done.stderr
    before, after = read_video(source), read_video(target)
    assert len(after.images) == len(before.images) == 20
    for bare, masked in zip(before.images, after.images, strict=True):
        assert 0.005 < changed_share(bare, masked) < 0.2


def test_the_times_and_the_sound_are_the_input_s(
    rendered: tuple[Path, Path, subprocess.CompletedProcess[str]],
) -> None:
    source, target, _ = rendered
    assert read_video(target, decode=False).times == pytest.approx(read_video(source, decode=False).times, abs=0.001)
    assert sound_codecs(target) == ["aac"]


@needs_ffmpeg
def test_ffmpeg_plays_it_without_a_complaint(rendered: tuple[Path, Path, subprocess.CompletedProcess[str]]) -> None:
    _, target, _ = rendered
    assert ffmpeg_complaints(target) == ""
    assert probe(target, "stream=codec_name,pix_fmt") == ["h264", "yuv420p"]


def test_without_a_terminal_the_end_is_one_line(
    rendered: tuple[Path, Path, subprocess.CompletedProcess[str]],
) -> None:
    lines = [line for line in rendered[2].stderr.splitlines() if line.startswith("clip.mp4")]
    assert len(lines) == 1
    assert "100%  20 frames" in lines[0]


def test_an_image_gets_several_filters_and_the_mirror(tmp_path: Path) -> None:
    plain, mirrored = tmp_path / "plain.png", tmp_path / "mirrored.png"
    words = ("render", PORTRAIT, "--filter", "sunglasses", "--filter", "moustache")
    assert masquerade(tmp_path, *words, "-o", plain).returncode == 0
    assert masquerade(tmp_path, *words, "-o", mirrored, "--mirror").returncode == 0
    image = cv2.imread(str(plain))
    assert image.shape == (512, 512, 3)
    assert 0.005 < changed_share(portrait(), image) < 0.2
    assert np.array_equal(image[:, ::-1], cv2.imread(str(mirrored)))


def test_intensity_none_leaves_the_image(tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    done = masquerade(tmp_path, "render", PORTRAIT, "-o", target, "--filter", "sunglasses", "--intensity", "0")
    assert done.returncode == 0, done.stderr
    assert changed_share(portrait(), cv2.imread(str(target))) == 0


def test_images_of_every_kind_go_into_a_folder(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    save(given / "grey.png", cv2.cvtColor(portrait(), cv2.COLOR_BGR2GRAY))
    save(given / "deep.png", portrait().astype(np.uint16) * 257)
    save(given / "clear.png", np.dstack([portrait(), np.full((512, 512), 255, np.uint8)]))
    save(given / "odd.jpg", portrait((201, 197)))
    save(given / "tiny.bmp", portrait((8, 8)))
    done = masquerade(tmp_path, "render", given, "-o", tmp_path / "out", "--filter", "sunglasses")
    assert done.returncode == 0, done.stderr
    results = {path.name: cv2.imread(str(path)) for path in (tmp_path / "out").iterdir()}
    assert sorted(results) == ["clear.png", "deep.png", "grey.png", "odd.jpg", "tiny.png"]
    for name in ("clear.png", "deep.png"):
        assert 0.005 < changed_share(portrait(), results[name]) < 0.2
    assert results["odd.jpg"].shape == (197, 201, 3)
    assert 0.005 < changed_share(portrait((201, 197)), results["odd.jpg"]) < 0.2
    assert results["tiny.png"].shape == (8, 8, 3)


def test_an_odd_video_and_a_rotated_one_come_out_upright(tmp_path: Path) -> None:
    odd = face_video(tmp_path / "odd.mp4", frames=4, size_wh=(241, 237))
    upright = face_video(tmp_path / "upright.mp4", frames=4, size_wh=(320, 240), sound=False)
    turned = save_rotated(tmp_path / "turned.mov", upright, 90)
    done = masquerade(tmp_path, "render", odd, turned, "-o", tmp_path / "out", "--filter", "clown-nose")
    assert done.returncode == 0, done.stderr
    assert read_video(tmp_path / "out" / "odd.mp4").size_wh == (242, 238)
    assert sound_codecs(tmp_path / "out" / "odd.mp4") == ["aac"]
    result = read_video(tmp_path / "out" / "turned.mp4")
    assert result.size_wh in {(240, 320), (320, 240)}
    assert len(result.images) == 4


def test_an_unreadable_file_is_named_and_the_others_are_rendered(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("this is no video, whatever its name says")
    (tmp_path / "text.png").write_text("nor is this an image")
    whole = face_video(tmp_path / "whole.mp4", frames=4)
    (tmp_path / "headless.mp4").write_bytes(whole.read_bytes()[:2000])
    names = ["empty.mp4", "text.mp4", "text.png", "headless.mp4", "missing.jpg"]
    done = masquerade(
        tmp_path, "render", *(tmp_path / name for name in names), whole, "-o", tmp_path / "out", "--filter", "blur"
    )
    assert done.returncode == 1
    for name in names:
        assert sum(name in line for line in done.stderr.splitlines() if line.startswith("masquerade:")) == 1, name
    assert "Traceback" not in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["whole.mp4"]


def test_a_cut_video_gives_what_it_has_and_says_so(tmp_path: Path) -> None:
    source = face_video(tmp_path / "cut.mkv", frames=40)
    content = source.read_bytes()
    source.write_bytes(content[: len(content) * 4 // 5])
    done = masquerade(tmp_path, "render", source, "-o", tmp_path / "out.mp4", "--filter", "blur")
    assert done.returncode == 0, done.stderr
    assert 3 < len(read_video(tmp_path / "out.mp4").images) < 40


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["in.jpg", "-o", "out.mp4"], "is an image: give the output a name that ends in .png or .jpg"),
        (["in.mp4", "-o", "out.png"], "is a video: give the output a name that ends in .mp4"),
        (["in.mp4", "-o", "in.mp4"], "is an input and would be lost"),
        (["in.mp4", "in.jpg", "-o", "out.mp4"], "Name a folder"),
        (["in.jpg", "-o", "none/out.png"], "none does not exist. Create it"),
    ],
)
def test_an_impossible_output_is_an_error_before_any_work(tmp_path: Path, words: list[str], sentence: str) -> None:
    save(tmp_path / "in.jpg", portrait((64, 64)))
    face_video(tmp_path / "in.mp4", frames=2)
    content = (tmp_path / "in.mp4").read_bytes()
    done = masquerade(tmp_path, "render", *words, "--filter", "blur")
    assert done.returncode == 1
    assert sentence in done.stderr
    assert (tmp_path / "in.mp4").read_bytes() == content


def test_the_nearest_filter_is_named(tmp_path: Path) -> None:
    done = masquerade(tmp_path, "render", PORTRAIT, "-o", tmp_path / "out.png", "--filter", "sunglases")
    assert done.returncode == 1
    assert "Did you mean 'sunglasses'?" in done.stderr


@needs_a_limit
def test_the_error_of_a_full_disk_names_the_file_as_the_user_did(tmp_path: Path) -> None:
    source = face_video(tmp_path / "clip.mp4", frames=8, size_wh=(640, 480))
    with files_end_at(10_000):
        done = masquerade_process(tmp_path, "render", source, "-o", tmp_path / "out.mp4", "--filter", "hat")
    assert done.returncode == 1
    assert f"{tmp_path / 'out.mp4'} cannot be written any further: the disk is full" in done.stderr
    assert [path.name for path in tmp_path.glob("*.mp4")] == ["clip.mp4"]


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C goes another way there")
def test_ctrl_c_leaves_no_half_file_and_keeps_the_older_one(tmp_path: Path) -> None:
    source = face_video(tmp_path / "long.mp4", frames=300, size_wh=(640, 640), sound=False)
    out = tmp_path / "out"
    out.mkdir()
    (out / "long.mp4").write_text("older")
    with start_masquerade(tmp_path, "render", source, "-o", out, "--filter", "hat", "--force", "--verbose") as program:
        assert program.stderr is not None
        for line in program.stderr:
            if "rendering" in line:
                break
        program.send_signal(signal.SIGINT)
        reported = program.stderr.read()
        assert program.wait(LONG_SECONDS) == 130
    assert "stopped" in reported
    assert "Traceback" not in reported
    assert [path.name for path in out.iterdir()] == ["long.mp4"]
    assert (out / "long.mp4").read_text() == "older"
