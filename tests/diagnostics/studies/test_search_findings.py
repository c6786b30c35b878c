"""The search: bests at edges, and the learning rate that parts diverged trials from the others."""

import numpy as np
import pytest
from netclinic.diagnostics.findings import Severity
from netclinic.diagnostics.studies.search_findings import (
    best_at_edge,
    best_near_divergence,
    crowd_at_least,
    diverged_trials,
)
from netclinic.storage.records.study import SearchRange
from scipy.stats import binom

from tests.diagnostics import planted


def study_of_rates(rates, ranges=planted.RANGES):
    """Trials in order of merit."""
    return planted.study(
        [
            planted.trial(
                number,
                validation=0.02 + 0.01 * number,
                parameters={**planted.MIDDLE, "learning_rate": rate},
            )
            for number, rate in enumerate(rates)
        ],
        ranges=ranges,
    )


def test_the_best_alone_at_the_edge_is_an_observation():
    (it,) = best_at_edge(study_of_rates([0.09, 1e-3, 1e-3, 1e-3, 1e-3]))
    assert it.severity is Severity.INFO
    assert it.evidence["parameter"] == "learning_rate"
    assert (it.evidence["side"], it.evidence["best"]) == ("upper", 0.09)
    assert it.evidence["top_trials_at_edge"] == 1
    assert (it.evidence["widened_low"], it.evidence["widened_high"]) == (1e-5, 1.0)
    assert "20 % of studies" in it.text


def test_three_of_the_best_five_at_the_edge_are_a_warning():
    (it,) = best_at_edge(study_of_rates([1e-3, 0.05, 0.09, 0.07, 1e-4, 1e-3]))
    assert it.severity is Severity.WARNING
    assert it.evidence["top_trials_at_edge"] == 3
    assert it.evidence["best"] == 1e-3
    assert "3 of the best 5 trials" in it.text
    assert "upper end of the searched learning rate" in it.text


def test_the_edge_is_the_outer_tenth_on_the_ranges_own_scale():
    # 4 decades: the outer tenth ends 0.4 decades inside.
    assert best_at_edge(study_of_rates([10**-1.39])) != ()
    assert best_at_edge(study_of_rates([10**-1.41])) == ()
    assert best_at_edge(study_of_rates([10**-4.61]))[0].evidence["side"] == "lower"


def test_a_side_that_cannot_be_widened_is_left_out():
    decays = [planted.trial(parameters={**planted.MIDDLE, "weight_decay": 1e-7})]
    assert best_at_edge(planted.study(decays)) == ()


def test_choices_and_parameters_of_other_studies_are_left_out():
    ranges = (
        SearchRange("activation", "choice", None, None, ("relu", "tanh")),
        SearchRange("layers", "int", 1, 4),
    )
    assert best_at_edge(study_of_rates([0.09], ranges=ranges)) == ()
    assert best_at_edge(planted.study([])) == ()


def test_many_ranges_take_a_larger_crowd():
    """Three ranges have five ends that can be widened, four have seven."""
    assert [crowd_at_least(sides) for sides in (1, 2, 5, 6, 20)] == [3, 3, 3, 4, 4]
    assert [crowd_at_least(2, 1 / values) for values in (2, 3, 4, 8)] == [6, 5, 4, 3]
    more = (*planted.RANGES, SearchRange("dropout", "uniform", 0.1, 0.5))
    rates = [0.05, 0.09, 0.07, 1e-4, 1e-3, 1e-3]
    assert best_at_edge(study_of_rates(rates))[0].severity is Severity.WARNING
    assert best_at_edge(study_of_rates(rates, more))[0].severity is Severity.INFO


@pytest.mark.parametrize("count", [1, 3, 8])
def test_irrelevant_parameters_together_give_a_warning_in_five_percent_of_studies(count):
    rng, draws = np.random.default_rng(count), 400
    names = [f"argument_{i}" for i in range(count)]
    ranges = tuple(SearchRange(name, "uniform", 0.0, 1.0) for name in names)

    def warned():
        trials = [
            planted.trial(
                n,
                validation=0.02 + 0.01 * n,
                parameters={**planted.MIDDLE, **{name: rng.uniform() for name in names}},
            )
            for n in range(8)
        ]
        found = best_at_edge(planted.study(trials, ranges=ranges))
        return any(it.severity is Severity.WARNING for it in found)

    assert sum(warned() for _ in range(draws)) <= binom.ppf(0.999, draws, 0.05)


WHOLE = {
    "two values": SearchRange("argument", "int", 2, 3),
    "three values": SearchRange("argument", "int", 2, 4),
    "six values": SearchRange("argument", "int", 2, 7),
    "one end": SearchRange("layers", "int", 1, 3),
    "steps": SearchRange("argument", "uniform", 0.1, 0.5, step=0.1),
    "logarithmic": SearchRange("argument", "int", 1, 64, log=True),
}


@pytest.mark.parametrize("searched", WHOLE.values(), ids=WHOLE)
def test_whole_numbers_that_do_not_matter_keep_the_level_and_the_chance_told(searched):
    """Three of the best five lay at an end of three values in 40 % of studies, for a warning."""
    rng, draws = np.random.default_rng(5), 400
    noted, told, warned = 0, None, 0
    for _ in range(draws):
        values = drawn_values(searched, rng, 8)
        trials = [
            planted.trial(n, 0.01, 0.02 + 0.01 * n, parameters={**planted.MIDDLE, searched.name: v})
            for n, v in enumerate(values)
        ]
        (it,) = best_at_edge(planted.study(trials, ranges=(searched,))) or (None,)
        warned += it is not None and it.severity is Severity.WARNING
        if it is not None and it.severity is Severity.INFO:
            noted, told = noted + 1, int(it.text.split(" % of studies")[0].split()[-1]) / 100
    assert warned <= binom.ppf(0.999, draws, 0.05)
    if searched in (WHOLE["two values"], WHOLE["three values"]):
        assert told is None
    else:
        assert noted <= binom.ppf(0.999, draws, told)
        assert noted + warned >= binom.ppf(0.001, draws, told - 0.005)


def drawn_values(searched, rng, count):
    """As Optuna's random sampler draws them."""
    step = searched.step or 1
    if searched.log:
        return np.round(
            np.exp(rng.uniform(np.log(0.5), np.log(searched.high + 0.5), count))
        ).tolist()
    steps = round((searched.high - searched.low) / step)
    return (searched.low + step * rng.integers(steps + 1, size=count)).tolist()


def test_an_irrelevant_parameter_gives_a_warning_in_under_two_percent_of_studies():
    rng, draws = np.random.default_rng(0), 1000
    only = (planted.RANGES[0],)
    warnings = sum(
        it.severity is Severity.WARNING
        for _ in range(draws)
        for it in best_at_edge(study_of_rates(10 ** rng.uniform(-5, -1, 8), only))
    )
    assert warnings <= binom.ppf(0.999, draws, 0.0172)


def test_a_pruned_trial_is_never_the_best():
    study = study_of_rates([1e-3, 1e-3])
    edge = {**planted.MIDDLE, "learning_rate": 0.09}
    early = planted.trial(2, validation=0.01, pruned=True, parameters=edge)
    assert best_at_edge(planted.study([*study.trials, early])) == ()


def study_with_diverged(stable, diverged, pruned=()):
    trials = [
        planted.trial(
            number,
            diverged=len(stable) <= number < len(stable) + len(diverged),
            pruned=number >= len(stable) + len(diverged),
            parameters={**planted.MIDDLE, "learning_rate": rate},
        )
        for number, rate in enumerate([*stable, *diverged, *pruned])
    ]
    return planted.study(trials)


def test_no_diverged_trial_no_finding():
    assert diverged_trials(study_with_diverged([0.1], [])) is None


def test_a_learning_rate_that_parts_them_is_named():
    it = diverged_trials(study_with_diverged([1e-4, 1e-3, 1e-2, 1e-3], [0.04, 0.09]))
    assert it.evidence["learning_rate_threshold"] == pytest.approx(0.02)
    assert it.evidence["misplaced"] == 0
    assert (it.evidence["diverged"], it.evidence["trials"]) == (2, 6)
    assert it.severity is Severity.WARNING
    assert it.text == "2 of 6 trials diverged (33.3 %): those with a learning rate above 0.02."


def test_few_exceptions_are_told_and_many_forbid_a_threshold():
    diverged = [0.02 + 0.001 * i for i in range(10)]
    it = diverged_trials(study_with_diverged([1e-3] * 40 + [0.5], diverged))
    assert it.evidence["misplaced"] == 1
    assert "1 excepted" in it.text
    assert it.severity is Severity.INFO
    mixed = diverged_trials(study_with_diverged([1e-3, 1e-2, 0.1], [2e-3, 2e-2]))
    assert mixed.evidence["learning_rate_threshold"] is None
    assert "no single learning rate" in mixed.text


def test_pruned_trials_had_not_diverged_so_far():
    assert diverged_trials(study_with_diverged([1e-3], [], pruned=[0.01] * 9)) is None
    it = diverged_trials(study_with_diverged([1e-3, 1e-2], [0.08], pruned=[0.02] * 9))
    assert {n: it.evidence[n] for n in ("diverged", "pruned", "trials")} == {
        "diverged": 1,
        "pruned": 9,
        "trials": 12,
    }
    assert it.severity is Severity.INFO, "1 of 12, not 1 of 3"
    assert it.text == (
        "1 of 12 trials diverged (8.3 %): those with a learning rate above 0.04. "
        "Of the others, 9 were pruned while still stable."
    )
    above = diverged_trials(study_with_diverged([1e-3], [0.04], pruned=[0.09]))
    assert above.evidence["learning_rate_threshold"] is None
    assert above.text.endswith(" Of the others, 1 was pruned while still stable.")


def test_when_all_diverged_no_threshold_is_claimed():
    it = diverged_trials(study_with_diverged([], [0.1, 0.2]))
    assert it.evidence["learning_rate_threshold"] is None
    assert it.evidence["share"] == 1


def near(stable, diverged=(0.02, 0.05, 0.09)):
    """Trials in order of merit, then those that diverged."""
    ranked = study_of_rates(stable).trials
    ended = [
        planted.trial(
            len(stable) + n, diverged=True, parameters={**planted.MIDDLE, "learning_rate": rate}
        )
        for n, rate in enumerate(diverged)
    ]
    study = planted.study([*ranked, *ended])
    return best_near_divergence(study, diverged_trials(study))


def test_the_best_just_below_where_trials_diverge_are_a_warning():
    """Stable up to √(0.0195 · 0.02): the outer tenth above 1e-5 begins at about 0.0093."""
    it = near([0.0195, 0.01, 1e-3, 0.011, 1e-4, 1e-5])
    assert it.severity is Severity.WARNING
    assert it.evidence["learning_rate_threshold"] == pytest.approx((0.0195 * 0.02) ** 0.5)
    assert it.evidence["top_trials_near"] == 3
    assert "3 of the best 5 trials have a learning rate just below 0.0197" in it.text


@pytest.mark.parametrize(
    ("stable", "diverged"),
    [
        ([0.0195, 0.01, 1e-3, 0.008, 1e-4, 1e-5], (0.02, 0.05, 0.09)),  # two of five are no crowd
        ([0.0195, 0.01, 1e-3, 0.011, 1e-4], (0.02, 0.05)),  # too few tell where the threshold is
        ([0.0195, 0.01, 1e-3, 0.011, 1e-4], (2e-5, 3e-4, 5e-3)),  # no threshold
        ([0.0195, 0.01, 0.011, 0.012], (0.02, 0.05, 0.09)),  # no five trials
        ([1e-3] * 5, ()),
    ],
)
def test_no_crowd_below_a_threshold_no_finding(stable, diverged):
    assert near(stable, diverged) is None


def test_an_irrelevant_learning_rate_is_rarely_said_to_be_near_divergence():
    rng, draws = np.random.default_rng(1), 1000
    found = sum(
        near(10 ** rng.uniform(-5, -2, 8), 10 ** rng.uniform(-2, -1, 4)) is not None
        for _ in range(draws)
    )
    assert found <= binom.ppf(0.999, draws, 0.02)
