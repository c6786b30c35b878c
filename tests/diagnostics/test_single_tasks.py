"""Several tasks: each judged by itself, all of them together with 95 %."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from netclinic.diagnostics.findings import Verdict
from netclinic.diagnostics.gaps import measure_errors, measure_gaps
from netclinic.diagnostics.single_tasks import together
from netclinic.diagnostics.verdict import of_all
from netclinic.diagnostics.wording import verdict_sentence
from netclinic.storage.records import BayesRecord, SplitSizes, TaskNote
from scipy.stats import binom

ROWS = SplitSizes(400, 300, 300)
NOTES = (TaskNote("digit", "classification", 10, 0.9), TaskNote("slant", "regression", 1, 4.0))


def judged(**verdicts: tuple[Verdict, ...]) -> Any:
    return {name: SimpleNamespace(verdict=verdict) for name, verdict in verdicts.items()}


@pytest.mark.parametrize(
    ("tasks", "expected", "sentence"),
    [
        (
            judged(a=(Verdict.HEALTHY,), b=(Verdict.HIGH_VARIANCE,), c=(Verdict.HIGH_BIAS,)),
            (Verdict.HIGH_BIAS, Verdict.HIGH_VARIANCE),
            "High bias in c; high variance in b; healthy in a.",
        ),
        (
            judged(a=(Verdict.HEALTHY,), b=(Verdict.UNDETERMINED,)),
            (Verdict.UNDETERMINED,),
            "Undetermined in b; healthy in a.",
        ),
        (
            judged(a=(Verdict.HEALTHY,), b=(Verdict.HEALTHY,)),
            (Verdict.HEALTHY,),
            "Healthy in a and b.",
        ),
    ],
)
def test_the_verdict_names_what_any_task_suffers_from(tasks, expected, sentence):
    assert of_all(tasks) == expected
    assert verdict_sentence(SimpleNamespace(tasks=tasks)) == sentence  # pyright: ignore[reportArgumentType]


def test_the_floor_of_all_is_the_mean_of_the_relative_ones_or_that_of_one():
    floors = {
        "digit": BayesRecord(0.09, 0.0, 0.18, 300, "m", False),
        "slant": BayesRecord(0.4, 0.2, 0.8, 200, "m", False),
    }
    found = together(floors, NOTES, None)
    assert found[:4] == (pytest.approx(0.1), pytest.approx(0.025), pytest.approx(0.2), 200)
    assert found.tasks == floors
    alone = together(floors, NOTES, "slant")
    assert alone[:3] == (pytest.approx(0.1), pytest.approx(0.05), pytest.approx(0.2))


def test_the_gaps_of_all_tasks_hold_together_with_95_percent():
    rng, tasks, seeds, missed = np.random.default_rng(0), 4, 300, 0
    training, test, floor = 0.10, 0.14, 0.05
    bayes = BayesRecord(floor, floor, floor, None, "given", True)
    for _ in range(seeds):
        held = True
        for _ in range(tasks):
            result: Any = SimpleNamespace(
                training_error=rng.binomial(ROWS.train, training) / ROWS.train,
                validation_error=test,
                test_error=rng.binomial(ROWS.test, test) / ROWS.test,
                **dict.fromkeys(("training_deviation", "validation_deviation", "test_deviation")),
            )
            gaps = measure_gaps(measure_errors(result, ROWS, bayes), tasks=tasks)
            bias, variance = gaps.avoidable_bias, gaps.judged_variance
            held &= bias.low <= training - floor <= bias.high
            held &= variance.low <= test - training <= variance.high
        missed += not held
    # At a true rate of 5 % more misses are seen once in a thousand times. Without the correction
    # about a fifth of the studies miss.
    assert missed <= binom.ppf(0.999, seeds, 0.05)
