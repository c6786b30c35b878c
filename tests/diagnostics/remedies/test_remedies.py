"""Remedies: the textbook order, moved by evidence, each with a change that the spec accepts."""

from dataclasses import replace
from pathlib import Path

import pytest
from netclinic.diagnostics.findings import Finding, FindingKind, RemedyKind, Severity
from netclinic.diagnostics.remedies.case import Case
from netclinic.diagnostics.remedies.remedies import TABLE, recommend
from netclinic.search.spec_file import parse_spec
from netclinic.search.spec_toml import toml_value
from netclinic.storage.records.study import SearchRange

from tests.diagnostics import planted

GAP = {"gap": 0.1, "low": 0.08, "high": 0.12, "tolerance": 0.02}
BIAS = Finding(FindingKind.HIGH_BIAS, Severity.PROBLEM, GAP, "bias")
SHIFT = "-S search.augment_shift={uniform=[0,0.2]}"
VARIANCE = Finding(FindingKind.HIGH_VARIANCE, Severity.PROBLEM, GAP, "variance")
FALLING = Finding(
    FindingKind.STILL_IMPROVING,
    Severity.WARNING,
    {"relative_fall": 0.3, "epochs_compared": 5},
    "falling",
)
TURNED = Finding(
    FindingKind.OVERFITTED_AFTER, Severity.WARNING, {"epoch": 9}, "After about epoch 9 it rose."
)
DUPLICATES = Finding(FindingKind.DUPLICATES_ACROSS_SPLITS, Severity.PROBLEM, {}, "9 duplicates.")
OUTLIERS = Finding(FindingKind.TARGET_OUTLIERS, Severity.PROBLEM, {}, "1 row is far out.")
CONFLICTS = Finding(FindingKind.CONFLICTING_LABELS, Severity.WARNING, {}, "3 conflicts.")
UNSTABLE = Finding(
    FindingKind.BEST_NEAR_DIVERGENCE, Severity.WARNING, {}, "3 of the best 5 nearly diverged."
)
FALLING_ERROR = FALLING._replace(
    evidence={**FALLING.evidence, "validation_fall": 0.04}, text="Both fell."
)
ERROR_ALONE = FALLING._replace(
    evidence={"relative_fall": None, "validation_fall": 0.04, "epochs_compared": 5},
    text="The error fell.",
)


def warning(kind, **evidence):
    return Finding(kind, Severity.WARNING, evidence, f"{kind.value} found.")


OVERFITTED = warning(FindingKind.OVERFITTED_TRIALS)
RISING = warning(FindingKind.TRAINING_LOSS_RISING)
UNSTEADY = warning(FindingKind.UNSTEADY_END)
LONG = warning(FindingKind.TRAINED_TOO_LONG, latest_of_them=2)
LOW_RATE = warning(FindingKind.LOW_RATE_REGULARISES, learning_rate=1e-4, highest=0.05)
LONELY = warning(FindingKind.SEARCH_STILL_IMPROVING)
IN_DOUBT = warning(FindingKind.WINNER_IN_DOUBT)
FEW_ROWS = warning(FindingKind.VALIDATION_TOO_SMALL, rows_needed=3100)
DRIFTED = warning(FindingKind.DRIFT)
RARE = warning(FindingKind.CLASS_IMBALANCE, rarest="owl")
MISSED = warning(FindingKind.CLASS_IMBALANCE, rarest="owl", wrong=2, validation_rows=2)
HALF_MISSED = warning(FindingKind.CLASS_IMBALANCE, rarest="owl", wrong=1, validation_rows=2)
FLOOR = Finding(FindingKind.FLOOR_ABOVE_HELD_OUT, Severity.PROBLEM, {}, "Floor too high.")


def edge(parameter="learning_rate", law="log", low=1e-5, high=1.0):
    evidence = {"parameter": parameter, "law": law, "widened_low": low, "widened_high": high}
    return Finding(FindingKind.BEST_AT_EDGE, Severity.WARNING, evidence, f"{parameter} edge.")


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


STRONG = {"weight_decay": {"log": [0.3, 3.0]}, "dropout": 0.9}


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


def test_a_decay_of_adamw_is_strong_from_higher_on():
    def advised(decay):
        search = {"weight_decay": decay}
        resolved = planted.spec(search=search, training={"optimizer": "adamw"})
        return "less_l2" in kinds(BIAS, resolved=resolved)

    assert [advised(it) for it in (0.1, 0.5)] == [False, True]


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


def remedies(*findings, resolved=None, ranges=planted.RANGES, name="planted"):
    best = planted.trial()
    study = replace(planted.study([best], ranges=ranges, resolved=resolved), name=name)
    return recommend(Case(resolved or planted.spec(), study, study.provenance, best, findings))


def test_rows_of_more_groups_before_a_look_at_labels():
    unrelated = warning(FindingKind.LABELS_UNRELATED)
    grouped = planted.spec(data={"split": "grouped"})
    assert kinds(VARIANCE, unrelated)[:2] == ["check_labels", "more_data"]
    ranked = kinds(VARIANCE, unrelated, resolved=grouped)
    assert ranked.index("more_data") < ranked.index("check_labels")
    told = by_kind(RemedyKind.MORE_DATA, VARIANCE, resolved=grouped).reason
    assert told.startswith("More rows, of other groups, are the surest cure of the variance")


def kinds(*findings, **options):
    return [remedy.kind.value for remedy in remedies(*findings, **options)]


def by_kind(kind, *findings, **options):
    (found,) = [r for r in remedies(*findings, **options) if r.kind is kind]
    return found


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


BEGUN = planted.spec(network={"init_from": "source/best", "transfer": "fine_tune"})
RESNET = {"kind": "resnet", "channels": [4, 8]}
LAYERS = (*planted.RANGES, SearchRange("layers", "int", 1, 4))


@pytest.mark.parametrize(
    ("kind", "findings", "options", "change"),
    [
        ("bigger_network", (BIAS,), {}, "-S network.hidden=[256,256]"),
        (
            "bigger_network",
            (BIAS,),
            {"resolved": planted.spec(network={"hidden": [1]})},
            "-S network.hidden=[32]",
        ),
        (
            "bigger_network",
            (BIAS,),
            {"resolved": planted.spec(network={"hidden": []})},
            "-S network.hidden=[128]",
        ),
        (
            "bigger_network",
            (BIAS,),
            {"resolved": planted.spec(network={"kind": "cnn", "channels": [16, 40_000]})},
            "-S network.channels=[32,65536]",
        ),
        *(
            ("bigger_network", (BIAS,), {"resolved": planted.spec(search={"units": units})}, change)
            for units, change in (
                ({"int": [16, 256]}, "-S search.units={int=[256,512]}"),
                ({"int": [16, 65_536]}, "-S search.units={int=[32768,65536]}"),
                ({"choice": [128, 32, 64]}, "-S search.units={choice=[128,256]}"),
            )
        ),
        ("bigger_network", (BIAS,), {"resolved": BEGUN}, None),
        ("other_architecture", (BIAS,), {"resolved": BEGUN}, None),
        ("more_epochs", (BIAS,), {}, "-S training.epochs=40"),
        ("other_architecture", (BIAS,), {}, "-S search.layers={int=[1,4]}"),
        ("other_architecture", (BIAS,), {"ranges": LAYERS}, None),
        ("other_architecture", (BIAS,), {"resolved": planted.spec(network=RESNET)}, None),
        (
            "bigger_network",
            (BIAS,),
            {"resolved": planted.spec(network=RESNET)},
            "-S network.channels=[8,16]",
        ),
        (
            "other_architecture",
            (BIAS,),
            {"resolved": planted.spec(network={"hidden": []})},
            "-S search.layers={int=[1,4]} -S search.units={int=[16,256]}",
        ),
        *(
            (kind, (finding,), {"resolved": planted.spec(network={"kind": "a.py:Net"})}, None)
            for kind, finding in (
                ("bigger_network", BIAS),
                ("other_architecture", BIAS),
                ("dropout", VARIANCE),
            )
        ),
        ("more_data", (VARIANCE,), {}, None),
        (
            "more_data",
            (VARIANCE,),
            {"resolved": planted.spec(data={"train_rows": 60})},
            "-S data.train_rows=120",
        ),
        (
            "more_data",
            (VARIANCE,),
            {"resolved": planted.spec(data={"source": "twonorm", "rows": 500})},
            "-S data.rows=1000",
        ),
        ("l2", (VARIANCE,), {}, "-S search.weight_decay={log=[0.0001,0.1]}"),
        ("dropout", (VARIANCE,), {}, "-S search.dropout={uniform=[0,0.5]}"),
        ("dropout", (VARIANCE,), {"resolved": planted.spec(network={"hidden": []})}, None),
        ("dropout", (VARIANCE,), {"resolved": planted.spec(search={"dropout": 0.6})}, None),
        (
            "dropout",
            (VARIANCE,),
            {"resolved": planted.spec(search={"dropout": 0.2})},
            "-S search.dropout={uniform=[0.2,0.6]}",
        ),
        ("augmentation", (VARIANCE,), {}, SHIFT),
        (
            "augmentation",
            (VARIANCE,),
            {"resolved": planted.spec(search={"augment_flip": 0.5})},
            None,
        ),
        ("augmentation", (VARIANCE,), {"resolved": planted.spec(data={"source": "iris"})}, None),
        *(
            (
                "augmentation",
                (VARIANCE,),
                {"resolved": planted.spec(data=data, network=network)},
                it,
            )
            for data, network, it in (
                ({"source": "photos/"}, {"kind": "cnn", "channels": [8]}, SHIFT),
                # as the database keeps it
                ({"source": "/data/photos"}, {"kind": "cnn", "channels": [8]}, SHIFT),
                ({"source": "/data/x.npz"}, {"kind": "cnn", "channels": [8]}, None),
                ({"source": "photos/"}, {"kind": "mlp"}, None),  # a saved table, for all it says
                ({"source": "photos/", "image_mode": "rgb"}, {"kind": "mlp"}, SHIFT),
                ({"source": "photos/"}, {"kind": "cnn", "shape": [128]}, None),
            )
        ),
        (
            "augmentation",
            (VARIANCE,),
            {
                "resolved": planted.spec(
                    data={"source": "a.npz"}, network={"kind": "cnn", "shape": [128, 1, 9]}
                )
            },
            None,
        ),
        ("early_stopping", (VARIANCE,), {}, "-S training.patience=4"),
        ("early_stopping", (VARIANCE, TURNED), {}, "-S training.patience=4"),
        ("extend_range", (edge(),), {}, "-S search.learning_rate={log=[1e-05,1]}"),
        ("warmup", (UNSTABLE,), {}, "-S search.warmup={uniform=[0,0.2]}"),
        ("clipping", (UNSTABLE,), {}, "-S search.clip_norm={log=[0.1,10]}"),
        (
            "extend_range",
            (edge(), edge("momentum", "one_minus_log", 0.9, 0.9999)),
            {},
            "-S search.learning_rate={log=[1e-05,1]} "
            "-S search.momentum={one_minus_log=[0.0001,0.1]}",
        ),
        ("more_epochs", (FALLING_ERROR,), {}, "-S training.epochs=40"),
        ("decay", (UNSTEADY,), {}, "-S training.schedule=cosine"),
        ("fewer_epochs", (LONG,), {}, "-S training.epochs=6"),
        ("regularisation", (OVERFITTED,), {}, "-S search.dropout={uniform=[0,0.5]}"),
        (
            "regularisation",
            (OVERFITTED, LOW_RATE),
            {},
            "-S search.learning_rate={log=[0.0001,0.05]} -S search.dropout={uniform=[0,0.5]}",
        ),
        (
            "regularisation",
            (OVERFITTED,),
            {"resolved": planted.spec(network={"hidden": []})},
            "-S search.weight_decay={log=[0.0001,1]}",
        ),
        ("more_trials", (LONELY,), {}, "-S study.trials=2"),
        ("more_validation", (FEW_ROWS,), {}, "-S data.validation=3100"),
        ("replicates", (IN_DOUBT,), {}, "-S study.replicates=5"),
        ("fix_split", (DUPLICATES,), {}, None),
        ("clean_labels", (CONFLICTS,), {}, None),
        ("check_outliers", (OUTLIERS,), {}, None),
        ("balanced_objective", (RARE,), {}, "-S study.objective=balanced_error"),
        ("add_bridge", (DRIFTED,), {}, "-S data.bridge=0.1"),
        (
            "class_weights",
            (RARE,),
            {},
            "-S study.objective=balanced_error -S training.class_weights=balanced",
        ),
        (
            "class_weights",
            (RARE,),
            {"resolved": planted.spec(study={"objective": "balanced_error"})},
            "-S training.class_weights=balanced",
        ),
    ],
)
def test_change(kind, findings, options, change):
    it = by_kind(RemedyKind(kind), *findings, **options)
    assert it.change == change
    if change is not None:
        source = "twonorm" if "data.rows" in change else "digits"
        network = options.get("resolved", planted.spec())["network"]
        lines = "".join(f"{key} = {toml_value(value)}\n" for key, value in network.items())
        text = f'[study]\nname = "s"\n[data]\nsource = "{source}"\n[network]\n{lines}'
        options = [part.strip() for part in f" {change}".split(" -S ") if part.strip()]
        parse_spec(text, file="s.toml", folder=Path(), overrides=options)


@pytest.mark.parametrize(
    ("dealt", "change"),
    [
        ("random", "-S data.validation=3100"),
        (None, "-S data.validation=3100"),
        ("ready_made_test", "-S data.validation=3100"),
        ("ready_made", None),
    ],
)
def test_more_validation_rows_are_no_key_where_the_source_brings_them(dealt, change):
    """The key is not read there: a study with it had the same validation rows."""
    best = planted.trial()
    study = planted.study([best])
    provenance = study.provenance._replace(dealt=dealt)
    (it,) = recommend(Case(planted.spec(), study, provenance, best, (FEW_ROWS,)))
    assert (it.kind, it.change) == (RemedyKind.MORE_VALIDATION, change)
    assert ("move some of its training rows there" in it.reason) == (change is None)


@pytest.mark.parametrize(("optimizer", "most"), [("sgd", 1), ("adam", 1), ("adamw", 10)])
def test_the_decay_of_adamw_may_grow_further(optimizer: str, most: int) -> None:
    best = planted.trial(parameters={**planted.MIDDLE, "weight_decay": most / 20})
    study = planted.study([best])
    case = Case(
        planted.spec(training={"optimizer": optimizer}), study, study.provenance, best, (VARIANCE,)
    )
    (l2,) = [remedy for remedy in recommend(case) if remedy.kind is RemedyKind.L2]
    assert l2.change == f"-S search.weight_decay={{log=[{most / 20:g},{most}]}}"


def test_a_stronger_decay_than_next_to_none_is_one_that_holds_something_back() -> None:
    """The search had gone from 1e-7 on already."""
    best = planted.trial(parameters={**planted.MIDDLE, "weight_decay": 6e-7})
    study = planted.study([best])
    case = Case(planted.spec(), study, study.provenance, best, (VARIANCE,))
    (l2,) = [remedy for remedy in recommend(case) if remedy.kind is RemedyKind.L2]
    assert l2.change == "-S search.weight_decay={log=[1e-05,0.1]}"


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


@pytest.mark.parametrize(
    ("kept", "dealt", "change"),
    [
        (200, "random", "-S data.train_rows=400"),
        (800, "random", "-S data.train_rows=1075"),  # 359 is a fifth of 1,793 to 1,797 rows
        (1075, "random", None),
        (800, "ready_made", "-S data.train_rows=1600"),  # how many there are is not known
    ],
)
def test_no_more_training_rows_are_advised_than_there_are(kept, dealt, change) -> None:
    data = {"train_rows": kept, "validation": 0.2, "test": 0.2}
    best = planted.trial()
    study = planted.study([best], rows=(kept, 359, 359))
    provenance = study.provenance._replace(dealt=dealt)
    case = Case(planted.spec(data=data), study, provenance, best, (VARIANCE,))
    (advised,) = [it for it in recommend(case) if it.kind is RemedyKind.MORE_DATA]
    assert advised.change == change
