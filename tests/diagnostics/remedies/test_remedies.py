"""Remedies: the textbook order, moved by evidence, each with a change that the spec accepts."""

from dataclasses import replace

import pytest
from netclinic.diagnostics.findings import Finding, FindingKind, RemedyKind, Severity
from netclinic.diagnostics.ladder import Errors, Estimate
from netclinic.diagnostics.remedies.case import Case
from netclinic.diagnostics.remedies.remedies import recommend
from netclinic.diagnostics.remedies.table import TABLE
from netclinic.diagnostics.units import Task, Unit
from netclinic.storage.records.data import ClassRows, TargetVariance
from netclinic.storage.records.signs import LayerSigns, MomentSigns

from tests.diagnostics import planted
from tests.diagnostics.remedies.evidence import (
    BEGUN,
    BIAS,
    CONFLICTS,
    DRIFTED,
    DUPLICATES,
    ERROR_ALONE,
    FALLING,
    FALLING_ERROR,
    FEW_ROWS,
    FLOOR,
    GAP,
    HALF_MISSED,
    IN_DOUBT,
    LONELY,
    LONG,
    LOW_RATE,
    MISSED,
    OUTLIERS,
    OVERFITTED,
    RARE,
    RISING,
    TURNED,
    UNSTABLE,
    UNSTEADY,
    VARIANCE,
    by_kind,
    edge,
    kinds,
    remedies,
    warning,
)

BALANCED = Unit(balanced=True)
LIKELY_VARIANCE = warning(
    FindingKind.VARIANCE_UNDETERMINED, gap=0.1, likely_low=0.05, likely_high=0.15, tolerance=0.02
)


def test_of_a_target_of_many_magnitudes_the_logarithm_is_advised_first():
    """Errors that tell of a twentieth of the rows alone leave bias and variance open."""
    first, *others = remedies(VARIANCE, warning(FindingKind.SKEWED_TARGET))
    assert first.kind is RemedyKind.LEARN_LOGARITHM
    assert 'target_transform = "log"' in first.reason
    assert others[0].kind is RemedyKind.MORE_DATA


@pytest.mark.parametrize(
    ("kind", "remedy", "told"),
    [
        (FindingKind.MISSING_CODES, RemedyKind.EMPTY_CODES, 'missing = "fill"'),
        (FindingKind.MIXED_UNITS, RemedyKind.ONE_UNIT, "into the unit of the others"),
        (FindingKind.TELLING_COLUMN, RemedyKind.CHECK_COLUMN, "leave it out (data.ignore"),
        (FindingKind.ROW_NUMBERS, RemedyKind.CHECK_COLUMN, "how the column is made"),
    ],
)
def test_what_columns_hold_is_looked_at_before_other_networks_are_tried(kind, remedy, told):
    first, *_ = remedies(warning(kind), BIAS, VARIANCE)
    assert (first.kind, first.change) == (remedy, None)
    assert told in first.reason


def test_no_earlier_stop_where_the_loss_alone_turned():
    """It was advised first of a network that got all validation rows right."""
    alone = TURNED._replace(severity=Severity.INFO)
    assert kinds(alone) == []
    assert kinds(ERROR_ALONE, alone) == ["more_epochs"]
    assert kinds(ERROR_ALONE, TURNED) == ["more_epochs", "early_stopping"]
    assert kinds(VARIANCE, alone) == kinds(VARIANCE), "no sooner than without"
    told = by_kind(RemedyKind.EARLY_STOPPING, VARIANCE, alone)
    assert told.reason.endswith("did not clearly rise, so expect little.")


def test_the_best_alone_at_an_edge_asks_for_nothing():
    """It happens in 20 % of studies to a parameter that does not matter."""
    assert kinds(edge()._replace(severity=Severity.INFO)) == []
    assert kinds(CONFLICTS._replace(severity=Severity.INFO)) == [], "a few rows in thousands"
    strong, weak = edge(), edge("momentum", "one_minus_log", 0.9, 0.9999)
    both = by_kind(RemedyKind.EXTEND_RANGE, strong, weak._replace(severity=Severity.INFO))
    assert "momentum" not in both.reason


def test_higher_rates_ahead_of_a_bigger_network_where_a_falling_loss_asks_for_them_too():
    """Of rates searched from 1e-7 to 1e-5 a bigger network was advised, and no other range."""
    it = edge()._replace(severity=Severity.INFO)
    upper = it._replace(evidence={**it.evidence, "side": "upper"})
    order = ["more_epochs", "extend_range", "bigger_network", "other_architecture"]
    assert kinds(BIAS, FALLING, upper) == order
    reason = by_kind(RemedyKind.EXTEND_RANGE, BIAS, FALLING, upper).reason
    assert reason.startswith("learning_rate edge. But the training loss still fell at the end")
    assert kinds(BIAS, FALLING, upper._replace(severity=Severity.WARNING)) == order
    lower = it._replace(evidence={**it.evidence, "side": "lower"})
    other = upper._replace(evidence={**upper.evidence, "parameter": "momentum"})
    weak = FALLING._replace(severity=Severity.INFO)
    for findings in ((FALLING, lower), (FALLING, other), (weak, upper), (upper,)):
        assert "extend_range" not in kinds(BIAS, *findings)
    assert "extend_range" not in kinds(VARIANCE, FALLING, upper)


@pytest.mark.parametrize(
    ("variance", "ratio", "first"),
    [
        (VARIANCE, 60.0, ["class_weights", "more_data"]),
        (LIKELY_VARIANCE, 60.0, ["class_weights", "more_data"]),
        (VARIANCE, 3.0, ["more_data", "l2"]),
    ],
)
def test_class_weights_first_where_classes_count_alike_but_in_the_loss(variance, ratio, first):
    """They took away 21 of 30 points of balanced error, and were the last to be advised."""
    rare = warning(FindingKind.CLASS_IMBALANCE, rarest="owl", ratio=ratio)
    best = planted.trial()
    study = planted.study([best])
    resolved = planted.spec(study={"objective": "balanced_error"})
    case = Case(resolved, study, study.provenance, best, (variance, rare), BALANCED)
    assert [it.kind.value for it in recommend(case)][:2] == first
    alike = case._replace(unit=BALANCED._replace(balanced=False))
    assert recommend(alike)[0].kind is RemedyKind.MORE_DATA
    none = case._replace(findings=(rare,))
    assert recommend(none)[0].kind is RemedyKind.CLASS_WEIGHTS


def test_more_epochs_where_the_bias_is_open_and_measured_above_the_tolerance():
    """The training loss still fell at 25 points above the floor: other seeds were advised first."""
    open_bias = warning(FindingKind.BIAS_UNDETERMINED, gap=0.25)
    assert kinds(open_bias, FALLING, IN_DOUBT) == ["more_epochs", "replicates"]
    it = by_kind(RemedyKind.MORE_EPOCHS, open_bias, FALLING)
    assert it.reason.endswith(
        "the cheapest way to lower the training error, which was measured 25.0 points above the "
        "Bayes error."
    )
    assert it.gain is None


def test_rows_of_more_groups_before_a_look_at_labels():
    unrelated = warning(FindingKind.LABELS_UNRELATED)
    grouped = planted.spec(data={"split": "grouped"})
    assert kinds(VARIANCE, unrelated)[:2] == ["check_labels", "more_data"]
    ranked = kinds(VARIANCE, unrelated, resolved=grouped)
    assert ranked.index("more_data") < ranked.index("check_labels")
    told = by_kind(RemedyKind.MORE_DATA, VARIANCE, resolved=grouped).reason
    assert told.startswith("More rows, of other groups, are the surest cure of the variance")


def test_more_rows_before_a_look_at_labels_where_rows_have_more_columns():
    """Of 90 rows of 2,000 columns, labelled rightly, labels were to be looked at first."""
    unrelated, best = warning(FindingKind.LABELS_UNRELATED), planted.trial()
    study = planted.study([best])
    assert study.provenance is not None
    rows = study.provenance.rows.train
    for features, order in (
        (rows, ["check_labels", "more_data", "l2"]),
        (rows + 1, ["more_data", "check_labels", "l2"]),
    ):
        wide = replace(study, provenance=study.provenance._replace(features=features))
        case = Case(planted.spec(), wide, wide.provenance, best, (VARIANCE, unrelated))
        assert [it.kind.value for it in recommend(case)][:3] == order


def test_other_initial_weights_first_where_nothing_varies():
    """Behind weights that are all 0 normalised layers were advised first."""
    faded = warning(FindingKind.GRADIENT_VANISHES, variance=1e-9)
    nothing = warning(FindingKind.GRADIENT_VANISHES, variance=0.0)
    assert kinds(BIAS, faded)[:2] == ["normalisation", "other_initializer"]
    assert kinds(BIAS, nothing)[:2] == ["other_initializer", "normalisation"]


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ((), []),
        ((BIAS,), ["bigger_network", "more_epochs", "other_architecture"]),
        (
            (VARIANCE,),
            [
                "more_data",
                "l2",
                "dropout",
                "augmentation",
                "early_stopping",
                "other_architecture",
            ],
        ),
        (
            (BIAS, VARIANCE),
            [
                "bigger_network",
                "more_epochs",
                "more_data",
                "l2",
                "dropout",
                "augmentation",
                "early_stopping",
                "other_architecture",
            ],
        ),
        ((BIAS, FALLING), ["more_epochs", "bigger_network", "other_architecture"]),
        (
            (VARIANCE, TURNED),
            [
                "more_data",
                "early_stopping",
                "l2",
                "dropout",
                "augmentation",
                "other_architecture",
            ],
        ),
        ((FALLING._replace(severity=Severity.INFO),), []),
        ((FALLING_ERROR,), ["more_epochs"]),
        ((BIAS, FALLING_ERROR), ["more_epochs", "bigger_network", "other_architecture"]),
        ((UNSTEADY, RISING), ["decay", "clipping"]),
        ((RISING._replace(severity=Severity.INFO),), []),
        ((OVERFITTED, LOW_RATE), ["regularisation"]),
        (
            (LONG, IN_DOUBT, FEW_ROWS, LONELY),
            ["more_trials", "more_validation", "replicates", "fewer_epochs"],
        ),
        ((warning(FindingKind.VALIDATION_TOO_SMALL, rows_needed=9000), IN_DOUBT), ["replicates"]),
        ((TURNED,), ["early_stopping"]),
        ((edge(),), ["extend_range"]),
        (
            (BIAS, edge()),
            ["bigger_network", "more_epochs", "other_architecture", "extend_range"],
        ),
        ((UNSTABLE, edge()), ["extend_range", "warmup", "clipping"]),
        ((edge(), DUPLICATES), ["fix_split", "extend_range"]),
        ((edge(), CONFLICTS), ["extend_range", "clean_labels"]),
        ((FLOOR, DUPLICATES), ["fix_split"]),
        ((DRIFTED,), ["add_bridge"]),
        ((edge(), OUTLIERS), ["check_outliers", "extend_range"]),
        ((RARE, CONFLICTS), ["clean_labels", "balanced_objective", "class_weights"]),
        ((RARE, IN_DOUBT), ["replicates", "balanced_objective", "class_weights"]),
        ((MISSED, IN_DOUBT), ["class_weights", "balanced_objective", "replicates"]),
        ((HALF_MISSED, IN_DOUBT), ["replicates", "balanced_objective", "class_weights"]),
    ],
)
def test_order(findings, expected):
    assert kinds(*findings) == expected
    assert [r.rank for r in remedies(*findings)] == list(range(1, len(expected) + 1))


def test_what_is_in_use_is_not_advised():
    with_warmup = planted.spec()
    with_warmup["search"] = {**with_warmup["search"], "warmup": {"uniform": [0, 0.1]}}
    assert kinds(UNSTABLE, resolved=with_warmup) == ["clipping"]
    clipped = planted.spec()
    clipped["search"] = {**clipped["search"], "clip_norm": 1.0}
    assert kinds(UNSTABLE, resolved=clipped) == ["warmup"]
    cosine = planted.spec(training={"schedule": "cosine"})
    assert kinds(UNSTEADY, RISING, resolved=cosine) == ["clipping"]
    dropping = planted.spec(search={"dropout": {"uniform": [0, 0.5]}})
    assert kinds(OVERFITTED, resolved=dropping) == []
    assert "dropout" not in kinds(VARIANCE, resolved=dropping)
    shifting = planted.spec(search={"augment_shift": {"uniform": [0, 0.2]}})
    assert "augmentation" not in kinds(VARIANCE, resolved=shifting)
    assert kinds(IN_DOUBT, resolved=planted.spec(study={"replicates": 3})) == []
    balanced = planted.spec(study={"objective": "balanced_error"})
    assert kinds(RARE, resolved=balanced) == ["class_weights"]
    weighted = planted.spec(training={"class_weights": "balanced"})
    assert kinds(RARE, resolved=weighted) == ["balanced_objective"]


def test_a_network_that_was_begun_with_keeps_its_layers_and_weights():
    vanishing = warning(FindingKind.GRADIENT_VANISHES)
    assert kinds(vanishing) == ["normalisation", "other_initializer"]
    assert kinds(vanishing, resolved=BEGUN) == []
    reason = by_kind(RemedyKind.BIGGER_NETWORK, BIAS, resolved=BEGUN).reason
    assert reason.endswith("begin with a wider one.")


def test_labels_that_look_wrong_come_behind_what_lets_a_network_learn_at_all():
    """Of a network that learnt nothing by its small steps labels were to be cleaned first."""
    labels = Finding(FindingKind.LIKELY_LABEL_ERRORS, Severity.PROBLEM, {}, "Labels look wrong.")
    plateau = Finding(FindingKind.PLATEAU, Severity.PROBLEM, {}, "On a plateau.")
    small = Finding(FindingKind.STEPS_TOO_SMALL, Severity.PROBLEM, {}, "Small steps.")
    assert kinds(BIAS, VARIANCE, small, plateau, labels)[:5] == [
        "higher_rate",
        "bigger_network",
        "more_epochs",
        "clean_labels",
        "more_data",
    ]
    assert kinds(BIAS, small, labels)[0] == "clean_labels"
    others_neither = plateau._replace(severity=Severity.WARNING)
    assert kinds(BIAS, small, others_neither, labels)[0] == "clean_labels"
    copies = labels._replace(kind=FindingKind.CONFLICTING_LABELS)
    assert kinds(BIAS, small, plateau, copies)[0] == "clean_labels"


@pytest.mark.parametrize(
    ("dead", "behind"),
    [((None, None), "a and b"), ((0.0, None), ""), ((None,), "a"), ((), "")],
)
def test_without_an_activation_a_network_is_linear_whatever_its_size(dead: tuple, behind: str):
    """Of a network whose relu was forgotten it read that its parameters are too few."""
    best = planted.trial()
    nothing = LayerSigns("inputs", 8, *[None] * 11)
    hidden = [nothing._replace(layer=name, dead=it) for name, it in zip("ab", dead, strict=False)]
    layers = (nothing, *hidden, nothing._replace(layer="output"))
    signs = tuple(MomentSigns(it, 512, 0.7, 0.7, 0.7, 1.0, layers) for it in ("start", "end"))
    assert best.result is not None
    best = replace(best, result=best.result._replace(signs=signs))
    study = planted.study([best])
    for kind in ("net.py:Net", "mlp"):
        resolved = planted.spec(network={"kind": kind})
        (first, *_) = recommend(Case(resolved, study, study.provenance, best, (BIAS,)))
        assert first.kind is RemedyKind.BIGGER_NETWORK
        told = f"no activation was seen behind {behind}. Without one" in first.reason
        assert told == (bool(behind) and kind == "net.py:Net")


def test_what_no_gradient_reaches_is_looked_for_in_the_code_first():
    """Of a layer behind jax.lax.stop_gradient normalised layers were advised, and a bigger one."""
    labels = Finding(FindingKind.LIKELY_LABEL_ERRORS, Severity.PROBLEM, {}, "Labels look wrong.")
    unreached = Finding(FindingKind.UNREACHED, Severity.PROBLEM, {}, "No gradient reaches a.")
    assert kinds(BIAS, labels, unreached)[:3] == ["mend_network", "clean_labels", "bigger_network"]
    it = by_kind(RemedyKind.MEND_NETWORK, BIAS, unreached)
    assert it.reason.startswith("No gradient reaches a. Look at the way")
    assert it.change is None
    learnt = unreached._replace(severity=Severity.WARNING)
    assert kinds(VARIANCE, learnt)[0] == "more_data"


def test_what_scales_the_outputs_is_left_out_first():
    """Of outputs that the code divides by 100 a bigger network and more epochs were advised."""
    loud = Finding(FindingKind.LOUD_START, Severity.PROBLEM, {}, "The loss was 99.")
    scaled = Finding(FindingKind.OUTPUTS_SCALED, Severity.PROBLEM, {}, "Something scales them.")
    assert kinds(BIAS, loud, scaled)[:2] == ["mend_network", "other_initializer"]
    it = by_kind(RemedyKind.MEND_NETWORK, BIAS, loud, scaled)
    assert it.reason.startswith("Something scales them. Leave it out")
    assert it.change is None


def test_scaled_inputs_that_hardly_vary_are_rare_categories():
    unfit = warning(FindingKind.INPUTS_UNFIT, typical_variance=0.003, largest_variance=1.0)
    it = by_kind(RemedyKind.SCALE_INPUTS, unfit)
    assert "merge the rare ones" in it.reason
    assert it.change is None
    unscaled = planted.spec(data={"standardize": False})
    it = by_kind(RemedyKind.SCALE_INPUTS, unfit, resolved=unscaled)
    assert it.change == "-S data.standardize=true"
    constant = warning(FindingKind.INPUTS_UNFIT, typical_variance=0.0, largest_variance=0.0)
    assert "leave out what is" in by_kind(RemedyKind.SCALE_INPUTS, constant).reason


def test_what_tells_unlike_rows_is_named_where_they_are_to_be_looked_at():
    mismatch = Finding(FindingKind.DATA_MISMATCH, Severity.PROBLEM, GAP, "mismatch")
    drifted = warning(FindingKind.DRIFT, split="validation", features="sensor0, speed")
    told = " A classifier tells them by sensor0, speed most of all: begin there. Look at a hundred"
    assert told in by_kind(RemedyKind.COMPARE_SOURCES, mismatch, drifted).reason
    for others in (
        (),
        (warning(FindingKind.DRIFT, split="test", features="age"),),
        (warning(FindingKind.DRIFT, split="validation", features=None),),
    ):
        reason = by_kind(RemedyKind.COMPARE_SOURCES, mismatch, *others).reason
        assert "unlike the training rows. Look at a hundred validation rows" in reason


def test_dead_units_of_a_network_that_learnt_come_behind_the_remedies_of_variance():
    dead = warning(FindingKind.DEAD_UNITS)
    assert kinds(dead, VARIANCE)[0] == "more_data"
    assert kinds(dead, VARIANCE)[-2:] == ["lower_rate", "other_initializer"]
    for first in ((dead._replace(severity=Severity.PROBLEM), VARIANCE), (dead, BIAS, VARIANCE)):
        assert kinds(*first)[0] == "lower_rate"


def test_evidence_moves_the_remedies_of_likely_gaps_as_those_of_sure_ones():
    limits = {"gap": 0.1, "likely_low": 0.05, "likely_high": 0.15, "tolerance": 0.02}
    variance = warning(FindingKind.VARIANCE_UNDETERMINED, **limits)
    assert kinds(variance, TURNED)[:3] == ["more_data", "early_stopping", "l2"]
    assert kinds(variance)[:3] == ["more_data", "l2", "dropout"]
    bias, dead = warning(FindingKind.BIAS_UNDETERMINED, **limits), warning(FindingKind.DEAD_UNITS)
    assert kinds(bias) == ["bigger_network", "more_epochs", "other_architecture"]
    layers = ["lower_rate", "other_initializer"]
    assert kinds(bias, dead)[:3] == [*layers, "bigger_network"]
    assert kinds(VARIANCE, bias, dead)[0] == "more_data", "what is sure comes first"
    assert kinds(bias._replace(evidence={"gap": 0.1}), dead) == layers


def test_every_remedy_kind_is_asked_for_by_some_finding():
    assert {kind for places in TABLE.values() for kind in places} == set(RemedyKind)


def test_a_kind_asked_for_twice_gives_both_reasons_once():
    found = remedies(FLOOR, DUPLICATES)
    assert len(found) == 1
    assert found[0].addresses is FindingKind.FLOOR_ABOVE_HELD_OUT
    assert "Floor too high. 9 duplicates." in found[0].reason
    both = by_kind(RemedyKind.OTHER_ARCHITECTURE, BIAS, VARIANCE)
    assert both.addresses is FindingKind.HIGH_BIAS
    assert "avoidable bias of 10.0 points and variance of 10.0 points" in both.reason


def test_reasons_carry_the_numbers():
    assert "6,000 were trained on" in by_kind(RemedyKind.MORE_DATA, VARIANCE).reason
    assert (
        "30.0 % over the last 5 of 20 epochs"
        in by_kind(RemedyKind.MORE_EPOCHS, BIAS, FALLING).reason
    )
    alone = by_kind(RemedyKind.MORE_EPOCHS, ERROR_ALONE).reason
    assert alone.startswith("The error fell. More epochs are the cheapest way to lower the valid")
    assert "70.0 % less time" in by_kind(RemedyKind.FEWER_EPOCHS, LONG).reason
    assert "netclinic resume planted --trials 2" in by_kind(RemedyKind.MORE_TRIALS, LONELY).reason
    spaced = by_kind(RemedyKind.MORE_TRIALS, LONELY, name="my study").reason
    assert "`netclinic resume 'my study' --trials 2` adds" in spaced
    assert "1,000 parameters" in by_kind(RemedyKind.BIGGER_NETWORK, BIAS).reason
    assert "0.0001" in by_kind(RemedyKind.L2, VARIANCE).reason
    assert "expect little" in by_kind(RemedyKind.EARLY_STOPPING, VARIANCE).reason
    assert "epoch 9" in by_kind(RemedyKind.EARLY_STOPPING, VARIANCE, TURNED).reason


@pytest.mark.parametrize(
    ("rates", "severity", "first"),
    [
        ([0.1] * 6, Severity.WARNING, "clipping"),
        ([0.1] * 4 + [2.0] * 4, Severity.WARNING, "lower_rate"),
        ([0.1] * 6, Severity.PROBLEM, "lower_rate"),  # by which trial then, nobody knows
    ],
)
def test_no_lower_rates_are_advised_where_the_search_had_many(rates, severity, first) -> None:
    """Of 129 rows of spectra they did harm, where shorter gradients took away 54 points."""
    rate = planted.MIDDLE["learning_rate"]
    trials = [planted.trial(0, validation=0.05)] + [
        planted.trial(
            k, validation=0.2, parameters={**planted.MIDDLE, "learning_rate": rate * times}
        )
        for k, times in enumerate(rates, start=1)
    ]
    study = planted.study(trials)
    large = Finding(FindingKind.STEPS_TOO_LARGE, severity, {}, "Too large.")
    case = Case(planted.spec(), study, study.provenance, trials[0], (BIAS, large))
    told = recommend(case)
    assert told[0].kind.value == first
    if first == "clipping":
        assert RemedyKind.LOWER_RATE not in [it.kind for it in told]
        assert "Far lower rates, which 6 trials had, did no better." in told[0].reason


def test_a_note_that_columns_are_in_order_asks_for_nothing_where_no_gap_is_high():
    order = warning(FindingKind.ORDERED_COLUMNS)._replace(severity=Severity.INFO)
    assert kinds(order) == []
    limits = {"gap": 0.1, "likely_low": 0.05, "likely_high": 0.15, "tolerance": 0.02}
    likely = warning(FindingKind.VARIANCE_UNDETERMINED, **limits)
    assert kinds(order, likely)[0] == "other_architecture"
    assert kinds(order, VARIANCE)[0] == "other_architecture"


@pytest.mark.parametrize(
    ("wrong", "task", "first"),
    [
        (0.35, Task.CLASSIFICATION, "other_architecture"),  # of 0.9
        (0.25, Task.CLASSIFICATION, "more_data"),
        (0.35, Task.REGRESSION, "other_architecture"),  # of a variance of 1
        (0.3, Task.REGRESSION, "more_data"),
        (0.05, Task.MULTILABEL, "other_architecture"),  # nobody knows of what
    ],
)
def test_convolutions_come_first_where_dense_layers_miss_much_of_what_can_be_told(
    wrong, task, first
):
    """Of centred digits, of which 5 % were missed, a cnn came first and took nothing away."""
    order = warning(FindingKind.ORDERED_COLUMNS)._replace(severity=Severity.INFO)
    error = Estimate(wrong, wrong / 2, wrong * 2, 300, "")
    best = planted.trial()
    study = planted.study([best])
    rows = ClassRows(tuple("0123456789"), *[(30,) * 10] * 3)
    assert study.provenance is not None
    classes = rows if task is Task.CLASSIFICATION else None
    provenance = study.provenance._replace(class_rows=classes)
    variance = TargetVariance(1.0, 1.0, 1.0) if task is Task.REGRESSION else None
    unit, errors = Unit(task, variance=variance), Errors(*[error] * 4)
    case = Case(planted.spec(), study, provenance, best, (order, VARIANCE), unit, errors)
    told = {it.kind.value: it for it in recommend(case)}
    assert recommend(case)[0].kind.value == first
    convolves = "cnn" in str(told["other_architecture"].change)
    assert convolves == (first == "other_architecture")
