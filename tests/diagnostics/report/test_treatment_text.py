"""Remedies that were tried, in the words of reports."""

from dataclasses import replace

import pytest
from netclinic.diagnostics import diagnose, render_html, render_json, render_markdown
from netclinic.diagnostics.report.treatment_text import tried_part

from ..conftest import make_study
from ..tried import HARMFUL, IN_VAIN, OPEN, TRIED


def part_of(*records):
    return tried_part(diagnose(replace(make_study(), treatments=records)))


def test_nothing_tried_is_not_told() -> None:
    assert part_of() is None
    assert "What was tried" not in render_markdown(make_study(), diagnose(make_study()))


@pytest.mark.parametrize(
    ("record", "word", "told"),
    [
        (
            TRIED,
            "Helps",
            "Test error 2.0 % in place of 5.0 %: it fell by 3.0 points (0.7 to 5.3). In the 15 "
            "pairs of trials of the same number that were best in both searches, it fell by 2.0 "
            "points (0.8 to 3.2) on average.",
        ),
        (
            HARMFUL,
            "Does harm",
            "Test error 9.0 % in place of 5.0 %: it rose by 4.0 points (1.7 to 6.3). In the 15 "
            "pairs of trials of the same number that were best in both searches, it rose by 2.0 "
            "points (0.8 to 3.2) on average.",
        ),
        (
            IN_VAIN,
            "Does not help",
            "Test error 2.0 % in place of 5.0 %: it rose by 1.0 points (−1.3 to 3.3). In the 15 "
            "pairs of trials of the same number that were best in both searches, it rose by 0.2 "
            "points (−1.0 to 1.4) on average. If it helps, then by less than the tolerated 2.0 "
            "points.",
        ),
        (
            OPEN._replace(measure="balanced_error"),
            "Not shown",
            "Balanced test error 2.0 % in place of 5.0 %: it fell by 1.0 points (−1.0 to 3.0). "
            "That leaves open whether it helps.",
        ),
        (
            OPEN._replace(lower_by=0.0, row_error=0.02),
            "Not shown",
            "Test error 2.0 % in place of 5.0 %: it changed by 0.0 points (−4.2 to 4.2). That "
            "leaves open whether it helps.",
        ),
        (
            OPEN._replace(row_error=None),
            "Not shown",
            "Test error 2.0 % in place of 5.0 %; rows of a single group do not say how sure that "
            "is. That leaves open whether it helps.",
        ),
    ],
)
def test_what_came_out_is_told_with_its_interval(record, word, told) -> None:
    part = part_of(record)
    assert part is not None
    (it,) = part.each
    assert (it.badge.word, it.told) == (word, told)


def test_doubts_and_what_stands_beside_are_told() -> None:
    part = part_of(TRIED, HARMFUL)
    assert part is not None
    helped, harmed = part.each
    assert helped.title == "Regularise with L2 (weight decay)"
    assert helped.changes == "-S 'search.weight_decay={log=[1e-4,1]}'"
    assert helped.doubt == (
        "Standard errors: the test rows ±0.8 points, which trial either search picks ±0.5 points, "
        "the seeds of the trainings ±0.3 points. What lessens the largest: more test rows."
    )
    assert helped.beside == (
        "On the same seeds: training error 0.4 % in place of 0.0 %, validation error 2.5 % in "
        "place of 3.0 %. Predicted was: test error lower by at most 5.0 points."
    )
    assert "2 with it and 0 without it diverged" in harmed.beside
    assert "all 4 hold together (Bonferroni)" in part.how
    assert part.table.rows[0][:4] == ("digits-l2", helped.title, "5.0 %", "2.0 %")


MORE = TRIED._replace(
    remedy="bigger_network",
    treated_study="digits-bigger-network",
    spec_change="network.hidden=[256]",
    lower_by=0.04,
)


def test_what_helps_stands_first_and_leads_on() -> None:
    part = part_of(HARMFUL, IN_VAIN, OPEN, TRIED, MORE)
    assert part is not None
    assert [it.study for it in part.each] == [
        "digits-bigger-network",
        "digits-l2",
        "digits-own",
        "digits-shift",
        "digits-dropout",
    ]
    assert [row[0] for row in part.table.rows] == [it.study for it in part.each]
    best, both = part.onward
    assert best.command == "netclinic diagnose digits-bigger-network"
    assert both.text == "2 remedies help alone. Whether they do together is tried by:"
    assert both.command == (
        "netclinic treat digits -S study.name=digits-together -S 'network.hidden=[256]' "
        "-S 'search.weight_decay={log=[1e-4,1]}'"
    )


@pytest.mark.parametrize(
    "change",
    [
        "search.weight_decay={log=[1e-3,1]}",  # one key, two values
        "study.seed=9",  # would be another study
        "network.hidden=[256] -S training.patience=",  # no override takes a key away
    ],
)
def test_what_cannot_be_changed_at_once_is_not_proposed(change) -> None:
    part = part_of(TRIED, MORE._replace(spec_change=change))
    assert part is not None
    assert [it.command for it in part.onward] == ["netclinic diagnose digits-bigger-network"]


def test_nothing_leads_on_from_what_did_not_help() -> None:
    part = part_of(HARMFUL, IN_VAIN, OPEN)
    assert part is not None
    assert part.onward == ()


def test_reports_tell_how_to_go_on() -> None:
    study = replace(make_study(), treatments=(TRIED, MORE))
    diagnosis = diagnose(study)
    for text in (render_markdown(study, diagnosis), render_html(study, diagnosis)):
        assert "netclinic diagnose digits-bigger-network" in text
        assert "study.name=digits-together" in text


def test_an_own_idea_has_a_title_of_its_own() -> None:
    part = part_of(OPEN)
    assert part is not None
    assert part.each[0].title == "An idea of your own"
    assert "hold together" not in part.how


def test_a_comparison_names_the_keys_that_are_gone() -> None:
    change = "network.hidden=[16] -S training.patience= -S data.train_rows="
    part = part_of(OPEN._replace(spec_change=change))
    assert part is not None
    it = part.each[0]
    assert it.title == "An idea of your own"
    assert it.changes == "-S 'network.hidden=[16]', without training.patience, data.train_rows"


@pytest.mark.parametrize(
    ("change", "title", "told"),
    [
        ("", "The same search once more", "no key changed"),
        ("study.seed=9", "The same search with another seed", "-S study.seed=9"),
    ],
)
def test_the_same_search_again_is_no_idea(change, title, told) -> None:
    part = part_of(OPEN._replace(spec_change=change))
    assert part is not None
    it = part.each[0]
    assert (it.title, it.changes) == (title, told)


def test_a_longer_search_is_told() -> None:
    part = part_of(OPEN._replace(treated_trials=240), OPEN)
    assert part is not None
    longer, alike = part.each
    told = "The winner with it was chosen among 240 completed trials, the one without it among 60."
    assert told in longer.beside
    assert "chosen among" not in alike.beside


def test_a_winner_that_other_seeds_leave_is_told() -> None:
    def told(winner: int) -> str:
        tried = OPEN._replace(remedy="replicates", trial=38, treated_trial=winner)
        part = part_of(tried)
        assert part is not None
        return part.each[0].told

    assert "Trial 38 has the lowest mean error over other seeds, too" in told(38)
    assert "leaves open" not in told(38), "nothing else than that would be kept"
    assert "other seeds" not in told(7)
    assert "leaves open" in told(7)


def test_every_form_of_the_report_has_it() -> None:
    study = replace(make_study(), treatments=(TRIED, HARMFUL))
    diagnosis = diagnose(study)
    page, text = render_html(study, diagnosis), render_markdown(study, diagnosis)
    for form in (page, text):
        assert "What was tried" in form
        assert "it fell by 3.0" in form.replace("\u00a0", " ")
        assert "netclinic treat digits l2" in form
    assert '"treated_study": "digits-dropout"' in render_json(diagnosis)
