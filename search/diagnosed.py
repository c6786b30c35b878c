"""A study beside its diagnosis: what a report is made of, and what a notebook shows as one."""

import html
from typing import NamedTuple

from ..diagnostics.findings import Diagnosis
from ..storage.records.study import StudyRecord

HEIGHT = 900  # pixels


class Diagnosed(NamedTuple):
    """A study, and what was found out about it."""

    study: StudyRecord
    diagnosis: Diagnosis
    note: str | None = None  # a sentence for the user: that the diagnosis was not stored, and why

    def _repr_html_(self) -> str:
        """The report in a frame, which keeps its styles from the notebook, as Jupyter asks for it.

        The whole page stands in the cell: no file has to be served.
        """
        from ..diagnostics import render_html  # scipy takes a second

        page = html.escape(render_html(self.study, self.diagnosis))
        return (
            f'<iframe srcdoc="{page}" style="width: 100%; height: {HEIGHT}px; border: 0"></iframe>'
        )
