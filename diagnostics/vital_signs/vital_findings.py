"""What the layers of the best trial's network show, and how many other trials show the same."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ...storage.records.data import BayesRecord
from ...storage.records.results import TrialResult
from ...storage.records.study import StudyRecord
from ..findings import Finding, FindingKind, Severity
from ..number_text import percent, plain_number
from .vital_sign import LITTLE, NOTHING, Sign, learnt_little, share_learnt
from .vital_signs import vital_signs


def vital_findings(
    study: StudyRecord,
    best: TrialResult,
    *,
    learnt_all: bool = False,
    answers: bool = False,
    tells: bool = False,
) -> tuple[Finding, ...]:
    """One finding for each thing that is wrong with the best trial; see ``vital_signs``.

    It is a problem where training took away less than half of the constant answer's loss: a
    network that learnt all the same gets a warning, and so does a plateau where other classifiers
    learnt nothing either.

    Args:
        study: whose trials are looked at.
        best: the best trial's result.
        learnt_all: whether the training error is surely as near the Bayes error as is tolerated:
            where labels are noisy, or one class is rare, there is not half of the loss to learn.
        answers: whether less than half of the constant answer's error surely is left: a loss that
            a few rows make large is no plateau then, whatever its size.
        tells: whether test rows are told better than by one answer to all: labels belong to their
            rows then, whatever the loss.
    """
    looked_at = [t.result for t in study.trials if t.result is not None and t.result.signs]
    network = (study.spec or {}).get("network", {})
    against = {FindingKind.LABELS_UNRELATED: tells, FindingKind.PLATEAU: answers}
    refuted = {kind for kind, it in against.items() if it}
    signs = [
        sign
        for sign in vital_signs(best)
        if sign.kind not in refuted and not _taken_over(sign, best, network)
    ]
    if not signs:
        return ()
    shown = Counter(kind for result in looked_at for kind in {s.kind for s in vital_signs(result)})
    # Of a saddle point only the best trial is asked: the others may be at one, too.
    others = {s.kind: 1 if s.kind is FindingKind.SADDLE else len(looked_at) for s in signs}
    learnt = share_learnt(best)
    problem = not learnt_all and (learnt is None or learnt < LITTLE)
    nor_others = {FindingKind.PLATEAU: _nor_did_any(study)}
    return tuple(
        Finding(
            sign.kind,
            Severity.PROBLEM if problem and not nor_others.get(sign.kind) else Severity.WARNING,
            {
                "layer": sign.layer,
                **sign.evidence,
                "trials": shown[sign.kind],
                "trials_looked_at": others[sign.kind],
            },
            sign.text
            + _cause(sign, study)
            + _shared(shown[sign.kind], others[sign.kind])
            + nor_others.get(sign.kind, ""),
        )
        for sign in signs
    )


def _nor_did_any(study: StudyRecord) -> str:
    """What is said where the mixture behind the Bayes error learnt nothing either; else empty."""
    variance = study.provenance and study.provenance.target_variance
    if variance:
        return _nor_did_regressions(study.bayes, variance.train)
    return _nor_did_others(study.bayes)


def _nor_did_others(bayes: BayesRecord | None) -> str:
    """A sentence, after a space, that the mixture behind the Bayes error learnt nothing either."""
    told = bayes.details if bayes else {}
    if classes := told.get("mixture_classes"):  # of which it saw equally many rows
        each = int(told["mixture_rows_of_a_class"] or 0)
        mixture, constant = told["mixture_balanced_error"], 1 - 1 / int(classes)
        rows, answer = f"rows, {each:,} of each of {classes} classes", "one class"
        few = f"{each:,} rows of a class are too few to learn from"
    else:
        mixture, constant = told.get("mixture_error"), told.get("commonest_class_error")
        rows, answer = "rows", "the commonest class"
        few = "a class is too rare for the share of wrong rows to tell"
    if mixture is None or not constant or float(mixture) < (1 - NOTHING) * float(constant):
        return ""
    return (
        f" Other kinds of classifiers learnt no more: a mixture of them is wrong in "
        f"{percent(float(mixture))} of held-out {rows}, and always answering {answer} in "
        f"{percent(float(constant))}. It may be that these inputs tell nothing more, or that {few}."
    )


def _nor_did_regressions(bayes: BayesRecord | None, constant: float) -> str:
    """A sentence, after a space, that the mixture of regressions learnt nothing either.

    Args:
        bayes: the floor.
        constant: error of always predicting the training mean.
    """
    mixture = bayes and bayes.details.get("mixture_error")
    if not mixture or float(mixture) < (1 - NOTHING) * constant:
        return ""
    return (
        f" Other kinds of regressions learnt no more: the mean squared error of a mixture of them "
        f"is {plain_number(float(mixture))} on held-out rows, that of always answering the mean "
        f"{plain_number(constant)}. It may be that these inputs tell nothing more."
    )


def _taken_over(sign: Sign, best: TrialResult, network: Mapping[str, Any]) -> bool:
    """Whether a sign is of what was taken over from another network, and no trial can change.

    Inputs are scaled as that network's were; of a frozen body no layer learns but the last.
    """
    if not network.get("init_from"):
        return False
    if network.get("transfer") == "frozen":
        return sign.layer not in (None, best.signs[0].layers[-1].layer)
    return sign.kind is FindingKind.INPUTS_UNFIT


def _cause(sign: Sign, study: StudyRecord) -> str:
    """A sentence, after a space, on what may be behind a sign where that depends on the study."""
    if sign.kind is not FindingKind.LABELS_UNRELATED:
        return ""
    if study.deals_groups:
        return (
            " What is learnt is the training groups, or single rows, by heart: these groups are "
            "too few to tell of others, or labels and inputs do not belong together."
        )
    if more_columns_than_rows(study):
        return (
            " What is learnt is single rows by heart: they may be too few, as each has more "
            "columns than there are training rows, or labels and inputs do not belong together."
        )
    return " What is learnt is single rows by heart: labels and inputs may not belong together."


def more_columns_than_rows(study: StudyRecord) -> bool:
    """Whether even a linear network could tell each training row from all others."""
    run = study.provenance
    return run is not None and run.features > run.rows.train


def _shared(shown: int, others: int) -> str:
    verb = "shows" if shown == 1 else "show"
    return f" {shown:,} of {others:,} trials {verb} this." if others > 1 else ""


def layers_not_checked(best: TrialResult, spec: Mapping[str, Any]) -> str:
    """What of the inside of the best trial's network was not looked at: one sentence.

    Args:
        best: the trial.
        spec: of the study, as stored.
    """
    if not best.signs:
        wanted = spec.get("diagnosis", {}).get("vital_signs", True)
        return (
            "The inside of the network: dead units, saturated activations, vanishing gradients of "
            "single layers, plateaus and saddle points; "
            + (
                "this trial ended before netclinic looked at them."
                if wanted
                else "not looked at, as [diagnosis] vital_signs = false."
            )
        )
    last = best.signs[-1]
    unseen = [layer.layer for layer in last.layers[1:-1] if layer.dead is None]
    looked = (
        "The inside of the network between the start and the end of training; at both, layers were "
        f"looked at on {last.rows:,} training rows."
    )
    if not unseen:
        return looked
    some = ", ".join(unseen[:5]) + (", …" if len(unseen) > 5 else "")
    return f"{looked} No activation was seen behind {some}."


def saddle_not_checked(best: TrialResult) -> tuple[str, ...]:
    """Why it is not known whether the best trial ended at a saddle point, where that matters."""
    found = best.curvature
    if not learnt_little(best) or (found is not None and found.skipped is None):
        return ()
    why = "its network was not looked at when the study ended" if found is None else found.skipped
    return (
        "Saddle points: whether the network, which learnt little, stands at one or on a plateau is "
        f"not known, as {why}.",
    )
