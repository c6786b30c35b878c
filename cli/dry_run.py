"""``run --dry-run``: what would be run, as a spec with the data and first trials in comments."""

from collections import Counter
from typing import TYPE_CHECKING

from .output import note, prints_aside, shown, three_digits

if TYPE_CHECKING:
    from ..datasets.dataset import Dataset
    from ..search import LoadedSpec
    from ..search.preview import Preview


def print_preview(loaded: "LoadedSpec") -> None:
    """Print the resolved spec, a summary of the data and the first trials; store nothing.

    Stdout is a valid spec again: what is not TOML stands behind ``#``.
    """
    from ..search.preview import preview
    from ..search.resolved_text import resolved_text

    with prints_aside():
        found = preview(loaded)
    for line in [*_data_lines(found), "", *_trial_lines(found)]:
        print(f"# {line}".rstrip())
    print()
    print(resolved_text(found.loaded.resolved), end="")
    note("Nothing was trained or stored.")


def _data_lines(found: "Preview") -> list[str]:
    from ..datasets.dataset import NOTES
    from ..datasets.wording import counted

    data = found.dataset
    parts = (("training", data.train), ("validation", data.validation), ("test", data.test))
    rows = ", ".join(f"{len(part.labels):,} {name}" for name, part in parts)
    return [
        f"Data: {shown(data.name)}, {counted(data.features, 'feature')}",
        _target_line(data),
        f"Rows: {rows}",
        *_column_lines(data),
        *(f"{'Note' if it.kind in NOTES else 'Warning'}: {shown(it.text)}" for it in data.warnings),
    ]


def _column_lines(data: "Dataset") -> list[str]:
    """Which columns were read as categories, which a CSV file hides."""
    from ..datasets.wording import listed

    if data.row_shape is not None:
        return []
    names = data.feature_names
    # A column of numbers may have a mark of what lacks beside it.
    of = [name.rpartition("=")[0] for name in names]
    counts = Counter(it for it in of if it and it not in names)
    told = listed(f"{shown(name)} ({count:,})" for name, count in counts.items())
    return [f"Categories: {told}"] if told else []


def _target_line(data: "Dataset") -> str:
    from ..datasets.wording import quantity

    if data.target is not None:
        spread = f"mean {quantity(data.target.mean)}, deviation {quantity(data.target.scale)}"
        return f"Target: {shown(data.class_names[0])} ({spread})"
    if data.tasks:
        return "Targets: " + ", ".join(
            f"{shown(task.name)} ({f'{task.outputs:,} classes' if task.is_class else task.kind})"
            for task in data.tasks
        )
    what = "Labels" if data.task == "multilabel" else "Classes"
    names = ", ".join(map(shown, data.class_names[:10])) + (", …" if data.classes > 10 else "")
    return f"{what}: {data.classes:,} ({names})"


def _trial_lines(found: "Preview") -> list[str]:
    names = list(found.trials[0]) if found.trials else []
    if not names:
        return ["Nothing is searched: every trial has the same parameters."]
    cells = [["trial", *names]]
    for number, trial in enumerate(found.trials):
        cells.append([str(number), *(three_digits(trial[name]) for name in names)])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(f"{c:>{w}}" for c, w in zip(row, widths, strict=True)).rstrip() for row in cells
    ]
    return ["First trials:", *lines]
