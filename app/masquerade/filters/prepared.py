"""A filter that is ready to be painted frame after frame: PreparedFilter."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from masquerade.filters.format.manifest import Filter
from masquerade.filters.layer_kinds import FACE_KINDS, FRAME_KINDS, SharedTools
from masquerade.filters.people.layer_painters import FaceLayerPainter, FrameLayerPainter
from masquerade.filters.people.presence import FrameContext, VisibleFace
from masquerade.filters.wraps.hat import with_hats
from masquerade.values import ByteArray

Faces = tuple[VisibleFace, ...]


class _FaceLayers:
    """Consecutive face layers, painted face by face, so that near faces cover far ones."""

    def __init__(self, painters: Sequence[FaceLayerPainter]) -> None:
        self._painters = tuple(painters)
        self.covers_head = any(painter.covers_head for painter in painters)

    def paint(self, pixels: ByteArray, faces: Faces, wearing: frozenset[int], frame: FrameContext) -> Faces:
        return tuple(self._paint_face(pixels, face, frame) if face.face.identity in wearing else face for face in faces)

    def _paint_face(self, pixels: ByteArray, face: VisibleFace, frame: FrameContext) -> VisibleFace:
        # What is worn on a cover is as strong as that and stays as long.
        context = replace(frame, intensity=1.0) if face.under_cover else frame
        for painter in self._painters:
            face = painter.paint(pixels, face, context)
        return face

    def hide(self, pixels: ByteArray, faces: Faces, frame: FrameContext) -> None:
        for painter in self._painters:
            if painter.hides_faces:
                for face in faces:
                    painter.paint(pixels, face, frame)

    def keep_only(self, identities: frozenset[int]) -> None:
        for painter in self._painters:
            painter.memory.keep_only(identities)


class _FrameLayers:
    """Consecutive layers of the whole frame, which are painted even without a face."""

    covers_head = False

    def __init__(self, painters: Sequence[FrameLayerPainter]) -> None:
        self._painters = tuple(painters)

    def paint(self, pixels: ByteArray, faces: Faces, wearing: frozenset[int], frame: FrameContext) -> Faces:
        wearers = tuple(face for face in faces if face.face.identity in wearing)
        for painter in self._painters:
            painter.paint(pixels, wearers, frame)
        return faces

    def hide(self, pixels: ByteArray, faces: Faces, frame: FrameContext) -> None:
        """Do nothing: layers of the whole frame hide no face."""

    def keep_only(self, identities: frozenset[int]) -> None:
        """Do nothing: these layers have no state per face."""


class PreparedFilter:
    """The painters of one filter, in the order of its layers. For one thread."""

    def __init__(self, chosen: Filter, tools: SharedTools) -> None:
        """Build a painter for each layer."""
        layers = zip(chosen.manifest.layers, chosen.art, strict=True)
        self._runs = tuple(
            _FrameLayers([FRAME_KINDS[type(layer)](layer, art, tools) for layer, art in run])
            if over_frame
            else _FaceLayers(
                with_hats([FACE_KINDS[type(layer)](layer, art, tools) for layer, art in run], tools.image_light)
            )
            for over_frame, run in groupby(layers, lambda each: type(each[0]) in FRAME_KINDS)
        )
        self._covers_head = any(run.covers_head for run in self._runs)

    def paint(self, pixels: ByteArray, faces: Faces, wearing: frozenset[int], frame: FrameContext) -> Faces:
        """Paint the filter on all faces that wear it; return all faces, moved by warps."""
        faces = tuple(self._under_cover(face) if face.face.identity in wearing else face for face in faces)
        for run in self._runs:
            faces = run.paint(pixels, faces, wearing, frame)
        return faces

    def hide(self, pixels: ByteArray, faces: Iterable[VisibleFace], frame: FrameContext) -> None:
        """Paint only the privacy layers, for faces that are detected but not tracked yet."""
        hidden = tuple(faces)
        for run in self._runs:
            run.hide(pixels, hidden, frame)

    def keep_only(self, identities: frozenset[int]) -> None:
        """Drop the state of all faces but these."""
        for run in self._runs:
            run.keep_only(identities)

    def _under_cover(self, face: VisibleFace) -> VisibleFace:
        return face if face.under_cover == self._covers_head else replace(face, under_cover=self._covers_head)
