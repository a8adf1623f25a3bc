"""Assigns filters to faces: those of everyone, or a face's own."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from masquerade.filters.format.image_layers import BackgroundLayer, LookLayer
from masquerade.filters.format.layers import PrivacyLayer, StickerLayer, WrapLayer
from masquerade.filters.format.manifest import Filter
from masquerade.filters.people.presence import VisibleFace
from masquerade.geometry.head import MEASURED_ANCHORS
from masquerade.values import Matrix


@dataclass(frozen=True, slots=True, eq=False)
class FaceOverride:
    """What one face wears instead of everyone's filters.

    Attributes:
        identity: of the face.
        filters: stacked; empty = none.
    """

    identity: int
    filters: tuple[Filter, ...]


def uses_privacy(filters: Iterable[Filter]) -> bool:
    """Return whether any of the filters hides faces."""
    return any(isinstance(layer, PrivacyLayer) for each in filters for layer in each.manifest.layers)


def uses_person(filters: Collection[Filter]) -> bool:
    """Return whether any layer of the filters needs to know where people are."""
    layers = [layer for each in filters for layer in each.manifest.layers]
    return any(
        isinstance(each, BackgroundLayer) or (isinstance(each, LookLayer) and each.people > 0) for each in layers
    )


def uses_head_size(filters: Iterable[Filter]) -> bool:
    """Return whether any layer of the filters needs the measured size of the head."""
    return any(_fits_head(layer) for each in filters for layer in each.manifest.layers)


def _fits_head(layer: object) -> bool:
    if isinstance(layer, WrapLayer):
        return layer.hair > 0.0
    return isinstance(layer, StickerLayer) and any(anchor.name in MEASURED_ANCHORS for anchor in layer.anchors)


def uses_mask(filters: Collection[Filter]) -> bool:
    """Return whether any layer of the filters needs the person mask, at least sometimes."""
    return uses_person(filters) or uses_head_size(filters)


def has_background(filters: Iterable[Filter]) -> bool:
    """Return whether any layer of the filters stands behind the people."""
    return any(isinstance(layer, BackgroundLayer) for each in filters for layer in each.manifest.layers)


def uses_triggers(filters: Iterable[Filter]) -> bool:
    """Return whether any layer of the filters has a trigger."""
    return any(getattr(layer, "trigger", None) is not None for each in filters for layer in each.manifest.layers)


def all_filters(everyones: tuple[Filter, ...], outfits: tuple[FaceOverride, ...]) -> tuple[Filter, ...]:
    """Return all worn filters, each once."""
    return tuple(dict.fromkeys((*everyones, *(each for outfit in outfits for each in outfit.filters))))


class FilterAssignment:
    """Assigns filters, and remembers which faces may be the same person. For one thread.

    A face that is hidden by its own filter can be lost for so long that it comes back
    under a new identity. So who comes while a hidden face is away is hidden as that one is,
    until that one is back or the outfit is taken off.
    """

    def __init__(self) -> None:
        self._known: frozenset[int] = frozenset()
        self._stands_for: dict[int, int] = {}

    def assign(
        self,
        present: tuple[VisibleFace, ...],
        everyones: tuple[Filter, ...],
        outfits: tuple[FaceOverride, ...],
    ) -> dict[int, tuple[Filter, ...]]:
        """Return the filters of each face, by identity.

        Args:
            present: the faces that are painted in this frame.
            everyones: worn by who has no outfit.
            outfits: one for each identity at most.
        """
        own = {outfit.identity: outfit.filters for outfit in outfits}
        seen = frozenset(each.face.identity for each in present if each.unseen == 0.0 and each.gone is None)
        self._match(seen, {identity for identity, filters in own.items() if uses_privacy(filters)}, set(own))
        identities = [each.face.identity for each in present]
        return {identity: own.get(self._stands_for.get(identity, identity), everyones) for identity in identities}

    @staticmethod
    def may_wear(
        stray: VisibleFace, chosen: Filter, present: tuple[VisibleFace, ...], outfits: tuple[FaceOverride, ...]
    ) -> bool:
        """Return whether an untracked face may be one that wears this filter.

        It may where that face is not seen, or is the nearest one: the tracker may be wrong.

        Args:
            stray: the face.
            chosen: the filter.
            present: the faces that are painted in this frame.
            outfits: as in `dress`.
        """
        owners = {outfit.identity for outfit in outfits if chosen in outfit.filters}
        seen = {each.face.identity: _middle(each) for each in present if each.unseen == 0.0 and each.gone is None}
        if not owners <= seen.keys():
            return True
        here = _middle(stray)
        nearest = min(seen, key=lambda identity: float(np.hypot(*(seen[identity] - here))))
        return nearest in owners

    def _match(self, seen: frozenset[int], hidden: set[int], dressed: set[int]) -> None:
        away = hidden - seen
        kept = {new: old for new, old in self._stands_for.items() if old in away and new not in dressed}
        if away:
            kept |= {new: max(away) for new in seen - self._known - dressed}
        self._stands_for = kept
        self._known = self._known | seen


def _middle(presence: VisibleFace) -> Matrix:
    """Return (2,), of eyes and mouth."""
    return np.asarray(presence.face.keypoints.anchors.mean(axis=0), np.float64)
