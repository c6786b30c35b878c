"""What is counted of each label, of netclinic's networks and of others' predictions."""

import numpy as np
import pytest
from netclinic.diagnostics.findings import FindingKind
from netclinic.search.conclusion import diagnose_again
from netclinic.search.label_results import best_cut
from netclinic.search.trained_elsewhere import diagnose_predictions
from netclinic.storage import TrialStore

from .conftest import UNSEEN, load, run, url_in
from .test_task_study import LABELS, MULTILABEL, data_of

RARE = """
import numpy

def rows():
    rng = numpy.random.default_rng(0)
    x = rng.normal(size=(600, 6))
    rare = (x[:, 4] > 1.3) & (rng.random(600) < 0.4)  # never more likely than not
    return x, numpy.column_stack([x[:, 0] > 0, rare]).astype(int)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "labels.py").write_text(LABELS)
    return tmp_path


@pytest.mark.parametrize("where", ["resident", "stream"])
def test_what_is_stored_is_what_the_saved_network_answers(folder, where):
    from netclinic.models import load_network

    options = ("data.bridge=0.1", f"compute.data={where}", "study.trials=3", UNSEEN)
    run(folder, *MULTILABEL, *options)
    best = load(folder).best()
    assert best is not None
    assert best.result is not None
    dataset, network = data_of(folder, (*MULTILABEL, *options)), load_network(folder / "out/best")
    found = {(it.split, it.label): it for it in best.result.labels}
    assert len(found) == len(best.result.labels) == 16
    around = network.surroundings
    for name in ("train", "validation", "test", "bridge"):
        split = getattr(dataset, name)
        raw = np.asarray(split.inputs) * np.asarray(around.scale) + np.asarray(around.mean)
        outputs, has = network.outputs(raw), split.labels > 0
        for place, label in enumerate(dataset.class_names):
            it, claims = (
                found["training" if name == "train" else name, label],
                outputs[:, place] > 0,
            )
            of = has[:, place]
            assert (it.rows_with, it.rows_without) == (of.sum(), (~of).sum())
            assert (it.missed, it.claimed) == ((of & ~claims).sum(), (~of & claims).sum())
            at = network.probabilities(raw)[:, place] >= it.threshold
            assert (it.missed_from, it.claimed_from) == ((of & ~at).sum(), (~of & at).sum())
    errors = [
        (it.missed + it.claimed) / (it.rows_with + it.rows_without)
        for it in best.result.labels
        if it.split == "test"
    ]
    assert np.mean(errors) == pytest.approx(best.result.test_error)


def test_a_rare_label_that_is_never_claimed_is_found_and_kept(tmp_path):
    (tmp_path / "labels.py").write_text(RARE)
    last = run(tmp_path, *MULTILABEL, "study.trials=4", "training.epochs=20", UNSEEN)[-1]
    assert last.conclusion is not None
    assert last.conclusion.diagnosis is not None
    (found,) = (
        it for it in last.conclusion.diagnosis.findings if it.kind is FindingKind.MISSED_LABELS
    )
    assert (found.evidence["worst"], found.evidence["missed_labels"]) == ("y1", 1)
    page = (tmp_path / "out" / "report.md").read_text()
    assert "### The labels" in page
    assert "| y1 | with it |" in page
    assert '"labels": [' in (tmp_path / "out" / "diagnosis.json").read_text()
    again = diagnose_again("small", url_in(tmp_path)).diagnosis  # without data and network
    assert again.labels == last.conclusion.diagnosis.labels
    with TrialStore(url_in(tmp_path)) as store:
        sql = "SELECT SUM(missed) FROM trial_labels WHERE label = 'y1' AND split <> 'training'"
        assert store.query(sql)[1] == [(found.evidence["wrong"],)]


def test_a_study_whose_network_is_gone_says_what_was_not_counted(folder, monkeypatch):
    from netclinic.search import best_labels

    monkeypatch.setattr(best_labels, "labels_of_best", lambda *_: ())
    last = run(folder, *MULTILABEL, "study.trials=2", UNSEEN)[-1]
    assert last.conclusion is not None
    assert last.conclusion.diagnosis is not None
    assert "`netclinic resume small` counts" in " ".join(last.conclusion.diagnosis.not_checked)


@pytest.mark.parametrize("given", ["answers", "probabilities", "logits"])
def test_predictions_of_others_are_counted_too(tmp_path, given):
    rng, found = np.random.default_rng(0), {}
    for split, rows in {"train": 300, "validation": 200, "test": 200}.items():
        x = rng.normal(size=(rows, 4))
        sure = 1 / (1 + np.exp(-6 * np.column_stack([x[:, 0], x[:, 1] - 1.5])))
        found[f"x_{split}"], found[f"y_{split}"] = x, (sure > 0.5).astype(int)
        low = sure * [1, 0.4]
        forms = {"answers": (low > 0.5).astype(int), "probabilities": low}
        found[f"p_{split}"] = forms.get(given, np.log(low / (1 - low)))
    np.savez(tmp_path / "model.npz", **found)
    asked = ["data.task=multilabel", "diagnosis.regions=false", "diagnosis.bayes_error=0.0"]
    diagnosis = diagnose_predictions(tmp_path / "model.npz", asked).diagnosis
    worst, fine = diagnosis.labels
    assert worst.held_out.wrong == worst.held_out.rows > 10
    assert fine.held_out.wrong == 0
    assert worst.missed
    assert not fine.missed
    (told,) = (it for it in diagnosis.findings if it.kind is FindingKind.MISSED_LABELS)
    assert told.text.startswith("The network gets most rows of 1 of 2 labels wrong")
    if given != "answers":
        assert worst.threshold == pytest.approx(0.2, abs=0.1)
        assert worst.from_threshold[0].wrong <= 4


@pytest.mark.parametrize(
    ("outputs", "has", "cut"),
    [
        ([3, 2, 1, 0], [1, 1, 0, 0], 1.5),
        ([3, 2, 1, 0], [1, 0, 0, 0], 2.5),
        ([1, 1, 0, 0], [1, 0, 1, 0], 0.0),  # rows of one output are claimed together
        ([1, 1, 1, 0], [1, 0, 0, 1], 0.0),
        ([3, 2], [1, 1], 2.0),
        ([np.nan, 2, 1], [1, 1, 0], 1.5),
        ([3, 2], [0, 0], None),
        ([np.nan, 2], [1, 0], None),
    ],
)
def test_the_cut_is_that_with_the_highest_f1(outputs, has, cut):
    assert best_cut(np.array(outputs, float), np.array(has, bool)) == cut


def test_no_other_cut_has_a_higher_f1():
    rng = np.random.default_rng(0)
    for _ in range(50):
        outputs, has = rng.normal(size=30).round(1), rng.random(30) < 0.2
        has[0] = True

        def f1(cut, outputs=outputs, has=has):
            claims = outputs >= cut
            return 2 * (claims & has).sum() / (claims.sum() + has.sum())

        found = best_cut(outputs, has)
        assert found is not None
        assert f1(found) == max(map(f1, outputs))
