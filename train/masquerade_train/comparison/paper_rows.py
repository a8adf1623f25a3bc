"""What the papers describe, row by row, and the recipe for each row."""

from collections.abc import Iterator
from dataclasses import dataclass

from masquerade_train.comparison.published import PAPERS

# (place, text, recipes, agrees, remark), see Described.
_Rows = tuple[tuple[str, str, tuple[str, ...], str, str], ...]
AGREES, PARTLY, OURS = "agrees", "partly", "ours"


@dataclass(frozen=True, slots=True)
class Described:
    """One thing that a paper describes.

    Attributes:
        place: section, table or figure.
        text: what it says, in our words.
        recipes: that follow it; () = a command shows it.
        agrees: AGREES, PARTLY where the paper is silent or contradicts itself, or OURS.
        remark: what differs and why, or which command shows it.
    """

    paper: str
    place: str
    text: str
    recipes: tuple[str, ...]
    agrees: str
    remark: str


_KLE: _Rows = (
    (
        "III.A, table III",
        (
            "one hidden layer of 100 on 9216 grey values, Nesterov momentum, Euclidean loss, batch 1, 400 epochs,"
            " shuffled"
        ),
        ("kle-hidden", "kle-hidden-1000"),
        PARTLY,
        "rate (1e-4), momentum (0.9) and activation (ReLU) are ours; the loss tables go to 1000 epochs",
    ),
    (
        "Table I",
        "CNN of three 3x3 convolutions without padding and three 2x2 pools",
        ("kle-cnn",),
        PARTLY,
        "widths 32, 64, 128 and two dense layers of 500 are ours; the paper prints no result of it",
    ),
    (
        "III.B, IV.D",
        (
            "MobileNetV2 with global average pooling and a dense layer, all layers fine-tuned, Adam, augmented "
            "images, 400 and 1000 epochs"
        ),
        ("kle-mobilenet", "kle-mobilenet-1000"),
        PARTLY,
        (
            "rate (1e-3), batch (32) and what imgaug did are ours; 84 % in III.B and 78 % in IV.D are both called"
            " accuracy after 400 epochs"
        ),
    ),
    (
        "IV.C",
        "best result with a learning rate of 0.8",
        ("kle-mobilenet-rate-0.8",),
        PARTLY,
        (
            "taken as it is written: with Adam it moves every weight by up to 0.8 a step. It may mean a factor of"
            " decay, or a momentum"
        ),
    ),
    (
        "IV.B",
        "rows with missing labels dropped; 80 % (1360) and 20 % (440) of 2140",
        ("kle-hidden", "kle-mobilenet"),
        PARTLY,
        (
            "1360 and 440 are 80 and 20 % of no one number: read as 1700 to train (of which 340 validate) and 440"
            " to test. It counts 7096 and 7960 images in a file that has 7049 in the other papers"
        ),
    ),
    (
        "IV.C",
        "MSE and MAE of coordinates in [-1, 1]",
        (),
        PARTLY,
        (
            "`evaluate`; formula 2 squares what it calls MAE, ours does not. The paper scales pixels 0 to 95, ours 96"
            " of them from edge to edge: its losses are 2 % larger for the same error"
        ),
    ),
    (
        "Tables III to V",
        "24 losses at 100, 200, 400 and 1000 epochs",
        ("kle-hidden-1000", "kle-mobilenet-1000"),
        AGREES,
        (
            "`compare`, table losses; the text of IV.C says 6.37 where table III has 6.27. The smallest test loss,"
            " 1.13, is 1.6 px, where section V says an RMSE of about 1.2"
        ),
    ),
    (
        "Table VI",
        "seconds an epoch of 1700 images, milliseconds an image",
        ("kle-hidden", "kle-mobilenet"),
        AGREES,
        "table of sizes below, with the number of our images",
    ),
    (
        "Figures 7, 8",
        "accuracy and loss by epoch",
        ("kle-mobilenet",),
        AGREES,
        "log.csv, TensorBoard, loss.png",
    ),
)
_DILEEP: _Rows = (
    (
        "Table 1",
        (
            "three custom CNNs, of which the tuned one is four: 306,750 parameters without imputation, 246,478 "
            "forward fill, 246,062 KNN, 364,318 augmentation"
        ),
        (
            "dileep-baseline",
            "dileep-manual",
            "dileep-tuned",
            "dileep-tuned+forward-fill",
            "dileep-tuned+nearest",
            "dileep-tuned+copies",
        ),
        PARTLY,
        (
            "the numbers of parameters agree; the layers and their three channels are a guess, for only figure 4 "
            "shows them and hundreds of plain CNNs have the same numbers. Its megabytes contradict each other: 1.03 "
            "for 246,478 parameters, 1.58 for 246,062"
        ),
    ),
    (
        "3.2, 3.8",
        "MobileNetV2, three channels, pooling and a dense layer; frozen, or fine-tuned as a whole",
        ("dileep-mobilenet", "dileep-mobilenet-frozen"),
        PARTLY,
        (
            "at the images' own 96 pixels; its 2,257,984 parameters are those without the dense layer; optimizer, rate"
            " (1e-4), batch (32) and epochs (100) are ours"
        ),
    ),
    (
        "3.2, 3.8",
        "NASNetMobile at 224x224x3, frozen or fine-tuned",
        ("dileep-nasnet", "dileep-nasnet-frozen"),
        PARTLY,
        (
            "`--weights imagenet` downloads its weights; without them it starts from random numbers and nothing "
            "is frozen; optimizer, rate, batch and epochs are ours"
        ),
    ),
    (
        "3.3, 3.4",
        (
            "forward fill, KNN imputation, offline augmentation of complete rows by rotation, brightness, shift "
            "and noise"
        ),
        ("dileep-baseline+forward-fill", "dileep-baseline+nearest", "dileep-baseline+copies"),
        PARTLY,
        "KNN is scikit-learn's with 5 neighbours; how much copies differ is ours",
    ),
    (
        "Figures 6, 7, tables 2, 3",
        "28 cells: 7 networks under 4 treatments, RMSE and seconds for 100 images",
        ("dileep-baseline",),
        AGREES,
        (
            "`compare`, table grid; the paper draws RMSE without numbers. Equation 1 divides the time of the test set"
            " by its images, which is the time of one; the table says 100"
        ),
    ),
    (
        "4.1, 4.3, 5",
        (
            "fine-tuned on copies 4 to 5 times as good as frozen, MobileNetV2 twice as good on KNN; MobileNetV2 the "
            "best and the quickest, over twice as quick as the baseline; copies better than filling in"
        ),
        ("dileep-mobilenet+copies", "dileep-mobilenet-frozen+copies", "dileep-mobilenet+nearest"),
        PARTLY,
        (
            "table grid has ours. The paper contradicts itself: section 5 finds no significant difference between"
            " frozen and fine-tuned, and 4.1 has the baseline CNN as the best of the custom ones"
        ),
    ),
    (
        "1, 3.7, 4.1",
        "RMSE on the test dataset; Resnet50 is named among the models built",
        (),
        PARTLY,
        (
            "`evaluate`; Kaggle's test set of 1783 images has no labels, and the paper does not say what it"
            " measured on: ours are new persons. No result of a Resnet50 is printed, and none is here"
        ),
    ),
    (
        "3.8",
        "Keras Tuner",
        (),
        PARTLY,
        "`tune`, random search; the paper names neither oracle nor ranges",
    ),
    (
        "Figures 9 to 11",
        "training curves of every network and treatment",
        (),
        AGREES,
        "`compare`, log.csv of each run",
    ),
)
_PADOVA: _Rows = (
    (
        "Table 1",
        (
            "15 convolutions of 32, 32, 64, 64, 96, 96, 128, 128, 256, 256, 512, 512, 1024, 1024, 1024 filters, "
            "batch normalization, LeakyReLU, 5 pools, 1 dense layer, dropout 0.1"
        ),
        ("padova-15",),
        PARTLY,
        "the slope of LeakyReLU (Keras 2's 0.3) and where the pools stand are ours; 28,780,478 parameters",
    ),
    (
        "Table 3",
        "16 networks of 5 to 16 convolutions and 3 to 7 pools, 3 dense layers, 100 epochs",
        ("padova-5-pools-3", "padova-14-pools-5", "padova-16-pools-7"),
        PARTLY,
        "shorter networks have the first filters of table 1, dense layers are 512 wide",
    ),
    (
        "Table 4",
        "dropout none, 0.1, 0.2, 0.3, 150 epochs",
        ("padova-15-dropout-0", "padova-15", "padova-15-dropout-20", "padova-15-dropout-30"),
        PARTLY,
        (
            "with one dense layer: three of the four numbers at 0.1 are table 5's with one, though the text comes"
            " to one dense layer only afterwards. The fourth, test accuracy, is 0.9238 here and 0.9309 there"
        ),
    ),
    (
        "Table 5",
        "3, 2, 1 dense layers",
        ("padova-15-dense-3", "padova-15-dense-2", "padova-15"),
        PARTLY,
        "one dropout layer, as in section 6; that it is before the first dense layer, and 512 wide ones, are ours",
    ),
    (
        "5",
        "adam, batch 64, mean squared error, ReduceLROnPlateau, early stopping",
        ("padova-15",),
        PARTLY,
        "the rate is Keras's 1e-3; patiences, factor, and outputs from -1 to 1 while learning are ours",
    ),
    (
        "3",
        "copies: mirrored, 12 degrees to the left, brightness 1.5 and 0.8, shifted four ways, noise: 26,239",
        ("padova-15",),
        PARTLY,
        (
            "13 of each image, less shifted ones that lose a landmark; how far and how much noise are ours. "
            "22,303 and 3,963 images, as printed, are 26,266"
        ),
    ),
    (
        "4",
        "15 % of the copies test, of the rest 10 % validate",
        ("padova-15",),
        AGREES,
        "copies of one face on both sides: `padova-15-sound` is the same with a split by person",
    ),
    (
        "Figures 2, 3",
        "accuracy and loss, training and validation",
        ("padova-15",),
        AGREES,
        "log.csv, TensorBoard, loss.png",
    ),
)
_NOSE: _Rows = (
    (
        "3.1",
        (
            "five modules of 3x3 and 5x5 branches with batch normalization and ReLU, dense 1024, 512, 128 with L2"
            " 0.05, 0.02, 0.01"
        ),
        ("nose-frontal", "nose-side", "nose-nine"),
        PARTLY,
        (
            "4,811,054, 4,810,538 and 4,811,570 parameters; the code lacks a ReLU that the table has, which is"
            " followed. Its outputs are pixels: ours run from -1 to 1, and the loss beside L2 is in pixels squared"
        ),
    ),
    (
        "4",
        "frontal: 7 landmarks, 784 images, 500 to 700 epochs",
        ("nose-frontal",),
        PARTLY,
        (
            "which landmarks, optimizer, rate, batch and split are ours. The three sets are 1546 images, section 1.3"
            " has about 1250; the abstract calls them Kaggle's, section 1.3 a hospital's"
        ),
    ),
    (
        "4",
        "from the side: 5 landmarks, 350 images, 700 epochs",
        ("nose-side",),
        PARTLY,
        "the same",
    ),
    (
        "4",
        "from below: 9 landmarks, 412 images, 600 epochs",
        ("nose-nine",),
        PARTLY,
        "no data at hand show a nose from below: nine landmarks in every view",
    ),
    (
        "1.2",
        "baselines: one hidden layer, and a CNN",
        ("nose-frontal-hidden", "nose-frontal-cnn"),
        PARTLY,
        "their layers are those of KLE's paper",
    ),
)
_SQUEEZED: _Rows = (
    (
        "Table 2",
        "base model of 6,662,750 parameters, model_v1 with squeeze-and-excitation, r = 8, of 6,668,378",
        ("base-cnn", "model-v1-se"),
        PARTLY,
        "the layers are those that give both numbers, for figures 2 and 3 cannot be read",
    ),
    (
        "Training configuration",
        "Adam 1e-5, batch 32, mean squared error, 200 epochs, early stopping (at 102 and 112)",
        ("base-cnn", "model-v1-se"),
        PARTLY,
        (
            "the patience is ours; so are outputs from -1 to 1, which make a rate of 1e-5 quicker than it is on"
            " pixels: the paper does not say"
        ),
    ),
    (
        "Steps",
        "all 7049 rows, missing keypoints filled in; 5639 / 705 / 705",
        ("base-cnn", "model-v1-se"),
        PARTLY,
        ("filled from the nearest rows: the paper does not say how. `prepare --all-train` gives the recipe all rows"),
    ),
    (
        "Table 1",
        "accuracy at 5, 10, 15 px",
        ("base-cnn", "model-v1-se"),
        PARTLY,
        (
            "`compare`, table thresholds: in three readings, for the paper does not say what it counts, each "
            "beside the mean face"
        ),
    ),
    (
        "Project folder",
        "summary, architecture, loss plot, predictions, result images, evaluation CSV, model",
        (),
        AGREES,
        "`evaluate --folder`; images/train_images/1.jpg is read by `prepare`",
    ),
)


def described() -> Iterator[Described]:
    """Yield every row, in the order of the papers."""
    for paper, rows in zip(PAPERS, (_KLE, _DILEEP, _PADOVA, _NOSE, _SQUEEZED), strict=True):
        for place, text, recipes, agrees, remark in rows:
            yield Described(paper, place, text, recipes, agrees, remark)
