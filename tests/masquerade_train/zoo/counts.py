"""The parameters of every network, summed by hand. If a number changes, it is a NEW network: give it a new name."""

from itertools import pairwise


def mobilenet_v2_base() -> int:
    """Summed block by block: convolution without bias, then a norm of four numbers a channel."""
    stem = 3 * 3 * 3 * 32 + 4 * 32
    first = 9 * 32 + 4 * 32 + 32 * 16 + 4 * 16
    blocks, channels = 0, 16
    for wide, repeats in ((24, 2), (32, 3), (64, 4), (96, 3), (160, 3), (320, 1)):
        for _ in range(repeats):
            inner = 6 * channels
            blocks += channels * inner + 4 * inner + 9 * inner + 4 * inner + inner * wide + 4 * wide
            channels = wide
    return stem + first + blocks + 320 * 1280 + 4 * 1280


def folded_mobilenet_v2() -> int:
    """Summed block by block up to the expansion of block 13: every convolution with a bias, no norm."""
    count, channels = convolutions(3, 3, 32) + depthwise(3, 32) + dense(32, 16), 16
    for wide, repeats in ((24, 2), (32, 3), (64, 4), (96, 3)):
        for _ in range(repeats):
            count += dense(channels, 6 * channels) + depthwise(3, 6 * channels) + dense(6 * channels, wide)
            channels = wide
    return count + dense(96, 576)


def depthwise(side: int, channels: int) -> int:
    """A depthwise convolution with bias."""
    return side * side * channels + channels


def dense(*widths: int) -> int:
    """Dense layers one after the other, with biases."""
    return sum(before * after + after for before, after in pairwise(widths))


def convolutions(side: int, *channels: int) -> int:
    """Convolutions of one window size one after the other, with biases."""
    return sum(side * side * before * after + after for before, after in pairwise(channels))


def normalized(side: int, *channels: int) -> int:
    """Convolutions with biases, each followed by a norm of four numbers a channel."""
    return convolutions(side, *channels) + sum(4 * count for count in channels[1:])


_FILTERS = (32, 32, 64, 64, 96, 96, 128, 128, 256, 256, 512, 512, 1024, 1024, 1024, 1024)


def padova(count: int, map_side: int, *hidden: int, outputs: int) -> int:
    """The first `count` filters of the paper's table 1, then dense layers."""
    filters = _FILTERS[:count]
    return normalized(3, 1, *filters) + dense(map_side * map_side * filters[-1], *hidden, outputs)


def inception(outputs: int) -> int:
    """Five modules of a 3x3 and a 5x5 branch, each with a norm; three dense layers, each with a norm."""
    count, before = 0, 1
    for three, five in ((64, 32), (64, 32), (128, 32), (128, 32), (256, 64)):
        count += normalized(3, before, three) + normalized(5, before, five)
        before = three + five
    widths = (1024, 512, 128)
    return count + dense(3 * 3 * 320, *widths, outputs) + sum(4 * width for width in widths)


# name: (convolutions, side of the last map, hidden dense layers)
_LADDER: dict[str, tuple[int, int, tuple[int, ...]]] = {
    **{f"padova_{count}_pools_3_dropout_0_dense_3": (count, 12, (512, 512)) for count in range(5, 15)},
    "padova_14_pools_4_dropout_0_dense_3": (14, 6, (512, 512)),
    "padova_14_pools_5_dropout_0_dense_3": (14, 3, (512, 512)),
    "padova_15_pools_5_dropout_0_dense_3": (15, 3, (512, 512)),
    "padova_16_pools_5_dropout_0_dense_3": (16, 3, (512, 512)),
    "padova_16_pools_6_dropout_0_dense_3": (16, 2, (512, 512)),
    "padova_16_pools_7_dropout_0_dense_3": (16, 1, (512, 512)),
    **{f"padova_15_pools_5_dropout_{percent}_dense_1": (15, 3, ()) for percent in (0, 10, 20, 30)},
    "padova_15_pools_5_dropout_10_dense_2": (15, 3, (512,)),
    "padova_15_pools_5_dropout_10_dense_3": (15, 3, (512, 512)),
}
# Those that the papers tell.
PUBLISHED = {
    "dileep_baseline": 1_890_366,
    "dileep_manual": 235_834,
    "dileep_tuned": 306_750,
    "dileep_tuned_forward_fill": 246_478,
    "dileep_tuned_nearest": 246_062,
    "dileep_tuned_copies": 364_318,
    "nasnet_mobile_pooled": 4_301_426,
    "base_cnn": 6_662_750,
    "model_v1_se": 6_668_378,
}


def parameters(outputs: int) -> dict[str, int]:
    """Returns the parameters of every network by its name."""
    base_cnn = convolutions(3, 3, 32, 64, 128) + dense(10 * 10 * 128, 512, outputs)
    landmarks = outputs // 2
    return {
        "mobilenet_v2_heat_maps": folded_mobilenet_v2()
        + dense(576, 160)
        + sum(depthwise(side, 160) + dense(160, 160) for side in (5, 3))
        + dense(160, 96)  # from stride 16
        + dense(192, 96)  # from stride 8
        + depthwise(3, 96)
        + dense(96, 96)
        + dense(96, 3 * landmarks)  # one map of likelihood, two of offsets
        + (dense(160, 1) if outputs % 2 else 0),
        "mobilenet_v2_three_maps": mobilenet_v2_base()
        - (320 * 1280 + 4 * 1280)  # the last convolution and its norm are left out
        + dense(32, 16)  # the near map, 12 x 12
        + dense(96, 64)  # the fine map, 6 x 6
        + dense(320, 128)  # the wide map, 3 x 3
        + dense(144 * 16 + 36 * 64 + 9 * 128, outputs),
        "tiny": (27 * 8 + 4 * 8) + (72 * 16 + 4 * 16) + (144 * 16 + 4 * 16) + dense(36 * 16, outputs),
        "hidden_layer_100": dense(96 * 96, 100, outputs),
        "three_convolutions": convolutions(3, 1, 32, 64, 128) + dense(10 * 10 * 128, 500, 500, outputs),
        "mobilenet_v2_pooled": mobilenet_v2_base() + dense(1280, outputs),
        "nasnet_mobile_pooled": 4_269_716 + dense(1056, outputs),
        "dileep_baseline": convolutions(3, 3, 32, 32, 64, 128, 512) + dense(2 * 2 * 512, 576, outputs),
        "dileep_manual": convolutions(2, 3, 64, 64, 128, 128, 128) + dense(2 * 2 * 128, 100, outputs),
        "dileep_tuned": convolutions(3, 3, 48, 48, 48, 48, 48) + dense(3 * 3 * 48, 480, outputs),
        "dileep_tuned_forward_fill": convolutions(2, 3, 16, 16, 32, 64) + dense(5 * 5 * 64, 144, outputs),
        "dileep_tuned_copies": convolutions(3, 3, 16, 32, 32, 32) + dense(6 * 6 * 32, 288, outputs),
        "dileep_tuned_nearest": convolutions(2, 3, 16, 64, 64, 64) + dense(5 * 5 * 64, 128, outputs),
        "inception_nose": inception(outputs),
        "base_cnn": base_cnn,
        "model_v1_se": base_cnn + sum(dense(c, c // 8, c) for c in (32, 64, 128)),
        **{
            name: padova(count, map_side, *hidden, outputs=outputs)
            for name, (count, map_side, hidden) in _LADDER.items()
        },
    }
