"""What is worn changes one step at a time: chosen, added, taken off, for everyone or one face."""

from masquerade.gui.services.filter_selection import FaceChoice, FilterSelection
from masquerade.settings import FilterIntensity

WEAK = (FilterIntensity("hat", 0.5),)
PLAIN = FilterSelection(("hat",), WEAK)


def test_a_filter_is_added_on_top_and_taken_off_again() -> None:
    both = PLAIN.adding(None, "glasses")
    assert both == FilterSelection(("hat", "glasses"), WEAK)
    assert both.adding(None, "hat") == FilterSelection(("glasses",), WEAK)
    assert both.adding(None, "glasses") == PLAIN


def test_a_face_begins_with_what_everyone_wears() -> None:
    own = PLAIN.adding(3, "glasses")
    assert (own.of(3), own.of(4), own.of(None)) == (("hat", "glasses"), ("hat",), ("hat",))
    assert (own.has_own(3), own.has_own(4)) == (True, False)


def test_a_face_may_be_bare() -> None:
    own = PLAIN.choosing(3, ())
    assert own.own == (FaceChoice(3, ()),)
    assert own.of(3) == ()


def test_what_everyone_wears_does_not_change_a_face_with_its_own() -> None:
    own = PLAIN.choosing(3, ("dog",)).choosing(None, ("cat",))
    assert (own.of(3), own.of(4)) == (("dog",), ("cat",))


def test_a_face_can_be_made_like_everyone_again() -> None:
    assert PLAIN.choosing(3, ("dog",)).choosing(4, ()).like_everyone(3).own == (FaceChoice(4, ()),)
