"""Faces with filters are numbered from the left; the one that is chosen for is "This face"."""

from masquerade.gui.controllers.wearers import ReturnWatch, describe_wearers, marks_by_filter
from masquerade.gui.services.filter_selection import FaceChoice, FilterSelection

SELECTION = FilterSelection(
    ("crown",), own=(FaceChoice(7, ("dog", "hat")), FaceChoice(-1, ("blur",)), FaceChoice(4, ()))
)


def words(selection: FilterSelection, target: int | None, faces: tuple[int, ...]) -> list[str]:
    return [each.words for each in describe_wearers(selection, target, faces, ", ".join)]


def test_no_chips_are_shown_while_all_wear_the_same() -> None:
    assert words(FilterSelection(("crown",)), None, (7, 4)) == []


def test_faces_are_numbered_from_the_left_and_absent_ones_are_marked() -> None:
    assert words(SELECTION, None, (4, 9, 7)) == [
        "Everyone: crown",
        "Face 3: dog, hat",
        "Absent face: blur",
        "Face 1: no filter",
    ]


def test_the_chosen_face_is_shown_before_it_has_filters() -> None:
    assert words(FilterSelection(), 4, (4, 9)) == ["Everyone: no filter", "This face"]
    wearers = describe_wearers(SELECTION, 7, (4, 7), ", ".join)
    assert [each.is_target for each in wearers] == [False, True, False, False]


def test_the_cards_are_marked_with_the_faces_that_wear_them() -> None:
    assert marks_by_filter(SELECTION, (4, 9, 7)) == {"dog": ("3",), "hat": ("3",), "blur": ("\u2013",), "": ("1",)}


def test_a_face_that_comes_while_one_with_own_filters_is_away_is_noticed_once() -> None:
    watch, selection = ReturnWatch(), FilterSelection(("blur",), own=(FaceChoice(1, ()),))
    assert not watch.update(selection, (1, 2))
    assert not watch.update(selection, (2,)), "it went: nothing has to be said yet"
    assert watch.update(selection, (2, 3))
    assert not watch.update(selection, (2, 3, 4)), "said already"
    assert not watch.update(FilterSelection(("blur",)), (5,)), "nobody has filters of their own"
    assert watch.update(FilterSelection(("blur",), own=(FaceChoice(5, ()),)), (6,)), "replaced between two looks"
