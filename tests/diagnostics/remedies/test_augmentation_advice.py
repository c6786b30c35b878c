"""Augmentation as a remedy: images are shifted, other rows get noise."""

import pytest
from netclinic.diagnostics.findings import RemedyKind
from netclinic.diagnostics.remedies.case import Case
from netclinic.diagnostics.remedies.remedies import recommend

from tests.diagnostics import planted
from tests.diagnostics.remedies.evidence import VARIANCE

NOISE = "-S search.augment_noise={uniform=[0,0.5]}"
SHIFT = "-S search.augment_shift={uniform=[0,0.2]}"


def advised(row_shape=None, **tables):
    """The advice on a study whose source tells this shape; ``None`` where there is none."""
    best, resolved = planted.trial(), planted.spec(**tables)
    study = planted.study([best], resolved=resolved)
    assert study.provenance is not None
    provenance = study.provenance._replace(row_shape=row_shape)
    found = recommend(Case(resolved, study, provenance, best, (VARIANCE,)))
    return next((it for it in found if it.kind is RemedyKind.AUGMENTATION), None)


@pytest.mark.parametrize(
    ("row_shape", "network", "change"),
    [
        ((8, 8), {}, SHIFT),  # whatever network learns from them
        ((28, 28, 3), {"kind": "cnn", "channels": [8]}, SHIFT),
        ((28, 28), {"kind": "net.py:Net"}, SHIFT),
        (None, {"kind": "cnn", "channels": [8], "shape": [8, 8]}, SHIFT),
        (None, {}, NOISE),  # a table, or arrays that may be anything
        (None, {"kind": "net.py:Net"}, NOISE),
        (None, {"kind": "cnn", "channels": [8]}, NOISE),  # signals: of a spectrum a shift is none
        ((8, 8), {"shape": [64]}, NOISE),  # as the spec says
        ((128, 1, 9), {}, NOISE),
        ((128, 9), {}, NOISE),  # rather a signal of nine channels
    ],
)
def test_images_are_shifted_and_other_rows_get_noise(row_shape, network, change) -> None:
    it = advised(row_shape, network=network)
    assert it.change == change
    assert ("images keep their class" in it.reason) == (change == SHIFT)
    assert "variance of 10.0 points" in it.reason


@pytest.mark.parametrize(
    ("row_shape", "search", "change"),
    [
        ((8, 8), {"augment_flip": 0.5}, SHIFT),
        ((8, 8), {"augment_shift": 0.1}, "-S search.augment_shift={uniform=[0.1,0.3]}"),
        ((8, 8), {"augment_shift": 0.4}, NOISE),
        (None, {"augment_noise": 1.0}, "-S search.augment_noise={uniform=[1,1.5]}"),
        (None, {"augment_noise": 2.0}, None),
        ((8, 8), {"augment_flip": {"uniform": [0.0, 0.5]}}, None),  # they are searched already
    ],
)
def test_what_all_trials_have_of_it_is_made_stronger(row_shape, search, change) -> None:
    it = advised(row_shape, search=search)
    assert (it and it.change) == change
    assert it is None or ("So far" in it.reason) == any(key in change for key in search)


def test_noise_is_added_to_standardised_columns_alone() -> None:
    """Of others nobody knows how much of it is little."""
    assert advised(data={"standardize": False}) is None
    assert advised((8, 8), data={"standardize": False}).change == SHIFT
