"""The spec's table ``[data]``."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from ..datasets.source_kinds import BUNDLED, SYNTHETIC
from .entries import FROZEN
from .spec_key import Fraction, Key, Width, key_of
from .spec_source import fitted, known_source
from .spec_split import fitted_column, fitted_split, fitted_test
from .spec_task import fitted_target, fitted_targets, fitted_task, fitted_transform
from .spec_toml import toml_value

Rows = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
Column = Annotated[str, Field(strict=True, min_length=1)]


class Data(BaseModel):
    """What is learnt from, and how it is split."""

    model_config = FROZEN
    source: Annotated[
        str,
        Field(strict=True, min_length=1, max_length=4096),
        Key(
            "A bundled set, a synthetic set of known Bayes error, a file, a folder of images or "
            "one that Hugging Face datasets saved, or a Python function that returns the arrays. "
            "Relative paths start at the spec's folder.",
            f"{', '.join(map(toml_value, BUNDLED + SYNTHETIC))}, a path that ends in .npz, .npy, "
            '.csv or .parquet, "path/to/folder/" or "path/to/file.py:function"',
            '"digits"',
        ),
    ]
    task: Annotated[
        Literal["classification", "regression", "multilabel", "multitask"],
        Key(
            "What is learnt of a row: one class of several; a quantity, whose error is the mean "
            "squared error in its own units; several labels, each of which a row has or has not, "
            "whose error is the share of labels that are wrong; or several of the first two at "
            "once, whose error is relative to that of a constant answer (docs/data.md).",
            '"classification", "regression", "multilabel", "multitask"',
            '"classification"',
        ),
    ] = Field("classification", validate_default=True)
    target: Annotated[
        Column | Annotated[tuple[Column, ...], Field(min_length=1, max_length=10_000)] | None,
        Key(
            "The column that holds the class or the quantity; for multilabel the columns that "
            "hold a 1 or a 0 for each label.",
            "a column's name or, for multilabel, a list of names; for a .csv or .parquet source "
            "only",
            '"species"',
        ),
    ] = Field(None, validate_default=True)
    targets: Annotated[
        Annotated[
            dict[
                Annotated[str, Field(min_length=1, max_length=255)],
                Literal["classification", "regression"],
            ],
            Field(min_length=1),
        ]
        | None,
        Key(
            "What is learnt at once, one network with an output for each: the columns that hold "
            "them in a table or a saved set of Hugging Face's, and names for the columns of y, in "
            "this order, else.",
            'a table of "classification" or "regression" by name, with task = "multitask" only',
            '{species = "classification", mass = "regression"}',
        ),
    ] = Field(None, validate_default=True)
    target_transform: Annotated[
        Literal["log"] | None,
        Key(
            "What is learnt in place of the target: its natural logarithm, for quantities above 0 "
            "that range over orders of magnitude, such as prices. All errors are of it. Absent, "
            "the target as it is.",
            '"log", with task = "regression" only',
            '"log"',
        ),
    ] = Field(None, validate_default=True)
    ignore: Annotated[
        Annotated[tuple[Column, ...], Field(min_length=1)] | None,
        Key(
            "Columns that are no features, such as a row's number or name. [diagnosis] groups may "
            "name one of them.",
            "a list of columns' names, for a source with columns only",
            '["id"]',
        ),
    ] = Field(None, validate_default=True)
    labels: Annotated[
        Annotated[str, Field(strict=True, min_length=1, max_length=4096)] | None,
        Key(
            "The file that holds the labels of a .npy source, which is memory-mapped.",
            "a path that ends in .npy, for a .npy source only",
            '"y.npy"',
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
    split: Annotated[
        Literal["random", "distinct", "grouped", "ordered"],
        Key(
            "How rows are divided: at random, every class in proportion; so, but rows that are "
            "equal in all inputs into one split; whole groups into one split (all rows of a "
            "patient, say); or by time, the earliest for training and the last for testing.",
            '"random", "distinct", "grouped", "ordered"; the last two for a source with '
            "columns or named arrays",
            '"random"',
        ),
    ] = "random"
    group: Annotated[
        Annotated[str, Field(strict=True, min_length=1)] | None,
        Key(
            "The column, the array beside x and y, or the .npy file beside a .npy source that "
            "tells the groups of a grouped split; it is no feature.",
            "a column's or array's name, with split = \"grouped\" only",
            '"patient"',
        ),
    ] = Field(None, validate_default=True)
    order: Annotated[
        Annotated[str, Field(strict=True, min_length=1)] | None,
        Key(
            "The column, the array beside x and y, or the .npy file beside a .npy source that "
            "tells the time of each row of an ordered split, in numbers or dates; it is no "
            "feature.",
            "a column's or array's name, with split = \"ordered\" only",
            '"date"',
        ),
    ] = Field(None, validate_default=True)
    copies: Annotated[
        Literal["leave_out"] | None,
        Key(
            'What becomes of copies of held-out rows: "leave_out" leaves training rows out that '
            "equal validation, test or bridge rows in all inputs, and validation rows that equal "
            "test rows. Absent, they are kept, and found. A split at random keeps them together by "
            'split = "distinct".',
            '"leave_out", for a split that the source brings along, "grouped" or "ordered" only',
            '"leave_out"',
        ),
    ] = None
    bridge: Annotated[
        Fraction | Rows | None,
        Key(
            "Rows of the training rows' own source that are held out from training, and chosen by "
            "nothing: where validation and test rows come from elsewhere, they tell data mismatch "
            "from variance. Of a random split all rows are alike. Absent, none.",
            "a fraction (of all rows) between 0 and 1, or a number of rows from 1",
            "0.1",
        ),
    ] = None
    features: Annotated[
        Annotated[str, Field(strict=True, max_length=4096, pattern=r"\.py:[A-Za-z_]\w*$")] | None,
        Key(
            "A function of your own that makes features of the inputs, or a class or object with "
            "fit (on the training rows) and transform; scaling follows. Absent, the inputs are "
            "learnt from as they are.",
            'a "path/to/file.py:name"',
            '"features.py:spectrum"',
        ),
    ] = None
    missing: Annotated[
        Literal["fill"] | None,
        Key(
            'What becomes of values that features lack: "fill" puts the median of the training '
            "rows in the place of a number and makes a category of its own of text, and a feature "
            "tells the network where; rows of a table without a target are left out. Absent, they "
            "are refused.",
            '"fill", for a .csv, .parquet or .npz file, a set that Hugging Face saved or a Python '
            "function only",
            '"fill"',
        ),
    ] = Field(None, validate_default=True)
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

    image_size: Annotated[
        tuple[Width, Width] | None,
        Key(
            "The height and width to which the images of a folder are resized, without regard to "
            "their aspect ratio; absent, all must be of one size.",
            "a list of 2 whole numbers from 1 to 65,536, for a folder of images only",
            "[28, 28]",
        ),
    ] = None
    image_mode: Annotated[
        Literal["grey", "rgb"] | None,
        Key(
            "Whether a pixel of a folder's images is one grey value or red, green and blue; "
            "absent, grey if all images are.",
            '"grey", "rgb", for a folder of images only',
            '"rgb"',
        ),
    ] = None

    @property
    def has_classes(self) -> bool:
        """Whether a class is learnt, alone or among other targets."""
        return "classification" in (self.task, *(self.targets or {}).values())

    @field_validator("source")
    @classmethod
    def _known(cls, source: str) -> str:
        return known_source(source, key_of(cls, "source").allowed)

    @field_validator("task")
    @classmethod
    def _of_the_source(cls, task: str, info: ValidationInfo) -> str:
        source = info.data.get("source")
        return task if source is None else fitted_task(task, source)

    @field_validator("target")
    @classmethod
    def _of_a_table(
        cls, target: str | tuple[str, ...] | None, info: ValidationInfo
    ) -> str | tuple[str, ...] | None:
        source, task = info.data.get("source"), info.data.get("task")
        return target if source is None or task is None else fitted_target(target, task, source)

    @field_validator("targets")
    @classmethod
    def _of_several(
        cls, targets: dict[str, str] | None, info: ValidationInfo
    ) -> dict[str, str] | None:
        task = info.data.get("task")
        return targets if task is None else fitted_targets(targets, task)

    @field_validator("target_transform")
    @classmethod
    def _of_a_quantity(cls, transform: str | None, info: ValidationInfo) -> str | None:
        task = info.data.get("task")
        return transform if task is None else fitted_transform(transform, task)

    @field_validator(
        "ignore", "labels", "rows", "dimensions", "missing", "image_size", "image_mode"
    )
    @classmethod
    def _of_its_source(cls, value: Any, info: ValidationInfo) -> Any:
        source = info.data.get("source")
        return value if source is None else fitted(str(info.field_name), value, source)

    @field_validator("test")
    @classmethod
    def _leaves_rows(cls, test: float, info: ValidationInfo) -> float:
        validation = info.data.get("validation")
        return test if validation is None else fitted_test(test, validation)

    @field_validator("split")
    @classmethod
    def _of_named_columns(cls, split: str, info: ValidationInfo) -> str:
        source = info.data.get("source")
        return split if source is None else fitted_split(split, source)

    @field_validator("group", "order")
    @classmethod
    def _of_its_split(cls, name: str | None, info: ValidationInfo) -> str | None:
        key, split = str(info.field_name), info.data.get("split")
        target = info.data.get("target") or tuple(info.data.get("targets") or ())
        targets = (target,) if isinstance(target, str) else target
        return fitted_column(key, name, split, targets, key_of(cls, key).example)
