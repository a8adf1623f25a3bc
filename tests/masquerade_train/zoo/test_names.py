"""Tests the networks whose names tell all their numbers."""

import pytest
from masquerade_train.errors import TrainError

from tests.masquerade_train.late import LATE

if LATE:
    from masquerade_train.zoo.catalog import find_builder
    from masquerade_train.zoo.dileep import BASELINE, MANUAL, TUNED, PlainCnn, parse_plain_cnn
    from masquerade_train.zoo.padova import Ladder, parse_ladder


def test_a_plain_cnn_comes_back_from_its_name() -> None:
    for cnn in (BASELINE, MANUAL, TUNED, PlainCnn((16,), 2, "same", 64, dropout=0.3)):
        assert parse_plain_cnn(cnn.name) == cnn


def test_a_network_of_the_ladder_is_rebuilt_from_its_name() -> None:
    assert parse_ladder(Ladder(15, 5, 0.3, 2).name) == Ladder(15, 5, 0.3, 2)


@pytest.mark.parametrize("name", ["plain_cnn", "plain_cnn_16_kernel_2", "padova_15", "base_cnn"])
def test_other_names_are_of_neither_family(name: str) -> None:
    assert parse_plain_cnn(name) is None
    assert parse_ladder(name) is None


def test_the_error_of_an_unknown_network_suggests_the_nearest() -> None:
    with pytest.raises(TrainError, match=r"no network 'base_cn' .*did you mean 'base_cnn'"):
        find_builder("base_cn")
