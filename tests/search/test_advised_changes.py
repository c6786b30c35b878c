"""Every kind of remedy on every kind of study: what is printed to try it is one that a spec takes.

No study is run: findings of all kinds are planted in a study of the spec, and the change of each
remedy is made in it. Which remedies have none is written down here.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from netclinic.diagnostics.findings import Finding, FindingKind, RemedyKind, Severity
from netclinic.diagnostics.remedies.case import Case
from netclinic.diagnostics.remedies.remedies import recommend
from netclinic.diagnostics.remedies.table import TABLE
from netclinic.diagnostics.remedies.treated_study import changes_of
from netclinic.diagnostics.studies.ranges import override, widened
from netclinic.diagnostics.units import CLASSIFICATION, Task
from netclinic.search.entries import Choice, Entry, Int, Log, OneMinusLog, Uniform
from netclinic.search.space import searched
from netclinic.search.spec import StudySpec
from netclinic.search.spec_entries import Numbers
from netclinic.search.spec_file import resolved_of, spec_from_resolved
from netclinic.search.spec_overrides import with_overrides
from netclinic.search.spec_search import Search
from netclinic.storage.records.study import SearchRange

from tests.diagnostics import planted

TABLE_FILE = 'source = "/t.csv"\ntarget = "y"'
STUDIES = {  # name → its tables, beside the study's name
    "table": f"[data]\n{TABLE_FILE}",
    "quantity": f'[data]\n{TABLE_FILE}\ntask = "regression"',
    "grouped": f'[data]\n{TABLE_FILE}\nsplit = "grouped"\ngroup = "who"',
    "ordered": f'[data]\n{TABLE_FILE}\nsplit = "ordered"\norder = "day"\nbridge = 0.1',
    "distinct": f'[data]\n{TABLE_FILE}\nsplit = "distinct"',
    "labels": '[data]\nsource = "/t.csv"\ntask = "multilabel"\ntarget = ["a", "b"]',
    "tasks": '[data]\nsource = "/t.csv"\ntask = "multitask"\n[data.targets]\na = "classification"\n'
    'b = "regression"\n[search.task_weights]\nb = {uniform = [0.5, 2]}',
    "unscaled": f"[data]\n{TABLE_FILE}\nstandardize = false",
    "folder": '[data]\nsource = "/photos/"',
    "cnn": '[data]\nsource = "/photos/"\n[network]\nkind = "cnn"\nchannels = [8, 16]',
    "resnet": '[data]\nsource = "/photos/"\n[network]\nkind = "resnet"\nchannels = [8, 16]',
    "arrays": '[data]\nsource = "/a.npz"',
    "memory-mapped": '[data]\nsource = "/x.npy"\nlabels = "/y.npy"',
    "function": '[data]\nsource = "/make.py:load"',
    "drawn": '[data]\nsource = "twonorm"\nrows = 500',
    "fewer-rows": '[data]\nsource = "digits"\ntrain_rows = 100',
    "own-arguments": f'[data]\n{TABLE_FILE}\n[network]\nkind = "/net.py:Net"\n'
    "arguments = {width = 8}\n[search]\ndropout = 0.2\narguments = {taps = {int = [1, 4]}}",
    "own": f'[data]\n{TABLE_FILE}\n[network]\nkind = "/net.py:Net"',
    "linear": f"[data]\n{TABLE_FILE}\n[network]\nhidden = []",
    "searched": f"[data]\n{TABLE_FILE}\n[search]\nlayers = {{int = [1, 4]}}\n"
    "units = {int = [16, 65536]}\nbatch_size = {choice = [32, 64]}\n"
    'activation = {choice = ["relu", "tanh"]}',
    "begun": f'[data]\n{TABLE_FILE}\n[network]\ninit_from = "/out/best"',
    "frozen": f'[data]\n{TABLE_FILE}\n[network]\ninit_from = "/out/best"\ntransfer = "frozen"',
    "adamw": f'[data]\n{TABLE_FILE}\n[training]\noptimizer = "adamw"\nschedule = "cosine"',
    "adagrad": f'[data]\n{TABLE_FILE}\n[training]\noptimizer = "adagrad"\npatience = 5',
    "pruned": f'[data]\n{TABLE_FILE}\n[pruning]\nkind = "hyperband"',
    "held-back": f"[data]\n{TABLE_FILE}\n[training]\nbatch_size = 3000\n[search]\n"
    "weight_decay = {log = [0.1, 1]}\ndropout = 0.5\naugment_noise = 1.5",
}
# What only a user can do, with other rows, columns, labels or code
BY_HAND = {
    RemedyKind.COMPARE_SOURCES,
    RemedyKind.MATCHING_DATA,
    RemedyKind.CLEAN_LABELS,
    RemedyKind.CHECK_OUTLIERS,
    RemedyKind.LEARN_LOGARITHM,
    RemedyKind.EMPTY_CODES,
    RemedyKind.ONE_UNIT,
    RemedyKind.CHECK_COLUMN,
    RemedyKind.CHECK_LABELS,
    RemedyKind.MEND_NETWORK,
    RemedyKind.LABEL_THRESHOLDS,
    RemedyKind.ROWS_OF_LABEL,
    RemedyKind.ROWS_OF_REGION,
    RemedyKind.INPUTS_OF_REGION,
    RemedyKind.LABELS_OF_REGION,
}
ALL = set(STUDIES)
OWN, BEGUN = {"own", "own-arguments"}, {"begun", "frozen"}
NONE_IN = {  # the studies in which a remedy has no change
    RemedyKind.MORE_DATA: ALL - {"drawn", "fewer-rows"},
    RemedyKind.SCALE_INPUTS: ALL - {"unscaled"},
    RemedyKind.BIGGER_NETWORK: {"own"} | BEGUN,
    RemedyKind.OTHER_ARCHITECTURE: {"searched", "resnet"} | OWN | BEGUN,
    RemedyKind.DROPOUT: {"own"},
    RemedyKind.OTHER_INITIALIZER: OWN,
    RemedyKind.NORMALISATION: OWN,
}
EVIDENCE: dict[str, Any] = {
    "gap": 0.1,
    "low": 0.08,
    "high": 0.12,
    "tolerance": 0.02,
    "parameter": "learning_rate",
    "law": "log",
    "widened_low": 1e-5,
    "widened_high": 1.0,
    "relative_fall": 0.3,
    "epochs_compared": 5,
    "rarest": "owl",
    "rows_needed": 3100,
    "latest_of_them": 2,
    "learning_rate": 1e-4,
    "highest": 0.05,
    "region": "x > 1",
    "training_rows": 50,
    "training_wrong": 40,
}


def range_of(name: str, entry: Entry) -> SearchRange:
    if isinstance(entry, Choice):
        return SearchRange(name, "choice", None, None, entry.values)
    return SearchRange(name, type(entry).law, entry.low, entry.high)


def case_of(name: str, kind: FindingKind) -> Case:
    """A study of this spec in which nothing but one finding was found."""
    spec = StudySpec.model_validate(tomllib.loads(f'[study]\nname = "{name}"\n{STUDIES[name]}'))
    resolved, best = resolved_of(spec), planted.trial()
    if resolved["data"]["task"] == "multilabel":
        assert best.result is not None
        best = replace(best, result=best.result._replace(labels=planted.labels(a=40)))
    resolved["training"]["batch_size"] = resolved["training"]["batch_size"] or 128
    ranges = tuple(range_of(*it) for it in searched(spec.search).items())
    study = replace(planted.study([best], ranges=ranges, resolved=resolved), name=name)
    assert study.provenance is not None
    provenance = study.provenance._replace(dealt=resolved["data"]["split"])
    if resolved["data"]["bridge"]:
        provenance = provenance._replace(rows=provenance.rows._replace(bridge=100))
    finding = Finding(kind, Severity.PROBLEM, EVIDENCE, f"{kind.value} found.")
    unit = CLASSIFICATION._replace(task=Task(resolved["data"]["task"]))
    return Case(resolved, study, provenance, best, (finding,), unit)


def accepted(spec: Mapping[str, Any], change: str) -> Mapping[str, Any]:
    """The resolved spec with a change, which it takes."""
    content, _, problems = with_overrides(spec, changes_of(change))
    assert not problems
    return resolved_of(spec_from_resolved(content))


@pytest.mark.parametrize("name", STUDIES)
def test_each_change_is_one_that_the_spec_takes(name: str) -> None:
    classes = case_of(name, FindingKind.HIGH_BIAS).unit.task is Task.CLASSIFICATION
    for kind in TABLE:
        if kind is FindingKind.CLASS_IMBALANCE and not classes:
            continue  # which looks at classes alone
        if kind is FindingKind.MISSED_LABELS and name != "labels":
            continue  # which looks at several labels alone
        case = case_of(name, kind)
        for it in recommend(case):
            without = it.kind in BY_HAND or name in NONE_IN.get(it.kind, ())
            if it.kind is RemedyKind.FIX_SPLIT:
                distinct = case.spec["data"]["split"] == "distinct"
                without = distinct or kind is not FindingKind.DUPLICATES_ACROSS_SPLITS
            assert (it.change is None) == without, it
            assert it.change is None or accepted(case.spec, it.change) != case.spec, it


NUMBERS = {
    name: it
    for name, field in Search.model_fields.items()
    for it in (*field.metadata, *getattr(field.annotation, "__args__", ()))
    for it in getattr(it, "__metadata__", (it,))
    if isinstance(it, Numbers)
}
LIKELY = {Log: (1e-3, 1e-1), Uniform: (0.1, 0.8), OneMinusLog: (0.5, 0.9), Int: (2, 8)}


def test_every_range_is_widened_to_one_that_the_spec_takes() -> None:
    """What lies at the edge of a range is advised whatever is searched, and by whatever law."""
    also = {
        "head_learning_rate": ("begun", ""),
        "decay_rate": ("table", " -S training.schedule=exponential"),
        "task_weights.b": ("tasks", ""),
        "units": ("searched", ""),
    }
    of_all = {**NUMBERS, "task_weights.b": Numbers((Log, Uniform), "", 0)}
    assert len(of_all) > 20
    for name, numbers in of_all.items():
        of, more = also.get(name, ("adamw", ""))
        spec = case_of(of, FindingKind.HIGH_BIAS).spec
        for law in set(numbers.laws) - {Choice}:
            it = SearchRange(name, law.law, *LIKELY[law])
            for upper in (False, True):
                if ends := widened(it, upper):
                    accepted(spec, override(name, it.law, *ends) + more)


@pytest.mark.parametrize("name", [name for name in STUDIES if name not in OWN | BEGUN])
@pytest.mark.parametrize("gap", [FindingKind.HIGH_BIAS, FindingKind.HIGH_VARIANCE])
def test_convolutions_are_advised_first_of_dense_layers_that_take_signals(name, gap) -> None:
    case = case_of(name, gap)
    dense = case.spec["network"]["kind"] == "mlp"
    for shape in ("", "[8, 8]"):
        evidence = {"shape": shape, "what": "a picture"}
        order = Finding(FindingKind.ORDERED_COLUMNS, Severity.INFO, evidence, "In order.")
        told = {it.kind: it for it in recommend(case._replace(findings=(*case.findings, order)))}
        network = told[RemedyKind.OTHER_ARCHITECTURE]
        behind = told[
            RemedyKind.BIGGER_NETWORK if gap is FindingKind.HIGH_BIAS else RemedyKind.MORE_DATA
        ]
        ready = behind.kind is RemedyKind.MORE_DATA and name == "fewer-rows"
        assert (network.rank < behind.rank) == (dense and not ready)
        if not dense:
            continue
        after = accepted(case.spec, str(network.change))["network"]
        assert (after["kind"], after["channels"]) == ("cnn", [16, 32, 64])
        assert after["shape"] == ([8, 8] if shape else None)
        assert network.reason.startswith("In order. A convolution takes a pattern")
