"""Particles are born, fly and fade by time alone, from whom they belong to, and never too many."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from masquerade.filters.compositing.outline import HEAD as HEAD_PART
from masquerade.filters.compositing.outline import outline_of
from masquerade.filters.compositing.rasters import RasterCache
from masquerade.filters.format.image_layers import ParticlesLayer
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.particles.emitters import Emitters
from masquerade.filters.particles.particles import ParticlesPainter
from masquerade.filters.particles.swarm import Particles, born, seen
from masquerade.filters.people.presence import FrameContext, VisibleFace
from masquerade.filters.render import Painter, paint_still
from masquerade.geometry.head import head_anchors
from masquerade.geometry.pose import fit_pose, project
from masquerade.resources import bundled
from masquerade.values import ByteArray, Face, Frame, Matrix, Scene, Trigger

from tests.masquerade.filters.golden import assert_looks_like
from tests.masquerade.filters.package_writer import HEAD, package, svg
from tests.masquerade.filters.portrait import model_face, portrait_face, portrait_pixels

WHITE = svg('<rect width="100" height="100" fill="#fff"/>')
BARE = '[[layer]]\nkind = "particles"\nart = "art.svg"\nfade = [0, 0]\n'
RISING = BARE + 'from = "nose_tip"\nrate = 10\nspeed = [2, 2]\nspread = 0\nlife = [2, 2]\nsize = [0.2, 0.2]\n'
BURST = BARE + 'from = "nose_tip"\nburst = 20\nlife = [1, 1]\n[layer.trigger]\non = "smile"\nmotion = "spawn"\n'
FACE = model_face(40, (160, 120), (0, 0, 0))
SMILING = replace(FACE, active=frozenset({Trigger.SMILE}))

Load = Callable[..., Filter]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def make(layers: str) -> Filter:
        return load_filter(package(tmp_path / "one", HEAD + layers, art_svg=WHITE))

    return make


def layer_of(chosen: Filter) -> ParticlesLayer:
    (layer,) = chosen.manifest.layers
    assert isinstance(layer, ParticlesLayer)
    return layer


def present(*faces: Face) -> tuple[VisibleFace, ...]:
    return tuple(VisibleFace(face, np.zeros(2), age=9.0) for face in faces)


def flown(layer: ParticlesLayer, frames_per_second: float, seconds: float, *faces: Face) -> Particles:
    """All that was born, as old as it is at the end."""
    emitters, swarm = Emitters(layer), []
    count = round(seconds * frames_per_second)
    for index in range(count):
        fresh = emitters.step(present(*faces), (320, 240), FrameContext(1 / frames_per_second, 1.0, False))
        fresh["age"] += (count - 1 - index) / frames_per_second
        swarm.append(fresh)
    return np.concatenate(swarm)


def film(chosen: Filter, faces: list[tuple[Face, ...]], step: float = 0.05) -> list[ByteArray]:
    painter, images = Painter(), []
    painter.paint(Scene(Frame(black(), 0, -step)), ())
    for index, each in enumerate(faces):
        pixels = black()
        painter.paint(Scene(Frame(pixels, index, index * step), faces=each), (chosen,))
        images.append(pixels)
    return images


def black() -> ByteArray:
    pixels = np.zeros((240, 320, 4), np.uint8)
    pixels[..., 3] = 255
    return pixels


def light(pixels: ByteArray) -> float:
    return float(pixels[..., :3].mean())


def centre_x(pixels: ByteArray) -> float:
    weight = pixels[..., 0].astype(float)
    return float((weight.sum(axis=0) * np.arange(320)).sum() / weight.sum())


@pytest.mark.parametrize("name", ["floating-hearts", "snow", "sparkles", "confetti", "steam", "birthday-candles"])
def test_a_bundled_filter_looks_as_approved(name: str) -> None:
    pixels = portrait_pixels()
    active = frozenset({Trigger.SMILE, Trigger.MOUTH_OPEN} if name != "birthday-candles" else set())
    paint_still(pixels, (portrait_face(active),), (load_filter(bundled("assets") / "filters" / name),))
    assert_looks_like(f"party_{name}", pixels[0:230, 90:350])


@pytest.mark.parametrize("frames_per_second", [7.0, 30.0, 144.0])
def test_the_frame_rate_makes_no_difference(load: Load, frames_per_second: float) -> None:
    layer = layer_of(
        load(
            RISING.replace("rate = 10", "rate = 9.7")
            + "drag = 0.8\ngravity = 3\nsway = [0.2, 1]\nspin = [-90, 90]\narea = [1, 1]\n"
        )
    )
    swarm, wanted = (flown(layer, rate, 2.0, FACE) for rate in (frames_per_second, 50.0))
    here, there = seen(layer, swarm), seen(layer, wanted)
    assert len(swarm) == len(wanted) == 19
    assert np.allclose(here.x, there.x, atol=0.01)
    assert np.allclose(here.y, there.y, atol=0.01)
    assert np.allclose(here.angle, there.angle)


@pytest.mark.parametrize(
    ("keys", "x", "y"),
    [
        # After one second, in pixels from the place: 2 eye distances of 40 pixels.
        ("", 0, -80),
        ("direction = 180\n", 0, 80),
        ("direction = 90\n", 80, 0),
        ("gravity = 3\n", 0, -80 + 60),
        # 80 (1 - 1/e) up.
        ("drag = 1\n", 0, -80 * (1 - np.exp(-1))),
        ("offset = [0.5, -1]\n", 20, -80 - 40),
    ],
)
def test_particles_fly_as_the_format_says(load: Load, keys: str, x: float, y: float) -> None:
    layer = layer_of(load(RISING + keys))
    swarm = flown(layer, 10.0, 0.1, FACE)
    swarm["age"] = 1.0
    where = seen(layer, swarm)
    nose_xy = FACE.keypoints.points[10]
    assert (where.x[0] - nose_xy[0], where.y[0] - nose_xy[1]) == (pytest.approx(x, abs=0.5), pytest.approx(y, abs=0.5))


def test_outwards_is_to_either_side(load: Load) -> None:
    layer = layer_of(load(RISING.replace('"nose_tip"', '["left_ear", "right_ear"]') + "direction = 90\n"))
    where = seen(layer, flown(layer, 10.0, 2.0, FACE))
    assert ((where.x < 114) | (where.x > 206)).all()
    assert (where.x < 114).any()
    assert (where.x > 206).any()


@pytest.mark.parametrize(("yaw", "far", "near"), [(35.0, "left_ear", "right_ear"), (-35.0, "right_ear", "left_ear")])
def test_particles_from_the_far_ear_do_not_start_on_the_face(load: Load, yaw: float, far: str, near: str) -> None:
    face = model_face(40, (160, 120), (yaw, 0, 0))
    pose = fit_pose(face.keypoints.points)
    head = outline_of(HEAD_PART, pose)

    def begins(ear: str) -> Matrix:
        swarm = flown(layer_of(load(RISING.replace("nose_tip", ear))), 10.0, 0.1, face)
        return np.array([[swarm["x"][0], swarm["y"][0]]])

    seen_at = project(pose, head_anchors((far, near)))
    assert head.reach(seen_at)[0] < 0.8
    assert head.reach(begins(far))[0] == pytest.approx(1.0)
    assert begins(near)[0] == pytest.approx(seen_at[1])


def test_size_grows_and_opacity_fades(load: Load) -> None:
    layer = layer_of(load(RISING.replace("fade = [0, 0]", "fade = [0.2, 0.5]") + "grow = 3\n"))
    swarm = flown(layer, 10.0, 0.5, FACE)
    swarm["age"] = [0.0, 0.4, 1.0, 1.5, 2.0]
    where = seen(layer, swarm)
    assert where.width.tolist() == pytest.approx([8, 8 * 1.4, 16, 20, 24])
    assert where.opacity.tolist() == pytest.approx([0, 1, 1, 0.5, 0])


def test_the_same_seed_gives_the_same_swarm(load: Load) -> None:
    layer = layer_of(load(RISING + "area = [1, 1]\nseed = 5\n"))
    same, other = flown(layer, 30.0, 2.0, FACE), flown(replace(layer, seed=6), 30.0, 2.0, FACE)
    assert (same == flown(layer, 30.0, 2.0, FACE)).all()
    assert (same["x"] != other["x"]).any()


def test_every_chance_stays_within_its_bounds(load: Load) -> None:
    layer = replace(layer_of(load(RISING)), size=(0.1, 0.3), life=(1.0, 3.0))
    source = Emitters(layer)._on_face(FACE)
    swarm = born(layer, source, np.zeros(2000), np.random.default_rng(1))
    assert 4 <= swarm["width"].min() < 4.2
    assert 11.8 < swarm["width"].max() <= 12
    assert 1 <= swarm["life"].min() < swarm["life"].max() <= 3


def test_particles_are_limited_and_none_vanishes_in_flight(load: Load) -> None:
    chosen = load(RISING.replace("rate = 10", "rate = 100") + "most = 15\n")
    painter = ParticlesPainter(layer_of(chosen), chosen.art[0], RasterCache())
    face = VisibleFace(FACE, np.zeros(2), age=float("inf"))
    for index in range(80):
        painter.paint(black(), (face,), FrameContext(1 / 30, 1.0, first=index == 0))
        swarm = painter._swarm
        assert len(swarm) <= 15
    assert len(swarm) == 15
    assert swarm["life"].min() == 2.0


def test_a_burst_comes_once_for_each_time_the_trigger_comes_on(load: Load) -> None:
    emitters, counts = Emitters(layer_of(load(BURST))), []
    for face in [FACE, FACE, SMILING, SMILING, SMILING, FACE, SMILING]:
        counts.append(len(emitters.step(present(face), (320, 240), FrameContext(0.1, 1.0, False))))
    assert counts == [0, 0, 20, 0, 0, 0, 20]


@pytest.mark.parametrize(("motion", "wanted"), [("show", [0, 0, 5, 5, 0]), ("hide", [5, 5, 0, 0, 5])])
def test_a_trigger_starts_or_stops_the_particles(load: Load, motion: str, wanted: list[int]) -> None:
    emitters = Emitters(layer_of(load(RISING + f'[layer.trigger]\non = "smile"\nmotion = "{motion}"\n')))
    faces = [FACE, FACE, SMILING, SMILING, FACE]
    assert [len(emitters.step(present(each), (320, 240), FrameContext(0.5, 1.0, False))) for each in faces] == wanted


def test_each_face_has_its_own(load: Load) -> None:
    other = replace(model_face(20, (250, 60), (0, 0, 0)), identity=7)
    swarm = flown(layer_of(load(RISING)), 20.0, 1.0, FACE, other)
    assert (swarm["owner"] == 0).sum() == (swarm["owner"] == 7).sum() == 10
    assert set(swarm["unit"][swarm["owner"] == 7].round(3)) == {20.0}


@pytest.mark.parametrize(("cling", "moved"), [(0.0, 0.0), (0.5, 30.0), (1.0, 60.0)])
def test_particles_cling_to_their_face(load: Load, cling: float, moved: float) -> None:
    still = RISING.replace("speed = [2, 2]", "speed = [0, 0]") + f"cling = {cling}\nmost = 1\n"
    there = model_face(40, (220, 120), (0, 0, 0))
    images = film(load(still), [(FACE,)] * 6 + [(there,)] * 2)
    assert centre_x(images[-1]) - centre_x(images[4]) == pytest.approx(moved, abs=0.5)


def test_particles_fly_on_when_the_face_is_lost_and_then_end(load: Load) -> None:
    images = film(load(RISING), [(FACE,)] * 20 + [()] * 60)
    after = [light(each) for each in images[21:]]
    # In the second before, ten were born; none more comes, and in two seconds the last is gone.
    assert after[0] == pytest.approx(light(images[19]), rel=0.15)
    assert min(after[:15]) > 0.9 * after[0]
    assert after[-1] == 0.0
    assert (np.diff(after) < 0.05).all()


def test_snow_falls_without_a_face(load: Load) -> None:
    falling = BARE + 'from = "picture_top"\nrate = 30\ndirection = 180\nspeed = [5, 5]\nlife = [3, 3]\n'
    images = film(load(falling), [()] * 60)
    assert light(images[0]) == 0.0
    assert images[40][:80].any()
    assert images[-1][160:].any()


def test_a_photo_shows_what_has_been_going_on(load: Load) -> None:
    for layers, face in ((RISING, FACE), (BURST, SMILING)):
        pixels = black()
        paint_still(pixels, (face,), (load(layers),))
        assert light(pixels) > 0.3


def test_a_particle_lies_exactly_where_it_is(load: Load) -> None:
    still = RISING.replace("speed = [2, 2]", "speed = [0, 0]").replace("size = [0.2, 0.2]", "size = [0.5, 0.5]")
    face = model_face(40, (160.3, 120.7), (0, 0, 0))
    images = film(load(still + "most = 1\n"), [(face,)] * 4)
    weight = images[-1][..., 0].astype(float)
    y, x = np.mgrid[:240, :320]
    middle = ((x * weight).sum() / weight.sum(), (y * weight).sum() / weight.sum())
    assert middle == pytest.approx(face.keypoints.points[10].tolist(), abs=0.12)
    assert weight.sum() / 255 == pytest.approx(400, rel=0.03)


@pytest.mark.parametrize("place", [(0, 0), (-500, 100), (160, 1e5)])
@pytest.mark.parametrize("scale", [0.5, 40, 2000])
def test_faces_at_the_edge_tiny_and_huge_do_no_harm(load: Load, place: tuple[float, float], scale: float) -> None:
    pixels = black()
    paint_still(pixels, (model_face(scale, place, (20, 10, 45)),), (load(RISING + "flip = [1, 2]\nspin = [9, 99]\n"),))
    assert (pixels[..., 3] == 255).all()


def test_huge_particles_are_painted_no_more_than_twice_over(load: Load) -> None:
    still = RISING.replace("speed = [2, 2]", "speed = [0, 0]").replace("rate = 10", "rate = 100")
    huge = still.replace("[0.2, 0.2]", "[2, 2]") + "most = 200\nopacity = 0.02\n"
    pixels = black()
    paint_still(pixels, (model_face(2000, (160, 120), (0, 0, 0)),), (load(huge),))
    assert 0 < light(pixels) <= 2 * 0.02 * 255 + 1


def test_intensity_is_opacity(load: Load) -> None:
    full, half = black(), black()
    for pixels, intensity in ((full, 1.0), (half, 0.5)):
        Painter().paint(Scene(Frame(pixels, 0, 0.0), faces=(FACE,)), (load(RISING + "most = 1\n"),), intensity)
    assert light(half) == pytest.approx(light(full) / 2, rel=0.03)
