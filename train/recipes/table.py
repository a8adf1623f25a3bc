"""The table of recipes: everything that decides what a training run learns, without tensorflow."""

from dataclasses import dataclass, field, replace

BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How a training crop is disturbed; `chance` is a share of the crops.

    Attributes:
        shift_sigma: of the crop's place, eye distances; what a detector or a tracker errs.
        shift_tail: the largest shift, eye distances, of `tail_chance` of the crops.
        scale_range: factors of the crop's size.
        rotation_degrees: the usual range (+-), and its tail.
        stretch: the largest change of the aspect, as a share.
        colour_chance: of light, contrast, gamma and tint being changed.
        grey_chance: of a grey picture.
        shade_chance: of light from one side.
        blur_chance: of blur, by optics, motion or a coarse source.
        noise_chance: of sensor noise.
        jpeg_chance: of JPEG marks.
        cover_chance: of a rectangle, ellipse or hand before the face.
        border_chance: of something else than black where the crop reaches over the picture.
    """

    shift_sigma: float = 0.08
    shift_tail: float = 0.5
    tail_chance: float = 0.15
    scale_range: tuple[float, float] = (0.82, 1.22)
    rotation_degrees: tuple[float, float] = (15.0, 45.0)
    stretch: float = 0.05
    flip: bool = True
    colour_chance: float = 0.8
    grey_chance: float = 0.15
    shade_chance: float = 0.25
    blur_chance: float = 0.3
    noise_chance: float = 0.3
    jpeg_chance: float = 0.25
    cover_chance: float = 0.3
    border_chance: float = 0.5


# What a detector's or a tracker's crop errs, and nothing else: for measuring.
DETECTOR_LIKE = Augmentation(
    shift_sigma=0.08,
    tail_chance=0.0,
    scale_range=(0.85, 1.2),
    rotation_degrees=(8.0, 8.0),
    stretch=0.0,
    flip=False,
    colour_chance=0.0,
    grey_chance=0.0,
    shade_chance=0.0,
    blur_chance=0.0,
    noise_chance=0.0,
    jpeg_chance=0.0,
    cover_chance=0.0,
    border_chance=0.0,
)
# The crop that the labels themselves would give.
EXACT = replace(DETECTOR_LIKE, shift_sigma=0.0, scale_range=(1.0, 1.0), rotation_degrees=(0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to train one net.

    Attributes:
        net: name in train/zoo/catalog.py.
        input_side: pixels of the square crop.
        frozen_until: layers of the base up to this one keep their start weights; "" = none.
        shares: (source, share of the training crops). Sources of the data that are not
            named take no part; shares of sources that the data lack are dealt out to the rest.
        stray_share: share of the face crops that are cut so far off that they are no face.
        epoch_pictures: crops that are called one epoch.
        warm_up: share of the whole run in which the learning rate rises.
        presence_weight: of the face / no-face loss, the points' loss being 1.
        average_momentum: of the moving average of the weights; 0 = none.
    """

    name: str
    net: str
    input_side: int = 96
    frozen_until: str = ""
    batch: int = 64
    epochs: int = 100
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    warm_up: float = 0.03
    epoch_pictures: int = 6400
    shares: tuple[tuple[str, float], ...] = ()
    stray_share: float = 0.05
    presence_weight: float = 0.05
    average_momentum: float = 0.998
    augmentation: Augmentation = field(default_factory=Augmentation)
    seed: int = 15


_OURS = (("helen", 0.23), ("lfpw", 0.22), ("wild", 0.34), ("ytf", 0.13), ("kaggle", 0.2), (BACKGROUND, 0.08))

RECIPES = {
    recipe.name: recipe
    for recipe in (
        # The lowest layers stay as ImageNet left them: they cost a third of the time of a
        # step on a CPU and serve faces as they are.
        Recipe("masquerade15", net="mobilenet_v2_two_maps", frozen_until="block_3_expand_relu", shares=_OURS),
        # For tests and a first look: seconds, not hours.
        Recipe(
            "tiny", net="tiny", input_side=48, batch=8, epochs=2, epoch_pictures=32, shares=_OURS, average_momentum=0.9
        ),
    )
}
