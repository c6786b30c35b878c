"""Where a run's numbers come from: versions, device, data and the state of the user's code."""

import platform
import subprocess
from importlib import metadata
from pathlib import Path

import numpy as np

from ..datasets.dataset import Dataset, Split
from ..models.devices import describe_devices
from ..models.placement import Placement
from ..storage.records.data import DataNote, SplitSizes, TargetVariance, TaskNote
from ..storage.records.runs import Provenance
from .balanced_errors import class_rows
from .data_placement import placement_text
from .spec import StudySpec
from .validation_rows import kept_groups, picked_rows

# The packages that decide what a trial's numbers are, or how they are kept.
VERSIONED = (
    "jax",
    "jaxlib",
    "flax",
    "optax",
    "orbax-checkpoint",
    "optuna",
    "numpy",
    "sqlalchemy",
)


def gather_provenance(
    spec: StudySpec, dataset: Dataset, folder: Path, placement: Placement
) -> Provenance:
    """Where the numbers of a run come from.

    Args:
        spec: of the study.
        dataset: that it trains on.
        folder: that the spec lies in.
        placement: of the data.
    """
    picked = picked_rows(dataset, spec.study.seed, alike=spec.study.minimises_balanced)
    where = placement_text(placement._replace(room=None))  # without what is free at the moment
    return Provenance(
        netclinic_version=metadata.version("netclinic"),
        versions={name: metadata.version(name) for name in VERSIONED},
        python=platform.python_version(),
        platform=platform.platform(),
        device=f"{describe_devices()}; {where}",
        git_revision=git_revision(folder),
        data_fingerprint=dataset.fingerprint,
        rows=SplitSizes(
            *(len(s.labels) for s in (dataset.train, dataset.validation, dataset.test)),
            bridge=len(dataset.bridge.labels) if dataset.bridge else 0,
        ),
        features=dataset.features,
        classes=dataset.classes,
        data_notes=tuple(DataNote(*warning) for warning in dataset.warnings),
        target_variance=target_variance(dataset),
        class_rows=class_rows(dataset),
        tasks=tuple(
            TaskNote(t.name, t.kind, len(t.class_names), t.constant_error) for t in dataset.tasks
        ),
        validation_groups=kept_groups(dataset, picked),
        dealt=dataset.dealt,
        row_shape=dataset.row_shape,
    )


def target_variance(dataset: Dataset) -> TargetVariance | None:
    """How a regression's target spreads around its training mean; ``None`` without a target."""
    if dataset.target is None:
        return None
    square = dataset.target.scale**2

    def spread(split: Split) -> float:
        # The labels are standardised: their mean over the training rows is 0.
        return square * float(np.square(split.labels, dtype=np.float64).mean())

    held_out = spread(dataset.validation), spread(dataset.test)
    return TargetVariance(
        spread(dataset.train), *held_out, dataset.bridge and spread(dataset.bridge)
    )


def git_revision(folder: Path) -> str | None:
    """The commit checked out in ``folder``, with ``+dirty`` when files differ; None outside git."""
    revision = _git(folder, "rev-parse", "HEAD")
    if not revision:
        return None
    return revision + ("+dirty" if _git(folder, "status", "--porcelain", "-uno") else "")


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None  # no git, no repository, or no commit yet: all mean "unknown"
    return done.stdout.strip()
