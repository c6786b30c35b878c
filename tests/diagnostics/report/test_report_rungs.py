"""The ladder in words: what is likely is told where the verdict leaves a gap open."""

from netclinic.diagnostics import diagnose
from netclinic.diagnostics.report.report_rungs import gaps, rungs

from tests.diagnostics import planted


def test_what_is_likely_is_told_of_open_gaps_and_of_the_estimated_floor():
    it = diagnose(planted.study([planted.trial(0, 0.01, 0.02, 0.025)]))
    told = {gap.name: "Likely" in gap.basis for gap in gaps(it)}
    assert told == {
        "Avoidable bias": False,
        "Variance": False,
        "Selection optimism": False,
        "Variance on test rows": True,
    }
    (variance,) = (gap for gap in gaps(it) if gap.name == "Variance on test rows")
    assert "Likely 1.2–1.8 points (80 % on each side). " in variance.basis
    floor, *others = rungs(it, told_below=True, elsewhere=False)
    assert "Likely 0.3–1.4 % (80 % on each side). " in floor.basis
    assert not any("Likely" in rung.basis for rung in others)
    given = planted.study([planted.trial(0)], floor=planted.bayes(0.01, 0.01, 0.01, given=True))
    assert "Likely" not in rungs(diagnose(given), told_below=False, elsewhere=False)[0].basis
