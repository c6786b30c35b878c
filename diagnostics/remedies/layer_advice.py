"""A remedy's reason and change where the network's layers ask for it."""

from collections.abc import Callable, Mapping, Sequence

from ..findings import Finding, FindingKind, RemedyKind
from ..number_text import plain_number
from ..studies.ranges import override
from .advice import is_ours, texts_of
from .case import Advice, Case, gap_of
from .held_back import (
    LOWER_BY,
    default_batch,
    least_batch,
    least_drawn,
    much_augmented,
    unlike_inputs,
)

_FITTING = {"selu": "lecun_normal", "tanh": "xavier_tanh_normal", "sigmoid": "xavier_normal"}
_OTHERS = ("orthogonal", "xavier_uniform")
_LOWEST_RATE, _HIGHEST_RATE = 1e-8, 10.0


def _scale_inputs(asking: Sequence[Finding], case: Case) -> Advice:
    asking = [it for it in asking if it.kind is FindingKind.INPUTS_UNFIT] or asking
    unlike = unlike_inputs(case)
    if asking[0].kind is not FindingKind.INPUTS_UNFIT and unlike:
        largest, typical = map(plain_number, unlike)
        return (
            f"One input varies by {largest}, a typical one by {typical}, and they are learnt from "
            "as they are (data.standardize = false): steps that suit the large ones hardly move "
            "what the small ones tell. Standardising brings each to mean 0 and variance 1.",
            "-S data.standardize=true",
        )
    if not case.spec["data"].get("standardize", True):
        return (
            f"{texts_of(asking)} Standardising brings each input to mean 0 and variance 1.",
            "-S data.standardize=true",
        )
    typical = asking[0].evidence.get("typical_variance")
    if isinstance(typical, float) and 0 < typical < 1:  # numbers are scaled to 1
        return (
            f"{texts_of(asking)} Numbers are scaled already, so these are categories with few rows "
            "each, or numbers that a few rows stretch. Of categories merge the rare ones, or write "
            "a column of 0.0 and 1.0 for each into the data (pandas: get_dummies(…, dtype=float)), "
            "which is scaled as numbers are; of what is far out take the logarithm.",
            None,
        )
    return (
        f"{texts_of(asking)} Look at how the inputs are made, and leave out what is constant.",
        None,
    )


def _check_labels(asking: Sequence[Finding], _: Case) -> Advice:
    return f"{texts_of(asking)} Look at some rows beside their labels before training again.", None


def _mend_network(asking: Sequence[Finding], _: Case) -> Advice:
    if asking[0].kind is FindingKind.OUTPUTS_SCALED:
        return (
            f"{texts_of(asking)} Leave it out: losses and initial weights are made for outputs as "
            "the last layer gives them.",
            None,
        )
    return (
        f"{texts_of(asking)} Look at the way from there to the outputs: what is meant to learn "
        "must be called on it, with no such step behind. What shall stay as it was "
        "drawn is no nnx.Param, but an nnx.Variable.",
        None,
    )


def _other_initializer(asking: Sequence[Finding], case: Case) -> Advice:
    network = case.spec["network"]
    activation = case.best.parameters.get("activation", network.get("activation", "relu"))
    fitting = _FITTING.get(str(activation), "he_normal")
    reason = f"{texts_of(asking)} Initial weights decide how strong signals are at each layer."
    if not is_ours(case):
        return f"{reason} A network of your own draws them in its code.", None
    if network.get("initializer") == fitting:
        words = ",".join(f'"{it}"' for it in (fitting, *_OTHERS))
        return (
            f"{reason} {fitting}, which these have, is made for {activation} units: search others.",
            f"-S search.initializer={{choice=[{words}]}}",
        )
    return (
        f"{reason} {fitting} is made for {activation} units.",
        f"-S network.initializer={fitting}",
    )


def _normalisation(asking: Sequence[Finding], case: Case) -> Advice:
    reason = (
        f"{texts_of(asking)} Normalised layers get signals of one strength, however many there are."
    )
    if not is_ours(case):
        return f"{reason} A network of your own needs them in its code.", None
    return reason, "-S network.normalization=batch"


def _rates(case: Case, low: float, high: float) -> str:
    rate = case.best.result.learning_rate if case.best.result else 1.0
    lowest, highest = max(low * rate, _LOWEST_RATE), min(high * rate, _HIGHEST_RATE)
    return override("learning_rate", "log", min(lowest, highest / 10), highest)


def _lower_rate(asking: Sequence[Finding], case: Case) -> Advice:
    return f"{texts_of(asking)} Search lower learning rates.", _rates(case, 1e-3, LOWER_BY)


def _higher_rate(asking: Sequence[Finding], case: Case) -> Advice:
    return f"{texts_of(asking)} Search higher learning rates.", _rates(case, 3, 1e4)


def _other_optimizer(asking: Sequence[Finding], _: Case) -> Advice:
    return (
        f"{texts_of(asking)} Adam divides each step by the gradient's own size, so that it leaves "
        "where gradients are small; SGD's steps are as small as they.",
        "-S training.optimizer=adam",
    )


def _less_l2(asking: Sequence[Finding], case: Case) -> Advice:
    if asking[0].kind is not FindingKind.DECAY_TOO_STRONG:
        least = least_drawn(case, "weight_decay")
        gap = gap_of(asking, case)
        what = f"the {gap}" if gap else "that the training loss rose"
        return (
            f"Every trial had a weight decay of {plain_number(least)} or more, which holds the "
            f"weights back: {what} may be its price. Search weaker ones.",
            override("weight_decay", "log", least / 1e4, least),
        )
    decay = case.best.result.weight_decay if case.best.result else 1e-3
    change = override("weight_decay", "log", decay / 1e4, decay / 10)
    return f"{texts_of(asking)} Search weaker weight decay.", change


def _less_dropout(asking: Sequence[Finding], case: Case) -> Advice:
    least = least_drawn(case, "dropout")
    return (
        f"In every trial {100 * least:.0f} % or more of the units of each hidden layer were "
        f"dropped in training: the {gap_of(asking, case)} may be its price. Search lower rates.",
        override("dropout", "uniform", 0, least),
    )


def _less_augmentation(asking: Sequence[Finding], case: Case) -> Advice:
    strong = much_augmented(case)
    told = " and ".join(f"{name} of {plain_number(it)}" for name, it in strong.items())
    return (
        f"Every trial changed its training rows by an {told} or more: the {gap_of(asking, case)} "
        "may be its price. Search weaker augmentation.",
        " ".join(override(name, "uniform", 0, it) for name, it in strong.items()),
    )


def _smaller_batches(asking: Sequence[Finding], case: Case) -> Advice:
    rows, least = case.provenance.rows.train, least_batch(case)
    epochs = int(case.spec["training"]["epochs"])
    steps, fewer = rows // least, default_batch(case)
    searched = case.spec["search"].get("batch_size") is not None
    return (
        f"Every trial takes {steps} step{'' if steps == 1 else 's'} an epoch or fewer, "
        f"{steps * epochs:,} in all, as its minibatches have {least:,} rows or more: the "
        f"{gap_of(asking, case)} may be for want of steps.",
        f"-S search.batch_size={{choice=[{fewer}]}}"
        if searched
        else f"-S training.batch_size={fewer}",
    )


LAYER_ADVICE: Mapping[RemedyKind, Callable[[Sequence[Finding], Case], Advice]] = {
    RemedyKind.SCALE_INPUTS: _scale_inputs,
    RemedyKind.CHECK_LABELS: _check_labels,
    RemedyKind.MEND_NETWORK: _mend_network,
    RemedyKind.OTHER_INITIALIZER: _other_initializer,
    RemedyKind.NORMALISATION: _normalisation,
    RemedyKind.LOWER_RATE: _lower_rate,
    RemedyKind.HIGHER_RATE: _higher_rate,
    RemedyKind.OTHER_OPTIMIZER: _other_optimizer,
    RemedyKind.LESS_L2: _less_l2,
    RemedyKind.LESS_DROPOUT: _less_dropout,
    RemedyKind.LESS_AUGMENTATION: _less_augmentation,
    RemedyKind.SMALLER_BATCHES: _smaller_batches,
}
