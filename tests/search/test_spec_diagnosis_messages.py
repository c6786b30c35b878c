"""Every way to get [pruning], [diagnosis] and [compute] wrong, with the whole message."""

import pytest

from .spec_messages import HEAD, message_of, message_of_line

BAYES = (
    '"estimate", a fraction from 0 to below 1 (in regression a mean squared error from 0), or '
    "{value = …, low = …, high = …}"
)
NOISE = "a fraction between 0 and 1, {flipped = …}, {flipped = …, n = …} or {redrawn = …}"
PEOPLE = "{error = …, n = …}, a fraction from 0 to below 1 and a number of rows from 1"


# (table, line, message behind the file's name)
BROKEN_KEYS = [
    (
        "diagnosis",
        "bayes_error = 1",
        f"[diagnosis] bayes_error: got 1.0; allowed: {BAYES}; write for example "
        'bayes_error = "estimate".',
    ),
    (
        "diagnosis",
        "regions = 1",
        "[diagnosis] regions: got 1; allowed: true or false; write for example regions = true.",
    ),
    (
        "diagnosis",
        'vital_signs = "off"',
        '[diagnosis] vital_signs: got "off"; allowed: true or false; write for example '
        "vital_signs = true.",
    ),
    (
        "diagnosis",
        "groups = 3",
        "[diagnosis] groups: got 3; allowed: a column's name; write for example "
        'groups = "country".',
    ),
    (
        "diagnosis",
        "bayes_error = {value = 0.1}",
        f"[diagnosis] bayes_error: got {{value = 0.1}}; allowed: {BAYES}; write for example "
        'bayes_error = "estimate".',
    ),
    (
        "diagnosis",
        "bayes_error = {value = 0.1, low = 0.2, high = 0.3}",
        "[diagnosis] bayes_error: got {value = 0.1, low = 0.2, high = 0.3}; the value must lie "
        "within its interval: low ≤ value ≤ high.",
    ),
    (
        "diagnosis",
        "human_error = 0.01",
        f"[diagnosis] human_error: got 0.01; allowed: {PEOPLE}; write for example human_error = "
        "{error = 0.012, n = 500}.",
    ),
    (
        "diagnosis",
        "human_error = {error = 1.0, n = 50}",
        f"[diagnosis] human_error: got {{error = 1.0, n = 50}}; allowed: {PEOPLE}; write for "
        "example human_error = {error = 0.012, n = 500}.",
    ),
    (
        "diagnosis",
        "bayes_error = 0.1\nhuman_error = {error = 0.1, n = 50}",
        "[diagnosis] human_error: bayes_error = 0.1 is given, too, which leaves nothing to be "
        'estimated: remove this key, or write bayes_error = "estimate".',
    ),
    (
        "diagnosis",
        "label_noise = {redrawn = 0.1, n = 200}",
        f"[diagnosis] label_noise: got {{redrawn = 0.1, n = 200}}; allowed: {NOISE}; write for "
        "example label_noise = {flipped = 0.05, n = 200}.",
    ),
    (
        "diagnosis",
        "label_noise = 0",
        f"[diagnosis] label_noise: got 0; allowed: {NOISE}; write for example label_noise = "
        "{flipped = 0.05, n = 200}.",
    ),
    (
        "diagnosis",
        'soft_labels = "soft.txt"',
        '[diagnosis] soft_labels: got "soft.txt"; allowed: a path that ends in .npy or .csv; write '
        'for example soft_labels = "soft_labels.npy".',
    ),
    (
        "diagnosis",
        'label_noise = 0.1\nsoft_labels = "soft.npy"',
        '[diagnosis] soft_labels: got "soft.npy" beside label_noise; soft labels tell the Bayes '
        "error by themselves: remove this key, or the other.",
    ),
    (
        "diagnosis",
        "tolerance = 2",
        "[diagnosis] tolerance: got 2; allowed: a fraction between 0 and 1; write for example "
        "tolerance = 0.02.",
    ),
    (
        "compute",
        'lanes = "aut"',
        '[compute] lanes: got "aut"; did you mean "auto"? '
        'Allowed: "auto" or a whole number from 1 to 65,536.',
    ),
    (
        "compute",
        'convolution = "im2co"',
        '[compute] convolution: got "im2co"; did you mean "im2col"? '
        'Allowed: "auto", "im2col", "chwn", "native".',
    ),
    (
        "compute",
        "devices = 0",
        '[compute] devices: got 0; allowed: "auto" or a whole number from 1; write for example '
        'devices = "auto".',
    ),
]


@pytest.mark.parametrize(("table", "line", "message"), BROKEN_KEYS)
def test_a_broken_key(table: str, line: str, message: str) -> None:
    assert message_of_line(table, line) == message


@pytest.mark.parametrize(
    "known", ["human_error={error=0.1,n=50}", "label_noise=0.1", "soft_labels=s.npy"]
)
def test_what_is_known_of_the_share_of_wrong_rows_is_no_other_error(known: str) -> None:
    key = known.partition("=")[0]
    regression = HEAD.replace("digits", "diabetes") + 'task = "regression"\n'
    assert message_of(regression, f"diagnosis.{known}") == (
        f"-S diagnosis.{known}: [diagnosis] {key}: speaks of rows with one class, and [data] task "
        '= "regression" has other errors: remove this key.'
    )
    balanced = HEAD.replace("[data]", 'objective = "balanced_error"\n[data]')
    assert message_of(balanced, f"diagnosis.{known}") == (
        f"-S diagnosis.{known}: [diagnosis] {key}: speaks of the share of rows that are wrong, not "
        'of [study] objective = "balanced_error": remove this key, or give a figure of that kind '
        "as bayes_error."
    )
