"""Files of a study that lie elsewhere now: whether they are the same, and how it is told where."""

import shlex
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from ..datasets import load_dataset
from ..datasets.source_kinds import SourceKind, kind_of
from ..models.own_code import place_of
from ..storage.records.study import StudyRecord
from .resolved_text import resolved_text
from .spec import StudySpec
from .spec_file import LoadedSpec, parse_spec, resolved_of
from .spec_network import DIGESTS
from .spec_overrides import with_overrides
from .study_data import data_request

Place = tuple[str, str]  # table and key

# Keys that name files, whose content the data's fingerprint tells; soft labels decide no trial.
# Of those of [network] a digest does.
_OF_DATA = (
    *(("data", key) for key in ("source", "labels", "group", "order", "features")),
    ("diagnosis", "soft_labels"),
)
FILES = (*_OF_DATA, *(("network", key) for key in DIGESTS))


def was_moved(
    place: Place, stored: Mapping[str, Any], new: Mapping[str, Any], *, same_data: bool
) -> bool:
    """Whether a key names the same file at another place, in a stored and in a new spec.

    Args:
        place: table and key.
        stored: the spec, resolved.
        new: likewise.
        same_data: whether the data have the fingerprint that they had.
    """
    table, key = place
    digest = DIGESTS.get(key) if table == "network" else None
    if digest is None and not (same_data and place in FILES):
        return False
    tables = [it.get(table, {}) for it in (stored, new)]
    before, now = (Path(it.get(key) or "") for it in tables)
    if digest is None:  # soft labels have no part in the fingerprint
        known = before.name == now.name or key != "soft_labels"
        return before.is_absolute() and now.is_absolute() and known
    then, told = (it.get(digest) for it in tables)
    # Of one file's networks each has its digest.
    return told is not None and told == then and (key != "kind" or _class(before) == _class(now))


def with_files_of(stored: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """A stored spec, its files where they lie now.

    Args:
        stored: resolved.
        now: the spec that a run goes on with, likewise; nothing else of it is taken.
    """
    found = {table: dict(keys) for table, keys in stored.items()}
    for table, key in FILES:
        if key in now.get(table, {}):
            found[table][key] = now[table][key]
    return found


def gone(spec: StudySpec) -> list[Place]:
    """The keys that name files which are not there."""
    return [place for place, file in _files(spec).items() if not Path(file).exists()]


def told_where(spec: StudySpec, places: Sequence[Place]) -> str:
    """What is to be typed where files were moved, with FOLDER for where they lie now."""
    resolved = resolved_of(spec)
    changes = (f"{t}.{k}=FOLDER/{Path(resolved[t][k]).name}" for t, k in places)
    return " ".join(f"-S {shlex.quote(change)}" for change in changes)


def placed(name: str, stored: StudySpec, changes: Sequence[str]) -> LoadedSpec:
    """A study's stored spec with what the user changes in it; digests of files are taken anew.

    Args:
        name: of the study.
        stored: its spec.
        changes: ``"table.key=value"`` each, whose paths start at the working directory.

    Raises:
        SpecError: the spec does not allow the changes, or a file that they name is not there.
    """
    spec = resolved_of(stored)
    digests = DIGESTS.values()
    network = {key: value for key, value in spec["network"].items() if key not in digests}
    text = resolved_text({**spec, "network": network})
    file = f"the spec of study {name!r}"
    return parse_spec(text, file=file, folder=Path.cwd(), overrides=changes)


def those_of(
    name: str, stored: StudySpec, fingerprint: str | None, changes: Sequence[str]
) -> tuple[str, ...]:
    """The changes that concern a study: of those that name files, the ones that say where its lie.

    A file is told by its name where one change alone has it, else by what it holds.

    Args:
        name: of the study.
        stored: its spec.
        fingerprint: of the data that it began with.
        changes: as for ``placed``, of several studies.

    Raises:
        SpecError: as of ``placed``, of the changes that name files.
        DataError: data that the changes name cannot be loaded.
    """
    named = {it: _named(it) for it in changes}
    known, its = _names(stored), _texts(stored)
    alike = [it for it, of in named.items() if of in known]
    places = [of[0] for it in alike if (of := named[it])]
    asked = {of[0] for of in named.values() if of and of[0] in its}
    chosen = alike
    if len(places) != len(set(places)) or asked - set(places):
        each = [
            [it for it, of in named.items() if of and of[0] == place] for place in sorted(asked)
        ]
        fits = (
            c for c in product(*each) if len(moves_among(name, stored, fingerprint, c)) == len(c)
        )
        chosen = next(fits, alike)
    return tuple(it for it in changes if named[it] is None or it in chosen)


def moves_among(
    name: str, stored: StudySpec, fingerprint: str | None, changes: Sequence[str]
) -> tuple[str, ...]:
    """The changes that only say where a study's files lie now.

    Where one names a file of the data, these are loaded, to see whether they are the same.

    Args:
        name: of the study.
        stored: its spec.
        fingerprint: of the data that it began with.
        changes: as for ``placed``.

    Raises:
        SpecError: as of ``placed``, of the changes that name files.
        DataError: the data that the changes name cannot be loaded.
    """
    files = [it for it in changes if _may_be_moved(it, stored)]
    if not files:
        return ()
    loaded, before = placed(name, stored, files), resolved_of(stored)
    same = True
    if loaded.spec.data != stored.data:
        same = load_dataset(data_request(loaded.spec, Path.cwd())).fingerprint == fingerprint
    return tuple(
        it
        for it in files
        if (named := _named(it)) and was_moved(named[0], before, loaded.resolved, same_data=same)
    )


def fingerprint_of(study: StudyRecord) -> str | None:
    """The fingerprint of the data that a study's newest run had."""
    return study.provenance and study.provenance.data_fingerprint


def _may_be_moved(change: str, stored: StudySpec) -> bool:
    """Whether a change may say where a file of a study lies now, under this or another name."""
    named = _named(change)
    if named is None or (text := _texts(stored).get(named[0])) is None:
        return False
    return named[0] != ("network", "kind") or _class(Path(text)) == _class(Path(named[1]))


def _class(kind: Path) -> str:
    """The name behind the colon of ``file.py:Name``."""
    return kind.name.rpartition(":")[2]


def _named(change: str) -> tuple[Place, str] | None:
    """The key of a change that names a file, and the file's name; ``None`` of any other."""
    content, *_ = with_overrides({}, [change])
    for table, key in FILES:
        value = content.get(table, {}).get(key)
        if isinstance(value, str):
            return (table, key), Path(value).name
    return None


def _names(spec: StudySpec) -> set[tuple[Place, str]]:
    return {(place, Path(file).name) for place, file in _texts(spec).items()}


def _texts(spec: StudySpec) -> dict[Place, str]:
    """What the keys that name files say, where they name one."""
    data, network, kind = spec.data, spec.network, kind_of(spec.data.source)
    found: dict[Place, str | None] = {
        ("data", "features"): data.features,
        ("diagnosis", "soft_labels"): spec.diagnosis.soft_labels,
        ("network", "init_from"): network.init_from,
    }
    if kind not in (SourceKind.BUNDLED, SourceKind.SYNTHETIC):
        found["data", "source"] = data.source
    if kind is SourceKind.ARRAY:
        found |= {("data", key): getattr(data, key) for key in ("labels", "group", "order")}
    if network.is_own and place_of(network.kind).is_file:
        found["network", "kind"] = network.kind
    return {place: text for place in FILES if (text := found.get(place)) is not None}


def _files(spec: StudySpec) -> dict[Place, str]:
    """The files that a spec names, without the names of what is taken from Python's."""
    of_python = {("data", "features"), ("network", "kind")}
    if kind_of(spec.data.source) is SourceKind.FUNCTION:
        of_python.add(("data", "source"))
    return {
        place: text.rpartition(":")[0] if place in of_python else text
        for place, text in _texts(spec).items()
    }
