"""A remedy's reason and change where the network's layers ask for it."""

from collections.abc import Callable, Mapping, Sequence

from ..findings import Finding, RemedyKind
from ..studies.ranges import override
from .advice import Advice, is_ours
from .case import Case

_FITTING = {"selu": "lecun_normal", "tanh": "xavier_tanh_normal", "sigmoid": "xavier_normal"}
_LOWEST_RATE, _HIGHEST_RATE = 1e-8, 10.0


def _texts(asking: Sequence[Finding]) -> str:
    return " ".join(finding.text for finding in asking)


def _scale_inputs(asking: Sequence[Finding], case: Case) -> Advice:
    if not case.spec["data"].get("standardize", True):
        return (
            f"{_texts(asking)} Standardising brings each input to mean 0 and variance 1.",
            "-S data.standardize=true",
        )
    typical = asking[0].evidence.get("typical_variance")
    if isinstance(typical, float) and 0 < typical < 1:  # numbers are scaled to 1
        return (
            f"{_texts(asking)} Numbers are scaled already, so these are categories with few rows "
            "each, or numbers that a few rows stretch. Of categories merge the rare ones, or write "
            "a column of 0.0 and 1.0 for each into the data (pandas: get_dummies(…, dtype=float)), "
            "which is scaled as numbers are; of what is far out take the logarithm.",
            None,
        )
    return (
        f"{_texts(asking)} Look at how the inputs are made, and leave out what is constant.",
        None,
    )


def _check_labels(asking: Sequence[Finding], _: Case) -> Advice:
    return f"{_texts(asking)} Look at some rows beside their labels before training again.", None


def _other_initializer(asking: Sequence[Finding], case: Case) -> Advice:
    network = case.spec["network"]
    fitting = _FITTING.get(network.get("activation", "relu"), "he_normal")
    reason = f"{_texts(asking)} Initial weights decide how strong signals are at each layer."
    if not is_ours(case) or network.get("initializer") == fitting:
        return reason, None
    return (
        f"{reason} {fitting} is made for {network.get('activation', 'relu')} units.",
        f"-S network.initializer={fitting}",
    )


def _normalisation(asking: Sequence[Finding], case: Case) -> Advice:
    reason = (
        f"{_texts(asking)} Normalised layers get signals of one strength, however many there are."
    )
    return reason, "-S network.normalization=batch" if is_ours(case) else None


def _rates(case: Case, low: float, high: float) -> str:
    rate = case.best.result.learning_rate if case.best.result else 1.0
    lowest, highest = max(low * rate, _LOWEST_RATE), min(high * rate, _HIGHEST_RATE)
    return override("learning_rate", "log", min(lowest, highest / 10), highest)


def _lower_rate(asking: Sequence[Finding], case: Case) -> Advice:
    return f"{_texts(asking)} Search lower learning rates.", _rates(case, 1e-3, 0.3)


def _higher_rate(asking: Sequence[Finding], case: Case) -> Advice:
    return f"{_texts(asking)} Search higher learning rates.", _rates(case, 3, 1e4)


def _other_optimizer(asking: Sequence[Finding], _: Case) -> Advice:
    return (
        f"{_texts(asking)} Adam divides each step by the gradient's own size, so that it leaves "
        "where gradients are small; SGD's steps are as small as they.",
        "-S training.optimizer=adam",
    )


def _less_l2(asking: Sequence[Finding], case: Case) -> Advice:
    decay = case.best.result.weight_decay if case.best.result else 1e-3
    change = override("weight_decay", "log", decay / 1e4, decay / 10)
    return f"{_texts(asking)} Search weaker weight decay.", change


LAYER_ADVICE: Mapping[RemedyKind, Callable[[Sequence[Finding], Case], Advice]] = {
    RemedyKind.SCALE_INPUTS: _scale_inputs,
    RemedyKind.CHECK_LABELS: _check_labels,
    RemedyKind.OTHER_INITIALIZER: _other_initializer,
    RemedyKind.NORMALISATION: _normalisation,
    RemedyKind.LOWER_RATE: _lower_rate,
    RemedyKind.HIGHER_RATE: _higher_rate,
    RemedyKind.OTHER_OPTIMIZER: _other_optimizer,
    RemedyKind.LESS_L2: _less_l2,
}
