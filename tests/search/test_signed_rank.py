"""Finalists that are clearly worse are trained no further, by replicates and never by timing."""

import itertools
import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.search import Phase, load_spec, parse_spec, resume_study, run_study
from netclinic.search.again import due
from netclinic.search.signed_rank import clearly_worse
from netclinic.search.spec_errors import SpecError
from netclinic.search.spec_pruning import fewest_pairs
from netclinic.storage import Outcome
from scipy.stats import rankdata, wilcoxon

from .conftest import SMALL, load, run, url_in
from .test_again import again

GOOD, BAD = [0.10, 0.12, 0.11, 0.10, 0.13], [0.30, 0.31, 0.29, 0.33, 0.35]
# All ten trials are finalists; the short steps of some are far from enough.
STOPPING = (
    "study.trials=8",
    "study.replicates=8",
    "study.finalists=6",
    "pruning.kind=wilcoxon",
    "search.learning_rate={choice=[1e-5, 0.3]}",
    "search.momentum=0.5",
    "search.weight_decay=0",
)


def test_a_clearly_worse_finalist_is_stopped_as_soon_as_the_test_can_tell() -> None:
    assert clearly_worse({3: BAD[:4], 7: GOOD[:4]}, 0.1) == (3,)
    assert clearly_worse({3: BAD[:3], 7: GOOD[:3]}, 0.1) == ()
    assert clearly_worse({3: GOOD, 7: GOOD}, 0.1) == ()
    assert clearly_worse({3: GOOD}, 0.1) == ()
    assert clearly_worse({}, 0.1) == ()


@given(st.lists(st.tuples(*[st.integers(0, 20)] * 2), min_size=4, max_size=9))
def test_it_is_the_one_sided_signed_rank_test(pairs) -> None:
    first, second = ([float(e) for e in errors] for errors in zip(*pairs, strict=True))
    worse, better = (first, second) if sum(first) > sum(second) else (second, first)
    p = signed_rank_p(np.subtract(worse, better))
    stopped = clearly_worse({0: worse, 1: better}, 0.1)
    assert stopped == ((0,) if p < 0.1 and sum(worse) > sum(better) else ())


def signed_rank_p(differences: np.ndarray) -> float:
    """The chance of as large a sum of ranks above 0, were every sign as likely as its opposite.

    By all signs; half of a difference's rank counts where it is 0 (Pratt's ranks, split).
    """
    ranks = rankdata(np.abs(differences))
    signs = np.array(list(itertools.product([-1, 1], repeat=len(differences))))
    sums = (np.sign(differences * np.vstack([np.ones_like(differences), signs])) + 1) @ ranks
    return float((sums[1:] >= sums[0]).mean())


@pytest.mark.parametrize(("p", "pairs"), [(0.1, 4), (0.05, 5), (0.5, 2), (0.6, 1)])
def test_the_fewest_pairs_are_those_of_the_exact_test(p, pairs) -> None:
    assert fewest_pairs(p) == pairs
    exact = wilcoxon([1.0 + i for i in range(pairs)], alternative="greater").pvalue
    assert exact == 0.5**pairs < p


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ((), "with finalists = 5 and replicates = 1"),
        (("study.replicates=5",), "write [study] replicates = 6 or more, better 10"),
        (("study.replicates=9", "study.finalists=1"), "finalists = 2 or more"),
        (("study.replicates=6", "pruning.p_threshold=0.05"), "below p_threshold = 0.05"),
    ],
)
def test_too_few_replicates_are_refused_with_what_makes_sense(overrides, said, tmp_path) -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(SMALL, file="", folder=tmp_path, overrides=("pruning.kind=wilcoxon", *overrides))
    assert said in str(caught.value)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stopped")
    run(folder, *STOPPING)
    return load(folder)


def test_finalists_are_left_out_from_the_fifth_new_seed_on(stopped) -> None:
    left_out = [r for r in stopped.replicates if r.outcome is Outcome.PRUNED]
    assert left_out
    assert min(r.replicate for r in left_out) == 5
    for trial in stopped.finalists():
        seeds = stopped.seeds_of(trial)
        assert [r.replicate for r in seeds] == list(range(1, 8))
        trained = [r.outcome is Outcome.COMPLETED for r in seeds]
        assert trained == sorted(trained, reverse=True), "who is stopped does not come back"
        errors = [r.validation_error for r in seeds]
        assert [error is not None for error in errors] == trained
    winner = stopped.winner()
    assert all(r.outcome is Outcome.COMPLETED for r in stopped.seeds_of(winner))


def test_the_search_itself_is_not_pruned(stopped) -> None:
    assert all(t.result.outcome is Outcome.COMPLETED for t in stopped.trials)


def test_a_run_that_goes_on_comes_to_the_same_decisions(stopped, tmp_path) -> None:
    """From each state that a killed run may leave: what is recorded is a prefix of the order."""
    spec = parse_spec(SMALL, file="", folder=tmp_path, overrides=STOPPING).spec
    seeds = [r for r in stopped.replicates if r.kind == "seed"]
    rank = {t.trial_id: place for place, t in enumerate(stopped.finalists())}
    numbers = {t.trial_id: t.number for t in stopped.finalists()}
    order = sorted(seeds, key=lambda r: (r.replicate, r.outcome != "pruned", rank[r.trial_id]))
    for cut in range(len(order)):
        now = due(replace(stopped, replicates=tuple(order[:cut])), spec)
        outcomes = {(numbers[r.trial_id], r.replicate): r.outcome for r in order}
        assert now.jobs or now.left_out
        assert all(outcomes[job.number, job.replicate] is Outcome.COMPLETED for job in now.jobs)
        assert all(outcomes[numbers[r.trial_id], r.replicate] == r.outcome for r in now.left_out)


@pytest.mark.slow
def test_lanes_and_interruptions_change_nothing(stopped, tmp_path) -> None:
    text = SMALL
    (tmp_path / "study.toml").write_text(text)
    loaded = load_spec(tmp_path / "study.toml", [*STOPPING, "compute.lanes=1"])
    stop, seen = threading.Event(), 0
    for progress in run_study(loaded, url_in(tmp_path), tmp_path / "out", stop):
        seen += progress.phase is Phase.REPLICATING
        if seen == 30:
            stop.set()
    list(resume_study("small", url_in(tmp_path), tmp_path / "out", threading.Event()))

    def trained(study):
        return [r._replace(strategy="") for r in again(study)]

    assert trained(load(tmp_path)) == trained(stopped)
