"""Our own recipes: the bundled model's, and a small one for tests and a first look."""

from train.recipes.recipe import BACKGROUND, Crops, Optimizer, Recipe, Schedule

_SHARES = (("helen", 0.23), ("lfpw", 0.22), ("wild", 0.34), ("ytf", 0.13), ("kaggle", 0.2), (BACKGROUND, 0.08))
_OPTIMIZER = Optimizer("adamw", 1e-3, weight_decay=1e-4, clip_norm=5.0)
_SCHEDULE = Schedule("cosine", warm_up=0.03)

OURS = (
    # The lowest layers stay as ImageNet left them: they cost a third of the time of a
    # step on a CPU and serve faces as they are.
    Recipe(
        "masquerade15",
        net="mobilenet_v2_two_maps",
        input=Crops(shares=_SHARES),
        frozen_until="block_3_expand_relu",
        optimizer=_OPTIMIZER,
        schedule=_SCHEDULE,
        average_momentum=0.998,
    ),
    # For tests and a first look: seconds, not hours.
    Recipe(
        "tiny",
        net="tiny",
        input=Crops(side=48, shares=_SHARES, epoch_pictures=32),
        batch=8,
        epochs=2,
        optimizer=_OPTIMIZER,
        schedule=_SCHEDULE,
        average_momentum=0.9,
    ),
)
