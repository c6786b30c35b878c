"""What trying a remedy takes: the spec of the study that tries it, or why it cannot be tried."""

from dataclasses import replace

import pytest
from netclinic.models.own_code import code_digest
from netclinic.search.spec_errors import SpecError
from netclinic.search.spec_file import parse_spec
from netclinic.search.treatment import refuse_other_rows
from netclinic.search.treatment_plan import (
    OWN,
    TreatmentError,
    Wanted,
    advised_plans,
    plan_treatment,
)

from ..diagnostics.tried import TRIED

ADVISED = [
    {"kind": "more_data", "change": None, "gain": None},
    {
        "kind": "bigger_network",
        "change": "-S network.hidden=[16]",
        "gain": {"error": "training", "low": 0.0, "high": 0.2},
    },
    {"kind": "early_stopping", "change": "-S training.patience=4 -S training.epochs=40"},
]
OTHER_ROWS = [{"kind": "fix_split", "change": "-S data.split=distinct"}, *ADVISED]


@pytest.fixture(scope="module")
def study(undisturbed):
    return replace(undisturbed, diagnosis={"remedies": ADVISED})


def test_the_first_that_a_spec_can_say_is_tried(study) -> None:
    plan = plan_treatment(study, Wanted())
    assert plan.name == "small-bigger-network"
    assert plan.tried == ("bigger_network", "network.hidden=[16]", "training", 0.0, 0.2)
    resolved, before = plan.loaded.resolved, dict(study.spec)
    assert resolved["network"].pop("hidden") == [16]
    assert resolved["study"].pop("name") == plan.name
    for spec in (resolved, before):
        spec["network"] = {k: v for k, v in spec["network"].items() if k != "hidden"}
        spec["study"] = {k: v for k, v in spec["study"].items() if k != "name"}
    assert resolved == before


def test_a_remedy_is_tried_by_name_and_an_idea_by_its_changes(study) -> None:
    plan = plan_treatment(study, Wanted("early_stopping", ("training.epochs=50",)))
    assert plan.loaded.spec.training.patience == 4
    assert plan.loaded.spec.training.epochs == 50
    assert plan.tried.spec_change == (
        "training.patience=4 -S training.epochs=40 -S training.epochs=50"
    )
    own = plan_treatment(study, Wanted(None, ("study.name=mine", "training.epochs=9")))
    assert (own.name, own.tried.remedy) == ("mine", OWN)
    assert own.tried[1:] == ("training.epochs=9", None, None, None)
    told = plan_treatment(study, Wanted("more_data", ("data.test=0.2",)))
    assert told.tried[:2] == ("more_data", "data.test=0.2")


def test_it_gets_as_many_trials_as_the_study_has_and_no_timeout(study) -> None:
    longer = replace(study, spec={**study.spec, "study": {**study.spec["study"], "timeout": 3.0}})
    some = replace(longer, trials=longer.trials[:7])
    plan = plan_treatment(some, Wanted())
    assert plan.loaded.spec.study.trials == 7
    assert plan.loaded.spec.study.timeout is None
    more = plan_treatment(some, Wanted(None, ("study.trials=30",)))
    assert more.loaded.spec.study.trials == 30


def test_another_network_of_ones_own_is_tried(study, tmp_path) -> None:
    """The digest of the code is that of the study's own file, and nobody types another one."""
    (tmp_path / "first.py").write_text("class Net: ...")
    (tmp_path / "other.py").write_text("class Net: pass")
    spec = {"study": dict(study.spec["study"]), "data": dict(study.spec["data"])}
    spec["network"] = {"kind": f"{tmp_path}/first.py:Net"}
    own = replace(study, spec=parse_spec(spec).resolved)
    plan = plan_treatment(own, Wanted(None, (f"network.kind={tmp_path}/other.py:Net",)))
    assert plan.loaded.spec.network.code == code_digest(f"{tmp_path}/other.py:Net")
    again = plan_treatment(own, Wanted(None, ("training.epochs=9",)))
    assert again.loaded.spec.network.code == own.spec["network"]["code"]


@pytest.mark.parametrize(
    ("advised", "wanted", "message"),
    [
        (
            ADVISED,
            Wanted("dropout"),
            "got remedy 'dropout'; of those that are advised, a change",
        ),
        (
            (*ADVISED, {"kind": "augmentation", "change": None}),
            Wanted("augmentation"),
            r"Where rows are images, it is tried by -S 'search\.augment_shift=",
        ),
        (ADVISED, Wanted("more_data"), "can try: bigger_network, early_stopping. An idea of your"),
        (ADVISED[:1], Wanted(), "no remedy is advised that a change of the spec could try"),
        (OTHER_ROWS[:1], Wanted(), r"what is advised \(fix_split\) makes other test rows"),
        (ADVISED, Wanted(None, ("study.name=small",)), "needs another name than 'small'"),
    ],
)
def test_what_cannot_be_tried_is_refused(study, advised, wanted, message) -> None:
    with pytest.raises(TreatmentError, match=message):
        plan_treatment(replace(study, diagnosis={"remedies": advised}), wanted)


def test_a_study_without_a_diagnosis_is_refused(study) -> None:
    with pytest.raises(TreatmentError, match=r"no diagnosis yet.*netclinic resume small"):
        plan_treatment(replace(study, diagnosis=None), Wanted())


def test_what_the_spec_does_not_allow_is_refused(study) -> None:
    with pytest.raises(SpecError, match=r"-S training.epoch=9"):
        plan_treatment(study, Wanted(None, ("training.epoch=9",)))


def test_all_that_is_advised_and_a_spec_can_say_is_planned_in_its_order(study) -> None:
    plans, left_out = advised_plans(study, ["study.trials=8"])
    assert not left_out
    assert [it.name for it in plans] == ["small-bigger-network", "small-early-stopping"]
    assert [it.loaded.spec.study.trials for it in plans] == [8, 8]
    assert plans[0].tried.spec_change == "network.hidden=[16] -S study.trials=8"


def test_what_makes_other_test_rows_is_left_to_a_run_of_its_own(study) -> None:
    """Errors on other rows are not compared; who asks for it all the same is told what to type."""
    doubted = replace(study, diagnosis={"remedies": OTHER_ROWS})
    assert plan_treatment(doubted, Wanted()).tried.remedy == "bigger_network"
    plans, _ = advised_plans(doubted, ())
    assert [it.tried.remedy for it in plans] == ["bigger_network", "early_stopping"]
    plan = plan_treatment(doubted, Wanted("fix_split"))
    with pytest.raises(TreatmentError, match=r"run SPEC -S study.name=small-fix-split -S data.spl"):
        refuse_other_rows(doubted, plan)


def test_what_was_tried_with_the_same_change_is_not_planned_again(study) -> None:
    done = TRIED._replace(remedy="bigger_network", spec_change="network.hidden=[16]")
    tried = replace(study, treatments=(done,))
    assert [it.tried.remedy for it in advised_plans(tried, ()).plans] == ["early_stopping"]
    again = advised_plans(tried, ["study.trials=8"]).plans
    assert [it.tried.remedy for it in again] == ["bigger_network", "early_stopping"]
    assert not advised_plans(replace(tried, diagnosis={"remedies": ADVISED[:2]}), ()).plans


def test_what_was_tried_and_is_advised_no_more_is_planned_as_it_was_tried(study) -> None:
    first = TRIED._replace(
        remedy="dropout",
        spec_change="search.dropout={uniform=[0,0.5]} -S study.trials=6",
        treated_study="mine",
        gain_of="test",
        gain_low=None,
        gain_high=0.1,
    )
    tried = replace(study, treatments=(first,))
    plan = plan_treatment(tried, Wanted("dropout"))
    assert (plan.name, plan.loaded.spec.study.trials) == ("mine", 6)
    assert plan.tried == ("dropout", first.spec_change, "test", None, 0.1)
    assert "dropout" in plan.loaded.resolved["search"]
    with pytest.raises(TreatmentError, match="got remedy 'own'"):  # which of them?
        plan_treatment(replace(study, treatments=(first._replace(remedy=OWN),)), Wanted(OWN))


def test_a_remedy_that_does_not_go_with_the_users_changes_is_left_out(study) -> None:
    """Of one row nothing can be normalised over; the other remedies are tried all the same."""
    normalised = {"kind": "normalisation", "change": "-S network.normalization=batch"}
    advised = replace(study, diagnosis={"remedies": [*ADVISED, normalised]})
    plans, left_out = advised_plans(advised, ["training.batch_size=1"])
    assert [it.tried.remedy for it in plans] == ["bigger_network", "early_stopping"]
    (why,) = left_out
    assert why.startswith("normalisation: -S training.batch_size=1: ")
    assert "needs at least 2 rows in a minibatch" in why
    with pytest.raises(SpecError, match=r"-S training.epoch=9"):
        advised_plans(study, ["training.epoch=9"])


def test_all_of_nothing_is_refused(study) -> None:
    with pytest.raises(TreatmentError, match="no remedy is advised"):
        advised_plans(replace(study, diagnosis={"remedies": ADVISED[:1]}), ())
    with pytest.raises(TreatmentError, match="no diagnosis yet"):
        advised_plans(replace(study, diagnosis=None), ())
    with pytest.raises(TreatmentError, match=r"leave out -S study\.name"):
        advised_plans(study, ["study.name = mine"])
