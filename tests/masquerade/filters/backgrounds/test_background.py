"""Test that backgrounds stand behind the people and leave them as they are."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.errors import PackageError
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.render import Painter
from masquerade.values import ByteArray, Frame, Scene

from tests.masquerade.filters.package_writer import HEAD, STICKER, package, svg
from tests.masquerade.filters.portrait import model_face

HEAD_2 = HEAD.replace("format = 1", "format = 2")
LAYER = '[[layer]]\nkind = "background"\n'
BLUR, GREEN = 'effect = "blur"\nstrength = 0.6\n', 'effect = "colour"\ncolour = "#00b140"\n'
GREEN_BGR = [0x40, 0xB1, 0x00]
HEIGHT, WIDTH = 240, 320


def room() -> tuple[ByteArray, ByteArray]:
    """Return a red person in the middle of a blue room, and the mask of that person at half the size."""
    pixels = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    pixels[..., :3] = (200, 40, 30)
    pixels[60:, 120:200, :3] = (20, 20, 220)
    mask = np.zeros((HEIGHT // 2, WIDTH // 2), np.uint8)
    mask[30:, 60:100] = 255
    return pixels, mask


def load(tmp_path: Path, keys: str, **art: str) -> Filter:
    return load_filter(package(tmp_path / str(abs(hash(keys))), HEAD_2 + LAYER + keys, **art))


def painted(*filters: Filter, person: ByteArray | None = None, intensity: float = 1.0) -> ByteArray:
    pixels, mask = room()
    scene = Scene(Frame(pixels, 0, 0.0), person=mask if person is None else person)
    return Painter().paint(scene, filters, intensity).frame.pixels


def test_a_colour_stands_behind_the_person_and_not_before(tmp_path: Path) -> None:
    pixels = painted(load(tmp_path, GREEN))
    assert pixels[20, 20, :3].tolist() == GREEN_BGR
    assert pixels[150, 160, :3].tolist() == [20, 20, 220]
    assert (pixels[..., 3] == 255).all()


def test_no_halo_of_the_person_stands_in_a_blurred_background(tmp_path: Path) -> None:
    pixels = painted(load(tmp_path, BLUR))
    # Six pixels beside the person, where a plain blur would be half red.
    beside = pixels[100:, 206, 2].astype(int)
    assert beside.max() < 60
    assert pixels[150, 160, :3].tolist() == [20, 20, 220]


def test_a_blur_takes_away_what_is_fine_and_keeps_what_is_large(tmp_path: Path) -> None:
    pixels, mask = room()
    pixels[:, ::8, :3] = 255
    fine = pixels.copy()
    done = Painter().paint(Scene(Frame(pixels, 0, 0.0), person=mask), (load(tmp_path, BLUR),)).frame.pixels
    assert done[20, :100, 1].astype(int).std() < 0.2 * fine[20, :100, 1].astype(int).std()
    assert done[:, :100, 1].mean() == pytest.approx(fine[:, :100, 1].mean(), abs=8)


def test_strength_blurs_further(tmp_path: Path) -> None:
    deviations = []
    for strength in (0.1, 0.4, 1.0):
        pixels, mask = room()
        pixels[:, :60, :3] = 255
        chosen = load(tmp_path, f'effect = "blur"\nstrength = {strength}\n')
        done = Painter().paint(Scene(Frame(pixels, 0, 0.0), person=mask), (chosen,)).frame.pixels
        deviations.append(int(np.abs(np.diff(done[30, :110, 1].astype(int))).max()))
    assert deviations[0] > deviations[1] > deviations[2]


def test_the_edge_is_as_soft_as_the_mask(tmp_path: Path) -> None:
    _, mask = room()
    soft = np.asarray(cv2.blur(mask, (9, 9)), np.uint8)
    row = painted(load(tmp_path, GREEN), person=soft)[150, 90:130, 1].astype(int)
    assert len(set(row.tolist())) > 6
    assert (np.diff(row) <= 0).all()


@pytest.mark.parametrize(("fit", "corner"), [("fill", [0, 0, 255]), ("fit", GREEN_BGR)])
def test_an_image_fills_the_frame_or_leaves_bars(tmp_path: Path, fit: str, corner: list[int]) -> None:
    keys = f'effect = "image"\nart = "art.svg"\nfit = "{fit}"\ncolour = "#00b140"\n'
    square = svg('<rect width="100" height="100" fill="#f00"/>')
    pixels = painted(load(tmp_path, keys, art_svg=square))
    assert pixels[120, 4, :3].tolist() == corner
    assert pixels[5, 160, :3].tolist() == [0, 0, 255]


def test_an_image_reaches_every_edge_of_the_frame(tmp_path: Path) -> None:
    scene = svg('<rect width="160" height="90" fill="#f00"/>', "0 0 160 90")
    pixels = painted(load(tmp_path, 'effect = "image"\nart = "art.svg"\n', art_svg=scene))
    for edge in (pixels[0, :100], pixels[:, 0], pixels[0, 210:], pixels[:, -1]):
        assert (edge[:, 2] > 250).all()


def test_without_a_mask_the_frame_stays_as_it_is(tmp_path: Path) -> None:
    pixels, _ = room()
    before = pixels.copy()
    done = Painter().paint(Scene(Frame(pixels, 0, 0.0)), (load(tmp_path, GREEN),)).frame.pixels
    assert (done == before).all()


def test_half_the_intensity_shows_half_of_the_room(tmp_path: Path) -> None:
    blue, green, _, _ = painted(load(tmp_path, GREEN), intensity=0.5)[20, 20].tolist()
    assert (blue, green) == (pytest.approx((200 + 0x40) / 2, abs=2), pytest.approx((40 + 0xB1) / 2, abs=2))


def test_what_is_worn_lies_before_the_background_whatever_the_order(tmp_path: Path) -> None:
    face = model_face(30, (160, 60), (0, 0, 0))
    sticker = load_filter(package(tmp_path / "sticker", HEAD + STICKER + 'light = "own"\n'))
    background = load(tmp_path, GREEN)
    seen = []
    for filters in ((sticker, background), (background, sticker)):
        pixels, mask = room()
        scene = Scene(Frame(pixels, 0, 0.0), faces=(face,), person=mask)
        seen.append(Painter().paint(scene, filters).frame.pixels)
    assert (seen[0] == seen[1]).all()
    assert (seen[0][..., :3] == [0x20, 0x20, 0xD0]).all(axis=2).any()


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ('effect = "colour"\n', "'colour' is missing: effect = \"colour\" needs it"),
        ('effect = "image"\n', "'art' is missing: effect = \"image\" needs it"),
        (BLUR + 'art = "art.svg"\n', "'art' does not apply to effect = \"blur\""),
        (GREEN + "strength = 0.3\n", "'strength' does not apply to effect = \"colour\""),
        ('effect = "film"\n', "'effect' must be blur, colour, image or video, not 'film'"),
    ],
)
def test_a_problem_is_reported(tmp_path: Path, keys: str, problem: str) -> None:
    with pytest.raises(PackageError, match=problem):
        load(tmp_path, keys)


def test_format_1_knows_no_backgrounds(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=r"layer 1: kind = 'background' needs format = 2 at the top of the file"):
        load_filter(package(tmp_path, HEAD + LAYER + BLUR))
