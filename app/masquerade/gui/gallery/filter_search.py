"""Finds filters by what the user types, the best match first."""

import difflib
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from masquerade.filters.packages.entry import FilterEntry

_MIN_LETTERS_INSIDE = 5  # "mous" must not find what is "anonymous"
_MIN_LETTERS_FUZZY = 4
_MIN_LIKENESS = 0.8


class _Match(IntEnum):
    """How a filter matches, the best first."""

    NAME_START = 0
    NAME_WORD_START = 1
    IN_NAME = 2
    TAG = 3
    TAG_START = 4
    IN_TAG = 5
    FUZZY = 6


# How a filter matches, and how well within that: for tags their position, as the first ones describe a filter best.
_Rank = tuple[_Match, int]


@dataclass(frozen=True, slots=True)
class _Text:
    """What of a filter can be searched, folded.

    Attributes:
        tags: keywords and tags, each with its position among its like.
    """

    entry: FilterEntry
    name: str
    tags: tuple[tuple[int, str], ...]


class FilterSearch:
    """Search a fixed set of filters; upper and lower case and accents make no difference."""

    def __init__(self, entries: Iterable[FilterEntry] = ()) -> None:
        self._texts = tuple(
            _Text(entry, fold(entry.name), (*_folded(entry.keywords), *_folded(entry.tags), *_folded((entry.id,))))
            for entry in entries
        )

    def find(self, query: str) -> tuple[FilterEntry, ...]:
        """Return the filters that match every word of the query, the best first; equal ones stay in their order.

        Only where nothing matches as typed, spellings that come near are taken.
        """
        words = fold(query).split()
        if not words:
            return () if query.strip() else tuple(text.entry for text in self._texts)
        return _ranked(self._texts, words, _rank) or _ranked(self._texts, words, _fuzzy_rank)


def _folded(words: Iterable[str]) -> Iterable[tuple[int, str]]:
    return enumerate(map(fold, words))


def fold(text: str) -> str:
    """Return a text without case, accents and punctuation between its words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


def _ranked(
    texts: tuple[_Text, ...], words: list[str], rank: Callable[[_Text, str], _Rank | None]
) -> tuple[FilterEntry, ...]:
    """Return the filters that match the query as a whole, then those that match each of its words."""
    found: list[tuple[bool, _Rank, FilterEntry]] = []
    for text in texts:
        whole = rank(text, " ".join(words))
        ranks = [each for each in (rank(text, word) for word in words) if each is not None]
        if whole is not None:
            found.append((False, whole, text.entry))
        elif len(ranks) == len(words):
            found.append((True, max(ranks), text.entry))
    return tuple(entry for *_, entry in sorted(found, key=lambda each: each[:2]))


def _rank(text: _Text, word: str) -> _Rank | None:
    """Return how a filter matches a text as it was typed; None where it does not."""
    if text.name.startswith(word):
        return _Match.NAME_START, 0
    if f" {word}" in text.name:
        return _Match.NAME_WORD_START, 0
    if word in text.name:
        return _Match.IN_NAME, 0
    for kind, numbers in (
        (_Match.TAG, (number for number, tag in text.tags if tag == word)),
        (_Match.TAG_START, (number for number, tag in text.tags if f" {word}" in f" {tag}")),
    ):
        first = min(numbers, default=None)
        if first is not None:
            return kind, first
    inside = (number for number, tag in text.tags if word in tag and len(word) >= _MIN_LETTERS_INSIDE)
    middle = min(inside, default=None)
    return None if middle is None else (_Match.IN_TAG, middle)


def _fuzzy_rank(text: _Text, word: str) -> _Rank | None:
    """Return a rank where a word of the filter is spelt nearly so, one of its name first; else as `_rank`."""
    exact = _rank(text, word)
    if exact is not None or len(word) < _MIN_LETTERS_FUZZY:
        return exact
    if any(_is_near(word, each) for each in text.name.split()):
        return _Match.FUZZY, 0
    tags = (number for number, tag in text.tags if any(_is_near(word, each) for each in tag.split()))
    near = min(tags, default=None)
    return None if near is None else (_Match.FUZZY, near + 1)


def _is_near(word: str, other: str) -> bool:
    if abs(len(word) - len(other)) > 2:
        return False
    matcher = difflib.SequenceMatcher(None, word, other)
    return sorted(word) == sorted(other) or (
        matcher.quick_ratio() >= _MIN_LIKENESS and matcher.ratio() >= _MIN_LIKENESS
    )
