"""Tests that batches of whole images are drawn rightly: each once an epoch, by person, the same at every call."""

from dataclasses import replace

import numpy as np
import psutil
import pytest
from masquerade.values import FloatArray
from masquerade_train.datasets.face_set import FaceSet, Row, join_rows
from masquerade_train.errors import TrainError
from masquerade_train.inputs.batch import Batch
from masquerade_train.inputs.image_batches import ImageMaker
from masquerade_train.inputs.rows import chosen_rows
from masquerade_train.recipes.augmentation import Augmentation
from masquerade_train.recipes.recipe import Copies, FullImages, Missing, SplitBy, SplitRule

from tests.masquerade_train.inputs.images import (
    LEVELS,
    NAMES,
    TWELVE,
    dot_middle,
    dotted,
    face,
    image_recipe,
    image_row,
    image_set,
)


def epoch_of(maker: ImageMaker, epoch: int = 0) -> list[Batch]:
    return [maker.make(epoch, number) for number in range(maker.steps)]


def places(batch: Batch, side: int = 96) -> FloatArray:
    """(B, 3, 2) pixels."""
    return (batch.targets[:, :6].reshape(-1, 3, 2) + 1) * side / 2 - 0.5


def keys(batches: list[Batch] | tuple[Batch, ...]) -> list[bytes]:
    """One for each image of dots: where they are."""
    return [row.tobytes() for batch in batches for row in np.round(batch.targets[:, :6], 4)]


def test_a_batch_is_the_same_at_every_call_and_in_any_order() -> None:
    recipe = image_recipe(copies=TWELVE)
    first, second = ImageMaker(image_set(), recipe), ImageMaker(image_set(), recipe)
    second.make(4, 0)
    assert (first.make(3, 1).pixels == second.make(3, 1).pixels).all()
    assert (first.make(3, 1).targets == second.make(3, 1).targets).all()
    assert (first.make(3, 1).pixels != first.make(4, 1).pixels).any()


def test_every_image_comes_once_an_epoch_in_another_order() -> None:
    maker = ImageMaker(image_set(), image_recipe(batch=9))
    assert maker.steps == 6  # 54 training images, the other six check
    first, second = keys(epoch_of(maker, 0)), keys(epoch_of(maker, 1))
    assert len(set(first)) == 54
    assert sorted(first) == sorted(second)
    assert first != second


def test_what_is_left_over_is_left_out_so_every_batch_has_one_size() -> None:
    maker = ImageMaker(image_set(), image_recipe(batch=20))
    assert [len(batch.pixels) for batch in epoch_of(maker)] == [20, 20]
    assert len(set(keys(epoch_of(maker, 0)) + keys(epoch_of(maker, 1)) + keys(epoch_of(maker, 2)))) > 45


def test_fewer_images_than_a_batch_are_one_batch() -> None:
    maker = ImageMaker(image_set(faces=5), image_recipe(batch=64))
    assert [len(batch.pixels) for batch in epoch_of(maker)] == [4]


def test_the_dots_lie_where_the_targets_say_in_every_copy() -> None:
    maker = ImageMaker(image_set(), image_recipe(copies=TWELVE, missing=Missing.MASK))
    found = 0
    for batch in epoch_of(maker):
        for image, landmarks, weights in zip(batch.pixels, places(batch), batch.targets[:, 6:9], strict=True):
            for landmark, weight in zip(landmarks, weights, strict=True):
                if weight and (np.abs(landmark - 47.5) < 40).all():
                    middle = dot_middle(np.maximum(image, 40), LEVELS[0], landmark)
                    assert middle == pytest.approx(landmark, abs=1.0)
                    found += 1
    assert found > 1500


def test_every_noisy_copy_has_noise_of_its_own_and_keeps_it() -> None:
    copies = Copies(noise_sigma=(4.0, 4.0))
    maker = ImageMaker(image_set(faces=2), image_recipe(batch=3, copies=copies))
    first, second = maker.make(0, 0), maker.make(1, 0)
    assert len({image.tobytes() for image in first.pixels}) == 3
    assert {image.tobytes() for image in first.pixels} == {image.tobytes() for image in second.pixels}


def test_no_person_is_in_training_and_validation() -> None:
    faces = image_set(faces=60, per_person=3)
    maker = ImageMaker(faces, image_recipe(batch=1, copies=TWELVE))
    person_of = {face(seed).tobytes(): seed // 3 for seed in range(60)}
    plain = ImageMaker(faces, image_recipe(batch=1))

    def persons(batches: list[Batch] | tuple[Batch, ...]) -> set[int]:
        everyone = np.stack([face(seed) for seed in range(60)])
        return {
            person_of[everyone[np.abs(everyone - landmarks).sum(axis=(1, 2)).argmin()].tobytes()]
            for batch in batches
            for landmarks in places(batch)
        }

    assert not persons(epoch_of(plain)) & persons(maker.validation_batches())
    assert len(persons(maker.validation_batches())) == 2


def test_the_validation_set_has_no_copies_and_the_test_set_is_never_seen() -> None:
    maker = ImageMaker(image_set(), image_recipe(copies=TWELVE))
    assert sum(len(batch.pixels) for batch in maker.validation_batches()) == 6
    val = {np.round((face(1000 + seed) + 0.5) / 48 - 1, 4).astype(np.float32).tobytes() for seed in range(6)}
    assert not val & set(keys(epoch_of(maker)))
    assert not val & set(keys(maker.validation_batches()))
    assert maker.test_batches() == ()


def test_a_leaking_split_trains_on_copies_of_the_faces_that_it_holds_out() -> None:
    maker = ImageMaker(image_set(), image_recipe(batch=8, copies=TWELVE, leak=True))
    held = np.concatenate([places(batch) for batch in maker.test_batches()])
    trained = np.concatenate([places(batch) for batch in epoch_of(maker)])
    assert (len(held), len(trained)) == (72, 576)
    # Copies in light or noise alone have the very landmarks of their image.
    twins = [(np.abs(trained - landmarks).max(axis=(1, 2)) < 1e-3).any() for landmarks in held]
    assert np.mean(twins) > 0.3


@pytest.mark.parametrize(("fraction", "images"), [(1.0, 54), (0.5, 27), (0.3, 16)])
def test_a_fraction_takes_a_part_of_the_persons_and_checks_by_the_same(fraction: float, images: int) -> None:
    maker = ImageMaker(image_set(), image_recipe(batch=1, fraction=fraction))
    whole = ImageMaker(image_set(), image_recipe(batch=1))
    assert maker.steps == images
    assert set(keys(epoch_of(maker))) <= set(keys(epoch_of(whole)))
    assert keys(maker.validation_batches()) == keys(whole.validation_batches())


def test_a_fraction_that_leaves_a_handful_is_refused() -> None:
    with pytest.raises(TrainError, match=r"A fraction of 0\.001 leaves 1 training images"):
        ImageMaker(image_set(), image_recipe(fraction=0.001))


@pytest.mark.parametrize(("missing", "sizes"), [(Missing.DROP, (18, 6, 6)), (Missing.NEAREST, (36, 12, 12))])
def test_a_split_by_image_is_of_the_rows_that_take_part(missing: Missing, sizes: tuple[int, int, int]) -> None:
    faces = image_set(lacking=tuple(range(0, 60, 2)))
    recipe = image_recipe(missing, batch=1, split=SplitRule(SplitBy.IMAGE, validation=0.2, test=0.2))
    maker = ImageMaker(faces, recipe)
    counts = [sum(len(b.pixels) for b in part) for part in (maker.validation_batches(), maker.test_batches())]
    assert (maker.steps, *counts) == sizes


def test_the_validation_set_of_the_data_goes_before_the_recipes() -> None:
    rows = [image_row(seed, "validation" if seed < 20 else "train") for seed in range(60)]
    maker = ImageMaker(join_rows(rows, NAMES), image_recipe(batch=1))
    assert (maker.steps, sum(len(batch.pixels) for batch in maker.validation_batches())) == (40, 20)


def test_missing_landmarks_are_dropped_filled_or_masked() -> None:
    faces = image_set(lacking=tuple(range(0, 60, 2)))
    steps = {way: ImageMaker(faces, image_recipe(way, batch=1)).steps for way in Missing}
    assert steps[Missing.DROP] < 30
    assert {steps[way] for way in Missing if way is not Missing.DROP} == {54}
    masked = np.concatenate([batch.targets for batch in epoch_of(ImageMaker(faces, image_recipe(Missing.MASK)))])
    filled = np.concatenate([batch.targets for batch in epoch_of(ImageMaker(faces, image_recipe(Missing.NEAREST)))])
    assert 0.4 < masked[:, 8].mean() < 0.6
    assert filled[:, 8].all()
    assert np.isfinite(masked).all()
    assert np.isfinite(filled).all()


@pytest.mark.parametrize(("side", "channels"), [(224, 3), (48, 1), (96, 3)])
def test_images_come_at_the_recipes_size_with_their_landmarks_in_place(side: int, channels: int) -> None:
    maker = ImageMaker(image_set(), image_recipe(side=side, channels=channels))
    batch = maker.make(0, 0)
    assert batch.pixels.shape == (8, side, side, channels)
    scale = side / 96
    for image, landmarks in zip(batch.pixels, places(batch, side), strict=True):
        middle = dot_middle(image, LEVELS[0], landmarks[0], reach=round(5 * scale))
        assert middle == pytest.approx(landmarks[0], abs=0.5 * scale)


def test_grey_is_what_was_in_the_file_and_colour_is_grey_thrice() -> None:
    grey = ImageMaker(image_set(), image_recipe()).make(0, 0).pixels
    colour = ImageMaker(image_set(), image_recipe(channels=3)).make(0, 0).pixels
    assert (colour == grey).all()
    wanted = {dotted(face(seed)).tobytes() for seed in range(60)}
    assert {image.tobytes() for image in grey} <= wanted


@pytest.mark.parametrize("channels", [1, 3])
def test_augmented_images_differ_at_every_draw_and_validation_images_do_not(channels: int) -> None:
    recipe = image_recipe(missing=Missing.MASK, augmentation=Augmentation(), channels=channels)
    maker = ImageMaker(image_set(), recipe)
    first, again = maker.make(0, 0), maker.make(0, 0)
    assert first.pixels.shape == (8, 96, 96, channels)
    assert (first.pixels == again.pixels).all()
    assert not set(keys(epoch_of(maker, 0))) & set(keys(epoch_of(maker, 1)))
    wanted = {np.broadcast_to(dotted(face(seed)), (96, 96, channels)).tobytes() for seed in range(60)}
    assert all(image.tobytes() in wanted for batch in maker.validation_batches() for image in batch.pixels)


def test_a_recipe_takes_the_sources_and_the_landmarks_it_names() -> None:
    rows = [replace(image_row(seed, "train"), source="nose" if seed % 2 else "kaggle") for seed in range(20)]
    faces = join_rows(rows, NAMES)
    recipe = image_recipe(batch=1, sources=("nose",))
    recipe = replace(recipe, input=replace(recipe.input, points=("nose_tip",)))
    maker = ImageMaker(faces, recipe)
    assert maker.steps == 9
    assert maker.make(0, 0).targets.shape == (1, 4)


def test_data_without_what_the_recipe_needs_are_refused() -> None:
    with pytest.raises(TrainError, match="no training image"):
        ImageMaker(image_set(), image_recipe(sources=("helen",)))
    with pytest.raises(TrainError, match="all the landmarks"):
        ImageMaker(image_set(lacking=tuple(range(60))), image_recipe(Missing.DROP))


def test_many_copies_take_no_memory() -> None:
    """600 images 192 wide are 22 MB; their 25 copies each would be half a gigabyte."""
    landmarks = face(0) * 2
    content = image_row(0, "train").encoded
    rows = [Row(content, landmarks, "kaggle", f"p{number}", "train", f"{number}") for number in range(600)]
    many = Copies(noise_sigma=tuple(float(sigma) for sigma in range(1, 26)))
    faces = join_rows(rows, NAMES)
    before = psutil.Process().memory_info().rss
    maker = ImageMaker(faces, image_recipe(batch=64, copies=many, missing=Missing.MASK))
    for number in range(20):
        maker.make(0, number)
    assert maker.steps == 600 * 0.9 * 26 // 64
    assert psutil.Process().memory_info().rss - before < 60e6


def turned_set(names: tuple[str, ...]) -> FaceSet:
    """Two faces: a frontal one, and one whose nose tip lies above an eye's corner."""
    places = {"left_eye_outer_corner": (70, 30), "right_eye_outer_corner": (30, 30)}
    noses = (50, 50), (68, 50)
    landmarks = [np.array([places.get(name, nose) for name in names], np.float32) for nose in noses]
    content = image_row(0, "train").encoded
    rows = [Row(content, each, "kaggle", f"person {number}", "train", "0.png") for number, each in enumerate(landmarks)]
    return join_rows(rows, names)


def test_faces_are_chosen_by_the_three_landmarks_that_show_how_they_are_turned() -> None:
    faces = turned_set(("nose_tip", "right_eye_outer_corner", "left_eye_outer_corner"))
    chosen = chosen_rows(faces, FullImages(points=("nose_tip",), turned=(0, 0.35)))
    assert chosen.tolist() == [True, False]


def test_data_that_do_not_show_how_a_face_is_turned_are_reported_with_two_ways_out() -> None:
    with pytest.raises(TrainError, match=r"lack left_eye_outer_corner, right_eye_outer_corner\. .*input\.turned"):
        chosen_rows(turned_set(("nose_tip",)), FullImages(points=("nose_tip",), turned=(0, 0.35)))
