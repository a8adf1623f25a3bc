"""Stores a painter's state for each face: PerFace."""

from typing import TypeVar

T = TypeVar("T")


class PerFace(dict[int, T]):
    """Values by `Face.identity`. For one thread."""

    def keep_only(self, identities: frozenset[int]) -> None:
        """Drop the state of all faces but these."""
        for identity in self.keys() - identities:
            del self[identity]
