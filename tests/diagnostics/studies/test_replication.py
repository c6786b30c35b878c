"""Finalists that were trained again: what is made of their replicates, and what the reports say."""

import html
import json
import re
from dataclasses import replace

import pytest
from netclinic.cli.diagnosis_view import print_diagnosis
from netclinic.diagnostics import diagnose, render_html, render_json, render_markdown
from netclinic.diagnostics.findings import FindingKind
from netclinic.diagnostics.report.replication_text import again_part
from netclinic.diagnostics.report.report_content import report_content
from netclinic.diagnostics.studies.replication import replication_of
from netclinic.storage.records.replicates import DecompositionRecord, ReplicateResult
from netclinic.storage.records.results import Outcome
from netclinic.storage.records.study import StudyRecord

from tests.diagnostics.page_text import as_read
from tests.diagnostics.planted import study, trial

LIMITS = {f"{name}_{end}": 0.05 for name in ("loss", "bias", "variance") for end in ("low", "high")}
PARTS = DecompositionRecord(1, "zero_one", 4, 500, 0.07, 0.05, 0.02, 0.03, 0.01, LIMITS)


def seeds(number: int, *errors: float | None, outcome: Outcome | None = None):
    """New seeds of a trial with these validation errors; test errors lie 0.01 above."""
    missing = outcome or Outcome.DIVERGED
    return [
        ReplicateResult(
            trial_id=number + 1,
            kind="seed",
            replicate=r,
            outcome=missing if error is None else Outcome.COMPLETED,
            epochs=20,
            training_loss=0.1,
            training_error=0.01,
            validation_loss=0.1,
            validation_error=error,
            test_loss=0.1,
            test_error=None if error is None else error + 0.01,
            seconds=1.0,
            lanes=8,
            strategy="map",
        )
        for r, error in enumerate(errors, start=1)
    ]


def again(*replicates: list[ReplicateResult], **more: object) -> StudyRecord:
    """Three trials, the best two of which are finalists, trained with 4 new seeds each."""
    made = study(
        trials=(trial(0, validation=0.05), trial(1, validation=0.06), trial(2, validation=0.2))
    )
    count = {"replicates": 1 + len(replicates[0]), "finalists": 2}
    spec = {**(made.spec or {}), "study": count}
    return replace(made, spec=spec, replicates=tuple(r for of in replicates for r in of), **more)


CLEAR = again(
    seeds(0, 0.30, 0.31, 0.29, 0.30), seeds(1, 0.06, 0.07, 0.08, 0.07), decomposition=PARTS
)
ALIKE = again(seeds(0, 0.06, 0.10, 0.08, 0.09), seeds(1, 0.06, 0.07, 0.08, 0.09))


def test_the_winner_is_judged_and_the_worse_finalist_told_apart() -> None:
    found = replication_of(CLEAR)
    assert found is not None
    assert (found.winner, found.alike) == (1, ())
    first, second = found.finalists
    assert (first.trial, first.search_error, first.seeds) == (0, 0.05, 4)
    assert first.p_value is not None
    assert first.p_value < 1e-6
    assert second.p_value == 1
    assert second.validation is not None
    assert second.validation.value == pytest.approx(0.07)
    assert second.test is not None
    assert second.test.value == pytest.approx(0.08)
    assert found.validation_noise is not None
    assert found.validation_noise.degrees == 6
    assert found.validation_noise.deviation == pytest.approx(0.008165, abs=1e-6)
    assert found.decomposition == PARTS
    assert diagnose(CLEAR).trial == 1


def test_a_finalist_within_the_noise_is_named() -> None:
    found = replication_of(ALIKE)
    assert found is not None
    assert (found.winner, found.alike) == (1, (0,))
    part = again_part(diagnose(ALIKE))
    assert part is not None
    assert "trial 0 cannot be told from it" in part.sentences[2]
    assert part.parts == ()


def test_a_decomposition_of_another_trial_is_not_the_winners() -> None:
    found = replication_of(replace(CLEAR, decomposition=PARTS._replace(trial_number=0)))
    assert found is not None
    assert found.decomposition is None


def test_nothing_is_said_while_seeds_are_missing() -> None:
    short = replace(CLEAR, replicates=CLEAR.replicates[:-1])
    assert replication_of(short) is None
    diagnosis = diagnose(short)
    assert again_part(diagnosis) is None
    assert "replication" not in diagnosis.as_dict()
    assert FindingKind.WINNER_IN_DOUBT in {f.kind for f in diagnosis.findings}
    told = diagnose(CLEAR)
    assert FindingKind.WINNER_IN_DOUBT not in {f.kind for f in told.findings}
    assert not any(t.startswith("Retraining noise") for t in told.not_checked)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [(Outcome.DIVERGED, "2, 2 diverged"), (Outcome.PRUNED, "2, 2 left out")],
)
def test_missing_seeds_are_counted(outcome, said) -> None:
    made = again(seeds(0, 0.06, 0.10, None, None, outcome=outcome), seeds(1, 0.3, 0.31, 0.32, 0.33))
    part = again_part(diagnose(made))
    assert part is not None
    assert part.finalists.rows[0][2] == said


def test_one_new_seed_tells_no_noise_but_a_winner() -> None:
    made = again(seeds(0, 0.3), seeds(1, 0.1))
    part = again_part(diagnose(made))
    assert part is not None
    assert "is not known" in part.sentences[0]
    assert part.finalists.rows[1][3:] == ("–", "–", "the winner")


def test_all_seeds_may_diverge() -> None:
    made = again(seeds(0, None, None), seeds(1, None, None))
    found = replication_of(made)
    assert found is not None
    assert (found.winner, found.validation_noise) == (0, None)
    assert render_markdown(made, diagnose(made))


def test_every_report_says_it(capsys) -> None:
    diagnosis = diagnose(CLEAR)
    part = again_part(diagnosis)
    assert part is not None
    markdown = render_markdown(CLEAR, diagnosis)
    page = as_read(html.unescape(render_html(CLEAR, diagnosis)))
    print_diagnosis(report_content(CLEAR, diagnosis), diagnosis)
    terminal = " ".join(capsys.readouterr().out.replace("\u00a0", " ").split())
    for text in part.sentences:
        assert text in markdown.replace("\\", "")
        assert text in page
        assert text in terminal
    assert re.search(r"95 % interval \d\.\d to \d\.\d points\)", part.sentences[0])
    assert "7.0 %" in part.sentences[1]
    assert "| 0 | 5.0 % | 4 | 30.0 % (29.0–31.0 %) |" in markdown
    assert "Net variance: +2.0 points (5.0 to 5.0)" in markdown
    assert "63" in page
    document = json.loads(render_json(diagnosis))["replication"]
    assert document["winner"] == 1
    assert document["decomposition"]["bias"] == 0.05
    assert document["validation_noise"]["degrees"] == 6
