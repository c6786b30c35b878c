"""From a TOML file, and what the command line changes in it, to a validated spec."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from ..datasets.source_kinds import SourceKind, kind_of
from ..models.own_code import OwnCodeError, code_digest, place_of
from ..models.transfer_source import TransferError, read_source
from .spec import StudySpec
from .spec_errors import Document, Problem, SpecError, problems_of
from .spec_mapping import mapping_text
from .spec_overrides import with_overrides
from .spec_toml import toml_value


class LoadedSpec(NamedTuple):
    """A spec and what is stored of it."""

    spec: StudySpec  # its files are absolute
    text: str  # the TOML as the user wrote it, or of the mapping, without the overrides
    folder: Path  # absolute; where relative paths in the text start
    resolved: dict[str, Any]  # JSON-able: every key, defaults filled in, overrides applied


def load_spec(path: str | Path, overrides: Sequence[str] = ()) -> LoadedSpec:
    """Read and validate a spec file; ``overrides`` are as in ``parse_spec``.

    Raises:
        SpecError: with every problem of the file, also when there is no readable file.
    """
    path = Path(path)
    if kind_of(path.name) in (SourceKind.TABLE, SourceKind.ARCHIVE, SourceKind.ARRAY):
        raise _unreadable(
            path,
            'these are data, not the spec of a study: write one with "netclinic init", and in it '
            f"source = {toml_value(path.name)}",
        )
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise _unreadable(path, 'no such file: write one with "netclinic init"') from None
    except IsADirectoryError:
        raise _unreadable(path, "this is a folder: name the spec file inside it") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        text = f"line {line}: byte 0x{error.object[error.start]:02x} is not UTF-8: save it as UTF-8"
        raise _unreadable(path, text) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise _unreadable(path, f"cannot be read: {reason}") from None
    return parse_spec(text, file=str(path), folder=path.parent, overrides=overrides)


def parse_spec(
    spec: str | Mapping[str, Any],
    *,
    file: str = "spec",
    folder: Path | None = None,
    overrides: Sequence[str] = (),
) -> LoadedSpec:
    """Validate a spec that is no file.

    Args:
        spec: TOML, or the same as a mapping: by table and key, see ``spec_mapping.mapping_text``.
        file: what messages call it.
        folder: where relative paths, such as that of ``[data] source``, start; by default the
            working directory.
        overrides: ``"table.key=value"`` each, the value as TOML or a bare word; a later one wins.

    Raises:
        SpecError: with every problem of the spec and of the overrides.
    """
    text = spec if isinstance(spec, str) else mapping_text(spec, file)
    return _parsed(text, file, (folder or Path.cwd()).absolute(), overrides)


def _parsed(text: str, file: str, folder: Path, overrides: Sequence[str]) -> LoadedSpec:
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        _, _, problems = with_overrides({}, overrides)
        raise SpecError([Problem(file, "", "", _syntax(text, error)), *problems]) from None
    content, origins, problems = with_overrides(content, overrides)
    document = Document(file, content, origins)
    try:
        spec = StudySpec.model_validate(content)
    except ValidationError as error:
        raise SpecError([*problems, *problems_of(error, document)]) from None
    if problems:
        raise SpecError(problems)
    spec = _with_absolute_places(spec, folder)
    spec = _with_own_code(spec, folder, document)
    spec = _with_weights(spec, folder, document)
    return LoadedSpec(spec, text, folder, resolved_of(spec))


def resolved_of(spec: StudySpec) -> dict[str, Any]:
    """Every key of a spec as built-in types; ``spec_from_resolved`` is its inverse."""
    return spec.model_dump(mode="json", by_alias=True)


def spec_from_resolved(resolved: Mapping[str, Any]) -> StudySpec:
    """The spec that the database keeps of a study.

    Raises:
        SpecError: it is not one that this version can read.
    """
    try:
        return StudySpec.model_validate(resolved)
    except ValidationError as error:
        raise SpecError(problems_of(error, Document("stored spec", resolved, {}))) from None


def _with_absolute_places(spec: StudySpec, folder: Path) -> StudySpec:
    """Symbolic links stay as they are: what they point to may have another suffix."""
    kind = kind_of(spec.data.source)
    files = ["features"]
    if kind not in (SourceKind.BUNDLED, SourceKind.SYNTHETIC):
        files.append("source")
    if kind is SourceKind.ARRAY:
        files += ["labels", "group", "order"]
    given = {key: value for key in files if (value := getattr(spec.data, key)) is not None}
    update = {key: _absolute(path, folder) for key, path in given.items()}
    data = spec.data.model_copy(update=update)
    soft = spec.diagnosis.soft_labels
    place = {} if soft is None else {"soft_labels": _absolute(soft, folder)}
    diagnosis = spec.diagnosis.model_copy(update=place)
    return spec.model_copy(update={"data": data, "diagnosis": diagnosis})


def _absolute(path: str, folder: Path) -> str:
    """A path of a spec, where ``~`` is the home folder, as in a shell."""
    return str(folder / os.path.expanduser(path))  # noqa: PTH111 - pathlib's raises where there is no such user


def _with_own_code(spec: StudySpec, folder: Path, document: Document) -> StudySpec:
    """The spec with the place of the user's network absolute, and the digest of its code.

    Raises:
        SpecError: there is no such code, or it is not the one that the spec says.
    """
    network = spec.network
    if not network.is_own:
        return spec
    place = place_of(network.kind)
    kind = f"{_absolute(place.module, folder)}:{place.name}" if place.is_file else network.kind
    try:
        code = code_digest(kind)
    except OwnCodeError as error:
        origin = document.origin(("network", "kind"))
        raise SpecError([Problem(origin, "network", "kind", str(error))]) from None
    if network.code not in (None, code):
        text = (
            f"the code of {network.kind} has another SHA-256, {code}: restore the file, or remove "
            "this key"
        )
        origin = document.origin(("network", "code"))
        raise SpecError([Problem(origin, "network", "code", text)])
    changed = network.model_copy(update={"kind": kind, "code": code})
    return spec.model_copy(update={"network": changed})


def _with_weights(spec: StudySpec, folder: Path, document: Document) -> StudySpec:
    """The spec with the place of the weights to take over absolute, and their digest.

    Raises:
        SpecError: there are none, or they are not those that the spec says.
    """
    network = spec.network
    if network.init_from is None:
        return spec
    place = _absolute(network.init_from, folder)
    try:
        digest = read_source(place).digest
    except TransferError as error:
        origin = document.origin(("network", "init_from"))
        raise SpecError([Problem(origin, "network", "init_from", str(error))]) from None
    if network.init_digest not in (None, digest):
        text = (
            f"the weights in {place} have another SHA-256, {digest}: restore them, or remove this "
            "key"
        )
        origin = document.origin(("network", "init_digest"))
        raise SpecError([Problem(origin, "network", "init_digest", text)])
    changed = network.model_copy(update={"init_from": place, "init_digest": digest})
    return spec.model_copy(update={"network": changed})


def _unreadable(path: Path, text: str) -> SpecError:
    return SpecError([Problem(str(path), "", "", text)])


def _syntax(text: str, error: Exception) -> str:
    """What tomllib refuses, with its line and column and, for the usual slip, what to write."""
    if isinstance(error, RecursionError):
        return "not valid TOML: lists or tables are nested too deeply"
    if not isinstance(error, tomllib.TOMLDecodeError):  # Python's own limit, without a place
        return "not valid TOML: a number has too many digits"
    lines = text.splitlines() or [""]
    reason, _, place = str(error).partition(" (at ")
    found = re.fullmatch(r"line (\d+), column (\d+)\)", place)
    number = int(found[1]) if found else len(lines)
    column = int(found[2]) if found else len(lines[-1]) + 1
    hint = _hint(lines[min(number, len(lines)) - 1])
    return f"line {number}, column {column}: not valid TOML: {reason}{hint}"


def _hint(line: str) -> str:
    """What to write for text without quotes, for ``True``, for ``.5`` and for ``5.``."""
    found = re.fullmatch(r"\s*([\w.-]+)\s*=\s*([^\s\"'\[{#][^\"'#]*?)\s*(#.*)?", line)
    if not found:
        return ""
    key, word = found[1], found[2]
    if re.fullmatch(r"\d*\.\d*", word) and word != ".":
        whole, _, part = word.partition(".")
        return f": write {key} = {whole or 0}.{part or 0}"
    if not re.match(r"[A-Za-z]", word):
        return ""
    return f": write {key} = {word.lower() if word in ('True', 'False') else toml_value(word)}"
