"""Reasons of remedies that one finding asks for."""

from netclinic.diagnostics.findings import FindingKind
from netclinic.diagnostics.remedies.told_once import told_once

from tests.diagnostics.remedies.evidence import RARE, remedies, warning

DEAD = warning(FindingKind.DEAD_UNITS)
STEPS = warning(FindingKind.STEPS_TOO_LARGE)


def reasons(*findings):
    told = told_once(remedies(*findings), findings)
    return {it.kind.value: it.reason for it in told}


def test_a_finding_that_asks_for_two_remedies_is_told_with_the_first_alone() -> None:
    assert reasons(DEAD) == {
        "lower_rate": "dead_units found. Search lower learning rates.",
        "other_initializer": "The same finding asks for this, too. Initial weights decide how "
        "strong signals are at each layer. he_normal is made for relu units.",
    }
    of_rare = reasons(RARE)
    assert of_rare["balanced_objective"].startswith("class_imbalance found. Comparing trials")
    assert of_rare["class_weights"].startswith("The same finding asks for this, too. Weights")


def test_a_remedy_that_another_finding_asks_for_tells_that_one_alone() -> None:
    assert reasons(STEPS, warning(FindingKind.BEST_NEAR_DIVERGENCE)) == {
        "lower_rate": "steps_too_large found. Search lower learning rates.",
        "warmup": "best_near_divergence found. A learning rate that rises over the first steps is "
        "often stable where the full one is not from the start.",
        "clipping": "The same finding asks for this, too. Shortening the few gradients that are "
        "very long keeps one minibatch from throwing the weights away.",
    }
    assert reasons(DEAD, STEPS)["clipping"].startswith("The same finding asks for this, too. Sh")
