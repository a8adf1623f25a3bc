"""Tests that listing the tests loads no tensorflow, for each worker of a run lists all."""

import pytest

from tests.masquerade_train.late import TENSORFLOW_AT_COLLECTION


def test_no_module_of_tests_imports_tensorflow_at_its_top(pytestconfig: pytest.Config) -> None:
    assert not pytestconfig.stash[TENSORFLOW_AT_COLLECTION], "move the import to `if LATE:`"
