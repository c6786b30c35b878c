"""What a training printed: the lines of Keras, xgboost, LightGBM, a loop of one's own, a table."""

import re
from collections.abc import Iterator, Sequence

from .log_names import AXES, BARE, CURVES, SPLITS, TESTED, plain_name
from .log_points import Entry

LAYOUT = "printed text"
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x08\x1b]")
_EPOCH = re.compile(r"\bepochs?\s*[:=#\[(]*\s*(\d+)", re.IGNORECASE)
_ROUND = re.compile(r"\W*\[(\d+)\]")  # of boosted trees, at the beginning of a line
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s?%?|[-+]?(?:nan|inf(?:inity)?)"
_WORD = r"[A-Za-z][\w./'@-]{0,40}"  # no longer, so that a line of one endless word takes no time
_NAME = rf"(?<![\w./'@-]){_WORD}(?: {_WORD}){{0,2}}"
_PAIR = re.compile(rf"({_NAME})\s*[:=]\s*({_NUMBER})(?=[\s,;|)\]]|$)", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s|│┃]+")  # cells of a table


def printed_entries(text: str) -> list[Entry]:
    """The entries of a text with curves between other words; none where fewer than two have one.

    Read are ``name: number`` and ``name=number`` of names that are known, and tables of which a
    line names the columns. An entry begins with each line that says its epoch, or round; where none
    does, each line is one. Of a progress bar that was drawn again the last state counts.
    """
    lines = [_shown(line) for line in text.split("\n")]
    entries = _of_table(lines) or _of_pairs(lines)
    return entries if sum(any(map(_known, entry)) for entry in entries) > 1 else []


def _shown(line: str) -> str:
    """What a terminal shows of a line that was drawn over."""
    drawn = [part for part in line.split("\r") if part.strip()]
    return _TERMINAL.sub("", drawn[-1]).strip() if drawn else ""


def _known(name: str) -> bool:
    return plain_name(name) in CURVES | TESTED


def _of_table(lines: Sequence[str]) -> list[Entry]:
    """The rows below a line of names, as fastai and skorch print them; none without such a line."""
    header: list[str] = []
    entries: list[Entry] = []
    for line in lines:
        cells = [cell for cell in _BETWEEN.split(line) if cell]
        if any(map(_known, cells)) and any(plain_name(cell) in AXES for cell in cells):
            header = cells
        elif header and len(cells) == len(header) and re.fullmatch(_NUMBER, cells[0]):
            entries.append(dict(zip(header, cells, strict=True)))
    return entries


def _of_pairs(lines: Sequence[str]) -> list[Entry]:
    entries: list[dict[str, str]] = []
    counted = False
    for line in lines:
        begun = _counted(line)
        found = {name: value for name, value in _pairs(line) if _known(name)}
        if begun:
            if not counted:  # what stood above the first epoch is of none
                entries.clear()
            counted = True
            entries.append(begun | found)
        elif found and counted:
            entries[-1].update(found)
        elif found:
            entries.append(found)
    return [entry for entry in entries if any(map(_known, entry))]


def _counted(line: str) -> dict[str, str]:
    """Which epoch or round a line says that it is of."""
    for name, sign in (("iteration", _ROUND.match(line)), ("epoch", _EPOCH.search(line))):
        if sign:
            return {name: sign[1]}
    return {}


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    """Names and numbers; a name without a split has that of the one before: ``val Loss … Acc``."""
    split = ""
    for written, value in _PAIR.findall(line):
        name = re.sub(r"(?i)\bvalid_\d+'s", "valid", written).replace("'s", "")
        plain = plain_name(name)
        first = plain.partition("_")[0]
        if first in {*SPLITS, "test"}:
            split = first
        elif split and plain in BARE:
            name = f"{split}_{plain}"
        yield name, value
