import json
from dataclasses import replace

import pytest
from netclinic.diagnostics.report.report_json import render_json


def test_it_is_the_diagnosis(diagnosis):
    text = render_json(diagnosis)
    assert json.loads(text) == diagnosis.as_dict()
    assert text.endswith("}\n")


def test_keys_are_in_the_documented_order(diagnosis):
    assert list(json.loads(render_json(diagnosis))) == [
        "study",
        "trial",
        "task",
        "verdict",
        "leaning",
        "errors",
        "gaps",
        "tolerance",
        "r2",
        "findings",
        "remedies",
        "spoken_against",
        "not_checked",
    ]


def test_what_json_cannot_hold_is_refused(diagnosis):
    gap = diagnosis.gaps.variance._replace(high=float("nan"))
    broken = replace(diagnosis, gaps=diagnosis.gaps._replace(variance=gap))
    with pytest.raises(ValueError, match="JSON"):
        render_json(broken)
