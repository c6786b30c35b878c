"""The spec's table ``[search]``."""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel

from .entries import FROZEN, Choice, Int, Log, OneMinusLog, Uniform
from .spec_arguments import ALLOWED as SEARCHED
from .spec_arguments import Arguments
from .spec_entries import Numbers, Words
from .spec_key import Key
from .spec_network import Activation, Initializer
from .spec_weights import TASK_WEIGHT, TaskWeights

LEARNING_RATE = Numbers((Log, Uniform, Choice), "above 0", 0, open_low=True, fixed=True)
WEIGHT_DECAY = Numbers((Log, Uniform, Choice), "at least 0", 0, fixed=True)
MOMENTUM = Numbers(
    (OneMinusLog, Log, Uniform, Choice), "at least 0 and below 1", 0, 1, open_high=True, fixed=True
)
BETA2 = Numbers(
    (OneMinusLog, Uniform, Choice), "at least 0 and below 1", 0, 1, open_high=True, fixed=True
)
EPSILON = Numbers((Log, Choice), "above 0", 0, open_low=True, fixed=True)
DECAY_RATE = Numbers(
    (OneMinusLog, Log, Uniform, Choice), "above 0 and at most 1", 0, 1, open_low=True, fixed=True
)
CLIP_NORM = Numbers((Log, Uniform, Choice), "above 0", 0, open_low=True, fixed=True)
# Of a fraction that is none of its whole: of steps, of a label.
SHARE = Numbers((Uniform, Choice), "at least 0 and below 1", 0, 1, open_high=True, fixed=True)
PORTION = Numbers((Uniform, Choice), "from 0 to 1", 0, 1, fixed=True)  # that may be all of it
AMOUNT = Numbers((Log, Uniform, Choice), "at least 0", 0, fixed=True)
DEGREES = Numbers((Uniform, Choice), "from 0 to 180", 0, 180, fixed=True)
LAYERS = Numbers((Int,), "a whole number from 1 to 64", 1, 64, whole=True)
UNITS = Numbers((Int, Choice), "a whole number from 1 to 65,536", 1, 65_536, whole=True)
BATCH_SIZE = Numbers((Choice, Int), "a whole number from 1 to 1,000,000", 1, 1_000_000, whole=True)
ACTIVATION = Words(get_args(Activation))
INITIALIZER = Words(get_args(Initializer))


class Search(BaseModel):
    """What is searched, and by which law."""

    model_config = FROZEN
    sampler: Annotated[
        Literal["random", "tpe"],
        Key(
            "Independent random draws, or Optuna's tree-structured Parzen estimator, which learns "
            "from the trials before.",
            '"random", "tpe"',
            '"random"',
        ),
    ] = "random"
    learning_rate: Annotated[
        Log | Uniform | Choice | float,
        LEARNING_RATE,
        Key("The learning rate.", LEARNING_RATE.allowed, "{log = [1e-5, 1e-1]}"),
    ] = Log(log=(1e-5, 1e-1))
    head_learning_rate: Annotated[
        Annotated[Log | Uniform | Choice | float, LEARNING_RATE] | None,
        Key(
            "The learning rate of the new last layer of a network that takes over weights, under "
            "the same schedule. Absent, learning_rate.",
            LEARNING_RATE.allowed,
            "{log = [1e-3, 1e-1]}",
        ),
    ] = None
    weight_decay: Annotated[
        Log | Uniform | Choice | float,
        WEIGHT_DECAY,
        Key("The factor of the L2 penalty.", WEIGHT_DECAY.allowed, "{log = [1e-7, 1e-1]}"),
    ] = Log(log=(1e-7, 1e-1))
    momentum: Annotated[
        OneMinusLog | Log | Uniform | Choice | float,
        MOMENTUM,
        Key(
            "The share of the last step that the next one keeps (β₁ of adam and adamw; adagrad has "
            "none); {one_minus_log = [1e-3, 1e-1]} draws 1 − momentum over powers of ten, so "
            "momentum from 0.9 to 0.999.",
            MOMENTUM.allowed,
            "{one_minus_log = [1e-3, 1e-1]}",
        ),
    ] = OneMinusLog(one_minus_log=(1e-3, 1e-1))
    beta2: Annotated[
        OneMinusLog | Uniform | Choice | float,
        BETA2,
        Key(
            "The share of the mean squared gradient that the next step keeps, in adam and adamw, "
            "and in rmsprop, where it is 0.9 when absent.",
            BETA2.allowed,
            "0.999",
        ),
    ] = 0.999
    epsilon: Annotated[
        Log | Choice | float,
        EPSILON,
        Key(
            "Added to the root of the squared gradients that adagrad, rmsprop, adam and adamw "
            "divide by.",
            EPSILON.allowed,
            "1e-8",
        ),
    ] = 1e-8
    decay_rate: Annotated[
        OneMinusLog | Log | Uniform | Choice | float,
        DECAY_RATE,
        Key(
            "What the learning rate is multiplied by: each epoch under an exponential schedule, "
            "each [training] decay_epochs under a step schedule.",
            DECAY_RATE.allowed,
            "1.0",
        ),
    ] = 1.0
    warmup: Annotated[
        Uniform | Choice | float,
        SHARE,
        Key(
            "The fraction of all steps over which the learning rate rises in a straight line "
            "before its schedule begins.",
            SHARE.allowed,
            "0.0",
        ),
    ] = 0.0
    clip_norm: Annotated[
        Annotated[Log | Uniform | Choice | float, CLIP_NORM] | None,
        Key(
            "The gradient of a minibatch, all parameters together, is scaled down to this norm "
            "where it is longer. Absent, it is never.",
            CLIP_NORM.allowed,
            "1.0",
        ),
    ] = None
    label_smoothing: Annotated[
        Uniform | Choice | float,
        SHARE,
        Key(
            "The share of each label that is spread evenly over all classes in the loss that is "
            "trained on; what is measured stays unsmoothed.",
            SHARE.allowed,
            "0.0",
        ),
    ] = 0.0
    task_weights: Annotated[
        Annotated[dict[str, Log | Uniform | Choice | float], TaskWeights()] | None,
        Key(
            'Of [data] task = "multitask", what the loss of each task is multiplied by in the sum '
            "that is trained on; 1 for those that are not named. What is measured stays "
            "unweighted.",
            f"a table by the names of targets, each {TASK_WEIGHT.allowed}",
            "{mass = {log = [0.1, 10]}}",
        ),
    ] = None
    dropout: Annotated[
        Uniform | Choice | float,
        SHARE,
        Key(
            "The share of each hidden layer, behind its activation, that is dropped at random in "
            "training; behind a convolution, of its channels.",
            SHARE.allowed,
            "0.0",
        ),
    ] = 0.0
    augment_flip: Annotated[
        Uniform | Choice | float,
        PORTION,
        Key(
            "The probability with which an image is mirrored, left and right, each time it is "
            "trained on (augmentation). It and the next seven change rows in training only, in "
            "this order, drawn anew for each row and step.",
            PORTION.allowed,
            "0.0",
        ),
    ] = 0.0
    augment_rotation: Annotated[
        Uniform | Choice | float,
        DEGREES,
        Key(
            "An image is turned about its middle by up to so many degrees either way, bilinearly;"
            " what comes in from beyond the edge is 0, after scaling.",
            DEGREES.allowed,
            "0.0",
        ),
    ] = 0.0
    augment_shift: Annotated[
        Uniform | Choice | float,
        SHARE,
        Key(
            "An image, or a signal, is moved along each axis by whole positions, up to this "
            "fraction of its length either way; what comes in is 0, after scaling.",
            SHARE.allowed,
            "0.0",
        ),
    ] = 0.0
    augment_brightness: Annotated[
        Log | Uniform | Choice | float,
        AMOUNT,
        Key(
            "To all numbers of an image one is added, up to this much either way; 1 is a standard"
            " deviation where inputs are standardised.",
            AMOUNT.allowed,
            "0.0",
        ),
    ] = 0.0
    augment_contrast: Annotated[
        Uniform | Choice | float,
        PORTION,
        Key(
            "The numbers of an image are stretched about their mean by 1 ± up to this much.",
            PORTION.allowed,
            "0.0",
        ),
    ] = 0.0
    augment_color: Annotated[
        Uniform | Choice | float,
        PORTION,
        Key(
            "Each channel of an image is multiplied by a factor of its own, 1 ± up to this much.",
            PORTION.allowed,
            "0.0",
        ),
    ] = 0.0
    augment_noise: Annotated[
        Log | Uniform | Choice | float,
        AMOUNT,
        Key(
            "The standard deviation of the normal noise that is added to every number of a row, "
            "after scaling.",
            AMOUNT.allowed,
            "0.0",
        ),
    ] = 0.0
    augment_cutout: Annotated[
        Uniform | Choice | float,
        SHARE,
        Key(
            "In an image a square at a random place is set to 0, after scaling; its side is this "
            "fraction of the shorter side of the image.",
            SHARE.allowed,
            "0.0",
        ),
    ] = 0.0
    layers: Annotated[
        Annotated[Int, LAYERS] | None,
        Key(
            "The number of hidden layers (in a cnn, of those behind the convolutions); their width "
            "is units or, without it, the first width of [network] hidden.",
            LAYERS.allowed,
            "{int = [1, 4]}",
        ),
    ] = None
    units: Annotated[
        Annotated[Int | Choice, UNITS] | None,
        Key(
            "The width of every hidden layer (in a cnn, of those behind the convolutions); their "
            "number is layers or, without it, the number in [network] hidden.",
            UNITS.allowed,
            "{int = [16, 256]}",
        ),
    ] = None
    batch_size: Annotated[
        Annotated[Choice | Int, BATCH_SIZE] | None,
        Key("Replaces [training] batch_size.", BATCH_SIZE.allowed, "{choice = [32, 128]}"),
    ] = None
    activation: Annotated[
        Annotated[Choice, ACTIVATION] | None,
        Key("Replaces [network] activation.", ACTIVATION.allowed, '{choice = ["relu", "tanh"]}'),
    ] = None
    initializer: Annotated[
        Annotated[Choice, INITIALIZER] | None,
        Key(
            "Replaces [network] initializer.",
            INITIALIZER.allowed,
            '{choice = ["he_normal", "orthogonal"]}',
        ),
    ] = None
    arguments: Annotated[
        Annotated[dict[str, Int | Choice], Arguments(searched=True)] | None,
        Key(
            "Arguments of a network of your own; each replaces the one in [network.arguments].",
            f"a table of arguments by name, each {SEARCHED}",
            "{width = {int = [16, 256]}}",
        ),
    ] = None
