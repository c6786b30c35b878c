"""The names that a training log's curves go by in other frameworks."""

import re
from functools import lru_cache

_HELD_OUT = ("validation", "val", "valid", "eval", "dev")
# Losses of a quantity, which stand for the loss where none is called so.
_OF_QUANTITIES = ("mse", "mean_squared_error", "rmse", "mae", "mean_absolute_error")
# As ``plain_name`` writes them. Accuracies are taken where there is no error.
NAMES: dict[str, tuple[str, ...]] = {
    "training_loss": (
        *("training_loss", "train_loss", "loss"),
        *(f"{split}{loss}" for loss in _OF_QUANTITIES for split in ("training_", "train_", "")),
    ),
    "validation_loss": tuple(
        f"{s}_{loss}" for loss in ("loss", *_OF_QUANTITIES) for s in _HELD_OUT
    ),
    "training_error": (
        *("training_error", "train_error", "error"),
        *("training_error_rate", "train_error_rate", "error_rate"),
    ),
    "validation_error": (
        *("validation_error", "val_error", "valid_error", "eval_error", "dev_error"),
        *("validation_error_rate", "val_error_rate", "valid_error_rate", "eval_error_rate"),
    ),
}
ACCURACIES: dict[str, tuple[str, ...]] = {
    "training_error": (
        *("training_accuracy", "train_accuracy", "train_acc", "accuracy", "acc"),
        *("sparse_categorical_accuracy", "categorical_accuracy", "binary_accuracy"),
        *("train_acc1", "train_top1", "train_accuracy_top1"),
    ),
    "validation_error": (
        *("validation_accuracy", "val_accuracy", "valid_accuracy", "eval_accuracy", "dev_accuracy"),
        *("val_acc", "valid_acc", "eval_acc", "dev_acc", "val_acc1", "val_top1", "eval_top1"),
        *("val_sparse_categorical_accuracy", "val_categorical_accuracy", "val_binary_accuracy"),
        "val_accuracy_top1",
        "accuracy_top1",  # Ultralytics' and OpenMMLab's, which log it of validation rows alone
    ),
}
CURVES = {name for table in (NAMES, ACCURACIES) for its in table.values() for name in its}
SPLITS = {"training", "train", *_HELD_OUT}
TESTED = {name.replace("val_", "test_", 1) for name in CURVES if name.startswith("val_")}
# No split is in the name, and whose it is no framework tells.
BARE = {name for name in CURVES if name.split("_")[0] not in SPLITS} - {"accuracy_top1"}
WANTED = (
    "epoch, training_loss (or loss), validation_loss (val_loss, eval_loss), training_error or "
    "accuracy, validation_error or val_accuracy"
)
AXES = ("epoch", "step", "global_step", "iteration")
_WORDS = {"losses": "loss", "accuracies": "accuracy", "accs": "acc", "learn": "train"}
# What boosted trees and some networks call theirs, behind the split: xgboost, LightGBM, CatBoost.
_TAILS = {
    **dict.fromkeys(("logloss", "mlogloss", "binary_logloss", "multi_logloss"), "loss"),
    **dict.fromkeys(("log_loss", "cross_entropy", "crossentropy"), "loss"),
    **dict.fromkeys(("merror", "binary_error", "multi_error"), "error"),
}
_GROUPS = {"history", "metrics", "logs", "results"}  # objects that hold the curves


@lru_cache(4096)  # a log of 200,000 entries has its names as often
def plain_name(name: str) -> str:
    """A name without decoration and with the split first: ``Loss/train`` → ``train_loss``.

    Lightning's ``train_loss_epoch`` is the mean over an epoch, ``train_loss_step`` one minibatch.
    Names in capitals within (``valLoss``), plurals and what they lie in (``history``) are known.
    """
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    words = [_WORDS.get(word, word) for word in re.split(r"[\s_/.-]+", parted) if word]
    while len(words) > 1 and words[0] in _GROUPS:
        del words[0]
    if words and words[0] in SPLITS and "_".join(words[1:]) in AXES:
        return "_".join(words[1:])
    if len(words) > 1 and words[-1] == "epoch":
        words.pop()
    if len(words) > 1 and words[-1] in {*SPLITS, "test"}:
        words.insert(0, words.pop())
    split = words[:1] if words and words[0] in {*SPLITS, "test"} else []
    tail = "_".join(words[len(split) :])
    return "_".join([*split, _TAILS.get(tail, tail)]) if tail else "_".join(words)
