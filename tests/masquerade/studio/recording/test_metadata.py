"""Tests what a rendered photo or video keeps of its metadata."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.pipeline.sources.photos.photo import read_photo
from masquerade.studio.photos.snapshot import replace_image
from masquerade.studio.recording.metadata import LeftOut, MetadataMode, choose_exif, choose_tags
from PIL import Image

from tests.masquerade.pipeline.sources.photos.photo_files import flat, with_thumbnail

TITLE, MAKE, ORIENTATION, DATE, DATE_TAKEN, MAKER_NOTE, LENS = 0x010E, 0x010F, 0x0112, 0x0132, 0x9003, 0x927C, 0xA434


def phone_photo(path: Path) -> Path:
    exif = Image.Exif()
    exif[TITLE], exif[MAKE], exif[ORIENTATION], exif[DATE] = "Party", "Apple", 6, "2024:05:06 07:08:09"
    details = exif.get_ifd(0x8769)
    details[DATE_TAKEN], details[MAKER_NOTE], details[LENS] = "2024:05:06 07:08:09", b"SERIAL-4711", "iPhone 15 lens"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)})
    flat((200, 100, 50)).save(path, exif=exif)
    return path


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
@pytest.mark.parametrize(
    ("mode", "kept", "left_out"),
    [
        (MetadataMode.SAFE, {TITLE, DATE, DATE_TAKEN}, "place, device"),
        (MetadataMode.DATE_ONLY, {DATE, DATE_TAKEN}, "place, device, other tags"),
        (MetadataMode.STRIP, set(), "place, device, other tags"),
        (MetadataMode.KEEP, {TITLE, DATE, DATE_TAKEN, MAKE, LENS, 0x8825}, ""),
    ],
)
def test_a_photo_keeps_what_was_chosen(
    tmp_path: Path, suffix: str, mode: MetadataMode, kept: set[int], left_out: str
) -> None:
    photo = read_photo(phone_photo(tmp_path / f"photo{suffix}"))
    block, report = choose_exif(photo.exif, mode)
    assert str(report) == left_out
    target = tmp_path / f"out{suffix}"
    replace_image(target, photo.pixels, exif=block)
    with Image.open(target) as image:
        image.load()
        exif = image.getexif()
        details = exif.get_ifd(0x8769)
        found = {tag for tag in (TITLE, DATE, MAKE, ORIENTATION, 0x8825) if tag in exif} | set(details)
        assert found == kept
        if mode is MetadataMode.KEEP:
            assert exif.get_ifd(0x8825)[2] == (48.0, 8.0, 0.0)
    content = target.read_bytes()
    assert b"SERIAL-4711" not in content
    assert (b"Apple" in content) == (mode is MetadataMode.KEEP)
    # OpenCV reads it, and does not turn it a second time.
    assert cv2.imread(str(target)).shape == (64, 48, 3)


@pytest.mark.parametrize("mode", MetadataMode)
def test_a_thumbnail_on_which_the_face_is_bare_never_stays(tmp_path: Path, mode: MetadataMode) -> None:
    (tmp_path / "photo.jpg").write_bytes(with_thumbnail(flat((200, 100, 50))))
    photo = read_photo(tmp_path / "photo.jpg")
    replace_image(tmp_path / "out.jpg", photo.pixels, exif=choose_exif(photo.exif, mode)[0])
    content = (tmp_path / "out.jpg").read_bytes()
    assert content.count(b"\xff\xd8\xff") == 1


def test_a_photo_without_exif_stays_without(tmp_path: Path) -> None:
    assert choose_exif(b"", MetadataMode.KEEP) == (b"", LeftOut())


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("location-eng", "place"),
        ("com.apple.quicktime.location.accuracy.horizontal", "place"),
        ("com.apple.quicktime.make", "device"),
        ("com.android.version", "device"),
        ("comment", "other tags"),
        ("major_brand", ""),
        ("some_technical_thing", ""),
        ("TITLE", ""),
    ],
)
def test_tags_are_sorted_by_what_they_reveal(name: str, left_out: str) -> None:
    kept, report = choose_tags({name: "value"}, MetadataMode.SAFE)
    assert str(report) == left_out
    assert bool(kept) == (name == "TITLE")


def test_two_reports_become_one() -> None:
    both = LeftOut(place=True, others=("chapters",)) | LeftOut(device=True, others=("chapters", "subtitles"))
    assert str(both) == "place, device, chapters, subtitles"
    assert str(LeftOut()) == ""


def test_an_exif_block_that_is_too_long_for_a_jpeg_is_left_out(tmp_path: Path) -> None:
    pixels = np.full((8, 8, 4), 255, np.uint8)
    replace_image(tmp_path / "out.jpg", pixels, exif=b"Exif\0\0" + bytes(70_000))
    assert cv2.imread(str(tmp_path / "out.jpg")).shape == (8, 8, 3)
