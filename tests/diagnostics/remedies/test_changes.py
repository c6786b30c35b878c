"""The change of a remedy: each is one that the spec accepts, and asks for no more than there is."""

from pathlib import Path

import pytest
from netclinic.diagnostics.findings import Finding, FindingKind, RemedyKind, Severity
from netclinic.diagnostics.remedies.case import Case
from netclinic.diagnostics.remedies.remedies import recommend
from netclinic.diagnostics.remedies.treated_study import changes_of
from netclinic.search.spec_file import parse_spec
from netclinic.search.spec_toml import toml_value

from tests.diagnostics import planted
from tests.diagnostics.remedies.evidence import (
    BEGUN,
    BIAS,
    CONFLICTS,
    DRIFTED,
    DUPLICATES,
    FALLING_ERROR,
    FEW_ROWS,
    FLOOR,
    IN_DOUBT,
    LAYERS,
    LONELY,
    LONG,
    LOW_RATE,
    OUTLIERS,
    OVERFITTED,
    RARE,
    RESNET,
    TURNED,
    UNSTABLE,
    UNSTEADY,
    VARIANCE,
    by_kind,
    edge,
    kinds,
    warning,
)


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
        ("l2", (VARIANCE,), {}, "-S search.weight_decay={log=[0.001,1]}"),
        ("dropout", (VARIANCE,), {}, "-S search.dropout={uniform=[0,0.5]}"),
        (
            "dropout",
            (VARIANCE,),
            {"resolved": planted.spec(search={"dropout": 0.2})},
            "-S search.dropout={uniform=[0.2,0.6]}",
        ),
        ("augmentation", (VARIANCE,), {}, "-S search.augment_noise={uniform=[0,0.5]}"),
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
    "tables",
    [
        {"network": {"hidden": []}},
        {"search": {"dropout": 0.6}},
        {"search": {"dropout": {"uniform": [0.0, 0.5]}}},
    ],
)
def test_no_dropout_is_advised_where_there_is_nothing_to_drop_or_it_is_in_use(tables) -> None:
    assert "dropout" not in kinds(VARIANCE, resolved=planted.spec(**tables))


def test_a_network_of_ones_own_is_advised_what_its_code_needs() -> None:
    own = {"kind": "a.py:Net", "arguments": {"width": 8, "taps": 3}}
    wider = by_kind(RemedyKind.BIGGER_NETWORK, BIAS, resolved=planted.spec(network=own))
    assert wider.change == "-S network.arguments.width=16"
    own["arguments"] = {"hidden": [8, 4], "width": "wide"}
    wider = by_kind(RemedyKind.BIGGER_NETWORK, BIAS, resolved=planted.spec(network=own))
    assert wider.change == "-S network.arguments.hidden=[16,8]"
    plain = planted.spec(network={"kind": "a.py:Net"})
    assert by_kind(RemedyKind.BIGGER_NETWORK, BIAS, resolved=plain).reason.endswith("in its code.")
    it = by_kind(RemedyKind.DROPOUT, VARIANCE, resolved=plain)
    assert "netclinic.models.Dropout in its code; then search its rate" in it.reason
    drops = planted.spec(network={"kind": "a.py:Net"}, search={"dropout": 0.1})
    found = by_kind(RemedyKind.DROPOUT, VARIANCE, resolved=drops)
    assert found.change == "-S search.dropout={uniform=[0.1,0.5]}"


def test_other_initial_weights_are_searched_where_the_fitting_ones_are_in_use() -> None:
    dead = warning(FindingKind.DEAD_UNITS)
    fits = planted.spec(network={"initializer": "he_normal"})
    it = by_kind(RemedyKind.OTHER_INITIALIZER, dead, resolved=fits)
    choice = '-S search.initializer={choice=["he_normal","orthogonal","xavier_uniform"]}'
    assert it.change == choice
    parse_spec(
        '[study]\nname = "s"\n[data]\nsource = "digits"\n',
        file="s.toml",
        folder=Path(),
        overrides=changes_of(choice),
    )
    searched = planted.spec(search={"initializer": {"choice": ["he_normal", "orthogonal"]}})
    assert "other_initializer" not in kinds(dead, resolved=searched)


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


LEAVE_OUT = "-S data.copies=leave_out"


@pytest.mark.parametrize(
    ("dealt", "split", "change", "told"),
    [
        ("random", "random", "-S data.split=distinct", "in one split, then judge anew."),
        ("ready_made", "random", LEAVE_OUT, "as much had the copies flattered it."),
        ("ready_made_test", "random", LEAVE_OUT, "as much had the copies flattered it."),
        ("ordered", "ordered", LEAVE_OUT, "as much had the copies flattered it."),
        ("grouped", "grouped", LEAVE_OUT, "as much had the copies flattered it."),
        (None, "random", None, "leave out of the training rows what others repeat."),
    ],
)
def test_equal_rows_come_into_one_split_where_they_were_dealt_one_by_one(
    dealt, split, change, told
):
    it = fix_of(DUPLICATES, data={"split": split}, dealt=dealt)
    assert it.change == change
    assert it.reason.endswith(told)
    assert fix_of(FLOOR, DUPLICATES, data={"split": split}, dealt=dealt).change == change
    assert fix_of(FLOOR, data={"split": split}, dealt=dealt).change is None


def test_rows_that_belong_together_are_split_by_the_column_that_was_found() -> None:
    evidence = {"group": "who is it", "ignored": '["other"]'}
    found = Finding(FindingKind.HIDDEN_GROUPS, Severity.PROBLEM, evidence, "Groups.")
    it = fix_of(DUPLICATES, found, data={"source": "t.csv", "target": "y", "ignore": ["id"]})
    assert changes_of(it.change) == (
        "data.split=grouped",
        'data.group="who is it"',
        'data.ignore=["id", "other"]',
    )
    text = '[study]\nname = "s"\n[data]\nsource = "t.csv"\ntarget = "y"\n'
    loaded = parse_spec(text, file="s.toml", folder=Path(), overrides=changes_of(it.change))
    assert loaded.spec.data.group == "who is it"
    assert fix_of(found._replace(evidence={})).change is None, "of arrays, or an older study"


def fix_of(*findings, data=None, dealt="random"):
    """The advice on the split of a study whose rows came to splits so."""
    best, resolved = planted.trial(), planted.spec(data=data or {})
    study = planted.study([best], resolved=resolved)
    provenance = study.provenance._replace(dealt=dealt)
    (it,) = recommend(Case(resolved, study, provenance, best, findings))
    assert it.kind is RemedyKind.FIX_SPLIT
    return it


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


@pytest.mark.parametrize(("optimizer", "most"), [("sgd", 1), ("adam", 1), ("adamw", 10)])
def test_the_decay_of_adamw_may_grow_further(optimizer: str, most: int) -> None:
    best = planted.trial(parameters={**planted.MIDDLE, "weight_decay": most / 20})
    study = planted.study([best])
    case = Case(
        planted.spec(training={"optimizer": optimizer}), study, study.provenance, best, (VARIANCE,)
    )
    (l2,) = [remedy for remedy in recommend(case) if remedy.kind is RemedyKind.L2]
    assert l2.change == f"-S search.weight_decay={{log=[{most / 20:g},{most}]}}"
