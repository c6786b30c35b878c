"""The numbers of a trial that change no shape."""

import math
from typing import Any, NamedTuple


class Hyperparameters(NamedTuple):
    """The traced numbers of a trial: they change no shape, so one compile serves every value."""

    learning_rate: Any  # float32 scalar, > 0
    weight_decay: Any  # float32 scalar, ≥ 0: coefficient of the L2 gradient
    momentum: Any  # float32 scalar in [0, 1)
    beta2: Any = 0.999  # float32 scalar in [0, 1): decay of the mean squared gradient
    epsilon: Any = 1e-8  # float32 scalar > 0: added to the root of squared gradients
    decay_rate: Any = 1.0  # float32 scalar in (0, 1]; see schedules.make_schedule
    warmup: Any = 0.0  # float32 scalar in [0, 1): fraction of all steps
    clip_norm: Any = math.inf  # float32 scalar > 0: greatest norm of the gradient
    label_smoothing: Any = 0.0  # float32 scalar in [0, 1): share of a label spread over all classes
    dropout: Any = 0.0  # float32 scalar in [0, 1): share of each hidden layer that is dropped
    # Strengths of what changes training rows, float32 scalars ≥ 0, in units of augmentation.py
    augment_flip: Any = 0.0
    augment_rotation: Any = 0.0
    augment_shift: Any = 0.0
    augment_brightness: Any = 0.0
    augment_contrast: Any = 0.0
    augment_color: Any = 0.0
    augment_noise: Any = 0.0
    augment_cutout: Any = 0.0
    head_learning_rate: Any = 0.0  # float32 scalar > 0: of the new layer behind transferred ones
    # In multitask float32 scalars ≥ 0, one a task: what its loss is multiplied by in the sum
    task_weights: tuple[Any, ...] = ()


# In the order in which they follow one another; their places decide what they draw.
AUGMENTATIONS = tuple(name for name in Hyperparameters._fields if name.startswith("augment_"))
# Of these a program knows only the ones that its signature says it uses.
OPTIONAL = ("warmup", "clip_norm", "label_smoothing", "head_learning_rate", *AUGMENTATIONS)


def plain(learning_rate: float, tasks: int = 0) -> Hyperparameters:
    """Gradient descent at this rate and nothing else.

    Args:
        learning_rate: > 0.
        tasks: how many are learnt together, each with weight 1; 0 where it is not several.
    """
    return Hyperparameters(learning_rate, 0.0, 0.0, task_weights=(1.0,) * tasks)
