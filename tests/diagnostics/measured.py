"""A study whose trial has vital signs."""

from dataclasses import replace


def with_signs(study, number, signs):
    """The study, with those signs in the given trial's result."""
    trials = tuple(
        replace(t, result=t.result._replace(signs=tuple(signs))) if t.number == number else t
        for t in study.trials
    )
    return replace(study, trials=trials)
