"""The augmentation of training crops, and two settings for measuring."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Augmentation:
    """The augmentation of a training crop; `chance` is a share of the crops.

    Attributes:
        shift_sigma: of the crop's place, eye distances; what a detector or a tracker errs.
        shift_tail: the largest shift, eye distances, of `tail_chance` of the crops.
        scale_range: factors of the crop's size.
        rotation_degrees: the usual range (+-), and its tail.
        stretch: the largest change of the aspect, as a share.
        colour_chance: of light, contrast, gamma and tint being changed.
        grey_chance: of a grey image.
        shade_chance: of light from one side.
        blur_chance: of blur, by optics, motion or a coarse source.
        noise_chance: of sensor noise.
        jpeg_chance: of JPEG marks.
        cover_chance: of a rectangle, ellipse or hand before the face.
        border_chance: of something else than black where the crop reaches over the image.
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

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if name.endswith("_chance") and not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be 0 to 1, got {getattr(self, name)}")
        if not 0 < self.scale_range[0] <= self.scale_range[1]:
            raise ValueError(f"scale_range must be two factors above 0, the smaller first, got {self.scale_range}")
        amounts = (self.shift_sigma, self.shift_tail, self.stretch, *self.rotation_degrees)
        if min(amounts) < 0 or self.stretch >= 1:
            raise ValueError("shifts and rotations must not be negative, and stretch must be below 1")


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
