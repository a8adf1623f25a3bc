"""Gets the images of the filter cards from the cache on the disk, or renders them on a worker."""

import hashlib
import logging
import math
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage

from masquerade.errors import AppError, FilterError
from masquerade.filters.intake.contents import content_key as package_key
from masquerade.filters.packages.entry import FilterEntry
from masquerade.values import ByteArray

_CARD_SIDE = 128
# Part of the cache's key: raise it when the way filters are drawn changes.
_LOOK = 2
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Thumbnail:
    """The finished image of one filter."""

    filter_id: str
    image: QImage


class Thumbnails(QObject):
    """Makes thumbnails one after the other on a worker; `close` ends it.

    Signals:
        ready: some can be taken; emitted on the worker, without payload.
    """

    ready = Signal()

    def __init__(
        self,
        render: Callable[[str, int], ByteArray],
        cache_folder: Path,
        side: int,
        parent: QObject | None = None,
    ) -> None:
        """Start the worker.

        Args:
            render: as Backend.render_thumbnail; called on the worker.
            cache_folder: made when the first image is kept.
            side: of an image, in pixels of the screen: a larger one wastes memory.
            parent: as Qt has it.
        """
        super().__init__(parent)
        self._render = render
        self._cache_folder = cache_folder
        self._side = side
        self._orders: queue.Queue[FilterEntry | None] = queue.Queue()
        self._finished: deque[Thumbnail] = deque()
        self._closing = threading.Event()
        self._shown: dict[str, str] = {}
        self._thread = threading.Thread(target=self._run, name="thumbnails", daemon=True)
        self._thread.start()

    def order(self, cards: Sequence[FilterEntry]) -> None:
        """Ask for the thumbnails of the packages that have changed; broken ones have none."""
        for card in cards:
            if card.problem is None:
                self._orders.put(card)

    def take(self) -> tuple[Thumbnail, ...]:
        """Return those that were finished since the last call; on Qt's thread."""
        found = []
        while self._finished:
            found.append(self._finished.popleft())
        return tuple(found)

    def close(self, timeout_seconds: float) -> None:
        """End the worker after the current image. May be called twice."""
        self._closing.set()
        self._orders.put(None)
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        while (card := self._orders.get()) is not None and not self._closing.is_set():
            try:
                image = self._get(card)
            except Exception:  # noqa: BLE001 (the fence round one package: the others' images still come)
                _log.exception("no thumbnail of '%s'", card.id)
                continue
            if image is not None and not self._closing.is_set():
                self._finished.append(Thumbnail(card.id, image))
                self.ready.emit()

    def _get(self, card: FilterEntry) -> QImage | None:
        key = content_key(card, self._side)
        if self._shown.get(card.id) == key:
            return None
        self._shown[card.id] = key
        path = self._cache_folder / f"{key}.png"
        if path.is_file() and not (kept := QImage(str(path))).isNull():
            return kept
        try:
            pixels = self._render(card.id, self._side)
        except AppError as error:
            _log.warning("no thumbnail of '%s': %s", card.id, error)
            return None
        height, width = pixels.shape[:2]
        # Copied, because the array is gone when this function ends.
        image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).copy()
        self._keep(path, image)
        return image

    def _keep(self, path: Path, image: QImage) -> None:
        """Write an image to the cache; a full disk costs time at the next start and nothing else."""
        part = path.with_suffix(".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if image.save(str(part), "PNG"):  # type: ignore[call-overload]
                part.replace(path)
        except OSError as error:
            _log.warning("a thumbnail cannot be kept: %s", error)


def thumbnail_side() -> int:
    """Return the side of a card's image in pixels of the sharpest screen."""
    density = max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
    return math.ceil(_CARD_SIDE * density)


def content_key(card: FilterEntry, side: int) -> str:
    """Return a hexadecimal name that changes with any byte of the package."""
    try:
        package = card.path or card.folder
        content = package_key(package) if package is not None else ""
    except FilterError:
        content = ""
    return hashlib.sha256(f"{_LOOK} {side} {content} {card.id!a}".encode()).hexdigest()[:32]
