"""The filters of a line, and the plan for one frame."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from masquerade.filters.format.manifest import Filter
from masquerade.filters.people.assignment import (
    FaceOverride,
    all_filters,
    uses_head_size,
    uses_person,
    uses_privacy,
    uses_triggers,
)


@dataclass(frozen=True, slots=True, eq=False)
class FramePlan:
    """The filters of one frame, and what the stages have to do for them.

    Attributes:
        filters: stacked, painted in this order; empty = none.
        intensity: 0 to 1, of everything but privacy.
        overrides: the filters of single faces, by `Face.identity`.
        intensities: 0 to 1, of single filters; each is multiplied by `intensity`.
        hides_faces: whether any filter hides faces. A face that nobody has found cannot be
            covered: the detector then looks at every frame.
        hides_by_identity: whether faces are hidden, and some of them wear filters of their own.
        waits_for_triggers: whether any layer waits for a face to do something.
        needs_person: whether any layer needs to know where people are, in every frame.
        measures_heads: whether any layer sits on heads as large as they are, which is seen now and then.
    """

    filters: tuple[Filter, ...] = ()
    intensity: float = 1.0
    overrides: tuple[FaceOverride, ...] = ()
    intensities: Mapping[Filter, float] = field(default_factory=dict)
    hides_faces: bool = field(init=False)
    hides_by_identity: bool = field(init=False)
    waits_for_triggers: bool = field(init=False)
    needs_person: bool = field(init=False)
    measures_heads: bool = field(init=False)

    def __post_init__(self) -> None:
        for intensity in (self.intensity, *self.intensities.values()):
            if not 0 <= intensity <= 1:
                raise ValueError(f"intensity must lie between 0 and 1, got {intensity}")
        object.__setattr__(self, "intensities", MappingProxyType(dict(self.intensities)))
        everything = all_filters(self.filters, self.overrides)
        object.__setattr__(self, "hides_faces", uses_privacy(everything))
        object.__setattr__(self, "hides_by_identity", self.hides_faces and bool(self.overrides))
        object.__setattr__(self, "waits_for_triggers", uses_triggers(everything))
        object.__setattr__(self, "needs_person", uses_person(everything))
        object.__setattr__(self, "measures_heads", uses_head_size(everything))


class CurrentPlan:
    """Shares one plan between the thread that chooses filters and every line that paints them.

    A line reads `value` once, at a frame's start. The plan is immutable and swapped whole, so
    any thread may read or replace it.

    Attributes:
        value: the plan.
        keeps_clean: whether lines keep each frame as it was before anything is painted, unless a filter hides faces.
    """

    def __init__(self, value: FramePlan | None = None) -> None:
        """Start with `value`, or with no filter."""
        self.value = value or FramePlan()
        self.keeps_clean = False
