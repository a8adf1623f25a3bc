"""Tests `masquerade filters` as a user runs it."""

import json
import shlex
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.resources import bundled

from tests.masquerade.commands.program import masquerade
from tests.masquerade.filters.portrait import portrait_pixels

BUNDLED = (
    "tortoiseshell",
    "sunglasses",
    "handlebar",
    "fedora",
    "crown",
    "dog",
    "cat",
    "clown-nose",
    "blur",
    "pixelate",
)


def test_the_list_names_every_bundled_filter(tmp_path: Path) -> None:
    done = masquerade(tmp_path, "filters", "list")
    assert done.returncode == 0, done.stderr
    listed = {line.split()[0] for line in done.stdout.splitlines()}
    assert listed >= set(BUNDLED)
    assert "BROKEN" not in done.stdout


def test_a_new_filter_is_whole_listed_and_can_be_rendered(tmp_path: Path) -> None:
    made = masquerade(tmp_path, "filters", "new", "Party Glasses")
    assert made.returncode == 0, made.stderr
    listed = masquerade(tmp_path, "filters", "list").stdout
    assert "party-glasses" in listed
    assert "Party Glasses" in listed
    folder = next(tmp_path.rglob("party-glasses"))
    checked = masquerade(tmp_path, "filters", "check", folder)
    assert checked.returncode == 0, checked.stderr
    assert "is valid" in checked.stdout


@pytest.mark.parametrize("elsewhere", [(), ("--into", "my art")])
def test_the_commands_that_a_new_filter_suggests_work(tmp_path: Path, elsewhere: tuple[str, ...]) -> None:
    reported = masquerade(tmp_path, "filters", "new", "Mine", *elsewhere).stdout.splitlines()
    for line in reported[1:]:
        words = shlex.split(line.partition("masquerade ")[2])
        shown = ("--no-window", "--seconds", "0.1") if "--source" in words else ()
        done = masquerade(tmp_path, *words, *shown)
        assert done.returncode == 0, done.stderr


def test_a_second_one_of_the_same_name_is_refused(tmp_path: Path) -> None:
    words = ("filters", "new", "Mine", "--into", tmp_path / "art")
    assert masquerade(tmp_path, *words).returncode == 0
    done = masquerade(tmp_path, *words)
    assert done.returncode == 1
    assert "already" in done.stderr


def test_check_reports_every_error_at_once_with_its_line(tmp_path: Path) -> None:
    masquerade(tmp_path, "filters", "new", "Mine", "--into", tmp_path)
    manifest = tmp_path / "mine" / "filter.toml"
    text = (
        manifest.read_text(encoding="utf-8").replace("left_eye_center", "left_eye_centre").replace("licence", "license")
    )
    manifest.write_text(text, encoding="utf-8")
    done = masquerade(tmp_path, "filters", "check", tmp_path / "mine")
    assert done.returncode == 1
    assert "did you mean 'left_eye_center'?" in done.stderr
    assert "licence" in done.stderr
    assert len(done.stderr.splitlines()) >= 2


def test_a_broken_filter_is_listed_with_its_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    masquerade(tmp_path, "filters", "new", "Mine")
    next(tmp_path.rglob("mine/filter.toml")).write_text("name = 3", encoding="utf-8")
    done = masquerade(tmp_path, "filters", "list")
    assert done.returncode == 0
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("mine ")]
    assert "BROKEN" in line
    assert any(line.startswith("sunglasses ") for line in done.stdout.splitlines())


def packed(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"{folder.name}/{path.name}")
    return target


def test_a_zip_is_checked_added_listed_and_rendered(tmp_path: Path) -> None:
    masquerade(tmp_path, "filters", "new", "Party Glasses", "--into", tmp_path / "work")
    path = packed(tmp_path / "work" / "party-glasses", tmp_path / "party-glasses.zip")
    assert "is valid" in masquerade(tmp_path, "filters", "check", path).stdout
    image, face = tmp_path / "out.png", bundled("assets") / "demo" / "eileen_collins.jpg"
    done = masquerade(tmp_path, "render", face, "-o", image, "--filter", path)
    assert done.returncode == 0, done.stderr
    assert image.is_file()
    assert "party-glasses" not in masquerade(tmp_path, "filters", "list").stdout
    added = masquerade(tmp_path, "filters", "add", path)
    assert added.returncode == 0, added.stderr
    assert "party-glasses" in masquerade(tmp_path, "filters", "list").stdout


def test_a_hostile_zip_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../evil.svg", "x")
    done = masquerade(tmp_path, "filters", "add", path)
    assert done.returncode == 1
    assert "leads out of the package" in done.stderr
    assert not (tmp_path.parent / "evil.svg").exists()


def test_an_error_names_its_line(tmp_path: Path) -> None:
    masquerade(tmp_path, "filters", "new", "Mine", "--into", tmp_path)
    manifest = tmp_path / "mine" / "filter.toml"
    text = manifest.read_text(encoding="utf-8").replace('blend = "multiply"', 'blend = "multply"')
    manifest.write_text(text, encoding="utf-8")
    line = 1 + text[: text.index("multply")].count("\n")
    done = masquerade(tmp_path, "filters", "check", tmp_path / "mine")
    assert f"{manifest}:{line}: layer 1: 'blend' must be" in done.stderr


def test_the_sheet_is_one_image(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.webp"
    done = masquerade(tmp_path, "filters", "sheet", "-o", sheet, "--filter", "hat", "--filter", "blur", "--side", "40")
    assert done.returncode == 0, done.stderr
    assert "2 filters on 12 faces" in done.stdout
    assert sheet.read_bytes()[8:12] == b"WEBP"


def test_strips_of_a_clip_are_one_image(tmp_path: Path) -> None:
    clip = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 30, (256, 256))
    image = cv2.resize(portrait_pixels()[..., :3], (256, 256))
    for step in range(10):
        writer.write(np.roll(image, step, axis=1))
    writer.release()
    strips = tmp_path / "strips.png"
    done = masquerade(tmp_path, "filters", "sheet", "-o", strips, "--filter", "fedora", "--clip", clip, "--side", "64")
    assert done.returncode == 0, done.stderr
    assert cv2.imread(str(strips)).shape == (64 + 30, 8 * 64 + 7 * 3, 3)


@pytest.mark.parametrize("content", [None, b"no video"])
def test_a_file_that_is_not_a_clip_is_an_error_of_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    clip = tmp_path / "clip.mp4"
    if content is not None:
        clip.write_bytes(content)
    done = masquerade(tmp_path, "filters", "sheet", "-o", tmp_path / "s.png", "--filter", "fedora", "--clip", clip)
    assert done.returncode != 0
    assert "clip.mp4" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_schema_is_printed(tmp_path: Path) -> None:
    done = masquerade(tmp_path, "filters", "schema")
    assert json.loads(done.stdout)["title"].startswith("A Masquerade filter")
