"""Tests that nobody trains and checks, and that larger fractions hold the smaller ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from masquerade_train.inputs.persons import part_persons

people = st.lists(st.integers(0, 40), min_size=2, max_size=200).map(lambda numbers: np.array(numbers).astype(str))


@given(persons=people, seed=st.integers(0, 99), fraction=st.floats(0.01, 1))
def test_no_person_stands_on_both_sides(persons: np.ndarray, seed: int, fraction: float) -> None:
    training, checking = part_persons(persons, seed, fraction)
    assert not set(persons[training]) & set(persons[checking])
    assert training.any()
    assert checking.any() == (len(set(persons)) > 1)


@given(persons=people, seed=st.integers(0, 99), small=st.floats(0.01, 1), more=st.floats(0, 1))
def test_a_larger_fraction_holds_the_smaller_and_the_same_persons_check(
    persons: np.ndarray, seed: int, small: float, more: float
) -> None:
    few, check = part_persons(persons, seed, small)
    many, same_check = part_persons(persons, seed, min(small + more, 1.0))
    assert not (few & ~many).any()
    assert (check == same_check).all()


def test_a_tenth_checks_and_the_fraction_is_of_the_rest() -> None:
    persons = np.arange(1000).astype(str)
    training, checking = part_persons(persons, 15, 0.5)
    assert (checking.sum(), training.sum()) == (100, 450)


def test_without_a_check_share_everybody_trains() -> None:
    training, checking = part_persons(np.arange(50).astype(str), 15, 1.0, check_share=0.0)
    assert training.all()
    assert not checking.any()


def test_one_person_trains() -> None:
    training, checking = part_persons(np.array(["a", "a"]), 15)
    assert training.all()
    assert not checking.any()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_another_seed_other_persons(seed: int) -> None:
    persons = np.arange(200).astype(str)
    assert (part_persons(persons, seed)[1] != part_persons(persons, seed + 1)[1]).any()
