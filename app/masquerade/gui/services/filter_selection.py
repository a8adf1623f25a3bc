"""Holds which filters are worn: by everyone, and by the faces that have their own."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from masquerade.settings import FilterIntensity


@dataclass(frozen=True, slots=True)
class FaceChoice:
    """What one face wears instead of everyone's filters.

    Attributes:
        face: its identity; negative where the face belongs to an earlier source.
        filters: ids of filters, painted in this order; empty = a bare face.
    """

    face: int
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FilterSelection:
    """What the line is to paint.

    Attributes:
        filters: ids of the filters that everyone wears, painted in this order.
        intensities: of the filters that are not at full strength.
        own: one for each face at most.
    """

    filters: tuple[str, ...] = ()
    intensities: tuple[FilterIntensity, ...] = ()
    own: tuple[FaceChoice, ...] = ()

    @property
    def all_filters(self) -> tuple[str, ...]:
        """The ids of all filters that anybody wears, each once."""
        return tuple(dict.fromkeys((*self.filters, *(each for own in self.own for each in own.filters))))

    def of(self, face: int | None) -> tuple[str, ...]:
        """Return what a face wears; None stands for everyone."""
        return next((each.filters for each in self.own if each.face == face), self.filters)

    def intensity_of(self, filter_id: str) -> float:
        """Return how strong a filter is, 0 to 1."""
        return next((each.intensity for each in self.intensities if each.id == filter_id), 1.0)

    def has_own(self, face: int) -> bool:
        """Return whether a face wears something of its own."""
        return any(each.face == face for each in self.own)

    def choosing(self, face: int | None, filters: tuple[str, ...]) -> "FilterSelection":
        """Return the selection with other filters on a face, or on everyone who has none of their own."""
        if face is None:
            return replace(self, filters=filters)
        # In their places: the chips of the faces must not change their order.
        if self.has_own(face):
            return replace(
                self, own=tuple(FaceChoice(face, filters) if each.face == face else each for each in self.own)
            )
        return replace(self, own=(*self.own, FaceChoice(face, filters)))

    def adding(self, face: int | None, filter_id: str) -> "FilterSelection":
        """Return the selection with one filter more on top of a face's others, or with it taken off if it is on."""
        worn = self.of(face)
        without = tuple(each for each in worn if each != filter_id)
        return self.choosing(face, without if filter_id in worn else (*worn, filter_id))

    def setting(self, filter_id: str, intensity: float) -> "FilterSelection":
        """Return the selection with another intensity of one filter."""
        others = tuple(each for each in self.intensities if each.id != filter_id)
        return replace(
            self, intensities=others if intensity == 1.0 else (*others, FilterIntensity(filter_id, intensity))
        )

    def mapping(self, change: Callable[[str], str | None]) -> "FilterSelection":
        """Return the selection with every filter replaced by another one, or taken off where that is None."""

        def changed(filters: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(dict.fromkeys(new for each in filters if (new := change(each)) is not None))

        own = tuple(FaceChoice(each.face, changed(each.filters)) for each in self.own)
        return replace(self, filters=changed(self.filters), own=own)

    def for_everyone(self) -> "FilterSelection":
        """Return the selection without any face's own filters."""
        return replace(self, own=())

    def like_everyone(self, face: int) -> "FilterSelection":
        """Return the selection without this face's own filters, or where it has none, without those of absent faces."""
        if self.has_own(face):
            return replace(self, own=tuple(each for each in self.own if each.face != face))
        return replace(self, own=tuple(each for each in self.own if each.face >= 0))

    def for_other_source(self) -> "FilterSelection":
        """Return the selection for a source with other faces.

        Who had filters of their own is absent there, and no new face is taken for them. They
        are not forgotten: while a face that is hidden is away, newcomers are hidden too.
        """
        absent = tuple(replace(each, face=-1 - number) for number, each in enumerate(self.own))
        return replace(self, own=absent)
