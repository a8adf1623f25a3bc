"""Maps each kind of layer to its painter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from masquerade.filters.backgrounds.background import BackgroundPainter
from masquerade.filters.compositing.rasters import RasterCache
from masquerade.filters.compositing.scratch import ScratchBuffers
from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.image_layers import BackgroundLayer, LookLayer, ParticlesLayer
from masquerade.filters.format.layers import (
    Effect,
    PaintLayer,
    PrivacyLayer,
    RetouchLayer,
    StickerLayer,
    WarpLayer,
    WrapLayer,
)
from masquerade.filters.lighting.hair_dye import HairDye
from masquerade.filters.lighting.image_light import ImageLight
from masquerade.filters.lighting.relit import Relit
from masquerade.filters.looks.look import LookPainter
from masquerade.filters.particles.particles import ParticlesPainter
from masquerade.filters.people.layer_painters import FaceLayerPainter, FrameLayerPainter
from masquerade.filters.privacy.cover import CoverPainter
from masquerade.filters.privacy.hidden_area import HiddenBoxes
from masquerade.filters.privacy.privacy import PrivacyPainter
from masquerade.filters.skin.face_mesh import Meshes
from masquerade.filters.skin.paint import PaintPainter
from masquerade.filters.skin.retouch import RetouchPainter
from masquerade.filters.skin.skin_light import SkinLight
from masquerade.filters.skin.warp import WarpPainter
from masquerade.filters.stickers.sticker import StickerPainter
from masquerade.filters.wraps.wrap import WrapPainter


@dataclass(frozen=True, slots=True, eq=False)
class SharedTools:
    """Tools that all layers of one stream share. For one thread."""

    rasters: RasterCache
    meshes: Meshes = field(default_factory=Meshes)
    skin_light: SkinLight = field(default_factory=SkinLight)
    image_light: ImageLight = field(default_factory=ImageLight)
    relit: Relit = field(default_factory=Relit)
    hair_dye: HairDye = field(default_factory=HairDye)
    scratch: ScratchBuffers = field(default_factory=ScratchBuffers)
    hidden: HiddenBoxes = field(default_factory=HiddenBoxes)

    def begin_frame(self) -> None:
        """Begin a frame; free what has not been used for a while."""
        for each in (self.rasters, self.skin_light, self.relit, self.hair_dye, self.scratch, self.hidden):
            each.begin_frame()


# A layer of the kind, its art, and what the layers share.
BuildFacePainter = Callable[[Any, tuple[Art, ...], SharedTools], FaceLayerPainter]
BuildFramePainter = Callable[[Any, tuple[Art, ...], SharedTools], FrameLayerPainter]


def _privacy(layer: PrivacyLayer, art: tuple[Art, ...], tools: SharedTools) -> FaceLayerPainter:
    if layer.effect in (Effect.BAR, Effect.COVER):
        return CoverPainter(layer, art[0] if art else None, tools.rasters, tools.hidden)
    return PrivacyPainter(layer, tools.hidden)


FACE_KINDS: Mapping[type, BuildFacePainter] = MappingProxyType(
    {
        PrivacyLayer: _privacy,
        StickerLayer: lambda layer, art, its: StickerPainter(
            layer, art, its.rasters, its.image_light, its.relit, its.hair_dye
        ),
        WrapLayer: lambda layer, art, its: WrapPainter(layer, art[0], its.rasters, its.image_light, its.relit),
        RetouchLayer: lambda layer, _art, _its: RetouchPainter(layer),
        WarpLayer: lambda layer, _art, _its: WarpPainter(layer),
        PaintLayer: lambda layer, art, its: PaintPainter(
            layer, art[0], its.rasters, its.meshes, its.skin_light, its.image_light, its.hair_dye, its.scratch
        ),
    }
)
FRAME_KINDS: Mapping[type, BuildFramePainter] = MappingProxyType(
    {
        LookLayer: lambda layer, _art, its: LookPainter(layer, its.scratch),
        BackgroundLayer: lambda layer, art, its: BackgroundPainter(layer, art, its.scratch),
        ParticlesLayer: lambda layer, art, its: ParticlesPainter(layer, art, its.rasters),
    }
)
# These stand in the light of the image, which has to be measured for them.
LIT_KINDS = frozenset({StickerLayer, WrapLayer, PaintLayer})
