"""The parameters of every net, summed by hand, layer by layer. A changed number is a NEW net: give it a new name."""

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


def padova(blocks: tuple[int, ...], map_side: int, *hidden: int, outputs: int) -> int:
    """3x3 convolutions without bias and their norms; `blocks` says how many there are of 32, 64, 128... channels."""
    count, before = 0, 1
    for channels, repeats in zip((32, 64, 128, 256, 512, 1024, 1024, 1024), blocks, strict=False):
        for _ in range(repeats):
            count += 9 * before * channels + 4 * channels
            before = channels
    return count + dense(map_side * map_side * before, *hidden, outputs)


def inception(outputs: int) -> int:
    """Five modules: 3x3 and 5x5 without bias, one norm over both; the last map is 3 x 3."""
    count, before = 0, 1
    for channels in (16, 32, 64, 96, 128):
        count += (9 + 25) * before * channels + 4 * 2 * channels
        before = 2 * channels
    return count + dense(3 * 3 * 256, 1024, 512, 128, outputs)


# name: (convolutions of each block, side of the last map, hidden dense layers)
_LADDER: dict[str, tuple[tuple[int, ...], int, tuple[int, ...]]] = {
    "padova_5_pools_3_dropout_10_dense_1": ((2, 1, 1, 1), 12, ()),
    "padova_6_pools_3_dropout_10_dense_1": ((2, 2, 1, 1), 12, ()),
    "padova_7_pools_4_dropout_10_dense_1": ((2, 2, 1, 1, 1), 6, ()),
    "padova_8_pools_4_dropout_10_dense_1": ((2, 2, 2, 1, 1), 6, ()),
    "padova_9_pools_4_dropout_10_dense_1": ((2, 2, 2, 2, 1), 6, ()),
    "padova_10_pools_5_dropout_10_dense_1": ((2, 2, 2, 2, 1, 1), 3, ()),
    "padova_11_pools_5_dropout_10_dense_1": ((2, 2, 2, 2, 2, 1), 3, ()),
    "padova_12_pools_5_dropout_10_dense_1": ((2, 2, 2, 2, 2, 2), 3, ()),
    "padova_13_pools_5_dropout_10_dense_1": ((3, 2, 2, 2, 2, 2), 3, ()),
    "padova_14_pools_5_dropout_10_dense_1": ((3, 3, 2, 2, 2, 2), 3, ()),
    "padova_15_pools_5_dropout_10_dense_1": ((3, 3, 3, 2, 2, 2), 3, ()),
    "padova_16_pools_5_dropout_10_dense_1": ((3, 3, 3, 3, 2, 2), 3, ()),
    "padova_15_pools_3_dropout_10_dense_1": ((4, 4, 4, 3), 12, ()),
    "padova_15_pools_4_dropout_10_dense_1": ((3, 3, 3, 3, 3), 6, ()),
    "padova_15_pools_6_dropout_10_dense_1": ((3, 2, 2, 2, 2, 2, 2), 2, ()),
    "padova_15_pools_7_dropout_10_dense_1": ((2, 2, 2, 2, 2, 2, 2, 1), 1, ()),
    "padova_15_pools_5_dropout_0_dense_1": ((3, 3, 3, 2, 2, 2), 3, ()),
    "padova_15_pools_5_dropout_20_dense_1": ((3, 3, 3, 2, 2, 2), 3, ()),
    "padova_15_pools_5_dropout_30_dense_1": ((3, 3, 3, 2, 2, 2), 3, ()),
    "padova_15_pools_5_dropout_10_dense_2": ((3, 3, 3, 2, 2, 2), 3, (512,)),
    "padova_15_pools_5_dropout_10_dense_3": ((3, 3, 3, 2, 2, 2), 3, (512, 512)),
}
# Those that the papers tell.
PUBLISHED = {
    "dileep_baseline": 1_890_366,
    "dileep_manual": 235_834,
    "dileep_tuned": 364_318,
    "dileep_tuned_small": 246_062,
    "nasnet_mobile_pooled": 4_301_426,
    "base_cnn": 6_662_750,
    "model_v1_se": 6_668_378,
}


def parameters(outputs: int) -> dict[str, int]:
    """Returns the parameters of every net by its name."""
    base_cnn = convolutions(3, 3, 32, 64, 128) + dense(10 * 10 * 128, 512, outputs)
    points = outputs // 2
    return {
        "mobilenet_v2_heat_maps": folded_mobilenet_v2()
        + dense(576, 160)
        + sum(depthwise(side, 160) + dense(160, 160) for side in (5, 3))
        + dense(160, 96)  # from stride 16
        + dense(192, 96)  # from stride 8
        + depthwise(3, 96)
        + dense(96, 96)
        + dense(96, 3 * points)  # one map of likelihood, two of offsets
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
        "dileep_tuned": convolutions(3, 3, 16, 32, 32, 32) + dense(6 * 6 * 32, 288, outputs),
        "dileep_tuned_small": convolutions(2, 3, 16, 64, 64, 64) + dense(5 * 5 * 64, 128, outputs),
        "inception_nose": inception(outputs),
        "base_cnn": base_cnn,
        "model_v1_se": base_cnn + sum(dense(c, c // 8, c) for c in (32, 64, 128)),
        **{
            name: padova(blocks, map_side, *hidden, outputs=outputs)
            for name, (blocks, map_side, hidden) in _LADDER.items()
        },
    }
