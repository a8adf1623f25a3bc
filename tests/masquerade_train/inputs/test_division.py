"""Tests that nobody is in two sets, and that larger fractions hold the smaller ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from masquerade_train.inputs.division import divide
from masquerade_train.recipes.recipe import SplitRule

RULE = SplitRule()
people = st.lists(st.integers(0, 40), min_size=2, max_size=200).map(lambda numbers: np.array(numbers).astype(str))


@given(persons=people, seed=st.integers(0, 99), fraction=st.floats(0.01, 1), test=st.sampled_from([0.0, 0.2]))
def test_no_person_is_in_two_sets(persons: np.ndarray, seed: int, fraction: float, test: float) -> None:
    found = divide(persons, seed, SplitRule(test=test), fraction)
    sets = [set(persons[mask]) for mask in (found.training, found.validation, found.test)]
    assert sum(map(len, sets)) == len(set.union(*sets))
    assert found.training.any()
    assert found.validation.any() == (len(set(persons)) > 1)
    assert found.test.any() == (test > 0 and len(set(persons)) > 2)


@given(persons=people, seed=st.integers(0, 99), small=st.floats(0.01, 1), more=st.floats(0, 1))
def test_a_larger_fraction_holds_the_smaller_with_the_same_validation_set(
    persons: np.ndarray, seed: int, small: float, more: float
) -> None:
    few, many = divide(persons, seed, RULE, small), divide(persons, seed, RULE, min(small + more, 1.0))
    assert not (few.training & ~many.training).any()
    assert (few.validation == many.validation).all()


def test_a_tenth_validates_and_the_fraction_is_of_the_rest() -> None:
    found = divide(np.arange(1000).astype(str), 15, RULE, 0.5)
    assert (found.validation.sum(), found.training.sum()) == (100, 450)


def test_the_split_of_the_fifth_paper_gives_its_numbers() -> None:
    found = divide(np.arange(7049), 15, SplitRule(validation=705 / 7049, test=705 / 7049))
    assert (found.training.sum(), found.validation.sum(), found.test.sum()) == (5639, 705, 705)


def test_without_a_share_every_person_is_trained_on() -> None:
    found = divide(np.arange(50).astype(str), 15, SplitRule(validation=0.0))
    assert found.training.all()
    assert not found.validation.any()


def test_one_person_trains() -> None:
    found = divide(np.array(["a", "a"]), 15, RULE)
    assert found.training.all()
    assert not found.validation.any()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_another_seed_other_persons(seed: int) -> None:
    persons = np.arange(200).astype(str)
    assert (divide(persons, seed, RULE).validation != divide(persons, seed + 1, RULE).validation).any()
