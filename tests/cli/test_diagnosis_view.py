import dataclasses
import io
import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.cli.diagnosis_view import (
    diagnosis_view,
    interval_bar,
    not_checked_text,
)
from netclinic.cli.output import UNBROKEN
from netclinic.diagnostics.findings import (
    Diagnosis,
    Finding,
    FindingKind,
    Gain,
    Remedy,
    RemedyKind,
    Severity,
    Verdict,
)
from netclinic.diagnostics.ladder import Errors, Estimate, Gap, Gaps
from netclinic.diagnostics.report.report_content import report_content
from netclinic.diagnostics.units import Task, Unit
from netclinic.storage import TrialStore
from rich.console import Console

from tests.diagnostics.regions.test_region_findings import FOUND

fractions = st.floats(0, 1)
GAIN = Gain("test", None, 0.0, 0.058, 0.975, "at most the variance")


def make_diagnosis(verdict: tuple[Verdict, ...] = (Verdict.HIGH_VARIANCE,)) -> Diagnosis:
    gap = Gap(0.05, 0.03, 0.09, 0.95, "Newcombe")
    return Diagnosis(
        study="hand",
        trial=1,
        verdict=verdict,
        errors=Errors(
            Estimate(0.01, 0.0, 0.02, None, "given"),
            Estimate(0.0, 0.0, 0.004, 1_000_000, "Wilson"),
            Estimate(0.05, 0.02, 0.11, 100_000, "Wilson"),
            Estimate(0.06, 0.03, 0.12, 100_000, "Wilson"),
        ),
        gaps=Gaps(*(gap for _ in Gaps._fields)),
        findings=(
            Finding(FindingKind.HIGH_VARIANCE, Severity.PROBLEM, {}, "The gap is 5.0 % wide. " * 9),
            Finding(FindingKind.BEST_AT_EDGE, Severity.INFO, {}, "Only a note."),
        ),
        remedies=tuple(
            Remedy(kind, FindingKind.HIGH_VARIANCE, rank, "It helps.", change, GAIN)
            for rank, (kind, change) in enumerate(
                [
                    (RemedyKind.MORE_DATA, None),
                    (RemedyKind.L2, "-S search.weight_decay={log=[1e-4,1]} -S training.epochs=9"),
                    (RemedyKind.DROPOUT, None),
                    (RemedyKind.AUGMENTATION, None),
                ],
                start=1,
            )
        ),
        not_checked=("Labels: whether they are right.", "And a sentence without a subject."),
    )


@pytest.fixture
def rendered(stored: str):
    def render(diagnosis: Diagnosis, width: int = 80, **options) -> str:
        with TrialStore(stored) as store:
            study = store.load_study("hand")
        console = Console(file=io.StringIO(), width=width, **options)
        console.print(diagnosis_view(report_content(study, diagnosis), diagnosis))
        return console.file.getvalue().replace(UNBROKEN, " ")

    return render


def test_everything_is_there_within_80_columns(rendered) -> None:
    text = rendered(make_diagnosis())
    assert all(len(line) <= 80 for line in text.splitlines())
    for words in (
        "hand, trial 1",
        "▲",
        "Bayes error",
        "1,000,000 rows",
        "Avoidable bias",
        "What was found",
    ):
        assert words in text
    assert "Augment the training data" in text
    assert "1 note more in the report" in text
    assert "Only a note." not in text


def test_a_sign_stands_once_before_a_verdict_of_two_parts(rendered) -> None:
    both = rendered(make_diagnosis((Verdict.HIGH_BIAS, Verdict.HIGH_VARIANCE)))
    assert "\n▲ High bias and high variance" in both


def test_errors_that_are_no_share_of_the_rows_are_named(rendered) -> None:
    plain = make_diagnosis()
    assert "classified wrongly" not in rendered(plain), "everyone knows what an error is"
    several = dataclasses.replace(plain, unit=Unit(Task.MULTITASK, 2))
    assert "error: percent of the error of the best constant answers" in rendered(several)
    assert "balanced error: mean over classes" in rendered(
        dataclasses.replace(plain, unit=Unit(balanced=True))
    )


def test_regions_are_told_in_one_sentence(rendered) -> None:
    told = dataclasses.replace(make_diagnosis(), regions=FOUND)
    assert "By region\n  · High bias for the rows with x1 > 0.5; high variance" in rendered(told)
    assert "By region" not in rendered(make_diagnosis())


def test_no_line_begins_with_a_percent_sign(rendered) -> None:
    for width in range(60, 80):
        lines = rendered(make_diagnosis(), width).splitlines()
        assert not [line for line in lines if line.strip().startswith("%")]


def test_a_narrow_terminal_cuts_no_number(rendered) -> None:
    wide = rendered(make_diagnosis(), 100).split("What to do")[0]
    numbers = re.findall(r"[+−]?[\d.]+ (?:%|points) \([^)]*\)", wide)
    assert len(numbers) >= 8
    for width in range(40, 100):
        text = rendered(make_diagnosis(), width).split("What to do")[0]
        assert "…" not in text
        assert max(map(len, text.splitlines())) <= width
        for number in numbers:
            assert number in text


def test_a_narrow_terminal_cuts_no_command(rendered) -> None:
    """Of a change longer than a line the end was an ellipsis."""
    for width in (24, 32, 40):
        text = rendered(make_diagnosis(), width).split("What to do")[1]
        assert "…" not in text
        assert "'search.weight_decay={log=[1e-4,1]}'" in "".join(text.split())


@pytest.mark.parametrize("verdict", list(Verdict))
def test_colour_only_repeats_what_the_text_says(rendered, verdict: Verdict) -> None:
    diagnosis = make_diagnosis((verdict,))
    plain = rendered(diagnosis)
    coloured = rendered(diagnosis, force_terminal=True, color_system="truecolor")
    assert coloured != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_a_change_can_be_pasted_into_a_shell(rendered) -> None:
    lines = rendered(make_diagnosis()).splitlines()
    start = next(i for i, line in enumerate(lines) if "netclinic run SPEC" in line)
    pasted = "\n".join(line.rstrip() for line in lines[start : start + 3])
    show = "netclinic() { printf '%s\\n' \"$@\"; }\n"
    said = subprocess.run(["sh", "-c", show + pasted], capture_output=True, text=True, check=True)
    assert said.stdout.split() == [
        *("run", "SPEC", "-S", "study.name=hand-l2"),
        *("-S", "search.weight_decay={log=[1e-4,1]}", "-S", "training.epochs=9"),
    ]


def test_what_was_not_checked_by_its_subjects() -> None:
    assert not_checked_text(()) == ""
    said = not_checked_text(["Labels: are they right.", "No subject.", "A" * 40 + ": too long."])
    assert said == "Not checked: labels and 2 more; the report says more."
    assert not_checked_text(["R²: its intervals."]) == "Not checked: R²; the report says more."


@given(st.tuples(fractions, fractions, fractions), fractions, st.integers(3, 60))
def test_a_bar_stands_where_its_numbers_are(limits, above: float, width: int) -> None:
    low, value, high = sorted(limits)
    top = max(high, above) or 1.0
    bar = interval_bar(Estimate(value, low, high, None, ""), top, width)
    assert len(bar) == width
    assert bar.index("●") == round(value / top * (width - 1))
    drawn = bar.strip()
    assert len(drawn) == round(high / top * (width - 1)) - round(low / top * (width - 1)) + 1
    assert set(drawn) <= set("├─●┤")
