import numpy as np
import optuna
import pytest
from netclinic.search.entries import Choice, Int, Log, OneMinusLog, Uniform
from netclinic.search.sampler import (
    TPE_ROUND,
    CounterSampler,
    History,
    draw,
    history_of,
    propose_random,
    propose_tpe,
)
from netclinic.search.space import distribution, searched
from netclinic.search.spec import Search
from netclinic.storage.records.trials import FinishedTrial
from scipy import stats

DEFAULT = searched(Search())
DRAWS = 10_000


@pytest.fixture(scope="module")
def draws() -> dict[str, np.ndarray]:
    found = [draw(DEFAULT, 0, number) for number in range(DRAWS)]
    return {name: np.array([d[name] for d in found]) for name in DEFAULT}


def log_law(low: float, high: float):
    """The law of 10**U(low, high)."""
    return stats.uniform(low, high - low)


@pytest.mark.parametrize(
    ("name", "exponent", "low", "high"),
    [
        ("learning_rate", np.log10, -5, -1),
        ("weight_decay", np.log10, -7, -1),
        ("momentum", lambda m: np.log10(1 - m), -3, -1),
    ],
)
def test_10000_draws_follow_the_log_space_laws(draws, name, exponent, low, high) -> None:
    found = stats.kstest(exponent(draws[name]), log_law(low, high).cdf)
    assert found.pvalue > 0.01, found


def test_the_ks_test_would_see_a_uniform_law(draws) -> None:
    uniform = np.linspace(1e-5, 1e-1, DRAWS)
    assert stats.kstest(np.log10(uniform), log_law(-5, -1).cdf).pvalue < 1e-10


def test_parameters_and_trials_are_independent(draws) -> None:
    columns = [np.log10(draws[n]) for n in ("learning_rate", "weight_decay")]
    columns.append(np.log10(1 - draws["momentum"]))
    correlations = np.corrcoef(columns)[np.triu_indices(3, 1)]
    serial = [np.corrcoef(c[:-1], c[1:])[0, 1] for c in columns]
    # |r| of independent draws exceeds 4/√n with probability 6e-5.
    assert np.abs([*correlations, *serial]).max() < 4 / np.sqrt(DRAWS)


def test_p_values_over_seeds_are_uniform() -> None:
    """40 seeds × 200 draws: p-values below 0.05 at most 6 times (binomial, 99.6 %)."""
    p = [
        stats.kstest(
            np.log10([draw(DEFAULT, seed, n)["learning_rate"] for n in range(200)]),
            log_law(-5, -1).cdf,
        ).pvalue
        for seed in range(40)
    ]
    assert sum(value < 0.05 for value in p) <= 6


def test_a_trial_is_its_seed_and_number() -> None:
    assert draw(DEFAULT, 3, 17) == draw(DEFAULT, 3, 17)
    assert draw(DEFAULT, 3, 17) != draw(DEFAULT, 3, 18)
    assert draw(DEFAULT, 3, 17) != draw(DEFAULT, 4, 17)
    assert propose_random(DEFAULT, 3, [17]) == propose_random(DEFAULT, 3, range(64))[17:18]


def test_a_further_parameter_leaves_the_others_as_they_were() -> None:
    more = {**DEFAULT, "batch_size": Choice(choice=(32, 64))}
    assert draw(DEFAULT, 0, 5).items() <= draw(more, 0, 5).items()


@pytest.mark.parametrize(
    "entry",
    [
        Log(log=(1e-5, 1e-1)),
        OneMinusLog(one_minus_log=(1e-3, 1e-1)),
        Uniform(uniform=(-1.0, 2.0)),
        Int(int=(1, 4)),
        Choice(choice=("relu", "tanh")),
    ],
    ids=lambda entry: entry.law,
)
def test_every_value_is_in_its_optuna_distribution(entry) -> None:
    law = distribution(entry)
    values = [draw({"x": entry}, 0, number)["x"] for number in range(500)]
    assert all(law._contains(law.to_internal_repr(value)) for value in values)
    if isinstance(entry, Int):
        assert set(values) == {1, 2, 3, 4}
    if isinstance(entry, Choice):
        assert set(values) == {"relu", "tanh"}


def test_a_stock_optuna_study_with_our_sampler_runs_our_trials() -> None:
    study = optuna.create_study(sampler=CounterSampler(DEFAULT, seed=5))
    for _ in range(6):
        trial = study.ask({name: distribution(entry) for name, entry in DEFAULT.items()})
        study.tell(trial, 0.5)
    assert [t.params for t in study.trials] == [draw(DEFAULT, 5, n) for n in range(6)]


def test_the_sampler_refuses_another_distribution() -> None:
    study = optuna.create_study(sampler=CounterSampler(DEFAULT, seed=5))
    trial = study.ask()
    with pytest.raises(ValueError, match="suggest the same one"):
        trial.suggest_float("learning_rate", 0.0, 1.0)


def quadratic_history(count: int) -> list[History]:
    """Trials of a study whose error is lowest at learning rate 1e-2."""
    values = [draw(DEFAULT, 9, n) for n in range(count)]
    return [
        History(n, v, min(1.0, 0.02 + 0.1 * (np.log10(float(v["learning_rate"])) + 2) ** 2))
        for n, v in enumerate(values)
    ]


def test_tpe_does_not_depend_on_where_a_round_is_cut() -> None:
    history = quadratic_history(40)
    whole = propose_tpe(DEFAULT, 1, range(24, 32), history)
    assert whole[3:] == propose_tpe(DEFAULT, 1, range(27, 32), history)
    assert whole == propose_tpe(DEFAULT, 1, range(24, 32), history[::-1])
    later = [h for h in history if h.number < 24]
    assert whole == propose_tpe(DEFAULT, 1, range(24, 32), later), "later trials are not seen"
    assert len({p.parameters for p in whole}) == TPE_ROUND


def test_tpe_learns() -> None:
    proposed = propose_tpe(DEFAULT, 1, range(64, 72), quadratic_history(64))
    rates = [p.parameters[0].value for p in proposed]
    assert np.median(np.abs(np.log10(rates) + 2)) < 0.6, "random search: 1.0"


def test_tpe_keeps_away_from_where_trials_diverge_whatever_unit_errors_have() -> None:
    """A regression's errors are squares of its target's unit: here from 10,000 on."""

    def ended(number: int) -> FinishedTrial:
        (drawn,) = propose_random(DEFAULT, 9, [number])
        rate = drawn.parameters[0].value
        diverged = rate > 1e-3
        error = None if diverged else 1e4 * (1 + (np.log10(rate) + 4) ** 2)
        return FinishedTrial(number, "FAIL" if diverged else "COMPLETE", drawn.parameters, error)

    history = history_of(DEFAULT, map(ended, range(64)))
    proposed = propose_tpe(DEFAULT, 1, range(64, 72), history)
    rates = [p.parameters[0].value for p in proposed]
    assert np.mean(np.array(rates) > 1e-3) < 0.2, "random search: half"
