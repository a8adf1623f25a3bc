"""Our own recipes: the bundled model's, and a small one for tests and a first look."""

from dataclasses import replace

from masquerade.values import ALL_LANDMARK_NAMES

from masquerade_train.recipes.augmentation import Augmentation
from masquerade_train.recipes.recipe import BACKGROUND, Crops, FullImages, Missing, Opening, Optimizer, Recipe, Schedule

_SHARES = (("helen", 0.23), ("lfpw", 0.22), ("wild", 0.34), ("ytf", 0.13), ("kaggle", 0.2), (BACKGROUND, 0.08))
_OPTIMIZER = Optimizer("adamw", 1e-3, weight_decay=1e-4, clip_norm=5.0)
_SCHEDULE = Schedule("cosine", warm_up=0.03)

# A whole image is not cut by a detector that errs: milder, so that no landmarks leave it for nothing.
_WHOLE = Augmentation(
    shift_sigma=0.05, tail_chance=0.0, scale_range=(0.88, 1.14), rotation_degrees=(12.0, 12.0), cover_chance=0.15
)
# Kaggle's images end close around the face, and nearly every crop reaches over their edges:
# a network must not take those for the face's.
_TIGHT = Augmentation(border_chance=0.9)

_CROPS = Crops(side=112, shares=_SHARES)
_BUNDLED = Recipe(
    "masquerade15",
    net="mobilenet_v2_heat_maps",
    input=_CROPS,
    # The lowest layers stay as ImageNet left them: they cost a third of the time of a
    # step on a CPU and serve faces as they are.
    frozen_until="block_3_expand_relu",
    epochs=200,
    optimizer=_OPTIMIZER,
    schedule=_SCHEDULE,
    average_momentum=0.998,
)

_CONTOUR_SHARES = (
    ("helen", 0.18), ("lfpw", 0.16), ("wild", 0.26), ("ytf", 0.05), ("fairface", 0.17), ("utkface", 0.06),
    ("yawdd_car", 0.05), ("aflw2000_68", 0.12), ("webmorph189", 0.03), ("imm_frontal73", 0.01),
    ("facesynthetics100", 0.03),
    (BACKGROUND, 0.08),
)  # fmt: skip
# The 70 together weigh as much as the 15; where the jaw ends is anybody's guess along its line, and lids and lips
# are what filters need.
_PART_WEIGHTS = (
    ("jaw", 0.08), ("brow_", 0.15), ("nostril", 0.2), ("lid_", 0.35), ("upper_lip", 0.35), ("lower_lip", 0.35),
    ("lip_corner", 0.35), ("inner_", 0.35), ("pupil", 0.35),
)  # fmt: skip
_CONTOUR_WEIGHTS = (
    ("chin", 0.08),
    ("nose_b", 0.2),
    *((f"{side}_{part}", weight) for side in ("left", "right", "middle") for part, weight in _PART_WEIGHTS),
)
_LIDS = tuple(
    Opening(f"{side}_lid_upper_{number}", f"{side}_lid_lower_{number}", 0.12, 0.04)
    for side in ("left", "right")
    for number in (1, 2)
)
_INNER_LIPS = tuple(
    Opening(f"{side}_inner_upper_lip", f"{side}_inner_lower_lip", 0.05, 0.1) for side in ("left", "middle", "right")
)
# Medians and about the standard deviations of the labels.
_OPENINGS = (
    *_LIDS,
    *_INNER_LIPS,
    Opening("middle_upper_lip", "middle_lower_lip", 0.31, 0.12),
    Opening("left_lip_corner", "right_lip_corner", 0.82, 0.12),
)

OURS = (
    _BUNDLED,
    # Trains a finished model on (--weights RUN/model.keras), on one's own faces, say: slower, so that it
    # keeps what it knows, and on labels as they are.
    replace(
        _BUNDLED,
        name="masquerade15-on",
        input=replace(_CROPS, as_marked=True),
        optimizer=replace(_OPTIMIZER, learning_rate=2e-4),
        average_momentum=0.99,
    ),
    # The 15 and the contours of lids, lips, brows, nose and jaw, by one network.
    replace(
        _BUNDLED,
        name="masquerade85",
        input=replace(
            _CROPS,
            points=ALL_LANDMARK_NAMES,
            shares=_CONTOUR_SHARES,
            as_marked=True,
            point_weights=_CONTOUR_WEIGHTS,
            openings=_OPENINGS,
        ),
        optimizer=replace(_OPTIMIZER, learning_rate=5e-4),
        average_momentum=0.99,
    ),
    # The same network the papers' way: whole grey images, every marked landmark counts.
    Recipe(
        "masquerade15-whole",
        net="mobilenet_v2_three_maps",
        input=FullImages(missing=Missing.MASK, augmentation=_WHOLE),
        frozen_until="block_3_expand_relu",
        optimizer=_OPTIMIZER,
        schedule=_SCHEDULE,
        average_momentum=0.998,
    ),
    # As masquerade15, from Kaggle's file alone: grey, but cut as the app cuts, so that the app can use it.
    Recipe(
        "masquerade15-grey",
        net="mobilenet_v2_three_maps",
        input=Crops(shares=(("kaggle", 0.92), (BACKGROUND, 0.08)), channels=1, augmentation=_TIGHT),
        frozen_until="block_3_expand_relu",
        optimizer=_OPTIMIZER,
        schedule=_SCHEDULE,
        average_momentum=0.998,
    ),
    # For tests and a first look: seconds, not hours.
    Recipe(
        "tiny",
        net="tiny",
        input=Crops(side=48, shares=_SHARES, epoch_images=32),
        batch=8,
        epochs=2,
        optimizer=_OPTIMIZER,
        schedule=_SCHEDULE,
        average_momentum=0.9,
    ),
)
