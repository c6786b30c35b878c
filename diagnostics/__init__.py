"""What it means: numbers in, findings out, then the report."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .bayes.bayes import estimate_bayes_error
    from .diagnosis import diagnose
    from .findings import Diagnosis, DiagnosisError, Finding, Remedy, Verdict
    from .report.report_html import render_html
    from .report.report_json import render_json
    from .report.report_markdown import render_markdown
    from .report.wording import verdict_sentence

__all__ = [
    "Diagnosis",
    "DiagnosisError",
    "Finding",
    "Remedy",
    "Verdict",
    "diagnose",
    "estimate_bayes_error",
    "render_html",
    "render_json",
    "render_markdown",
    "verdict_sentence",
]

_HOME = {
    "Diagnosis": "findings",
    "DiagnosisError": "findings",
    "Finding": "findings",
    "Remedy": "findings",
    "Verdict": "findings",
    "diagnose": "diagnosis",
    "estimate_bayes_error": "bayes.bayes",
    "render_html": "report.report_html",
    "render_json": "report.report_json",
    "render_markdown": "report.report_markdown",
    "verdict_sentence": "report.wording",
}


def __getattr__(name: str) -> Any:
    """Import a public name's module when it is first asked for (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
