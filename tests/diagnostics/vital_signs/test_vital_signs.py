"""Each sign is given for what it means, not for what lies just inside of its limit."""

import math
from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics.evidence import gather_evidence
from netclinic.diagnostics.findings import Finding, FindingKind, Severity
from netclinic.diagnostics.gaps import measure_errors, measure_gaps
from netclinic.diagnostics.vital_signs.vital_findings import (
    layers_not_checked,
    saddle_not_checked,
    vital_findings,
)
from netclinic.diagnostics.vital_signs.vital_sign import at_rest_since, share_learnt
from netclinic.diagnostics.vital_signs.vital_signs import vital_signs
from netclinic.storage.records.data import BayesRecord, ClassRows, SplitSizes
from netclinic.storage.records.results import Curves, Outcome
from netclinic.storage.records.signs import CurvatureRecord, LayerSigns, MomentSigns
from scipy.stats import binom

from tests.diagnostics import planted
from tests.diagnostics.planted import study, trial

CONSTANT = math.log(10)
ROWS = SplitSizes(60_000, 20_000, 20_000)
LAYER = LayerSigns("hidden.0", 64, 0.5, 1.0, 0.9, 2.0, 0.9, 0.0, None, 1.0, 8.0, 0.01, 0.3)
FALLING = tuple(CONSTANT * 0.7**epoch for epoch in range(1, 21))


def layers(**changes: float | None) -> tuple[LayerSigns, ...]:
    """Inputs, two hidden layers and the outputs; ``changes`` are of the first hidden one."""
    inputs = LayerSigns("inputs", 64, 0.0, 1.0, 0.9, 3.0, *[None] * 7)
    second = LAYER._replace(layer="hidden.1")
    output = LAYER._replace(layer="output", units=10, dead=None)
    return inputs, LAYER._replace(**changes), second, output


def moment(name: str, **changes: float | None) -> MomentSigns:
    loss = CONSTANT * 1.2 if name == "start" else 0.01
    return MomentSigns(name, 512, loss, CONSTANT, CONSTANT, 1.0, layers(**changes))


def make(
    start=None,
    end=None,
    losses=FALLING,
    validation=FALLING,
    *,
    outcome=Outcome.COMPLETED,
    decay=1e-4,
):
    """A healthy trial, or one with the given changes."""
    curves = Curves(losses, (0.1,) * 20, validation, (0.1,) * 20, (1.0,) * 20)
    signs = (start or moment("start"), end or moment("end", moved=0.3))
    made = trial(curves=curves).result
    return made._replace(
        signs=signs,
        weight_decay=decay,
        outcome=outcome,
        diverged_epoch=3 if outcome is Outcome.DIVERGED else None,
        training_loss=None if outcome is Outcome.DIVERGED else losses[-1],
    )


def unlike(signs: MomentSigns, place: int | None = None, **changes: float) -> MomentSigns:
    """With changes in the layer at ``place``, or in all that have weights."""
    changed = tuple(
        layer._replace(**changes) if place == p or (place is None and p) else layer
        for p, layer in enumerate(signs.layers)
    )
    return signs._replace(layers=changed)


def outputs(variance: float, weights: float = 2.0, **changes: float) -> MomentSigns:
    """A start whose ten outputs vary so, of weights of this norm behind a variance of 1."""
    output = layers()[-1]._replace(units=10, variance=variance, weight_norm=weights)
    start = moment("start")
    return start._replace(layers=(*start.layers[:-1], output))._replace(**changes)


LOUD = {"loss": 9 * CONSTANT}
START, END = moment("start"), moment("end")
UNTOUCHED = moment("start", gradient_norm=0.0)
FLAT = (CONSTANT,) * 20
HARDLY = (CONSTANT * 0.95,) * 20
HALF = tuple(CONSTANT * (1 - 0.01 * epoch) for epoch in range(20))

LITTLE = (CONSTANT * 0.6,) * 20
SADDLE = CurvatureRecord(512, 0.05, -0.6, 2.0)


def at(losses, curvature):
    """A trial with these losses, whose end is curved so."""
    return make(losses=losses)._replace(curvature=curvature)


# What is planted, beside what is just not enough.
CASES = {
    FindingKind.INPUTS_UNFIT: [
        (
            make(unlike(START, 0, largest_variance=0.0, variance=0.0)),
            make(unlike(START, 0, mean=9.0)),
        ),
        (make(unlike(START, 0, mean=11.0)), make(unlike(START, 0, largest_variance=8e3))),
        (
            make(unlike(START, 0, largest_variance=1e4)),
            make(unlike(START, 0, typical_variance=0.02)),
        ),
        (make(unlike(START, 0, typical_variance=1e-3)), make()),
        (make(unlike(START, 0, typical_variance=1e3, largest_variance=2e3)), make()),
    ],
    FindingKind.LOUD_START: [
        (make(START._replace(loss=9 * CONSTANT)), make(START._replace(loss=7 * CONSTANT)))
    ],
    FindingKind.OUTPUTS_SCALED: [
        (make(outputs(3.9e-4), losses=LITTLE), make(outputs(4.1e-4), losses=LITTLE)),
        (make(outputs(3.9e-4), losses=LITTLE), make(outputs(3.9e-4))),  # it learnt
        # Weights that begin small, or with 0.
        (make(outputs(1e-9), losses=LITTLE), make(outputs(1e-9, 1e-4), losses=LITTLE)),
        (make(outputs(1e-9), losses=LITTLE), make(outputs(0.0, 0.0), losses=LITTLE)),
        (make(outputs(410.0, **LOUD)), make(outputs(390.0, **LOUD))),
        (make(outputs(410.0, **LOUD)), make(outputs(410.0))),  # it began as others do
        (make(outputs(410.0, **LOUD)), make(outputs(410.0, 100.0, **LOUD))),  # large weights
    ],
    FindingKind.UNITS_ALIKE: [
        (make(moment("start", largest_variance=1.0)), make(moment("start", largest_variance=1.01)))
    ],
    FindingKind.DEAD_UNITS: [
        (make(end=moment("end", dead=0.5)), make(end=moment("end", dead=0.45)))
    ],
    FindingKind.SATURATED_UNITS: [
        (make(moment("start", saturated=0.6)), make(moment("start", saturated=0.4))),
        (make(end=moment("end", saturated=0.9)), make(end=moment("end", saturated=0.7))),
    ],
    FindingKind.GRADIENT_VANISHES: [
        (make(moment("start", gradient_norm=5e-5)), make(moment("start", gradient_norm=2e-4))),
        (make(unlike(START, 2, variance=5e-5)), make(unlike(START, 2, variance=2e-4))),
        (
            make(UNTOUCHED, unlike(moment("end", gradient_norm=0.0), 2, dead=1.0)),
            make(UNTOUCHED),  # as of a residual branch that begins with 0
        ),
    ],
    FindingKind.UNREACHED: [
        (
            make(UNTOUCHED, moment("end", gradient_norm=0.0)),
            make(UNTOUCHED, moment("end", gradient_norm=1e-30)),
        ),
        (
            make(UNTOUCHED, moment("end", gradient_norm=0.0)),
            make(unlike(UNTOUCHED, 2, dead=1.0), moment("end", gradient_norm=0.0)),
        ),
        (
            make(UNTOUCHED, moment("end", gradient_norm=0.0)),
            make(unlike(UNTOUCHED, 2, gradient_norm=1e-9), moment("end", gradient_norm=0.0)),
        ),
    ],
    FindingKind.STEPS_TOO_LARGE: [
        (make(losses=(9.0, *FALLING[1:])), make(losses=(5.0, *FALLING[1:]))),
        (make(end=moment("end", moved=6.0)), make(end=unlike(END, 3, moved=6.0))),
        (make(losses=(1.0, 2.5, *FALLING[2:])), make(losses=(1.0, 2.0, *FALLING[2:]))),
        (make(moment("start", update_ratio=0.4)), make(moment("start", update_ratio=0.2))),
        (make(outcome=Outcome.DIVERGED), make()),
    ],
    FindingKind.STEPS_TOO_SMALL: [
        (make(end=unlike(END, moved=0.01), losses=HALF), make(end=unlike(END, moved=0.01))),
        (
            make(end=unlike(END, moved=0.01), losses=HALF),
            make(end=unlike(END, moved=0.06), losses=HALF),
        ),
    ],
    FindingKind.DECAY_TOO_STRONG: [
        (
            make(end=unlike(END, weight_norm=2.0), losses=HALF),
            make(end=unlike(END, 1, weight_norm=2.0), losses=HALF),
        ),
        (
            make(end=unlike(END, weight_norm=2.0), losses=HALF),
            make(end=unlike(END, weight_norm=2.0)),
        ),
        (
            make(end=unlike(END, weight_norm=2.0), losses=HALF),
            make(end=unlike(END, weight_norm=2.0), losses=HALF, decay=0.0),
        ),
    ],
    FindingKind.LABELS_UNRELATED: [
        (make(validation=FLAT), make(validation=(CONSTANT * 0.97, *FLAT[1:]))),
        (make(validation=FLAT, losses=HARDLY), make(validation=FLAT, losses=FLAT)),
    ],
    FindingKind.SADDLE: [
        (at(HARDLY, SADDLE), at(HARDLY, SADDLE._replace(lowest=-0.4))),
        (at(HARDLY, SADDLE), at(HARDLY, SADDLE._replace(gradient_norm=0.35))),
        (at(LITTLE, SADDLE), at(FALLING, SADDLE)),
        (at(HARDLY, SADDLE._replace(highest=-0.1)), at(HARDLY, SADDLE._replace(lowest=0.1))),
        (at(HARDLY, SADDLE), at(HARDLY, None)),
        (at(HARDLY, SADDLE), at(HARDLY, CurvatureRecord(0, None, None, None, "it failed"))),
        (at(HARDLY, SADDLE), at(HARDLY, CurvatureRecord(512, 0.0, 0.0, 0.0))),
    ],
    FindingKind.PLATEAU: [
        (make(losses=HARDLY), make(losses=HALF)),
        (at(HARDLY, SADDLE._replace(lowest=-0.15)), at(HARDLY, SADDLE)),
    ],
}


def kinds(result) -> set[FindingKind]:
    return {sign.kind for sign in vital_signs(result)}


def test_every_check_is_planted() -> None:
    mine = list(FindingKind)[list(FindingKind).index(FindingKind.INPUTS_UNFIT) :][: len(CASES)]
    assert list(CASES) == mine


@pytest.mark.parametrize(
    ("kind", "place"),
    [(kind, place) for kind, pairs in CASES.items() for place in range(len(pairs))],
)
def test_what_is_planted_is_found_and_what_is_less_is_not(kind: FindingKind, place: int) -> None:
    ill, well = CASES[kind][place]
    assert kind in kinds(ill)
    assert kind not in kinds(well)


def test_a_healthy_trial_has_no_sign_and_one_that_was_not_looked_at_neither() -> None:
    assert vital_signs(make()) == ()
    assert share_learnt(make()) == pytest.approx(1 - 0.7**20)
    assert vital_signs(make(losses=FLAT)._replace(signs=())) == ()


def test_a_sign_names_the_layer_and_the_evidence() -> None:
    (sign,) = vital_signs(make(end=moment("end", dead=0.75)))
    assert sign.layer == "hidden.0"
    assert (sign.evidence["dead"], sign.evidence["rows"]) == (0.75, 512)
    assert "75.0 % of the 64 units of hidden.0 are dead" in sign.text
    assert "all of 512 training rows" in sign.text


def test_outputs_that_the_code_scales_are_told_with_the_layer_and_the_factor() -> None:
    quiet = make(outputs(0.4e-4), losses=LITTLE)
    (sign,) = (s for s in vital_signs(quiet) if s.kind is FindingKind.OUTPUTS_SCALED)
    assert sign.layer == "output"
    assert sign.evidence["factor"] == pytest.approx(0.01)
    assert "1/100 of what the weights of output make of what hidden.1 gives" in sign.text
    assert "40.0 % of the constant answer's loss was learnt away in 20 epochs." in sign.text
    loud = make(outputs(4e3, **LOUD))
    (sign,) = (s for s in vital_signs(loud) if s.kind is FindingKind.OUTPUTS_SCALED)
    assert sign.evidence["factor"] == pytest.approx(100)
    assert ", 100 times what the weights" in sign.text


def test_limits_do_not_depend_on_the_scale_of_the_loss() -> None:
    """A regression's target in other units: all losses and gradients times 1,000."""
    for pairs in CASES.values():
        for result in (result for pair in pairs for result in pair):
            grown = result._replace(
                signs=tuple(
                    m._replace(
                        loss=1e3 * m.loss,
                        zero_loss=1e3 * m.zero_loss,
                        constant_loss=1e3 * m.constant_loss,
                        gradient_norm=1e3 * m.gradient_norm,
                        layers=tuple(
                            layer._replace(
                                gradient_norm=layer.gradient_norm and 1e3 * layer.gradient_norm
                            )
                            for layer in m.layers
                        ),
                    )
                    for m in result.signs
                ),
                curves=Curves(*(tuple(1e3 * v for v in values) for values in result.curves)),
                curvature=result.curvature
                and result.curvature._replace(
                    **{
                        name: value and 1e3 * value
                        for name, value in result.curvature._asdict().items()
                        if name in ("gradient_norm", "lowest", "highest")
                    }
                ),
                training_loss=result.training_loss and 1e3 * result.training_loss,
            )
            assert kinds(grown) == kinds(result)


def test_findings_are_of_the_best_trial_and_count_the_others() -> None:
    ill = make(end=moment("end", dead=0.6))
    trials = [trial(number) for number in range(3)]
    results = [ill, make(), ill._replace(training_loss=CONSTANT)]
    made = study(
        [t.__class__(**{**vars(t), "result": r}) for t, r in zip(trials, results, strict=True)]
    )
    (found,) = vital_findings(made, ill)
    assert (found.kind, found.severity) == (FindingKind.DEAD_UNITS, Severity.WARNING)
    assert (found.evidence["trials"], found.evidence["trials_looked_at"]) == (2, 3)
    assert found.text.endswith("2 of 3 trials show this.")
    severities = {f.severity for f in vital_findings(made, results[2])}
    assert severities == {Severity.PROBLEM}
    assert vital_findings(made, make()) == ()


@pytest.mark.parametrize(
    ("floor", "severity"),
    [
        (planted.bayes(0.149, 0.148, 0.15), Severity.WARNING),  # so near that all is learnt
        (planted.bayes(0.02, 0.0, 0.03), Severity.PROBLEM),  # far above it
        (planted.bayes(0.1, 0.0, 0.15), Severity.PROBLEM),  # open
    ],
)
def test_who_learnt_all_that_there_is_to_learn_has_no_problem(floor, severity) -> None:
    end = moment("end", dead=0.6, moved=0.3)
    ill = make(end=end, losses=(CONSTANT * 0.6,) * 20)._replace(training_error=0.15)
    made = study([replace(trial(0), result=ill)], rows=ROWS, floor=floor)
    errors = measure_errors(ill, ROWS, made.bayes)
    found = gather_evidence(made, made.provenance, ill, errors, measure_gaps(errors), 0.02)
    (dead,) = (it for it in found if it.kind is FindingKind.DEAD_UNITS)
    assert dead.severity is severity


@pytest.mark.parametrize(("test_error", "told"), [(0.32, False), (0.46, True)])
def test_labels_belong_to_rows_that_are_told_better_than_by_one_answer(test_error, told) -> None:
    """Of customers in groups a third was wrong, of two classes, each with much confidence."""
    memorised = make(validation=FLAT)._replace(test_error=test_error)
    made = study([replace(trial(0), result=memorised)], rows=SplitSizes(2880, 960, 960))
    classes = ClassRows(("no", "yes"), (1440, 1440), (480, 480), (500, 460))
    provenance = made.provenance._replace(class_rows=classes)
    errors = measure_errors(memorised, provenance.rows, made.bayes)
    found = gather_evidence(made, provenance, memorised, errors, measure_gaps(errors), 0.02)
    assert (FindingKind.LABELS_UNRELATED in {it.kind for it in found}) == told


def told_of_few(training: float, test: float, training_rows: int, test_rows: int) -> set:
    """Kinds that are found of a trial of two classes alike in size whose losses never fell."""
    losses = (CONSTANT * 1.2,) * 20
    ill = make(losses=losses, validation=losses)._replace(training_error=training, test_error=test)
    ill = ill._replace(training_loss=CONSTANT * 0.9)
    rows = SplitSizes(training_rows, test_rows, test_rows)
    made = study([replace(trial(0), result=ill)], rows=rows)
    half = (test_rows - test_rows // 2, test_rows // 2)
    train = (training_rows - training_rows // 2, training_rows // 2)
    provenance = made.provenance._replace(class_rows=ClassRows(("no", "yes"), train, half, half))
    errors = measure_errors(ill, provenance.rows, made.bayes)
    found = gather_evidence(made, provenance, ill, errors, measure_gaps(errors), 0.02)
    return {it.kind for it in found}


def test_few_rows_that_are_told_do_not_speak_of_unrelated_labels() -> None:
    """Nine rows are told better than by one answer by a standard error where two are wrong."""
    unrelated = FindingKind.LABELS_UNRELATED
    assert unrelated not in told_of_few(0.0, 2 / 9, 27, 9)
    assert unrelated in told_of_few(0.0, 4 / 9, 27, 9)
    rng = np.random.default_rng(0)
    kept = [unrelated in told_of_few(0.0, rng.binomial(24, 0.5) / 24, 72, 24) for _ in range(60)]
    assert sum(kept) >= binom.ppf(0.001, 60, 0.7), "of labels that are unrelated"


def test_a_network_that_answers_training_rows_lies_on_no_plateau() -> None:
    """One of 36 was wrong, with a loss above the constant answer's."""
    assert FindingKind.PLATEAU not in told_of_few(1 / 36, 0.1, 36, 12)
    assert FindingKind.PLATEAU in told_of_few(0.4, 0.4, 36, 12)


def test_few_groups_are_learnt_by_heart_as_well_as_wrong_labels_are() -> None:
    """Of 24 persons the first advice was to look at labels, which were right."""
    memorised = make(validation=FLAT)

    def told(split: str) -> str:
        resolved = planted.spec(data={"split": split})
        (found,) = vital_findings(study([trial(0)], resolved=resolved), memorised)
        return found.text

    assert "times. What is learnt is single rows by heart: labels and" in told("random")
    assert "these groups are too few to tell of others, or labels and" in told("grouped")
    made = study([trial(0)])
    assert made.provenance is not None
    more = made.provenance.rows.train + 1
    wide = replace(made, provenance=made.provenance._replace(features=more))
    (found,) = vital_findings(wide, make(validation=FLAT))
    assert "they may be too few, as each has more columns than there are" in found.text


def test_inputs_scaled_for_a_network_that_was_begun_with_are_as_they_are() -> None:
    small = make(start=unlike(START, 0, variance=1e-6, typical_variance=1e-6))
    made = study([trial(0)])
    assert {f.kind for f in vital_findings(made, small)} == {FindingKind.INPUTS_UNFIT}
    begun = planted.spec(network={"init_from": "source/best"})
    assert vital_findings(study([trial(0)], resolved=begun), small) == ()


def test_a_frozen_body_is_no_layer_that_learns() -> None:
    still = make(UNTOUCHED, moment("end", gradient_norm=0.0))
    assert {f.kind for f in vital_findings(study([trial(0)]), still)} == {FindingKind.UNREACHED}
    frozen = planted.spec(network={"init_from": "source/best", "transfer": "frozen"})
    assert vital_findings(study([trial(0)], resolved=frozen), still) == ()
    diverged = still._replace(outcome=Outcome.DIVERGED, diverged_epoch=3)
    (found,) = vital_findings(study([trial(0)], resolved=frozen), diverged)
    assert found.kind is FindingKind.STEPS_TOO_LARGE


def test_what_was_not_looked_at_is_said() -> None:
    unseen = make()._replace(signs=())
    assert "before netclinic looked at them" in layers_not_checked(unseen, {})
    off = {"diagnosis": {"vital_signs": False}}
    assert layers_not_checked(unseen, off).endswith("as [diagnosis] vital_signs = false.")
    told = layers_not_checked(make(end=moment("end", dead=None)), off)
    assert "512 training rows" in told
    assert told.endswith("No activation was seen behind hidden.0.")


def test_a_plateau_says_why_it_is_no_saddle() -> None:
    def told(curvature):
        return {sign.kind: sign for sign in vital_signs(at(HARDLY, curvature))}[FindingKind.PLATEAU]

    assert "saddle" not in told(None).text
    level = told(CurvatureRecord(512, 0.0, -0.01, 2.0))
    assert "nowhere does the loss bend down by more than 0.5 %" in level.text
    assert level.evidence["loss_along_gradient"] == 0.0
    sloped = told(CurvatureRecord(512, 0.5, -1.0, 2.0))
    assert "would still take away" in sloped.text
    assert sloped.evidence["loss_along_gradient"] == pytest.approx(0.25 / (4 * 0.95 * CONSTANT))


def test_a_step_beyond_what_the_curvature_tells_is_no_share_of_the_loss() -> None:
    for gradient in (1.2, 1e3):
        far = at(HARDLY, CurvatureRecord(512, gradient, -1.0, 2.0))
        (found,) = (it for it in vital_signs(far) if it.kind is FindingKind.PLATEAU)
        assert found.text.endswith(" It is no saddle point: the gradient is far from 0 there.")


def test_a_plateau_is_no_problem_where_other_classifiers_learnt_nothing_either() -> None:
    """As of rare classes or noise: the share of the commonest class is all that there is."""
    stuck = make(losses=HARDLY)

    def told(**details: float) -> Finding:
        bayes = BayesRecord(0.03, 0.0, 0.04, 3000, "", given=False, details=details)
        made = replace(study([replace(trial(0), result=stuck)]), bayes=bayes)
        (found,) = (f for f in vital_findings(made, stuck) if f.kind is FindingKind.PLATEAU)
        return found

    nor_others = told(mixture_error=0.0313, commonest_class_error=0.0314)
    assert nor_others.severity is Severity.WARNING
    assert "wrong in 3.1 % of held-out rows, and always answering the commonest" in nor_others.text
    others = told(mixture_error=0.020, commonest_class_error=0.0314)
    assert others.severity is told().severity is Severity.PROBLEM
    assert others.text == told().text


def test_nor_is_it_one_where_other_regressions_learnt_nothing_of_a_quantity() -> None:
    stuck = make(losses=HARDLY)

    def told(**details: float) -> Finding:
        errors, deviations = (23.0, 23.5, 23.5), (30.0, 30.0, 30.0)
        made = planted.regression(errors, deviations, variance=24.0)
        floor = BayesRecord(22.0, 0.0, 25.0, 2000, "", given=False, details=details)
        found = vital_findings(replace(made, bayes=floor), stuck)
        return next(it for it in found if it.kind is FindingKind.PLATEAU)

    nor_others = told(mixture_error=23.2)
    assert nor_others.severity is Severity.WARNING
    assert "is 23.2 on held-out rows, that of always answering the mean 24." in nor_others.text
    assert told(mixture_error=12.0).severity is told().severity is Severity.PROBLEM


def test_nor_is_it_one_where_they_learnt_nothing_of_classes_that_count_alike() -> None:
    """A mixture that saw 60 rows of each of 4 classes, of which a constant answer errs in 75 %."""
    stuck = make(losses=HARDLY)

    def told(error: float) -> Finding:
        details = {
            "mixture_balanced_error": error,
            "mixture_classes": 4,
            "mixture_rows_of_a_class": 60,
        }
        bayes = BayesRecord(0.74, 0.0, 0.8, 3000, "", given=False, details=details)
        made = replace(study([replace(trial(0), result=stuck)]), bayes=bayes)
        (found,) = (f for f in vital_findings(made, stuck) if f.kind is FindingKind.PLATEAU)
        return found

    nor_others = told(0.70)
    assert nor_others.severity is Severity.WARNING
    assert (
        "is wrong in 70.0 % of held-out rows, 60 of each of 4 classes, and always answering one "
        "class in 75.0 %." in nor_others.text
    )
    assert told(0.60).severity is Severity.PROBLEM
    assert "Other kinds" not in told(0.60).text


def test_a_plateau_says_on_which_side_of_the_constant_answer_it_lies() -> None:
    above = make(losses=(CONSTANT * 1.1,) * 20)
    for result, lies in ((above, "above"), (make(losses=HARDLY), "less than 10 % below")):
        (found,) = (it for it in vital_signs(result) if it.kind is FindingKind.PLATEAU)
        assert f"lies {lies} that of the best constant answer" in found.text


def test_of_inputs_that_do_not_vary_nothing_else_is_told() -> None:
    still = {"mean": 1.0, "variance": 0.0, "typical_variance": 0.0, "largest_variance": 0.0}
    ill = make(unlike(START, 0, **still), unlike(END, 1, dead=1.0), losses=FLAT)
    assert [it.kind for it in vital_signs(ill)] == [FindingKind.INPUTS_UNFIT]


def test_a_saddle_is_told_of_the_best_trial_alone() -> None:
    ill = at(HARDLY, SADDLE)
    made = study([replace(trial(number), result=ill) for number in range(3)])
    by_kind = {finding.kind: finding for finding in vital_findings(made, ill)}
    found = by_kind[FindingKind.SADDLE]
    assert FindingKind.PLATEAU not in by_kind
    assert found.severity is Severity.PROBLEM
    assert found.evidence["lowest_curvature"] == -0.6
    assert found.evidence["trials_looked_at"] == 1
    assert "trials show this" not in found.text


def test_a_saddle_that_was_not_looked_for_is_said() -> None:
    assert saddle_not_checked(make()) == ()
    assert saddle_not_checked(at(HARDLY, SADDLE)) == ()
    (told,) = saddle_not_checked(at(HARDLY, None))
    assert "was not looked at" in told
    (told,) = saddle_not_checked(at(HARDLY, CurvatureRecord(0, None, None, None, "it failed")))
    assert told.endswith("as it failed.")


def test_units_that_die_on_the_way_are_told_from_those_that_never_lived() -> None:
    def told(before: float) -> str:
        ill = make(moment("start", dead=before), moment("end", dead=0.75), losses=(1.0, *FLAT[1:]))
        (text,) = (s.text for s in vital_signs(ill) if s.kind is FindingKind.DEAD_UNITS)
        return text

    assert "Before training 1.6 % were: they died on the way." in told(1 / 64)
    assert "Before training 75.0 % were: they never lived." in told(0.75)
    assert "hardly moved since epoch 2 of 20." in told(0.0)


def test_since_when_a_loss_stands_still() -> None:
    def since(*losses: float | None, begun: float = 1.2) -> int | None:
        start = moment("start")._replace(loss=begun * CONSTANT)
        return at_rest_since(make(start, losses=tuple(v and v * CONSTANT for v in losses)))

    assert since(1.0, 1.0, 1.005, 1.0) == 1
    assert since(1.1, 1.05, 1.0, 1.0) == 3
    assert since(1.005, 1.0, 0.995, 1.0, begun=1.009) == 0
    assert since(1.1, 1.0, 0.9) is None, "moved up to the end"
    assert since(1.0, 1.0, 0.5, 1.0) is None
    assert since(1.0, None) is None
    assert since(None, 1.0, 1.0) == 2
