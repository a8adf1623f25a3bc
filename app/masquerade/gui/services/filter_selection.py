"""Holds which filters are worn: by everyone, and by the faces that have their own."""

from dataclasses import dataclass, replace

from masquerade.settings import FilterIntensity


@dataclass(frozen=True, slots=True)
class FaceChoice:
    """What one face wears instead of everyone's filters.

    Attributes:
        face: its identity.
        filters: identities of filters, painted in this order; empty = a bare face.
    """

    face: int
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FilterSelection:
    """What the line is to paint.

    Attributes:
        filters: identities of the filters that everyone wears, painted in this order.
        intensities: of the filters that are not at full strength.
        own: one for each face at most.
    """

    filters: tuple[str, ...] = ()
    intensities: tuple[FilterIntensity, ...] = ()
    own: tuple[FaceChoice, ...] = ()

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
        """Return it with other filters on a face, or on everyone who has none of their own."""
        if face is None:
            return replace(self, filters=filters)
        others = tuple(each for each in self.own if each.face != face)
        return replace(self, own=(*others, FaceChoice(face, filters)))

    def adding(self, face: int | None, identity: str) -> "FilterSelection":
        """Return it with one filter more on top of a face's others, or with it taken off where it was on."""
        worn = self.of(face)
        without = tuple(each for each in worn if each != identity)
        return self.choosing(face, without if identity in worn else (*worn, identity))

    def like_everyone(self, face: int) -> "FilterSelection":
        """Return it without this face's own filters, or where it has none, without those of absent faces."""
        if self.has_own(face):
            return replace(self, own=tuple(each for each in self.own if each.face != face))
        return replace(self, own=tuple(each for each in self.own if each.face >= 0))

    def for_other_source(self) -> "FilterSelection":
        """Return it for a source whose faces are numbered anew.

        Who had filters of their own is absent there, and no new face is taken for them. They
        are not forgotten: while a face that is hidden is away, newcomers are hidden too.
        """
        absent = tuple(replace(each, face=-1 - number) for number, each in enumerate(self.own))
        return replace(self, own=absent)
