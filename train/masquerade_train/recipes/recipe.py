"""The parts of a recipe: input, network, optimizer, schedule and loss, each checked when created."""

import math
from dataclasses import dataclass, field
from enum import StrEnum

from masquerade.values import LANDMARK_NAMES

from masquerade_train.recipes.augmentation import Augmentation

BACKGROUND = "background"
# Of the training persons, where neither recipe nor data say otherwise.
VALIDATION_SHARE = 0.1


class Missing(StrEnum):
    """How missing labels are treated."""

    DROP = "drop"  # rows that lack any landmark take no part
    FORWARD_FILL = "forward_fill"  # the value of the row before
    NEAREST = "nearest"  # the mean of the most similar rows (KNN imputation)
    MASK = "mask"  # the loss leaves it out


class Loss(StrEnum):
    """What is minimized."""

    DISTANCE = "distance"  # mean distance, smooth near 0
    MEAN_SQUARED = "mean_squared"  # of the single coordinates, from -1 to 1
    MEAN_SQUARED_PX = "mean_squared_px"  # the same in pixels of an image 96 wide, where weights are penalized beside it
    EUCLIDEAN = "euclidean"  # length of the vector of all coordinates of an image
    WING = "wing"  # logarithm of small errors, straight for large ones


# Pixels; a network for larger images does not fit into memory.
MAX_SIDE = 1024


class Precision(StrEnum):
    """The number format of layers in training; float16 would need scaled losses."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"  # plain convolutions nearly twice as fast, where the processor has it


@dataclass(frozen=True, slots=True)
class Opening:
    """Two landmarks whose distance is learnt by itself: how far lids or lips are apart.

    Each landmark alone is learnt well enough by a face that is neither open nor shut. Here the rare ones count more,
    and a landmark that drags its opposite along is no help.

    Attributes:
        first, second: names of the landmarks.
        usual: their distance in most faces, eye distances.
        spread: how far from the usual distance a face is rare, and counts twice, eye distances.
    """

    first: str
    second: str
    usual: float
    spread: float

    def __post_init__(self) -> None:
        _check(self.usual >= 0, f"usual must not be negative, got {self.usual}")
        _check(self.spread > 0, f"spread must be above 0, got {self.spread}")


@dataclass(frozen=True, slots=True)
class Crops:
    """Faces cut as the app cuts them, RGB, disturbed differently at every draw.

    Attributes:
        side: pixels of the square crop.
        shares: (source, share of the training crops). Sources of the data that are not
            named take no part; shares of sources that the data lack are dealt out to the rest.
        stray_share: share of the face crops that are cut so far off that they are no face.
        presence_weight: of the face / no-face loss, the landmarks' loss being 1.
        epoch_images: crops that are called one epoch.
        channels: of the network's input.
        points: names of the landmarks, in the order of the network's output.
        as_marked: sound labels as their annotators marked them, not in the common convention.
        point_weights: (beginning of a landmark's name, its share in the loss); 1 for landmarks that none begins. The
            longest beginning that fits counts.
        openings: distances that are learnt by themselves, beside the landmarks.
    """

    side: int = 96
    shares: tuple[tuple[str, float], ...] = ()
    stray_share: float = 0.05
    presence_weight: float = 0.05
    augmentation: Augmentation = field(default_factory=Augmentation)
    epoch_images: int = 6400
    channels: int = 3
    points: tuple[str, ...] = LANDMARK_NAMES
    as_marked: bool = False
    point_weights: tuple[tuple[str, float], ...] = ()
    openings: tuple[Opening, ...] = ()

    def __post_init__(self) -> None:
        _check(16 <= self.side <= MAX_SIDE, f"side must be 16 to {MAX_SIDE} pixels, got {self.side}")
        _check(self.channels in (1, 3), f"channels must be 1 (grey) or 3 (RGB), got {self.channels}")
        _check(bool(self.points) and len(set(self.points)) == len(self.points), "points must name landmarks, each once")
        _check(all(weight > 0 for _, weight in self.point_weights), "every weight of a landmark must be above 0")
        ends = {name for opening in self.openings for name in (opening.first, opening.second)}
        _check(ends <= set(self.points), f"openings must be between landmarks of the recipe, got {sorted(ends)}")
        _check(bool(self.shares), "shares must name at least one source")
        _check(all(share > 0 for _, share in self.shares), f"every share must be above 0, got {self.shares}")
        _check(0 <= self.stray_share <= 1, f"stray_share must be 0 to 1, got {self.stray_share}")
        _check(self.presence_weight >= 0, f"presence_weight must not be negative, got {self.presence_weight}")
        _check(self.epoch_images > 0, f"epoch_images must be above 0, got {self.epoch_images}")

    @property
    def outputs(self) -> int:
        """Numbers that the network puts out: x and y of every landmark, and the face logit."""
        return 2 * len(self.points) + 1

    def weight_of(self, point: str) -> float:
        """Return the share of a landmark in the loss, by its name."""
        fitting = [(len(start), weight) for start, weight in self.point_weights if point.startswith(start)]
        return max(fitting)[1] if fitting else 1.0


class SplitBy(StrEnum):
    """The unit that is never divided between the three sets."""

    PERSON = "person"  # sound: no person is in two sets
    IMAGE = "image"  # images of one person may be in two sets
    COPY = "copy"  # copies of one image may be in two sets


@dataclass(frozen=True, slots=True)
class SplitRule:
    """How the training images of the data are divided; the test set of the data takes no part.

    Attributes:
        validation: share of the whole; early stopping and the plateau go by it.
        test: share of the whole that is measured at the end, beside the test set of the data.
    """

    by: SplitBy = SplitBy.PERSON
    validation: float = VALIDATION_SHARE
    test: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", SplitBy(self.by))
        _check(self.validation >= 0 and self.test >= 0, "the shares of a split must not be negative")
        _check(self.validation + self.test < 1, "validation and test must leave images to train on")


@dataclass(frozen=True, slots=True)
class Copies:
    """Offline augmentation: every image once more for each entry, beside itself.

    Attributes:
        rotations_degrees: anticlockwise, about the image's middle.
        brightness: factors of the grey values.
        shifts_px: (right, down), pixels of an image 96 wide.
        noise_sigma: grey values of 255.
        flip: one mirrored copy.
        of_the_flipped: the mirrored copy is rotated and given other brightness as well.
    """

    rotations_degrees: tuple[float, ...] = ()
    brightness: tuple[float, ...] = ()
    shifts_px: tuple[tuple[float, float], ...] = ()
    noise_sigma: tuple[float, ...] = ()
    flip: bool = False
    of_the_flipped: bool = False

    def __post_init__(self) -> None:
        _check(all(factor > 0 for factor in self.brightness), f"brightness must be above 0, got {self.brightness}")
        _check(all(sigma > 0 for sigma in self.noise_sigma), f"noise_sigma must be above 0, got {self.noise_sigma}")
        _check(self.flip or not self.of_the_flipped, "of_the_flipped needs flip")

    def __len__(self) -> int:
        """Return how many copies every image gets, itself not counted."""
        entries = (self.rotations_degrees, self.brightness, self.shifts_px, self.noise_sigma)
        flipped = len(self.rotations_degrees) + len(self.brightness) if self.of_the_flipped else 0
        return sum(len(entry) for entry in entries) + self.flip + flipped


@dataclass(frozen=True, slots=True)
class FullImages:
    """Whole images, as the papers train on them.

    Attributes:
        side: pixels of the square that every image is resized to.
        channels: 1 = grey, 3 = RGB.
        points: names of the landmarks, in the order of the network's output.
        sources: of the data; () = all.
        missing: what becomes of landmarks that are not marked.
        copies: offline augmentation.
        split: how they are divided into training, validation and test set.
        augmentation: on the fly, differently at every draw; None = none.
        turned: the range of |yaw proxy| that is taken, 0 = frontal, 1 = nose above an eye corner.
    """

    side: int = 96
    channels: int = 1
    points: tuple[str, ...] = LANDMARK_NAMES
    sources: tuple[str, ...] = ()
    missing: Missing = Missing.DROP
    copies: Copies = field(default_factory=Copies)
    split: SplitRule = field(default_factory=SplitRule)
    augmentation: Augmentation | None = None
    turned: tuple[float, float] = (0.0, float("inf"))

    def __post_init__(self) -> None:
        _check(16 <= self.side <= MAX_SIDE, f"side must be 16 to {MAX_SIDE} pixels, got {self.side}")
        _check(self.channels in (1, 3), f"channels must be 1 (grey) or 3 (RGB), got {self.channels}")
        _check(bool(self.points) and len(set(self.points)) == len(self.points), "points must name landmarks, each once")
        _check(0 <= self.turned[0] < self.turned[1], f"turned must be a range from 0 on, got {self.turned}")
        object.__setattr__(self, "missing", Missing(self.missing))

    @property
    def outputs(self) -> int:
        """Numbers that the network puts out: x and y of every landmark."""
        return 2 * len(self.points)


@dataclass(frozen=True, slots=True)
class Optimizer:
    """How weights follow gradients.

    Attributes:
        kind: "adam", "adamw" or "sgd".
        momentum, nesterov: of "sgd".
        weight_decay: of "adamw".
        clip_norm: longest gradient, over all weights; 0 = any.
    """

    kind: str = "adam"
    learning_rate: float = 1e-3
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    clip_norm: float = 0.0

    def __post_init__(self) -> None:
        _check(self.kind in ("adam", "adamw", "sgd"), f"kind must be adam, adamw or sgd, got '{self.kind}'")
        _check(0 < self.learning_rate < math.inf, f"learning_rate must be above 0, got {self.learning_rate}")
        _check(0 <= self.momentum < 1, f"momentum must be 0 to 1, got {self.momentum}")
        _check(self.kind == "sgd" or not (self.momentum or self.nesterov), f"{self.kind} has no momentum of its own")
        _check(self.kind == "adamw" or not self.weight_decay, f"{self.kind} has no weight decay")
        _check(self.weight_decay >= 0 and self.clip_norm >= 0, "weight_decay and clip_norm must not be negative")


@dataclass(frozen=True, slots=True)
class Schedule:
    """How the learning rate goes.

    Attributes:
        kind: "constant"; "cosine": down half a cosine to `floor`, over the epochs or the
            budget; "plateau": times `factor` after `patience` epochs without a better validation loss.
        warm_up: share of the whole run in which the learning rate rises ("cosine" only).
        floor: share of the first learning rate that is never gone below.
    """

    kind: str = "constant"
    warm_up: float = 0.0
    patience: int = 10
    factor: float = 0.5
    floor: float = 0.01

    def __post_init__(self) -> None:
        kinds = ("constant", "cosine", "plateau")
        _check(self.kind in kinds, f"kind must be one of {', '.join(kinds)}, got '{self.kind}'")
        _check(0 <= self.warm_up < 1, f"warm_up must be 0 to 1, got {self.warm_up}")
        _check(self.patience > 0, f"patience must be above 0 epochs, got {self.patience}")
        _check(0 < self.factor < 1, f"factor must be between 0 and 1, got {self.factor}")
        _check(0 <= self.floor <= 1, f"floor must be 0 to 1, got {self.floor}")


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to train one network.

    Attributes:
        paper: short name of the paper it follows; "" = ours.
        net: name of the network in train/masquerade_train/zoo/catalog.py. A key of recipe files, run records and
            search tables: a longer name would mean reading both for ever.
        frozen_until: layers of the base up to this one keep their start weights; "" = none, "all" = the whole base.
        stop_patience: epochs without a better validation loss after which the run ends with its
            best weights; 0 = it never does.
        average_momentum: of the moving average of the weights; 0 = none.
        fraction: share of the train persons that take part.
        precision: what layers compute in; weights and the landmarks stay in float32.
    """

    name: str
    net: str
    input: Crops | FullImages
    paper: str = ""
    frozen_until: str = ""
    batch: int = 64
    epochs: int = 100
    optimizer: Optimizer = field(default_factory=Optimizer)
    schedule: Schedule = field(default_factory=Schedule)
    loss: Loss = Loss.DISTANCE
    stop_patience: int = 0
    average_momentum: float = 0.0
    fraction: float = 1.0
    seed: int = 15
    precision: Precision = Precision.FLOAT32

    def __post_init__(self) -> None:
        _check(bool(self.name) and bool(self.net), "a recipe needs a name and a net")
        # `card` calls a folder by it.
        _check(not set(self.name) & set("/\\\0") and self.name != "..", f"the name {self.name!r} is not a file name")
        _check(self.batch > 0, f"batch must be above 0, got {self.batch}")
        _check(self.epochs > 0, f"epochs must be above 0, got {self.epochs}")
        _check(self.stop_patience >= 0, f"stop_patience must not be negative, got {self.stop_patience}")
        _check(0 <= self.average_momentum < 1, f"average_momentum must be 0 to 1, got {self.average_momentum}")
        _check(0 <= self.seed < 1 << 32, f"seed must be from 0 to {(1 << 32) - 1}, got {self.seed}")
        _check(0 < self.fraction <= 1, f"fraction must be above 0 and at most 1, got {self.fraction}")
        object.__setattr__(self, "loss", Loss(self.loss))
        object.__setattr__(self, "precision", Precision(self.precision))

    @property
    def decides_by_validation(self) -> bool:
        """Whether the validation loss influences the run."""
        return self.stop_patience > 0 or self.schedule.kind == "plateau"


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)
