"""Runs the real window for a long time and samples its memory, threads and times: `masquerade bench --soak`."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from masquerade.benchmark.own_process import process_state
from masquerade.benchmark.soak_film import write_film
from masquerade.benchmark.soak_report import SoakReport, SoakSample
from masquerade.compose import load_backend
from masquerade.gui.screen import check_screen
from masquerade.gui.services.backend import LaunchOptions
from masquerade.settings import Settings
from masquerade.settings_file import write_settings

if TYPE_CHECKING:
    from masquerade.gui.main_window import MainWindow

_FRAMES_AN_ACT = 30
_SAMPLES = 200
_LOOK_MS = 20
# Without an image for as long, the window hangs.
_STALL_SECONDS = 60.0
# A film of 20 s begins again 80 times in 100,000 frames; a short soak must begin it again, too.
_FILM_SECONDS, _SHORT_FILM_SECONDS = 20.0, 4.0
_SHORT_FRAMES = 3000


@dataclass(frozen=True, slots=True)
class SoakPlan:
    """The plan of a soak.

    Attributes:
        frames: that are painted before it ends.
        filters: ids, worn in turn, alone and on top of each other.
    """

    frames: int
    filters: tuple[str, ...]

    @property
    def frames_a_sample(self) -> int:
        """Return the number of frames between two samples: 200 samples in all, or one for each action."""
        return max(self.frames // _SAMPLES, _FRAMES_AN_ACT)


def soak_window(plan: SoakPlan, on_sample: Callable[[SoakSample], None] = lambda sample: None) -> SoakReport:
    """Show the window until it has painted the frames, while filters, faces, sources and recordings change.

    Args:
        plan: what is done.
        on_sample: called with every sample, so that an interrupted soak leaves its figures.

    Raises:
        AppError: there is no screen to show it on, or Qt cannot be loaded.
    """
    check_screen()
    from masquerade.gui.start import make_application, open_main_window, repeat  # noqa: PLC0415 (Qt needs a screen)

    application = make_application()
    with TemporaryDirectory() as name:
        folder = Path(name)
        film = folder / "film.mp4"
        write_film(film, _SHORT_FILM_SECONDS if plan.frames < _SHORT_FRAMES else _FILM_SECONDS)
        settings = folder / "settings.toml"
        write_settings(settings, Settings(source=str(film), folder=str(folder / "saved"), record_sound=False))
        window = open_main_window(partial(load_backend, "blazeface", "", ()), settings, LaunchOptions())
        soak = _Soak(window, plan, film, folder / "saved", on_sample)
        repeat(window, _LOOK_MS, soak.look)
        application.exec()
    return SoakReport(plan.frames, tuple(soak.samples), stalled=soak.stalled)


class _Soak:
    """Use the window like a person who never stops: one action every 30 frames."""

    def __init__(
        self,
        window: "MainWindow",
        plan: SoakPlan,
        film: Path,
        saved: Path,
        on_sample: Callable[[SoakSample], None],
    ) -> None:
        self.samples: list[SoakSample] = []
        self.stalled = False
        self._window, self._plan, self._saved, self._on_sample = window, plan, saved, on_sample
        self._acts = _endless_acts(window, plan.filters, film)
        self._changes = self._acted_at = self._sampled_at = 0
        self._slow_ms: list[float] = []
        self._began_at = self._moved_at = time.monotonic()
        self._painted, self._cpu_seconds = 0, time.process_time()

    def look(self) -> None:
        """Act and sample when enough frames have been painted; stop after the last one."""
        painted, now = self._window.view.painted_frames, time.monotonic()
        if painted > self._painted:
            self._painted, self._moved_at = painted, now
        if painted - self._acted_at >= _FRAMES_AN_ACT:
            self._acted_at = painted
            self._slow_ms.append(self._window.view.meter.summary().latency_p95_ms)
            self._changes += 1
            next(self._acts)()
        if painted - self._sampled_at >= self._plan.frames_a_sample:
            self._sample(painted, now)
        self.stalled = now - self._moved_at > _STALL_SECONDS
        if painted >= self._plan.frames or self.stalled:
            self._window.close()

    def _sample(self, painted: int, now: float) -> None:
        # 100,000 frames of recordings would fill a disk; the newest may still be open.
        for path in sorted(self._saved.glob("*"), key=lambda each: each.stat().st_mtime)[:-1]:
            path.unlink()
        cpu_seconds = time.process_time()
        sample = SoakSample(
            seconds=now - self._began_at,
            frames=painted,
            changes=self._changes,
            state=process_state(),
            cpu_ms=1000 * (cpu_seconds - self._cpu_seconds) / (painted - self._sampled_at),
            p95_ms=mean(self._slow_ms) if self._slow_ms else float("nan"),
        )
        self._slow_ms.clear()
        self._sampled_at, self._cpu_seconds = painted, cpu_seconds
        self.samples.append(sample)
        self._on_sample(sample)


def _endless_acts(window: "MainWindow", filters: Sequence[str], film: Path) -> Iterator[Callable[[], None]]:
    """Yield the next action, for ever: mostly another filter, sometimes anything else a person does."""
    gallery, bar = window.gallery, window.bar
    others: tuple[Callable[[], None], ...] = (
        bar.record.click,
        lambda: gallery.filter_added.emit(filters[0]),
        bar.photo.click,
        bar.record.click,
        partial(bar.step_intensity, -40),
        partial(bar.camera.source_chosen.emit, "demo"),
        partial(bar.step_intensity, 40),
        window.toggle_full_screen,
        bar.record.click,
        partial(gallery.begin_search, "glasses"),
        window.toggle_full_screen,
        gallery.search.clear,
        bar.record.click,
        lambda: gallery.filter_chosen.emit(""),
        partial(bar.camera.source_chosen.emit, str(film)),
        window.settings_page.open_sheet,
        window.settings_page.close_sheet,
        bar.mirror_preview.click,
    )
    number = 0
    while True:
        yield partial(gallery.filter_chosen.emit, filters[number % len(filters)])
        yield partial(gallery.filter_chosen.emit, filters[(number + 1) % len(filters)])
        yield others[(number // 2) % len(others)]
        number += 2
