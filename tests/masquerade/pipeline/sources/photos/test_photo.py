"""Tests that photos are read as a viewer shows them: orientation, colours, depth, every kind of file."""

import io
import resource
import struct
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.errors import SourceError
from masquerade.pipeline.sources import ImageFiles, open_source, read_image
from masquerade.pipeline.sources.photos.cut_files import is_cut
from masquerade.pipeline.sources.photos.kinds import is_still
from masquerade.pipeline.sources.photos.moving_image import MovingImage
from masquerade.pipeline.sources.photos.photo import read_photo
from masquerade.studio.recording.metadata import MetadataMode, choose_exif
from PIL import Image

from tests.masquerade.pipeline.sources.clips import corner_names, corners
from tests.masquerade.pipeline.sources.photos.photo_files import (
    ADOBE_RGB,
    DISPLAY_P3,
    flat,
    icc_profile,
    with_thumbnail,
    write_heic,
)
from tests.masquerade.pipeline.sources.test_orientation import SHOWN
from tests.shared import REPO

UPRIGHT = Image.fromarray(corners((64, 48))[:, :, ::-1])


def colour(path: Path) -> list[int]:
    """R G B in the middle of an image."""
    pixels = read_image(path)
    return [int(value) for value in pixels[pixels.shape[0] // 2, pixels.shape[1] // 2, 2::-1]]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".avif"])
@pytest.mark.parametrize("number", SHOWN)
def test_every_orientation_of_exif_is_shown_upright(tmp_path: Path, suffix: str, number: int) -> None:
    path = tmp_path / f"photo{suffix}"
    exif = Image.Exif()
    exif[0x0112] = number
    UPRIGHT.save(path, exif=exif)
    pixels = read_image(path)
    assert pixels.shape[:2] == ((48, 64) if number < 5 else (64, 48))
    assert corner_names(pixels) == SHOWN[number]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".avif"])
@pytest.mark.parametrize(
    ("profile", "coded"),
    [
        # What sRGB red is in these spaces.
        (icc_profile(DISPLAY_P3), (234, 52, 36)),
        (icc_profile(ADOBE_RGB), (219, 0, 0)),
        (icc_profile(DISPLAY_P3)[:200], (255, 0, 0)),
        (b"no profile", (255, 0, 0)),
    ],
    ids=["Display P3", "Adobe RGB", "cut", "no profile"],
)
def test_a_colour_profile_is_converted(
    tmp_path: Path, suffix: str, profile: bytes, coded: tuple[int, int, int]
) -> None:
    path = tmp_path / f"photo{suffix}"
    options = (
        {"quality": 100, "subsampling": 0} if suffix == ".jpg" else {"lossless": True} if suffix == ".webp" else {}
    )
    flat(coded).save(path, icc_profile=profile, **options)
    assert colour(path) == pytest.approx([255, 0, 0], abs=10)


def test_grey_with_a_profile_of_colours_stays_grey(tmp_path: Path) -> None:
    flat((90, 90, 90)).convert("L").save(tmp_path / "grey.jpg", icc_profile=icc_profile(DISPLAY_P3))
    assert colour(tmp_path / "grey.jpg") == pytest.approx([90] * 3, abs=2)


def test_transparent_with_a_profile_is_laid_on_white(tmp_path: Path) -> None:
    image = flat((234, 52, 36)).convert("RGBA")
    image.putalpha(128)
    image.save(tmp_path / "clear.png", icc_profile=icc_profile(DISPLAY_P3))
    assert colour(tmp_path / "clear.png") == pytest.approx([255, 127, 127], abs=6)


@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
def test_four_inks_become_colour(tmp_path: Path, suffix: str) -> None:
    flat((250, 30, 20)).convert("CMYK").save(tmp_path / f"print{suffix}")
    red, green, blue = colour(tmp_path / f"print{suffix}")
    assert red > 200
    assert max(green, blue) < 80


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_every_mode_is_read(tmp_path: Path, mode: str, suffix: str) -> None:
    white = flat((255, 255, 255))
    deep = Image.fromarray(np.full((48, 64), 65_535, np.uint16))
    image = deep if mode == "I;16" else white.convert(mode)
    image.save(tmp_path / f"white{suffix}")
    assert colour(tmp_path / f"white{suffix}") == [255, 255, 255]


def test_a_photo_of_an_iphone_is_read(tmp_path: Path) -> None:
    path = write_heic(tmp_path / "photo.heic", corners((64, 48)))
    assert corner_names(read_image(path)) == "RGBW"
    assert is_still(path)


def test_a_heic_is_turned_and_its_hdr_tone_mapped(tmp_path: Path) -> None:
    turned = read_image(write_heic(tmp_path / "turned.heic", corners((64, 48)), turns=3))
    assert turned.shape[:2] == (64, 48)
    assert corner_names(turned) == SHOWN[6]
    grey = np.full((48, 64, 3), round(255 * 0.58), np.uint8)
    path = write_heic(tmp_path / "hdr.heic", grey, nclx=(9, 16, 9))
    assert min(colour(path)) > 228


@pytest.mark.parametrize("suffix", [".heic", ".avif", ".webp", ".jpg", ".png", ".bmp", ".tif", ".jp2"])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_cut_file_of_every_kind_is_an_error_of_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], suffix: str, share: float
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (96, 128, 3), np.uint8)
    path = tmp_path / f"cut{suffix}"
    if suffix == ".heic":
        write_heic(path, noise)
    else:
        Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(SourceError, match=r"cut|damaged|not an image") as reported:
        read_image(path)
    assert str(path) in str(reported.value)
    assert capfd.readouterr().err == ""


def test_the_end_of_a_thumbnail_is_not_that_of_the_photo(tmp_path: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8))
    whole = with_thumbnail(noise)
    path = tmp_path / "photo.jpg"
    path.write_bytes(whole)
    assert read_image(path).shape == (240, 320, 4)
    for length in (len(whole) - 2, len(whole) * 2 // 3):
        assert is_cut(whole[:length])
        path.write_bytes(whole[:length])
        with pytest.raises(SourceError, match="is cut: its end is missing"):
            read_image(path)


def test_data_after_the_end_of_a_photo_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "motion.jpg"
    buffer = io.BytesIO()
    UPRIGHT.save(buffer, "JPEG", progressive=True)
    path.write_bytes(buffer.getvalue() + b"\0\0\0\x18ftypmp42" + bytes(500))
    assert corner_names(read_image(path)) == "RGBW"


@pytest.mark.parametrize("suffix", [".heic", ".avif"])
def test_the_boxes_of_a_photo_show_whether_its_end_is_missing(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"photo{suffix}"
    if suffix == ".heic":
        write_heic(path, np.full((96, 128, 3), 90, np.uint8))
    else:
        flat((90, 90, 90)).save(path)
    whole = path.read_bytes()
    # The decoders paint what a few missing bytes leave out without a word.
    path.write_bytes(whole[:-1])
    with pytest.raises(SourceError, match="is cut: its end is missing"):
        read_image(path)
    # Phones append data of their own.
    path.write_bytes(whole + b"\0\0\xffSEFH" + bytes(500))
    assert read_image(path).shape[2] == 4


@pytest.mark.parametrize(
    "entry",
    [
        # The orientation as text, as a fraction whose place is a loop, and in a block of noise.
        b"\x01\x12\0\x02\0\0\0\x026\0\0\0",
        b"\x01\x12\0\x05\0\0\0\x01\0\0\0\x08",
        b"\xff" * 12,
    ],
)
def test_unreadable_exif_costs_neither_the_photo_nor_its_position(tmp_path: Path, entry: bytes) -> None:
    path = tmp_path / "photo.jpg"
    UPRIGHT.save(path, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + entry + bytes(4))
    assert corner_names(read_image(path)) == "RGBW"


def test_the_tags_of_a_big_tiff_are_kept_as_those_of_a_tiff(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    UPRIGHT.save(path, big_tiff=True, tiffinfo={0x013B: "An artist"})
    kept, _ = choose_exif(read_photo(path).exif, MetadataMode.KEEP)
    again = Image.Exif()
    again.load(kept)
    assert again[0x013B] == "An artist"


@pytest.mark.parametrize("size_wh", [(1_000_000, 100), (100, 40_000), (20_000, 20_000)])
def test_a_size_that_nothing_can_paint_is_refused_by_the_header(tmp_path: Path, size_wh: tuple[int, int]) -> None:
    header = struct.pack(">IIBBBBB", *size_wh, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + bytes(4)
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk)
    with pytest.raises(SourceError, match=r"too large|damaged|is cut"):
        read_image(tmp_path / "bomb.png")


def test_a_narrow_image_is_read(tmp_path: Path) -> None:
    flat((1, 2, 3), (1, 5000)).save(tmp_path / "narrow.png")
    assert read_image(tmp_path / "narrow.png").shape == (5000, 1, 4)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no module `resource`")
def test_a_deep_image_takes_three_times_its_pixels_at_the_most(tmp_path: Path) -> None:
    """25 megapixels of 16 bits in three channels: 100 MB as BGRA."""
    assert cv2.imwrite(str(tmp_path / "deep.png"), np.full((5000, 5000, 3), 30_000, np.uint16))
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from masquerade.pipeline.sources import read_image\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "assert read_image(Path(sys.argv[1]))[0, 0].tolist() == [117, 117, 117, 255]\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    arguments = [sys.executable, "-c", program, str(tmp_path / "deep.png")]
    finished = subprocess.run(arguments, cwd=REPO, capture_output=True, text=True, timeout=60, check=True)
    assert int(finished.stdout) < 300_000, resource.getpagesize()


def test_only_the_first_page_is_used_and_that_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pages = [flat((255, 0, 0)), flat((0, 255, 0)), flat((0, 0, 255))]
    pages[0].save(tmp_path / "scan.tif", save_all=True, append_images=pages[1:])
    assert colour(tmp_path / "scan.tif") == [255, 0, 0]
    assert "scan.tif has 3 pages; only the first is used." in caplog.text


def test_a_raw_file_of_a_camera_is_not_its_thumbnail(tmp_path: Path) -> None:
    flat((1, 2, 3)).save(tmp_path / "photo.tif")
    (tmp_path / "photo.tif").rename(tmp_path / "photo.dng")
    with pytest.raises(SourceError, match=r"raw file\. Develop it"), open_source(str(tmp_path / "photo.dng")) as source:
        source.read()


@pytest.mark.parametrize("name", ["photo.jxl", "painting.psd", "notes"])
def test_an_unknown_kind_is_called_neither_a_damaged_video_nor_an_image(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xff\x0aany other kind of file" * 9)
    with pytest.raises(SourceError, match=f"{name} is neither an image nor a video"):
        open_source(str(tmp_path / name)).__enter__()


def test_joined_jpegs_are_a_video(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    UPRIGHT.save(buffer, "JPEG")
    (tmp_path / "camera.mjpeg").write_bytes(buffer.getvalue() * 3)
    with open_source(str(tmp_path / "camera.mjpeg")) as source:
        assert sum(1 for _ in iter(source.read, None)) == 3


@pytest.mark.parametrize("name", ["moving.webp", "moving.png", "moving.apng", "moving.avif", "moving.gif"])
def test_an_animation_is_a_video(tmp_path: Path, name: str) -> None:
    frames = [flat((level, level, level)) for level in (0, 128, 255)]
    path = tmp_path / name
    kind = "PNG" if name.endswith("png") else None
    frames[0].save(path, kind, save_all=True, append_images=frames[1:], duration=[40, 200, 80])
    assert not is_still(path)
    with open_source(str(path)) as source:
        given = []
        while (frame := source.read()) is not None:
            given.append((frame.taken_at, int(frame.pixels[20, 20, 1])))
    assert [level for _, level in given] == pytest.approx([0, 128, 255], abs=3)
    assert [seconds for seconds, _ in given] == pytest.approx([0, 0.04, 0.24], abs=0.001)


@pytest.mark.parametrize(
    "name", ["still.webp", "still.png", "still.avif", "still.gif", "photo.jfif", "photo", "photo.dat"]
)
def test_a_single_image_is_recognised_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    flat((200, 200, 200)).save(path, "JPEG" if "photo" in name else None)
    assert is_still(path)
    assert isinstance(open_source(str(path)), ImageFiles)


def test_a_cut_animation_gives_the_frames_it_has(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    noise = [Image.fromarray(np.random.default_rng(i).integers(0, 255, (48, 64, 3), np.uint8)) for i in range(6)]
    path = tmp_path / "moving.png"
    noise[0].save(path, save_all=True, append_images=noise[1:], duration=100)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with MovingImage(path) as source:
        count = 0
        while source.read() is not None:
            count += 1
    assert 1 <= count < 6
    assert "moving.png is damaged: only its first" in caplog.text


def test_the_name_decides_if_the_content_cannot(tmp_path: Path) -> None:
    assert is_still(tmp_path / "missing.png")
    assert not is_still(tmp_path / "missing.mp4")
    assert not is_still(tmp_path / "missing.unknown")
