"""How a remedy did that was tried, on a terminal."""

from typing import TYPE_CHECKING

from .command_lines import WIDTH
from .diagnosis_view import listed, onward_lines, sign_of, tried_lines
from .output import Format, print_csv, print_json, print_picture, prose, stdout

if TYPE_CHECKING:
    from ..diagnostics.findings import Diagnosis
    from ..diagnostics.remedies.tried import TriedRemedy
    from ..storage.records.treatments import TreatmentRecord


def print_tried(record: "TreatmentRecord", diagnosis: "Diagnosis", to: Format) -> None:
    """Print how two winners compare, as one comparison among all of the study."""
    it = next(it for it in diagnosis.tried if it.record.treated_study == record.treated_study)
    if to is Format.TABLE:
        print_treatment(it, diagnosis)
    elif to is Format.JSON:
        print_json(_row(it))
    else:
        print_csv(tuple(_row(it)), [list(_row(it).values())])


def print_all_tried(diagnosis: "Diagnosis", to: Format) -> None:
    """Print how every remedy did that was tried on a study, and what follows."""
    rows = [_row(it) for it in diagnosis.tried]
    if to is Format.TABLE:
        print_treatments(diagnosis)
    elif to is Format.JSON:
        print_json(rows)
    else:
        print_csv(tuple(rows[0]), [list(row.values()) for row in rows])


def _row(it: "TriedRemedy") -> dict[str, object]:
    return {**it.record._asdict(), "effect": it.effect.value}


def print_treatment(it: "TriedRemedy", diagnosis: "Diagnosis") -> None:
    """Print what came out, what it is uncertain by, and how it was compared."""
    from rich.console import Group
    from rich.text import Text

    from ..diagnostics.report.treatment_text import tried_part, tried_text

    told, part = tried_text(it, diagnosis), tried_part(diagnosis)
    assert part is not None
    lines = [(Text("·"), prose(text)) for text in (told.beside, told.doubt, part.how) if text]
    view = Group(
        Text(f"{told.study} beside {diagnosis.study}", style="bold"),
        Text(),
        listed([(sign_of(told.badge), tried_lines(told))], indent=0),
        Text(),
        listed(lines),
    )
    print_picture(view, min(WIDTH, stdout().width))


def print_treatments(diagnosis: "Diagnosis") -> None:
    """Print what came out of each remedy, how they were compared, and how to go on."""
    from rich.console import Group
    from rich.text import Text

    from ..diagnostics.report.treatment_text import tried_part

    part = tried_part(diagnosis)
    assert part is not None
    view = Group(
        Text(f"What was tried on {diagnosis.study}", style="bold"),
        Text(),
        listed([(sign_of(it.badge), tried_lines(it)) for it in part.each], indent=0),
        Text(),
        listed([(Text("·"), prose(part.how)), *onward_lines(part)]),
    )
    print_picture(view, min(WIDTH, stdout().width))
