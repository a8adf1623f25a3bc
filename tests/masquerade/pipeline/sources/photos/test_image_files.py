"""Tests that every kind of image comes upright, opaque and in a person's order, or with a clear sentence."""

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.errors import SourceError
from masquerade.pipeline.sources import ImageFiles, list_images, read_image
from masquerade.pipeline.sources.photos.image_files import SECONDS_PER_IMAGE
from masquerade.values import ByteArray

from tests.masquerade.pipeline.sources.clips import halves
from tests.shared import REPO

SIZE_WH = (101, 97)


def save(path: Path, image: np.ndarray) -> Path:
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
    return path


def exif_jpeg(path: Path, image: ByteArray, orientation: int) -> Path:
    """Writes a JPEG with the orientation in an EXIF block of a single entry (TIFF, big endian)."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    block = b"Exif\0\0" + b"MM\0\x2a" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    packed = cv2.imencode(".jpg", image)[1].tobytes()
    path.write_bytes(packed[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + packed[2:])
    return path


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp", ".tiff"])
def test_every_kind_of_file_is_read(tmp_path: Path, suffix: str) -> None:
    pixels = read_image(save(tmp_path / f"image{suffix}", halves(SIZE_WH)))
    assert pixels.shape == (97, 101, 4)
    assert pixels.flags.c_contiguous
    assert pixels.flags.writeable
    assert (pixels[:, :, 3] == 255).all()
    assert np.abs(pixels[10, 50, :3].astype(int) - (0, 0, 255)).max() <= 3


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tiff"])
def test_grey_becomes_colour(tmp_path: Path, suffix: str) -> None:
    pixels = read_image(save(tmp_path / f"grey{suffix}", np.full((97, 101), 77, np.uint8)))
    assert np.unique(pixels[:, :, :3]).tolist() == [77]


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_become_eight(tmp_path: Path, suffix: str, channels: int) -> None:
    image = np.full((20, 30, channels), 0x8080, np.uint16)
    if channels == 4:
        image[:, :, 3] = 0xFFFF
    pixels = read_image(save(tmp_path / f"deep{suffix}", image))
    assert np.unique(pixels[:, :, :3]).tolist() == [0x80]


def test_floating_point_runs_from_0_to_1(tmp_path: Path) -> None:
    image = np.full((20, 30, 3), 0.5, np.float32)
    image[0, 0] = np.nan
    image[1, 1] = 7.0
    pixels = read_image(save(tmp_path / "light.tiff", image))
    assert pixels[5, 5].tolist() == [128, 128, 128, 255]
    assert pixels[0, 0].tolist() == [0, 0, 0, 255]
    assert pixels[1, 1].tolist() == [255, 255, 255, 255]


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tiff"])
def test_transparent_parts_become_white(tmp_path: Path, suffix: str) -> None:
    image = np.zeros((30, 30, 4), np.uint8)
    image[:10] = (10, 20, 200, 255)
    image[10:20] = (0, 0, 0, 128)
    pixels = read_image(save(tmp_path / f"clear{suffix}", image))
    assert np.abs(pixels[5, 5].astype(int) - (10, 20, 200, 255)).max() <= 6
    assert np.abs(pixels[15, 5].astype(int) - (127, 127, 127, 255)).max() <= 6
    assert pixels[25, 5].tolist() == [255, 255, 255, 255]


@pytest.mark.parametrize(
    ("orientation", "red_side"),
    [(1, "top"), (3, "bottom"), (6, "right"), (8, "left")],  # 6: a phone held upright
)
def test_photo_is_turned_as_its_exif_says(tmp_path: Path, orientation: int, red_side: str) -> None:
    pixels = read_image(exif_jpeg(tmp_path / "photo.jpg", halves((80, 60)), orientation))
    height, width = pixels.shape[:2]
    x, y = {"top": (0.5, 0.2), "bottom": (0.5, 0.8), "left": (0.2, 0.5), "right": (0.8, 0.5)}[red_side]
    assert (width, height) == ((60, 80) if red_side in ("left", "right") else (80, 60))
    assert pixels[int(y * height), int(x * width), 2] > 240
    assert pixels[int((1 - y) * height), int((1 - x) * width), 0] > 240


def test_path_may_be_written_in_any_script(tmp_path: Path) -> None:
    folder = tmp_path / "Fotos für 日本 🎭"
    folder.mkdir()
    assert read_image(save(folder / "été.png", halves((4, 4)))).shape == (4, 4, 4)


def make_text(path: Path) -> None:
    path.write_text("no image")


def make_cut(path: Path) -> None:
    whole = cv2.imencode(".png", np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8))[1].tobytes()
    path.write_bytes(whole[:-12])


def make_cut_jpeg(path: Path) -> None:
    whole = cv2.imencode(".jpg", halves((64, 64)))[1].tobytes()
    path.write_bytes(whole[:-2])


def make_bomb(path: Path) -> None:
    """A whole PNG of 110 megapixels in 14 kilobytes: one bit a pixel, all of them black."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 11_000, 10_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((1 + 11_000 // 8) * 10_000), 9)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def test_image_that_would_take_the_memory_is_not_even_begun(tmp_path: Path) -> None:
    """In a program of its own, whose memory nothing else has raised."""
    make_bomb(tmp_path / "bomb.png")
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from masquerade.pipeline.sources import read_image\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: read_image(Path(sys.argv[1]))\n"
        "except Exception as error: print(error)\n"
        "assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, 'kilobytes'"
    )
    arguments = [sys.executable, "-c", program, str(tmp_path / "bomb.png")]
    finished = subprocess.run(arguments, cwd=REPO, capture_output=True, text=True, timeout=60, check=True)
    assert "is too large (11000 x 10000 pixels). Make it smaller" in finished.stdout


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "No such file"),
        (lambda path: path.touch(), "is empty"),
        (lambda path: path.mkdir(), "is a folder, not an image"),
        (make_text, "is not an image"),
        (make_cut, "is cut: its end is missing"),
        (make_cut_jpeg, "is cut: its end is missing"),
        (make_bomb, "megapixels|too large"),
    ],
)
def test_the_error_of_a_file_that_is_no_image_names_its_path(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], make: object, said: str
) -> None:
    path = tmp_path / "thing.png"
    make(path)  # type: ignore[operator]
    with pytest.raises(SourceError, match=said) as reported:
        read_image(path)
    assert str(path) in str(reported.value)
    assert capfd.readouterr().err == ""


def test_folder_is_sorted_as_a_person_would(tmp_path: Path) -> None:
    for name in ("10.png", "9.png", "B2.PNG", "a10.jpg", "a9.jpg", "notes.txt", "1.png"):
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    names = [path.name for path in list_images(tmp_path)]
    assert names == ["1.png", "9.png", "10.png", "a9.jpg", "a10.jpg", "B2.PNG"]


def test_a_folder_without_an_image_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no image in the folder"):
        list_images(tmp_path)


def test_unreadable_image_does_not_cost_the_rest_of_a_folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("1.png", "3.png"):
        save(tmp_path / name, halves((8, 8)))
    (tmp_path / "2.png").touch()
    (tmp_path / "4.png").touch()
    with ImageFiles(list_images(tmp_path)) as source:
        frames = [source.read(), source.read()]
        assert source.read() is None
    assert [frame.index for frame in frames if frame] == [0, 2]
    assert [frame.taken_at for frame in frames if frame] == [0.0, 2 * SECONDS_PER_IMAGE]
    assert "2.png is empty" in caplog.text
    assert "4.png is empty" in caplog.text


def test_an_unreadable_image_is_reported_once_however_often_the_folder_is_played(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save(tmp_path / "1.png", halves((8, 8)))
    (tmp_path / "2.png").touch()
    source = ImageFiles(list_images(tmp_path))
    for _ in range(3):
        with source:
            while source.read() is not None:
                pass
    assert caplog.text.count("2.png is empty") == 1


def test_single_unreadable_image_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "1.png").touch()
    with pytest.raises(SourceError, match="is empty"), ImageFiles([tmp_path / "1.png"]) as source:
        source.read()


def test_source_is_named_after_its_file_or_folder(tmp_path: Path) -> None:
    assert ImageFiles([tmp_path / "a.png"]).name == "a.png"
    assert ImageFiles([tmp_path / "a.png", tmp_path / "b.png"]).name == f"{tmp_path.name} (2 images)"
