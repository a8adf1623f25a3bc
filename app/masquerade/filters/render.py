"""Paints filters onto the faces of a scene."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import groupby
from types import MappingProxyType

from masquerade.filters.compositing.rasters import RasterCache
from masquerade.filters.compositing.scratch import ScratchBuffers
from masquerade.filters.format.image_layers import LookLayer, ParticlesLayer
from masquerade.filters.format.layers import Effect, PaintLayer, PrivacyLayer, StickerLayer, WarpLayer, WrapLayer
from masquerade.filters.format.manifest import Filter
from masquerade.filters.lighting.image_light import ImageLight
from masquerade.filters.lighting.relit import Relit
from masquerade.filters.looks.look import LookPainter
from masquerade.filters.particles.particles import ParticlesPainter
from masquerade.filters.people.assignment import FaceOverride, FilterAssignment, all_filters, uses_privacy
from masquerade.filters.people.presence import FaceLifecycle, FrameContext, VisibleFace
from masquerade.filters.privacy.cover import CoverPainter
from masquerade.filters.privacy.privacy import PrivacyPainter
from masquerade.filters.privacy.strays import UntrackedFaces
from masquerade.filters.skin.face_mesh import Meshes
from masquerade.filters.skin.paint import PaintPainter
from masquerade.filters.skin.skin_light import SkinLight
from masquerade.filters.skin.warp import WarpPainter
from masquerade.filters.stickers.sticker import StickerPainter
from masquerade.filters.wraps.wrap import WrapPainter
from masquerade.values import ByteArray, Face, Frame, Scene

FacePainter = StickerPainter | PrivacyPainter | CoverPainter | WarpPainter | PaintPainter | WrapPainter
ImagePainter = LookPainter | ParticlesPainter
LayerPainter = FacePainter | ImagePainter


class Painter:
    """Paints filters frame after frame, and remembers what moves. For one thread.

    Make a new one for every stream: a still image, too, is a stream of its own, or the
    faces of the image before would fade out in it.
    """

    def __init__(self, realtime: bool = False) -> None:
        """Start with nobody known.

        Args:
            hurried: True never lets a frame wait for art at a new size; see Rasters.
        """
        self._attendance = FaceLifecycle()
        self._strays = UntrackedFaces()
        self._wardrobe = FilterAssignment()
        self._rasters = RasterCache(realtime=realtime)
        self._meshes = Meshes()
        self._skin_light = SkinLight()
        self._image_light = ImageLight()
        self._relit = Relit()
        self._scratch = ScratchBuffers()
        self._painters: dict[Filter, tuple[LayerPainter, ...]] = {}
        self._began = False

    def paint(
        self,
        scene: Scene,
        filters: tuple[Filter, ...],
        intensity: float = 1.0,
        outfits: tuple[FaceOverride, ...] = (),
        intensities: Mapping[Filter, float] = MappingProxyType({}),
    ) -> Scene:
        """Paint INTO the scene's frame and returns the scene with that frame made read-only.

        Filters that hide faces come first, so that no other is hidden by them and nothing
        shows a face again; otherwise filters and their layers are painted in their order.
        Far faces come before near ones. A warp moves the points of its face for all layers
        that follow, so that they sit on the face as it is now seen. Layers of the whole
        image are painted without a face, too.

        Args:
            scene: whose frame is writable; faces without a pose get one.
            filters: stacked; may change from frame to frame.
            intensity: 0 to 1, how strong everything but privacy is.
            outfits: of the faces that wear something else.
            intensities: 0 to 1, of single filters; each is multiplied by `intensity`.

        Raises:
            ValueError: the frame is read-only, so it was painted already.
        """
        if not scene.frame.pixels.flags.writeable:
            raise ValueError("the frame is read-only: a scene is painted once, into its own buffer")
        present, seconds = self._attendance.step(scene)
        moment, self._began = FrameContext(seconds, intensity, first=not self._began), True
        pixels = scene.frame.pixels
        everything = all_filters(filters, outfits)
        self._begin_frame(pixels, present, everything, seconds)
        strays = self._strays.step(scene, seconds) if uses_privacy(everything) else ()
        identities = frozenset(presence.face.identity for presence in (*present, *strays))
        worn = self._wardrobe.dress(present, filters, outfits)
        may_be = partial(self._wardrobe.may_wear, present=present, outfits=outfits)
        for chosen, layers in self._painters.items():
            # Below what is worn: a face may be seen by the detector and yet be followed, a little beside.
            _hide(layers, pixels, tuple(each for each in strays if chosen in filters or may_be(each, chosen)))
            wearing = frozenset(identity for identity, wears in worn.items() if chosen in wears)
            if chosen in filters or wearing:
                its_moment = replace(moment, intensity=intensity * intensities.get(chosen, 1.0))
                present = _paint_filter(layers, pixels, present, wearing, its_moment)
            for painter in layers:
                if not isinstance(painter, ImagePainter):
                    painter.forget(identities)
        self._skin_light.forget(identities)
        return replace(scene, frame=_read_only(scene.frame))

    def _begin_frame(
        self, pixels: ByteArray, present: tuple[VisibleFace, ...], everything: tuple[Filter, ...], seconds: float
    ) -> None:
        """Ready the painters, those that hide first, and looks at the light."""
        hiding_first = sorted(everything, key=lambda each: not uses_privacy((each,)))
        self._painters = {each: self._painters.get(each) or self._prepare(each) for each in hiding_first}
        self._rasters.begin_frame()
        self._skin_light.begin_frame()
        if _uses_image_light(everything):
            self._image_light.step(pixels, present, seconds)

    def _prepare(self, each: Filter) -> tuple[LayerPainter, ...]:
        prepared: list[LayerPainter] = []
        for layer, art in zip(each.manifest.layers, each.art, strict=True):
            if isinstance(layer, PrivacyLayer) and layer.effect in (Effect.BAR, Effect.COVER):
                prepared.append(CoverPainter(layer, art[0] if art else None, self._rasters))
            elif isinstance(layer, PrivacyLayer):
                prepared.append(PrivacyPainter(layer))
            elif isinstance(layer, StickerLayer):
                prepared.append(StickerPainter(layer, art, self._rasters, self._image_light, self._relit))
            elif isinstance(layer, WrapLayer):
                prepared.append(WrapPainter(layer, art[0], self._rasters, self._image_light, self._relit))
            elif isinstance(layer, WarpLayer):
                prepared.append(WarpPainter(layer))
            elif isinstance(layer, PaintLayer):
                shared = (self._rasters, self._meshes, self._skin_light, self._image_light, self._scratch)
                prepared.append(PaintPainter(layer, art[0], *shared))
            elif isinstance(layer, LookLayer):
                prepared.append(LookPainter(layer, self._scratch))
            elif isinstance(layer, ParticlesLayer):
                prepared.append(ParticlesPainter(layer, art, self._rasters))
        return tuple(prepared)


def paint_still(pixels: ByteArray, faces: tuple[Face, ...], filters: tuple[Filter, ...]) -> None:
    """Paint filters at full strength on one image, in place: for thumbnails and photos.

    Args:
        pixels: (H, W, 4) uint8 BGRA, contiguous and writable.
        faces: `active` tells which triggered layers are shown.
        filters: stacked.
    """
    Painter().paint(Scene(Frame(pixels, 0, 0.0), faces=faces), filters)


def _hide(layers: tuple[LayerPainter, ...], pixels: ByteArray, strays: tuple[VisibleFace, ...]) -> None:
    """Paint the privacy layers alone: a face that is only detected wears nothing yet."""
    for painter in layers:
        if isinstance(painter, PrivacyPainter | CoverPainter):
            for presence in strays:
                painter.paint(pixels, presence)


def _paint_filter(
    layers: tuple[LayerPainter, ...],
    pixels: ByteArray,
    present: tuple[VisibleFace, ...],
    wearing: frozenset[int],
    moment: FrameContext,
) -> tuple[VisibleFace, ...]:
    """Paint one filter on everyone who wears it; returns all faces as warps have left them.

    Layers of faces that follow each other are painted face by face, so that near faces
    cover far ones; a layer of the whole image comes between two such runs.
    """
    covered = any(isinstance(painter, CoverPainter) and painter.hides_head for painter in layers)
    present = tuple(
        replace(each, under_cover=covered) if each.face.identity in wearing and each.under_cover != covered else each
        for each in present
    )
    for whole, run in groupby(layers, lambda painter: isinstance(painter, ImagePainter)):
        painters = tuple(run)
        if whole:
            wearers = tuple(each for each in present if each.face.identity in wearing)
            _paint_image(painters, pixels, wearers, moment)
        else:
            present = tuple(
                _paint_face(painters, pixels, each, moment) if each.face.identity in wearing else each
                for each in present
            )
    return present


def _paint_image(
    painters: tuple[LayerPainter, ...], pixels: ByteArray, wearers: tuple[VisibleFace, ...], moment: FrameContext
) -> None:
    for painter in painters:
        if isinstance(painter, ImagePainter):
            painter.paint(pixels, wearers, moment)


def _paint_face(
    painters: tuple[LayerPainter, ...], pixels: ByteArray, presence: VisibleFace, moment: FrameContext
) -> VisibleFace:
    """Paint some layers on one face; returns it as a warp has left it."""
    # What is worn on a cover is as strong as that and stays as long.
    intensity = 1.0 if presence.under_cover else moment.intensity
    for painter in painters:
        if isinstance(painter, PrivacyPainter | CoverPainter):
            painter.paint(pixels, presence)
        elif isinstance(painter, WarpPainter):
            presence = painter.paint(pixels, presence, moment.seconds, intensity)
        elif not isinstance(painter, ImagePainter):
            painter.paint(pixels, presence, moment.seconds, intensity)
    return presence


def _uses_image_light(filters: tuple[Filter, ...]) -> bool:
    return any(
        isinstance(layer, StickerLayer | WrapLayer | PaintLayer) for each in filters for layer in each.manifest.layers
    )


def _read_only(frame: Frame) -> Frame:
    view = frame.pixels.view()
    view.flags.writeable = False
    return replace(frame, pixels=view)
