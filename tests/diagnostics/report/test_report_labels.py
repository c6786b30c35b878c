import pytest
from netclinic.diagnostics.findings import FindingKind, RemedyKind, Severity, Verdict
from netclinic.diagnostics.report.report_labels import FINDINGS, REMEDIES, SEVERITIES, VERDICTS


@pytest.mark.parametrize(
    ("labels", "kinds"),
    [
        (FINDINGS, FindingKind),
        (REMEDIES, RemedyKind),
        (SEVERITIES, Severity),
        (VERDICTS, Verdict),
    ],
)
def test_every_kind_has_a_name_of_its_own(labels, kinds):
    assert set(labels) == set(kinds)
    assert len(set(labels.values())) == len(labels)
