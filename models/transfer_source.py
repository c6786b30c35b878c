"""What a network that begins with another one's weights must know of that one; needs no jax."""

import json
from pathlib import Path
from typing import Any, NamedTuple

DESCRIPTION = "network.json"  # in a checkpoint's folder, beside the weights


class TransferError(Exception):
    """A network cannot begin with those weights; the message says what to change."""


class Transfer(NamedTuple):
    """Whose weights a network begins with; hashable."""

    folder: str  # of a checkpoint, absolute
    digest: str  # see Source
    frozen: bool  # what is taken over is not trained


class Source(NamedTuple):
    """What lies beside the weights."""

    network: dict[str, Any]  # network.fields_of its spec
    feature_names: tuple[str, ...]
    mean: tuple[float, ...]  # what its rows were scaled by, one a feature
    scale: tuple[float, ...]
    digest: str  # SHA-256 of the weights, 64 hex digits


def read_source(folder: str | Path) -> Source:
    """Read the description of the network in ``folder``.

    Raises:
        TransferError: there is none, or it is one of a version that did not write the digest.
    """
    folder = Path(folder)
    try:
        found = json.loads((folder / DESCRIPTION).read_text())
        names, mean, scale = (tuple(found[key]) for key in ("feature_names", "mean", "scale"))
        return Source(found["network"], names, mean, scale, found["weights_sha256"])
    except (OSError, ValueError):
        inside = [name for name in ("best", "out/best") if (folder / name / DESCRIPTION).is_file()]
        hint = (
            f"it lies in the folder {inside[0]} inside: add that to the path"
            if inside
            else "write the folder best/ that `netclinic run` or `netclinic export` wrote; a "
            "relative path starts at the folder of the spec"
        )
        raise TransferError(
            f"{folder} holds no saved network ({DESCRIPTION} is missing or unreadable): {hint}"
        ) from None
    except KeyError as missing:
        raise TransferError(
            f"{folder / DESCRIPTION} has no {missing}, which networks saved by this version have: "
            "run that study again into an empty folder (--output FOLDER)"
        ) from None
