"""The spec's table ``[training]``."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from .entries import FROZEN
from .spec_key import Count, Key, key_of, refused

Weight = Annotated[float, Field(strict=True, gt=0, le=1e6, allow_inf_nan=False)]


class Training(BaseModel):
    """How each trial is trained."""

    model_config = FROZEN
    optimizer: Annotated[
        Literal["sgd", "nesterov", "adagrad", "rmsprop", "adam", "adamw"],
        Key(
            "Stochastic gradient descent with momentum (plain where that is 0) or with "
            "Nesterov's; or steps scaled weight by weight: AdaGrad, RMSProp, Adam, or AdamW, whose "
            "weight decay is no part of the gradient. These four mostly want a learning rate of "
            "1e-4 to 1e-2.",
            '"sgd", "nesterov", "adagrad", "rmsprop", "adam", "adamw"',
            '"sgd"',
        ),
    ] = "sgd"
    epochs: Annotated[
        Count,
        Key("Passes over the training rows.", "a whole number from 1 to 1,000,000", "20"),
    ] = 20
    batch_size: Annotated[
        Count | None,
        Key(
            "Rows of one minibatch. Absent, an eighth of the training rows, at least 2 and at most "
            "128.",
            "a whole number from 1 to 1,000,000",
            "128",
        ),
    ] = None
    schedule: Annotated[
        Literal["constant", "exponential", "step", "cosine"],
        Key(
            "The learning rate over the epochs: as drawn; times [search] decay_rate an epoch, "
            "smoothly; times decay_rate every decay_epochs; or falling to 0 along half a cosine. "
            "[search] warmup goes before each of them.",
            '"constant", "exponential", "step", "cosine"',
            '"constant"',
        ),
    ] = "constant"
    decay_epochs: Annotated[
        Count | None,
        Key(
            "Epochs from one fall of the learning rate to the next under a step schedule; they "
            "count from the end of the warm-up.",
            "a whole number from 1 to 1,000,000",
            "10",
        ),
    ] = None

    patience: Annotated[
        Count | None,
        Key(
            "Epochs without a lower validation error after which a trial stops (early stopping); "
            "its network and its errors are then those of its best epoch, also where it goes on "
            "to the last. Absent, every trial trains all epochs and is judged after the last.",
            "a whole number from 1 to 1,000,000",
            "10",
        ),
    ] = None

    class_weights: Annotated[
        Literal["none", "balanced"] | Annotated[dict[str, Weight], Field(min_length=1)],
        Key(
            "How much the rows of each class count in the loss that is trained on, where some "
            "classes are rare: alike (none), every class as much as every other (balanced), or by "
            "a weight for each class, 1 for those that are not named. What is measured stays "
            "unweighted.",
            '"none", "balanced", or a table of numbers above 0 by the names of classes',
            '"none"',
        ),
    ] = "none"

    @model_validator(mode="after")
    def _falls_by_steps(self) -> "Training":
        if (self.schedule == "step") == (self.decay_epochs is not None):
            return self
        example = key_of(Training, "decay_epochs").example
        text = (
            f'missing, but needed by schedule = "step": write for example decay_epochs = {example}'
            if self.decay_epochs is None
            else f'got {self.decay_epochs}; belongs to schedule = "step": write that, or remove '
            "this key"
        )
        raise refused(text, key="decay_epochs", beside="training.schedule")
