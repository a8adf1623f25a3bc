"""Owns the running line and the filters that are chosen: Session."""

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence

from masquerade.errors import AppError
from masquerade.filters.people.assignment import FaceOverride
from masquerade.free_memory import release_free_memory
from masquerade.library import FilterLibrary
from masquerade.pipeline.engine import Engine
from masquerade.pipeline.line import Line
from masquerade.pipeline.plan import CurrentPlan, FramePlan
from masquerade.pipeline.sources.source import Source
from masquerade.values import Scene

BuildLine = Callable[[CurrentPlan, Iterator[int]], Line]


class Session:
    """Play sources one after the other and paint the chosen filters on all of them.

    Every source gets a line of its own, so that no face of the last one lives on. All lines
    read one plan, at the start of every frame, and number their faces from one counter. So
    it makes no difference whether a choice arrives before, while or after the source changes:
    the next frame has it, and the override of a face never falls to a stranger who would
    otherwise bear the same number.

    Every method may be called on any thread.
    """

    def __init__(self, build_line: BuildLine, library: FilterLibrary, build_source: Callable[[str], Source]) -> None:
        """Build the first line, so that the first source does not wait for it.

        Args:
            build_line: gets the plan to read and the counter for the identities of faces.
            library: loads the filters that are chosen.
            build_source: gets a source's text; may raise SourceError.

        Raises:
            ModelError: a model is missing or damaged.
        """
        self._plan = CurrentPlan()
        self._identities = itertools.count(1)
        self._library = library
        self._build_source = build_source
        self._build_line = build_line
        self._guard = threading.Lock()
        self._spare_line: Line | None = self._new_line()
        self._asked = 0
        self._applied = 0

    def start_engine(
        self, source_text: str, on_scene: Callable[[Scene], None], on_end: Callable[[AppError | None], None]
    ) -> Engine:
        """Start a line on a source and return at once.

        Args:
            source_text: as in `compose.build_source`.
            on_scene: called on the process thread for every scene.
            on_end: called once, on the process thread: None at the end or after `stop`, else the error.

        Raises:
            SourceError: the source cannot exist.
        """
        source = self._build_source(source_text)
        with self._guard:
            line, self._spare_line = self._spare_line, None
        line = line or self._new_line()
        engine = Engine(source, line, on_scene, on_end, line.catch_up)
        engine.start()
        return engine

    def keep_clean(self, on: bool) -> None:
        """Keep an unpainted copy of each frame, unless a filter hides faces; see `Scene.clean`."""
        self._plan.keeps_clean = on

    def choose(
        self, filters: Sequence[str], intensities: Mapping[str, float], overrides: Mapping[int, Sequence[str]]
    ) -> None:
        """Load filters and paint them from the next frame on; of several calls the last one counts.

        Args:
            filters: ids, painted in this order.
            intensities: 0 to 1, by the id of the filter; 1 where there is none.
            overrides: the ids for single faces, by `Face.identity`.

        Raises:
            FilterError: a filter is unknown or invalid; the choice stays as it was.
            ValueError: an intensity is out of range.
        """
        with self._guard:
            self._asked += 1
            number = self._asked
        own = tuple(FaceOverride(face, self._library.load(identities)) for face, identities in overrides.items())
        everyones = self._library.load(filters)
        worn = [*zip(filters, everyones, strict=True)]
        for identities, override in zip(overrides.values(), own, strict=True):
            worn += zip(identities, override.filters, strict=True)
        strengths = {chosen: intensities[each] for each, chosen in worn if each in intensities}
        plan = FramePlan(everyones, 1.0, own, strengths)
        with self._guard:
            if number > self._applied:
                self._applied = number
                self._plan.value = plan
        # Art of the filters worn before has been let go of by now.
        release_free_memory()

    def _new_line(self) -> Line:
        return self._build_line(self._plan, self._identities)
