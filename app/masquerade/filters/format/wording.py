"""Words the messages about a filter package: quoted values, lists, suggestions."""

import difflib
import re
from collections.abc import Iterable, Sequence

_MAX_QUOTED = 60
# Below this, two words have nothing to do with each other ('icon' and 'licence': 0.55).
_MIN_LIKENESS = 0.7
_FILLERS = frozenset({"of", "the", "on"})
_SEPARATORS = re.compile(r"[_\-\s.]+")


def shown(value: object) -> str:
    """Return how a value from outside is quoted in a message: short, on one line.

    An integer of 5000 digits and lists nested too deeply have no repr.
    """
    try:
        text = repr(value)
    except (ValueError, RecursionError, MemoryError):
        return "a value too large to show"
    return text if len(text) <= _MAX_QUOTED else text[: _MAX_QUOTED - 3] + "..."


def one_of(words: Sequence[str]) -> str:
    """Return "a, b or c"."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def suggest(word: str, known: Iterable[str]) -> str:
    """Return " (did you mean 'x'?)" for the known word that is nearest to `word`, or ""."""
    near = nearest(word, known)
    return f" (did you mean '{near}'?)" if near else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is nearest to `word`, or "" if none is near.

    Capitals do not matter, nor does the order of the parts: "top_of_head" is near "head_top",
    and "nose" is near "nose_tip".
    """
    if not 0 < len(word) <= _MAX_QUOTED:
        return ""
    scored = [(_likeness(word.lower(), each.lower()), each) for each in known]
    best = max(scored, default=(0.0, ""), key=lambda pair: pair[0])
    return best[1] if best[0] >= _MIN_LIKENESS else ""


def _likeness(word: str, known: str) -> float:
    """Return 0 to 1."""
    ours, theirs = _parts(word), _parts(known)
    ordered = _ratio("_".join(sorted(ours)), "_".join(sorted(theirs)))
    score = max(_ratio(word, known), ordered)
    if ours and ours < theirs:
        # A part of a name means one of those that hold it, rather than one that is spelt a little like it.
        score = max(score, 0.8 + 0.1 * score)
    return score


def _parts(word: str) -> frozenset[str]:
    return frozenset(_SEPARATORS.split(word)) - _FILLERS - {""}


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()
