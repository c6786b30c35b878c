"""Reports of what is stored, made when they are asked for; nothing is trained or written."""

import hashlib
import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from ..diagnostics import Diagnosis, diagnose, render_html, render_json, render_markdown
from ..storage import MadeByOptuna, StudyRecord
from .studies import open_store

KEPT = 8  # studies whose reports are kept: the page takes most of a second
RENDERERS: dict[str, Callable[[StudyRecord, Diagnosis], str]] = {
    "html": render_html,
    "md": render_markdown,
    "json": lambda _, diagnosis: render_json(diagnosis),
}


class _Made(NamedTuple):
    digest: bytes  # of what is stored
    diagnosis: Diagnosis
    texts: dict[str, str]  # by form, as far as they were asked for


class Reports:
    """Makes each report once, until something of its study changes."""

    def __init__(self, url: str) -> None:
        """Take the database's address; nothing is read yet."""
        self._url = url
        self._made: OrderedDict[str, _Made] = OrderedDict()
        self._making = threading.Lock()  # what draws charts works for one page at a time

    def report(self, name: str, form: str) -> str:
        """A study's report.

        Args:
            name: of the study.
            form: a key of ``RENDERERS``.

        Raises:
            StorageError: there is no such study, or the database cannot be read; ``MadeByOptuna``
                where only JSON can be had.
            DiagnosisError: there is nothing to diagnose yet.
        """
        try:
            with open_store(self._url) as store:
                study = store.load_study(name)
        except MadeByOptuna:  # its database has no tables of ours
            return self._plain(name, form)
        if study.spec is None:
            return self._plain(name, form)
        # Not the record itself: NaN is not equal to itself, and curves take memory.
        digest = hashlib.sha256(pickle.dumps(study)).digest()
        with self._making:
            made = self._made.get(name)
            if made is None or made.digest != digest:
                made = _Made(digest, diagnose(study), {})
            self._made[name] = made
            self._made.move_to_end(name)
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
            if form not in made.texts:
                made.texts[form] = RENDERERS[form](study, made.diagnosis)
            return made.texts[form]

    def _plain(self, name: str, form: str) -> str:
        """What the search of a study tells that Optuna alone made."""
        from ..diagnostics.studies.plain_diagnosis import diagnose_plain
        from ..search.json_text import json_text
        from ..search.optuna_study import load_plain_study

        if form != "json":
            raise MadeByOptuna(
                f"Optuna alone made {name!r}, so it has no report. What its search tells is in "
                "report.json."
            )
        with self._making:  # reading through Optuna changes the process' warnings meanwhile
            return json_text(diagnose_plain(load_plain_study(name, self._url)).as_dict())
