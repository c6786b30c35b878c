"""What the keys of ``[data]`` that divide rows ask of one another."""

from collections.abc import Collection

from ..datasets.source_kinds import SourceKind, kind_of
from .spec_key import refused
from .spec_toml import shown

_BY = {"group": "grouped", "order": "ordered"}  # key → the split that it belongs to


def fitted_split(split: str, source: str) -> str:
    """``split``, where the source has what it goes by.

    Raises:
        PydanticCustomError: a set that comes along has no groups or times.
    """
    nameless = (SourceKind.BUNDLED, SourceKind.SYNTHETIC)
    if split in _BY.values() and kind_of(source) in nameless:
        raise refused(
            f"got {shown(split)}; {shown(source)} has no groups or times: write "
            '"random" or "distinct", or give a table, a .npz or .npy file or a Python function',
            beside="data.source",
        )
    return split


def fitted_test(test: float, validation: float) -> float:
    """``test``, where both leave rows to train on.

    Raises:
        PydanticCustomError: both are fractions, and take all rows.
    """
    if isinstance(validation, float) and isinstance(test, float) and validation + test >= 1:
        raise refused(
            f"got {test} beside validation = {validation}, which leaves no rows to train on; "
            "together they must stay below 1: write for example 0.2 for each",
            beside="data.validation",
        )
    return test


def fitted_column(
    key: str, name: str | None, split: str | None, targets: Collection[str], example: str
) -> str | None:
    """``name``, where the split goes by such a column, and it is no target.

    Args:
        key: "group" or "order".
        name: of the column or array.
        split: the kind; ``None`` where it is not known.
        targets: names of columns.
        example: what a message writes for the key.

    Raises:
        PydanticCustomError: it is required, of no use, or a target.
    """
    wanted = _BY[key]
    if split is None or (name is not None) == (split == wanted):
        if name in targets:
            raise refused(
                f"got {shown(name)}, which is the target: write the name of another column",
                beside="data.target",
            )
        return name
    if name is None:
        raise refused(
            f"required, since split = {shown(split)}: write the name of the column or array, "
            f"for example {key} = {example}",
            beside="data.split",
        )
    raise refused(
        f"got {shown(name)}; it belongs to split = {shown(wanted)}: write that, or remove this key",
        beside="data.split",
    )
