"""Paints filters onto the faces of a scene."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from masquerade.filters.compositing.rasters import RasterCache
from masquerade.filters.format.manifest import Filter
from masquerade.filters.layer_kinds import LIT_KINDS, SharedTools
from masquerade.filters.people.assignment import (
    FaceOverride,
    FilterAssignment,
    all_filters,
    has_background,
    uses_head_size,
    uses_person,
    uses_privacy,
)
from masquerade.filters.people.head_sizes import HeadSizes
from masquerade.filters.people.person_mask import with_faces
from masquerade.filters.people.presence import FaceLifecycle, FrameContext, VisibleFace
from masquerade.filters.prepared import PreparedFilter
from masquerade.filters.privacy.strays import UntrackedFaces
from masquerade.values import ByteArray, Face, Frame, Scene

_BLACK = (0, 0, 0, 255)
_log = logging.getLogger(__name__)


class Painter:
    """Paints filters frame after frame, and keeps the state of what moves. For one thread.

    Make a new one for every stream: a still image, too, is a stream of its own, or the
    faces of the image before would fade out in it.
    """

    def __init__(self, realtime: bool = False) -> None:
        """Start without any known face.

        Args:
            realtime: True never lets a frame wait for art at a new size; see RasterCache.
        """
        self._lifecycle = FaceLifecycle()
        self._head_sizes = HeadSizes()
        self._untracked = UntrackedFaces()
        self._assignment = FilterAssignment()
        self._tools = SharedTools(RasterCache(realtime=realtime))
        self._prepared: dict[Filter, PreparedFilter] = {}
        self._failed: set[Filter] = set()
        self._began = False

    def paint(
        self,
        scene: Scene,
        filters: tuple[Filter, ...],
        intensity: float = 1.0,
        outfits: tuple[FaceOverride, ...] = (),
        intensities: Mapping[Filter, float] = MappingProxyType({}),
    ) -> Scene:
        """Paint INTO the scene's frame and return the scene with that frame made read-only.

        Filters that hide faces come first, so that nothing shows a face again; the others keep their order.
        Far faces come before near ones. A warp moves the landmarks of its face for all layers that follow.

        A filter that raises is left out, and named in `failed_filters`; if it hides faces, the frame is black.

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
        faces, seconds = self._lifecycle.step(scene)
        everything, pixels = all_filters(filters, outfits), scene.frame.pixels
        faces = self._measured(faces, scene, everything, seconds)
        # A mask now and then measures heads; cutting by it would flicker.
        person = scene.person if uses_person(everything) else None
        if person is not None:
            person = with_faces(person, faces, pixels.shape[0])
        context, self._began = FrameContext(seconds, intensity, not self._began, person), True
        self._begin_frame(pixels, faces, everything, seconds)
        untracked = self._untracked.step(scene, seconds) if uses_privacy(everything) else ()
        worn = self._assignment.assign(faces, filters, outfits)
        may_wear = partial(self._assignment.may_wear, present=faces, outfits=outfits)
        for chosen in [each for each in self._prepared if each not in self._failed]:
            wearing = frozenset(identity for identity, wears in worn.items() if chosen in wears)
            own = replace(context, intensity=intensity * intensities.get(chosen, 1.0))
            hidden = [each for each in untracked if chosen in filters or may_wear(each, chosen)]
            wearers = wearing if wearing or chosen in filters else None
            faces = self._paint_guarded(chosen, pixels, faces, hidden=hidden, wearing=wearers, context=own)
        self._blacken_if_bare(pixels)
        self._forget_all_but(frozenset(face.face.identity for face in (*faces, *untracked)))
        failed = tuple(each.id for each in everything if each in self._failed)
        return replace(scene, frame=_read_only(scene.frame), failed_filters=failed, hidden=self._tools.hidden.boxes)

    def _blacken_if_bare(self, pixels: ByteArray) -> None:
        """Blacken a frame in which a privacy filter could not be painted."""
        if uses_privacy(tuple(self._failed)):
            pixels[:] = _BLACK
            self._tools.hidden.add(0, 0, pixels.shape[1], pixels.shape[0])

    def _measured(
        self, faces: tuple[VisibleFace, ...], scene: Scene, everything: tuple[Filter, ...], seconds: float
    ) -> tuple[VisibleFace, ...]:
        """Return the faces with the sizes of their heads, if any filter needs them."""
        if not uses_head_size(everything):
            return faces
        sizes = self._head_sizes.step(faces, scene.person, scene.frame.size_wh, seconds)
        return tuple(replace(each, head=sizes[each.face.identity]) for each in faces)

    def _paint_guarded(
        self,
        chosen: Filter,
        pixels: ByteArray,
        faces: tuple[VisibleFace, ...],
        *,
        hidden: Sequence[VisibleFace],
        wearing: frozenset[int] | None,
        context: FrameContext,
    ) -> tuple[VisibleFace, ...]:
        """Paint one filter, or disable it if it fails; return the faces, moved by warps.

        Args:
            chosen: the filter; its painters are prepared.
            pixels: (H, W, 4) uint8 BGRA, painted in place.
            faces: everyone who is painted in this frame.
            hidden: untracked faces, on which only what hides is painted, and below what is worn: a
                face may be seen by the detector and yet be followed, a little beside.
            wearing: None where no face wears it.
            context: of the frame.
        """
        prepared = self._prepared[chosen]
        try:
            prepared.hide(pixels, hidden, context)
            return faces if wearing is None else prepared.paint(pixels, faces, wearing, context)
        except Exception as error:  # noqa: BLE001 (the fence round one package)
            self._leave_out(chosen, error)
            return faces

    def _leave_out(self, chosen: Filter, error: Exception) -> None:
        self._failed.add(chosen)
        _log.warning("The filter '%s' cannot be drawn (%s).", chosen.id, type(error).__name__)
        _log.info("drawing '%s' failed", chosen.id, exc_info=error)

    def _prepare(self, chosen: Filter) -> PreparedFilter | None:
        if chosen in self._prepared or chosen in self._failed:
            return self._prepared.get(chosen)
        try:
            return PreparedFilter(chosen, self._tools)
        except Exception as error:  # noqa: BLE001 (the fence round one package)
            self._leave_out(chosen, error)
            return None

    def _begin_frame(
        self, pixels: ByteArray, faces: tuple[VisibleFace, ...], everything: tuple[Filter, ...], seconds: float
    ) -> None:
        """Prepare the filters, those that hide faces first, and measure the light."""
        # A background is no cover for what is worn: it comes after what hides and before all else.
        # Who takes a filter off and puts it on again gives it another try.
        self._failed &= set(everything)
        hiding_first = sorted(everything, key=lambda each: (not uses_privacy((each,)), not has_background((each,))))
        prepared = {each: self._prepare(each) for each in hiding_first}
        self._prepared = {each: ready for each, ready in prepared.items() if ready is not None}
        self._tools.begin_frame()
        if any(type(layer) in LIT_KINDS for each in everything for layer in each.manifest.layers):
            self._tools.image_light.step(pixels, faces, seconds)
        if any(getattr(layer, "hair_colour", False) for each in everything for layer in each.manifest.layers):
            self._tools.hair_dye.step(pixels, faces, seconds)

    def _forget_all_but(self, identities: frozenset[int]) -> None:
        for prepared in self._prepared.values():
            prepared.keep_only(identities)
        self._tools.skin_light.memory.keep_only(identities)


def paint_still(
    pixels: ByteArray, faces: tuple[Face, ...], filters: tuple[Filter, ...], person: ByteArray | None = None
) -> None:
    """Paint filters at full strength on one image, in place: for thumbnails and photos.

    Args:
        pixels: (H, W, 4) uint8 BGRA, contiguous and writable.
        faces: their `active` triggers decide which layers are shown.
        filters: stacked.
        person: where people are, as in `Scene`; without it no background is painted.
    """
    Painter().paint(Scene(Frame(pixels, 0, 0.0), faces=faces, person=person), filters)


def _read_only(frame: Frame) -> Frame:
    view = frame.pixels.view()
    view.flags.writeable = False
    return replace(frame, pixels=view)
