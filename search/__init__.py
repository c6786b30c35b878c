"""What to try next: the spec, the space, the sampler and the orchestrator."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .all_remedies import treat_all
    from .comparison import plan_comparison
    from .conclusion import diagnose_again, write_reports
    from .curve_sizes import CurveError
    from .diagnosed import Diagnosed
    from .export import curve_rows, trial_rows
    from .learning_curve import measure_learning_curve
    from .optuna_study import plain_study
    from .predict import predict_rows
    from .progress import Conclusion, Ending, Phase, Progress
    from .same_study import StudyError
    from .sampler import CounterSampler
    from .spec import StudySpec, json_schema
    from .spec_errors import SpecError
    from .spec_file import LoadedSpec, load_spec, parse_spec, spec_from_resolved
    from .spec_template import template
    from .study_run import resume_study, run_study
    from .trained_elsewhere import diagnose_predictions
    from .treatment import Folders, plan_of, plans_of, treat_study
    from .treatment_plan import TreatmentError, Wanted
    from .two_winners import compare_studies

_HOMES = {
    "Conclusion": "progress",
    "CounterSampler": "sampler",
    "CurveError": "curve_sizes",
    "Diagnosed": "diagnosed",
    "Ending": "progress",
    "Folders": "treatment",
    "LoadedSpec": "spec_file",
    "Phase": "progress",
    "Progress": "progress",
    "SpecError": "spec_errors",
    "StudyError": "same_study",
    "StudySpec": "spec",
    "TreatmentError": "treatment_plan",
    "Wanted": "treatment_plan",
    "compare_studies": "two_winners",
    "curve_rows": "export",
    "diagnose_again": "conclusion",
    "diagnose_predictions": "trained_elsewhere",
    "json_schema": "spec",
    "load_spec": "spec_file",
    "measure_learning_curve": "learning_curve",
    "parse_spec": "spec_file",
    "plan_comparison": "comparison",
    "predict_rows": "predict",
    "plan_of": "treatment",
    "plans_of": "treatment",
    "plain_study": "optuna_study",
    "resume_study": "study_run",
    "run_study": "study_run",
    "spec_from_resolved": "spec_file",
    "template": "spec_template",
    "treat_all": "all_remedies",
    "treat_study": "treatment",
    "trial_rows": "export",
    "write_reports": "conclusion",
}
__all__ = [
    "Conclusion",
    "CounterSampler",
    "CurveError",
    "Diagnosed",
    "Ending",
    "Folders",
    "LoadedSpec",
    "Phase",
    "Progress",
    "SpecError",
    "StudyError",
    "StudySpec",
    "TreatmentError",
    "Wanted",
    "compare_studies",
    "curve_rows",
    "diagnose_again",
    "diagnose_predictions",
    "json_schema",
    "load_spec",
    "measure_learning_curve",
    "parse_spec",
    "plain_study",
    "plan_comparison",
    "plan_of",
    "plans_of",
    "predict_rows",
    "resume_study",
    "run_study",
    "spec_from_resolved",
    "template",
    "treat_all",
    "treat_study",
    "trial_rows",
    "write_reports",
]


def __getattr__(name: str) -> Any:
    """Import a public name at its first use: optuna and jax take seconds."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
