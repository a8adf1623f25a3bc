"""Describes who wears what, for the gallery's chips and the marks on its cards."""

from collections.abc import Callable

from masquerade.gui.gallery.wearer_chips import Wearer
from masquerade.gui.preview.face_places import face_place
from masquerade.gui.preview.video_view import VideoView
from masquerade.gui.services.filter_selection import FilterSelection


def faces_in_order(view: VideoView) -> tuple[int, ...]:
    """Return the identities of the faces in the preview, from left to right as they are shown."""
    scene = view.scene
    if scene is None:
        return ()
    image = view.image_place()

    def left(number: int) -> float:
        return face_place(scene.faces[number], scene, image, view.mirrored).left()

    return tuple(scene.faces[number].identity for number in sorted(range(len(scene.faces)), key=left))


def marks_by_filter(selection: FilterSelection, faces: tuple[int, ...]) -> dict[str, tuple[str, ...]]:
    """Return for each filter the marks of the single faces that wear it: their numbers, "\u2013" for an absent one."""
    marks: dict[str, tuple[str, ...]] = {}
    for own in selection.own:
        mark = str(faces.index(own.face) + 1) if own.face in faces else "\u2013"
        for filter_id in own.filters or ("",):
            marks[filter_id] = tuple(sorted({*marks.get(filter_id, ()), mark}))
    return marks


def describe_wearers(
    selection: FilterSelection, target: int | None, faces: tuple[int, ...], names: Callable[[tuple[str, ...]], str]
) -> tuple[Wearer, ...]:
    """Return everyone and each face with filters of its own; nothing where all wear the same and none is chosen.

    Args:
        selection: what is worn.
        target: the face that a click in the gallery goes to; None = everyone.
        faces: in the preview, from left to right.
        names: of filters, for people.
    """
    if not selection.own and target is None:
        return ()
    everyone = Wearer(None, "Everyone", names(selection.filters) or "no filter", target is None)
    shown = [each.face for each in selection.own]
    if target is not None and target not in shown:
        shown.append(target)
    return (everyone, *(_wearer(face, selection, target, faces, names) for face in shown))


def _wearer(
    face: int,
    selection: FilterSelection,
    target: int | None,
    faces: tuple[int, ...],
    names: Callable[[tuple[str, ...]], str],
) -> Wearer:
    title = f"Face {faces.index(face) + 1}" if face in faces else "Absent face"
    worn = (names(selection.of(face)) or "no filter") if selection.has_own(face) else ""
    return Wearer(face, "This face" if face == target else title, worn, face == target)


class ReturnWatch:
    """Notices when a face appears that may be one whose own filters ended when it went out of sight."""

    def __init__(self) -> None:
        self._present: frozenset[int] = frozenset()
        self._reported: frozenset[int] = frozenset()

    def update(self, selection: FilterSelection, faces: tuple[int, ...]) -> bool:
        """Return whether a face came since the last call while one with filters of its own is away; once for each."""
        away = frozenset(own.face for own in selection.own) - frozenset(faces)
        came = frozenset(faces) - self._present
        self._present = frozenset(faces)
        if not came or not away - self._reported:
            return False
        self._reported |= away
        return True
