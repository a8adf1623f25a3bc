"""Paints filters onto the faces of a scene."""

from dataclasses import replace

from app.filters.layers import PrivacyLayer, StickerLayer, WarpLayer
from app.filters.manifest import Filter
from app.filters.presence import Attendance, Presence
from app.filters.privacy import PrivacyPainter
from app.filters.rasters import Rasters
from app.filters.sticker import StickerPainter
from app.filters.strays import Strays
from app.filters.warp import WarpPainter
from app.values import ByteArray, Face, Frame, Scene

LayerPainter = StickerPainter | PrivacyPainter | WarpPainter


def uses_privacy(filters: tuple[Filter, ...]) -> bool:
    """Tells whether any of the filters hides faces."""
    return any(isinstance(layer, PrivacyLayer) for each in filters for layer in each.manifest.layers)


class Painter:
    """Paints filters frame after frame, and remembers what moves. For one thread.

    Make a new one for every stream: a still picture, too, is a stream of its own, or the
    faces of the picture before would fade out in it.
    """

    def __init__(self) -> None:
        self._attendance = Attendance()
        self._strays = Strays()
        self._rasters = Rasters()
        self._painters: dict[Filter, tuple[LayerPainter, ...]] = {}

    def paint(self, scene: Scene, filters: tuple[Filter, ...], intensity: float = 1.0) -> Scene:
        """Paints INTO the scene's frame and returns the scene with that frame made read-only.

        Filters that hide faces come first, so that no other is hidden by them and nothing
        shows a face again; otherwise filters and their layers are painted in their order.
        Far faces come before near ones. A warp moves the points of its face for all layers
        that follow, so that they sit on the face as it is now seen.

        Args:
            scene: whose frame is writable; faces without a pose get one.
            filters: stacked; may change from frame to frame.
            intensity: 0 to 1, how strong everything but privacy is.

        Raises:
            ValueError: the frame is read-only, so it was painted already.
        """
        if not scene.frame.pixels.flags.writeable:
            raise ValueError("the frame is read-only: a scene is painted once, into its own buffer")
        present, seconds = self._attendance.step(scene)
        self._rasters.begin_frame()
        pixels = scene.frame.pixels
        hiding_first = tuple(sorted(filters, key=lambda each: not uses_privacy((each,))))
        painters = {each: self._painters.get(each) or self._prepare(each) for each in hiding_first}
        self._painters = painters
        strays = self._strays.step(scene, seconds) if uses_privacy(filters) else ()
        identities = frozenset(presence.face.identity for presence in (*present, *strays))
        for layers in painters.values():
            present = tuple(_paint_layers(layers, pixels, each, seconds, intensity) for each in present)
            _hide(layers, pixels, strays)
            for painter in layers:
                painter.forget(identities)
        return replace(scene, frame=_read_only(scene.frame))

    def _prepare(self, each: Filter) -> tuple[LayerPainter, ...]:
        prepared: list[LayerPainter] = []
        for layer, art in zip(each.manifest.layers, each.art, strict=True):
            if isinstance(layer, PrivacyLayer):
                prepared.append(PrivacyPainter(layer))
            elif isinstance(layer, StickerLayer):
                prepared.append(StickerPainter(layer, art[0], self._rasters))
            elif isinstance(layer, WarpLayer):
                prepared.append(WarpPainter(layer))
        return tuple(prepared)


def paint_still(pixels: ByteArray, faces: tuple[Face, ...], filters: tuple[Filter, ...]) -> None:
    """Paints filters at full strength on one picture, in place: for thumbnails and photos.

    Args:
        pixels: (H, W, 4) uint8 BGRA, contiguous and writable.
        faces: `active` tells which triggered layers are shown.
        filters: stacked.
    """
    Painter().paint(Scene(Frame(pixels, 0, 0.0), faces=faces), filters)


def _hide(layers: tuple[LayerPainter, ...], pixels: ByteArray, strays: tuple[Presence, ...]) -> None:
    """Paints the privacy layers alone: a face that is only detected wears nothing yet."""
    for painter in layers:
        if isinstance(painter, PrivacyPainter):
            for presence in strays:
                painter.paint(pixels, presence)


def _paint_layers(
    layers: tuple[LayerPainter, ...], pixels: ByteArray, presence: Presence, seconds: float, intensity: float
) -> Presence:
    """Paints all layers on one face; returns it as a warp has left it."""
    for painter in layers:
        if isinstance(painter, PrivacyPainter):
            painter.paint(pixels, presence)
        elif isinstance(painter, WarpPainter):
            presence = painter.paint(pixels, presence, seconds, intensity)
        else:
            painter.paint(pixels, presence, seconds, intensity)
    return presence


def _read_only(frame: Frame) -> Frame:
    view = frame.pixels.view()
    view.flags.writeable = False
    return replace(frame, pixels=view)
