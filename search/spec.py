"""What a study is: the spec's tables as frozen models, one attribute a key.

``Key`` beside each type gives the meaning, the range and an example; messages, reference,
template and JSON Schema are all made from it.
"""

import math
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from .entries import FROZEN, Choice, Int, Log, OneMinusLog, Uniform
from .spec_entries import Numbers, Words, nearest
from .spec_key import Key, refused
from .spec_toml import shown, toml_value

BUNDLED = ("digits", "breast_cancer", "wine", "iris")
SYNTHETIC = ("two_gaussians", "twonorm")
TABLE_FILES = (".csv", ".parquet")

Activation = Literal["relu", "leaky_relu", "gelu", "selu", "tanh", "sigmoid"]
Initializer = Literal[
    "he_normal", "he_uniform", "xavier_normal", "xavier_uniform", "lecun_normal", "orthogonal"
]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Width = Annotated[int, Field(strict=True, ge=1, le=65_536)]
Rows = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
Fraction = Annotated[float, Field(strict=True, gt=0, lt=1, allow_inf_nan=False)]
FloorFraction = Annotated[float, Field(strict=True, ge=0, lt=1, allow_inf_nan=False)]


class Study(BaseModel):
    """The study as a whole: what it is called and how long it may take."""

    model_config = FROZEN
    name: Annotated[
        str,
        Field(strict=True, min_length=1, max_length=100),
        Key(
            "The name under which the database keeps the study and every command finds it.",
            "1 to 100 printable characters, no space at either end",
            '"digits-mlp"',
        ),
    ]
    trials: Annotated[
        Count,
        Key("How many trials to run.", "a whole number from 1 to 1,000,000", "64"),
    ] = 64
    seed: Annotated[
        int,
        Field(strict=True, ge=0, lt=2**63),
        Key(
            "Seed and number of a trial decide its parameters, initial weights and minibatches.",
            "a whole number from 0 to 9,223,372,036,854,775,807",
            "0",
        ),
    ] = 0
    timeout: Annotated[
        Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)] | None,
        Key(
            "Seconds after which no further trial is started; absent, the trials alone decide.",
            "a number of seconds above 0",
            "600",
        ),
    ] = None

    @field_validator("name")
    @classmethod
    def _printable(cls, name: str) -> str:
        if not name.isprintable() or name != name.strip():
            raise ValueError
        return name


class Data(BaseModel):
    """What is learnt from, and how it is split."""

    model_config = FROZEN
    source: Annotated[
        str,
        Field(strict=True, min_length=1, max_length=4096),
        Key(
            "A bundled set, a synthetic set of known Bayes error, a file, or a Python function "
            "that returns the arrays. Relative paths start at the spec's folder.",
            f"{', '.join(map(toml_value, BUNDLED + SYNTHETIC))}, a path that ends in .npz, .csv "
            'or .parquet, or "path/to/file.py:function"',
            '"digits"',
        ),
    ]
    target: Annotated[
        Annotated[str, Field(strict=True, min_length=1)] | None,
        Key(
            "The column that holds the class.",
            "a column's name, for a .csv or .parquet source only",
            '"species"',
        ),
    ] = Field(None, validate_default=True)
    validation: Annotated[
        Fraction | Rows,
        Key(
            "Rows set aside to compare trials by.",
            "a fraction between 0 and 1, or a number of rows from 1",
            "0.2",
        ),
    ] = 0.2
    test: Annotated[
        Fraction | Rows,
        Key(
            "Rows set aside to judge the best trial by, seen by no choice.",
            "a fraction between 0 and 1, or a number of rows from 1",
            "0.2",
        ),
    ] = Field(0.2, validate_default=True)
    standardize: Annotated[
        Annotated[bool, Field(strict=True)],
        Key(
            "Give every numeric column mean 0 and variance 1, measured on the training rows.",
            "true or false",
            "true",
        ),
    ] = True
    train_rows: Annotated[
        Rows | None,
        Key(
            "Train on only so many of the training rows; absent, on all of them.",
            "a number of rows from 1",
            "500",
        ),
    ] = None
    rows: Annotated[
        Rows | None,
        Key(
            "How many rows a synthetic set has; absent, its own default.",
            "a number of rows from 1, for a synthetic source only",
            "2000",
        ),
    ] = None
    dimensions: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=10_000)] | None,
        Key(
            "How many features a synthetic set has; absent, its own default.",
            "a whole number from 1 to 10,000, for a synthetic source only",
            "20",
        ),
    ] = None

    @field_validator("source")
    @classmethod
    def _known(cls, source: str) -> str:
        path, _, function = source.rpartition(":")
        file = source.lower().endswith((".npz", *TABLE_FILES))
        code = path.endswith(".py") and function.isidentifier()
        if not source.isprintable():
            raise ValueError
        if source not in BUNDLED + SYNTHETIC and not file and not code:
            near = nearest(source, BUNDLED + SYNTHETIC) or "."
            allowed = cls.model_fields["source"].metadata[-1].allowed
            raise refused(f"got {shown(source)}; no such source{near} Allowed: {allowed}")
        return source

    @field_validator("target")
    @classmethod
    def _of_a_table(cls, target: str | None, info: ValidationInfo) -> str | None:
        source = info.data.get("source")
        if source is None:
            return target
        table = source.lower().endswith(TABLE_FILES)
        if table and target is None:
            raise refused(
                f"required, since {shown(source)} is a table: write the name of the column that "
                'holds the class, for example target = "species"'
            )
        if not table and target is not None:
            raise refused(
                f"got {shown(target)}; only a .csv or .parquet source has a target column, "
                f"{shown(source)} has not: remove this key"
            )
        return target

    @field_validator("test")
    @classmethod
    def _leaves_rows(cls, test: float, info: ValidationInfo) -> float:
        validation = info.data.get("validation")
        if isinstance(validation, float) and isinstance(test, float) and validation + test >= 1:
            raise refused(
                f"got {test} beside validation = {validation}, which leaves no rows to train on; "
                "together they must stay below 1: write for example 0.2 for each"
            )
        return test

    @field_validator("rows", "dimensions")
    @classmethod
    def _of_a_synthetic_set(cls, value: int | None, info: ValidationInfo) -> int | None:
        source = info.data.get("source", SYNTHETIC[0])
        if value is not None and source not in SYNTHETIC:
            other = ", or write train_rows to train on fewer" if info.field_name == "rows" else ""
            raise refused(
                f"got {value}; only {' and '.join(map(toml_value, SYNTHETIC))} are drawn to "
                f"measure, {shown(source)} is not: remove this key{other}"
            )
        return value


class Network(BaseModel):
    """The network that every trial trains, where the search does not say otherwise."""

    model_config = FROZEN
    kind: Annotated[
        Literal["mlp"],
        Key("The architecture: a multilayer perceptron.", '"mlp"', '"mlp"'),
    ] = "mlp"
    hidden: Annotated[
        Annotated[tuple[Width, ...], Field(max_length=64)],
        Key(
            "Units of each hidden layer, first to last; [] is a linear model.",
            "a list of at most 64 whole numbers from 1 to 65,536",
            "[128, 128]",
        ),
    ] = (128, 128)
    activation: Annotated[
        Activation,
        Key(
            "What follows each hidden layer.",
            ", ".join(map(toml_value, get_args(Activation))),
            '"relu"',
        ),
    ] = "relu"
    initializer: Annotated[
        Initializer,
        Key(
            "How initial weights are drawn: He for relu and its kin, Xavier for tanh and sigmoid, "
            "LeCun for selu.",
            ", ".join(map(toml_value, get_args(Initializer))),
            '"he_normal"',
        ),
    ] = "he_normal"


class Training(BaseModel):
    """How each trial is trained."""

    model_config = FROZEN
    optimizer: Annotated[
        Literal["sgd", "nesterov"],
        Key(
            "Stochastic gradient descent with momentum, or with Nesterov's momentum.",
            '"sgd", "nesterov"',
            '"sgd"',
        ),
    ] = "sgd"
    epochs: Annotated[
        Count,
        Key("Passes over the training rows.", "a whole number from 1 to 1,000,000", "20"),
    ] = 20
    batch_size: Annotated[
        Count,
        Key("Rows of one minibatch.", "a whole number from 1 to 1,000,000", "128"),
    ] = 128
    schedule: Annotated[
        Literal["constant", "cosine"],
        Key(
            "The learning rate over the epochs: as drawn, or falling to 0 along half a cosine.",
            '"constant", "cosine"',
            '"constant"',
        ),
    ] = "constant"


LEARNING_RATE = Numbers((Log, Uniform, Choice), "above 0", 0, open_low=True, fixed=True)
WEIGHT_DECAY = Numbers((Log, Uniform, Choice), "at least 0", 0, fixed=True)
MOMENTUM = Numbers(
    (OneMinusLog, Log, Uniform, Choice), "at least 0 and below 1", 0, 1, open_high=True, fixed=True
)
LAYERS = Numbers((Int,), "a whole number from 1 to 64", 1, 64, whole=True)
UNITS = Numbers((Int,), "a whole number from 1 to 65,536", 1, 65_536, whole=True)
BATCH_SIZE = Numbers((Choice, Int), "a whole number from 1 to 1,000,000", 1, 1_000_000, whole=True)
ACTIVATION = Words(get_args(Activation))
INITIALIZER = Words(get_args(Initializer))


class Search(BaseModel):
    """What is searched, by which law. ``None``: that key is not searched."""

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
    weight_decay: Annotated[
        Log | Uniform | Choice | float,
        WEIGHT_DECAY,
        Key("The factor of the L2 penalty.", WEIGHT_DECAY.allowed, "{log = [1e-7, 1e-1]}"),
    ] = Log(log=(1e-7, 1e-1))
    momentum: Annotated[
        OneMinusLog | Log | Uniform | Choice | float,
        MOMENTUM,
        Key(
            "The share of the last step that the next one keeps; one_minus_log = [1e-3, 1e-1] "
            "draws 1 − momentum over powers of ten, so momentum from 0.9 to 0.999.",
            MOMENTUM.allowed,
            "{one_minus_log = [1e-3, 1e-1]}",
        ),
    ] = OneMinusLog(one_minus_log=(1e-3, 1e-1))
    layers: Annotated[
        Annotated[Int, LAYERS] | None,
        Key(
            "The number of hidden layers; their width is units or, without it, the first width of "
            "[network] hidden.",
            LAYERS.allowed,
            "{int = [1, 4]}",
        ),
    ] = None
    units: Annotated[
        Annotated[Int, UNITS] | None,
        Key(
            "The width of every hidden layer; their number is layers or, without it, the number in "
            "[network] hidden.",
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


class BayesError(BaseModel):
    """A Bayes error of the user's, with its interval."""

    model_config = FROZEN
    value: FloorFraction
    low: FloorFraction
    high: FloorFraction

    @field_validator("high")
    @classmethod
    def _around_the_value(cls, high: float, info: ValidationInfo) -> float:
        low, value = info.data.get("low", -math.inf), info.data.get("value", high)
        if not low <= value <= high:
            got = shown({"value": value, "low": low, "high": high})
            raise refused(f"got {got}; the value must lie within its interval: low ≤ value ≤ high")
        return high


class Diagnosis(BaseModel):
    """What the best trial is compared with."""

    model_config = FROZEN
    bayes_error: Annotated[
        Literal["estimate"] | FloorFraction | BayesError,
        Key(
            "The lowest error that anything could reach: estimated from the data, or given, such "
            "as the error of a human expert.",
            '"estimate", a fraction from 0 to below 1, or {value = …, low = …, high = …}',
            '"estimate"',
        ),
    ] = "estimate"
    tolerance: Annotated[
        Fraction,
        Key(
            "Avoidable bias or variance up to this much error is no problem.",
            "a fraction between 0 and 1",
            "0.02",
        ),
    ] = 0.02


class Compute(BaseModel):
    """How trials are laid out over the hardware."""

    model_config = FROZEN
    lanes: Annotated[
        Literal["auto"] | Width,
        Key(
            "How many trials one device trains together.",
            '"auto" or a whole number from 1 to 65,536',
            '"auto"',
        ),
    ] = "auto"
    strategy: Annotated[
        Literal["auto", "map", "vmap"],
        Key(
            "Lanes in one program one after the other (map, for CPUs) or as one batch (vmap, for "
            "GPUs).",
            '"auto", "map", "vmap"',
            '"auto"',
        ),
    ] = "auto"
    segment: Annotated[
        Count,
        Key(
            "Epochs between two looks at the trials in training.",
            "a whole number from 1 to 1,000,000",
            "5",
        ),
    ] = 5
    devices: Annotated[
        Literal["auto"] | Count,
        Key(
            "How many devices to use.",
            '"auto" or a whole number from 1',
            '"auto"',
        ),
    ] = "auto"


class StudySpec(BaseModel):
    """A whole spec. Every value is checked and every default filled in."""

    model_config = FROZEN
    study: Study
    data: Data
    network: Network = Network()
    training: Training = Training()
    search: Search = Search()
    diagnosis: Diagnosis = Diagnosis()
    compute: Compute = Compute()

    @field_validator("search")
    @classmethod
    def _network_has_width(cls, search: Search, info: ValidationInfo) -> Search:
        network = info.data.get("network")
        if network is None or network.hidden or (search.layers is None) == (search.units is None):
            return search
        given, missing = ("layers", "units") if search.layers else ("units", "layers")
        raise refused(
            f"needs {missing} beside it, since [network] hidden = [] gives none: write for example "
            f"{missing} = {Search.model_fields[missing].metadata[-1].example}",
            given,
        )
