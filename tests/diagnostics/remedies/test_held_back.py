"""Less of what holds a network back where all trials had much, and what the search saw of it."""

from dataclasses import replace

import pytest
from netclinic.diagnostics.findings import RemedyKind
from netclinic.diagnostics.remedies.case import Case
from netclinic.diagnostics.remedies.remedies import recommend
from netclinic.storage.records.signs import LayerSigns, MomentSigns
from netclinic.storage.records.trials import TrialRecord

from tests.diagnostics import planted
from tests.diagnostics.remedies.evidence import (
    BIAS,
    FALLING,
    RISING,
    STRONG,
    VARIANCE,
    by_kind,
    kinds,
    remedies,
)


def with_inputs(typical: float, largest: float) -> TrialRecord:
    """A trial whose inputs vary so much."""
    best = planted.trial()
    inputs = LayerSigns("inputs", 8, 0.0, typical, typical, largest, *[None] * 7)
    signs = (MomentSigns("start", 512, 0.7, 0.69, 0.69, 1.0, (inputs,)),)
    assert best.result is not None
    return replace(best, result=best.result._replace(signs=signs))


def test_less_regularisation_first_where_every_trial_had_much_and_bias_is_high():
    strong = planted.spec(search=STRONG)
    assert kinds(BIAS, VARIANCE, resolved=strong)[:3] == [
        "less_l2",
        "less_dropout",
        "bigger_network",
    ]
    assert not {"l2", "dropout"} & set(kinds(BIAS, VARIANCE, resolved=strong))
    assert {"l2", "dropout"} & set(kinds(VARIANCE, resolved=strong)), "where no bias asks for less"
    told = {r.kind: (r.reason, r.change) for r in remedies(BIAS, resolved=strong)}
    reason, change = told[RemedyKind.LESS_L2]
    assert "Every trial had a weight decay of 0.3 or more" in reason
    assert change == "-S search.weight_decay={log=[3e-05,0.3]}"
    rose = by_kind(RemedyKind.LESS_L2, RISING, resolved=strong)
    assert rose.reason.endswith("that the training loss rose may be its price. Search weaker ones.")
    reason, change = told[RemedyKind.LESS_DROPOUT]
    assert "In every trial 90 % or more of the units" in reason
    assert change == "-S search.dropout={uniform=[0,0.9]}"


@pytest.mark.parametrize(
    "search",
    [
        {},
        {"weight_decay": {"log": [1e-3, 3.0]}, "dropout": {"uniform": [0.0, 0.9]}},
        {"weight_decay": 0.0, "dropout": 0.2},
    ],
)
def test_no_less_regularisation_where_the_search_has_tried_it(search):
    assert not {"less_l2", "less_dropout"} & set(kinds(BIAS, resolved=planted.spec(search=search)))


def test_less_augmentation_first_where_every_trial_had_much_and_bias_is_high():
    strong = planted.spec(search={"augment_shift": 0.4, "augment_noise": {"log": [1.0, 2.0]}})
    asked = kinds(BIAS, VARIANCE, resolved=strong)
    assert asked[:2] == ["less_augmentation", "bigger_network"]
    assert "augmentation" not in asked
    told = by_kind(RemedyKind.LESS_AUGMENTATION, BIAS, resolved=strong)
    assert "by an augment_shift of 0.4 and augment_noise of 1 or more" in told.reason
    assert (
        told.change
        == "-S search.augment_shift={uniform=[0,0.4]} -S search.augment_noise={uniform=[0,1]}"
    )
    assert "less_augmentation" not in kinds(VARIANCE, resolved=strong)
    weak = {"augment_shift": 0.1, "augment_noise": {"log": [1e-3, 2.0]}, "augment_flip": 0.5}
    assert "less_augmentation" not in kinds(BIAS, resolved=planted.spec(search=weak))


def test_smaller_minibatches_first_where_an_epoch_has_few_steps():
    """In the study 6,000 rows are trained on."""

    def advised(size, **search):
        resolved = planted.spec(training={"batch_size": size}, search=search)
        return remedies(BIAS, FALLING, resolved=resolved)[0]

    first = advised(6000)
    assert (first.kind, first.change) == (RemedyKind.SMALLER_BATCHES, "-S training.batch_size=128")
    assert "takes 1 steps an epoch" not in first.reason
    assert "20 in all" in first.reason
    assert advised(700).kind is RemedyKind.MORE_EPOCHS
    assert advised(6000, batch_size={"choice": [64, 6000]}).kind is RemedyKind.MORE_EPOCHS


@pytest.mark.parametrize(
    ("data", "network", "largest", "advised"),
    [
        ({"standardize": False}, {}, 400.0, True),
        ({"standardize": False}, {}, 20.0, False),
        ({}, {}, 400.0, False),
        ({"standardize": False}, {"kind": "cnn"}, 400.0, False),
        ({"standardize": False}, {"shape": [8, 8]}, 400.0, False),
    ],
)
def test_scaled_inputs_first_where_bias_is_high_and_their_sizes_differ(
    data: dict, network: dict, largest: float, advised: bool
) -> None:
    best = with_inputs(typical=1.0, largest=largest)
    study = planted.study([best])
    resolved = planted.spec(data=data, network=network)
    case = Case(resolved, study, study.provenance, best, (BIAS,))
    first = recommend(case)[0]
    assert (first.kind is RemedyKind.SCALE_INPUTS) == advised
    if advised:
        assert first.change == "-S data.standardize=true"
        assert "One input varies by 20, a typical one by 1," in first.reason
    of_variance = Case(resolved, study, study.provenance, best, (VARIANCE,))
    assert RemedyKind.SCALE_INPUTS not in {it.kind for it in recommend(of_variance)}


@pytest.mark.parametrize(
    ("losses", "first"),
    [
        ((0.7, 0.5, 0.4, 0.35), "more_epochs"),
        ((0.7, 0.5, 0.4, 0.395), "bigger_network"),  # at rest
        ((0.7, 0.3, 0.4, 0.35), "bigger_network"),  # it wavers
        ((0.7, 0.5, 0.4, *[0.35] * 16, 0.3), "bigger_network"),  # long enough to be told
    ],
)
def test_more_epochs_first_of_trainings_too_short_to_tell(losses: tuple, first: str) -> None:
    best = planted.trial()
    assert best.result is not None
    curves = best.result.curves._replace(training_loss=losses)
    best = replace(best, result=best.result._replace(curves=curves))
    study = planted.study([best])
    case = Case(planted.spec(), study, study.provenance, best, (BIAS,))
    asked = recommend(case)
    assert asked[0].kind.value == first
    reasons = {it.kind: it.reason for it in asked}
    short = first == "more_epochs"
    assert ("in the last it fell by 12.5 %" in reasons[RemedyKind.MORE_EPOCHS]) == short


def test_more_epochs_first_after_a_single_one():
    """The loss before it tells that it fell; a bigger network was advised first."""
    best = planted.trial()
    assert best.result is not None
    curves = best.result.curves._replace(training_loss=(0.5,))
    start = MomentSigns("start", 512, 0.8, 0.7, 0.7, 1.0, ())

    def advised(signs: tuple[MomentSigns, ...]):
        made = replace(best, result=best.result._replace(curves=curves, signs=signs))
        study = planted.study([made])
        resolved = planted.spec(training={"epochs": 1})
        return recommend(Case(resolved, study, study.provenance, made, (BIAS,)))[0]

    first = advised((start,))
    assert (first.kind, first.change) == (RemedyKind.MORE_EPOCHS, "-S training.epochs=8")
    assert first.reason.startswith("1 epoch is too few to tell")
    assert "in the last it fell by 37.5 %" in first.reason
    for at_rest in ((), (start._replace(loss=0.5),)):
        assert advised(at_rest).kind is RemedyKind.BIGGER_NETWORK


def test_a_decay_of_adamw_is_strong_from_higher_on():
    def advised(decay):
        search = {"weight_decay": decay}
        resolved = planted.spec(search=search, training={"optimizer": "adamw"})
        return "less_l2" in kinds(BIAS, resolved=resolved)

    assert [advised(it) for it in (0.1, 0.5)] == [False, True]


@pytest.mark.parametrize(
    ("training", "searched", "change"),
    [
        # 20 epochs of 46 steps of 1e-3, a hundredfold by momentum, take a tenth away
        ({}, {}, "[0.001,1]"),
        ({"optimizer": "nesterov"}, {"batch_size": 12}, "[0.0001,0.1]"),
        ({"optimizer": "adamw"}, {}, "[0.1,10]"),
        ({"optimizer": "rmsprop"}, {}, "[1e-05,0.1]"),
    ],
)
def test_a_stronger_decay_than_next_to_none_holds_something_back(training, searched, change):
    """Of ranges from 1e-5 on the trials answered as without, to the last row."""
    best = planted.trial(parameters={**planted.MIDDLE, "weight_decay": 6e-7, **searched})
    study = planted.study([best])
    spec = planted.spec(training=training)
    case = Case(spec, study, study.provenance, best, (VARIANCE,))
    (l2,) = [remedy for remedy in recommend(case) if remedy.kind is RemedyKind.L2]
    assert l2.change == f"-S search.weight_decay={{log={change}}}"


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ((), "against the variance of 10.0 points."),
        (((0.2, 1e-6),), "against the variance of 10.0 points."),
        (
            ((0.05, 0.05),),
            " 1 of 2 trials had a stronger one: trial 1, whose validation error is no higher than "
            "the best trial's.",
        ),
        (
            ((0.2, 0.05), (0.13, 0.01), (0.3, 0.02), (0.4, 1e-6)),
            " 3 of 5 trials had a stronger one, the best of them trial 2, whose validation error "
            "is 8.0 points above the best trial's.",
        ),
    ],
)
def test_what_the_search_saw_of_stronger_decays_is_told(others, told) -> None:
    """Else it reads as if nobody had tried one."""
    best = planted.trial(0, validation=0.05, parameters={**planted.MIDDLE, "weight_decay": 1e-4})
    rest = [
        planted.trial(k, validation=error, parameters={**planted.MIDDLE, "weight_decay": decay})
        for k, (error, decay) in enumerate(others, start=1)
    ]
    study = planted.study([best, *rest])
    case = Case(planted.spec(), study, study.provenance, best, (VARIANCE,))
    (l2,) = [remedy for remedy in recommend(case) if remedy.kind is RemedyKind.L2]
    assert l2.reason.endswith(told)
