"""Tests that what is remembered of a face goes when the face has gone."""

from masquerade.filters.people.per_face import PerFace


def test_only_the_faces_that_are_there_are_remembered() -> None:
    memory = PerFace({1: "a", 2: "b", 3: "c"})
    memory.keep_only(frozenset({2, 9}))
    assert memory == {2: "b"}
