"""A trained network on disk: Orbax for the weights, a small JSON file for what surrounds them."""

import errno
import hashlib
import json
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import orbax.checkpoint as ocp
from flax import nnx

from .answers import pieces_of, task_answers
from .far_rows import scaled_for
from .folder_lock import reading, writing
from .network import (
    NETWORKS,
    PARTS,
    NetworkSpec,
    Variables,
    fields_of,
    keyed,
    make_network,
    place_name,
    spec_of,
)
from .own_code import OwnCodeError
from .table_inputs import encoded
from .transfer_source import DESCRIPTION

WEIGHTS = "weights"

# Orbax numbers its operations by the process: two saves at once may wait for each other's signal.
_ONE_SAVE_AT_A_TIME = threading.Lock()

_BESIDE = 1 << 17  # bytes on the disk beside the numbers, at most: names, places, the description


class CheckpointError(Exception):
    """The folder holds no network that can be loaded."""


class Surroundings(NamedTuple):
    """What one must know to use the weights."""

    study: str
    trial: int
    fingerprint: str  # of all that decides the weights; equal ones mean equal weights
    class_names: tuple[str, ...]  # of the classes; of the labels in multilabel; else of targets
    feature_names: tuple[str, ...]  # columns of the inputs, after encoding
    mean: tuple[float, ...]  # subtracted from each column
    scale: tuple[float, ...]  # then divided by
    task: str = "classification"  # | "regression" | "multilabel" | "multitask"
    target_mean: float = 0.0  # added to the output of a regression
    target_scale: float = 1.0  # once it was multiplied by this
    tasks: tuple[Mapping[str, Any], ...] = ()  # in multitask, by output: datasets' TargetTask
    target_transform: str | None = None  # "log": of a regression, undone by exp
    feature_step: str | None = None  # "path/to/file.py:name": what made the inputs of raw rows
    # by feature, what stands for a number that is missing, and None of a category; empty where rows
    # that lack a value are refused
    fills: tuple[float | None, ...] = ()


class LoadedNetwork(NamedTuple):
    """A network ready for use."""

    network: nnx.Module  # scaled inputs (rows, features) → outputs (rows, …); see tasks.TaskSpec
    spec: NetworkSpec
    surroundings: Surroundings

    @property
    def variables(self) -> Variables:
        """All its numbers, for the functions of ``network.make_network(spec)``."""
        _, parameters, *_, state = nnx.split(self.network, *PARTS)
        return Variables(parameters, state)

    def predict(
        self, inputs: Any
    ) -> list[str] | list[float] | list[tuple[str, ...]] | list[dict[str, str | float]]:
        """The answer for each row of new ``inputs``.

        The name of its class; the quantity, in the target's own units (where its logarithm was
        learnt, the median, if that scatters evenly); the names of its labels; or of several tasks
        the answer by the name of the target.

        Args:
            inputs: encoded but unscaled, (rows, features), finite but for what
                ``surroundings.fills`` fills in, with or without the features that mark where
                numbers lack; or a table with the columns of the one that was learnt from, see
                ``table_inputs.inputs_of``. Where
                ``surroundings.feature_step`` names a step, what it made of raw rows; one that is
                fitted is not kept.

        Raises:
            ValueError: rows of another number of features, that lack numbers or hold too large
                ones, or a table without all columns.
        """
        around, outputs = self.surroundings, self.outputs(inputs)
        if around.task == "regression":  # in 64 bits: far from 0, 32 hold no small differences
            wide = outputs[:, 0].astype(np.float64)
            told = wide * around.target_scale + around.target_mean
            return (np.exp(told) if around.target_transform == "log" else told).tolist()
        names = around.class_names
        if around.task == "multitask":
            return task_answers(outputs, around.tasks)
        if around.task == "multilabel":
            return [tuple(names[i] for i in np.flatnonzero(row > 0)) for row in outputs]
        return [names[i] for i in outputs.argmax(axis=-1)]

    def probabilities(self, inputs: Any) -> np.ndarray:
        """How sure the network is of each class or label of ``surroundings.class_names``.

        They are the network's own word: 0.9 need not mean that nine in ten are right.

        Args:
            inputs: as for ``predict``.

        Returns:
            (rows, classes) float32: the softmax of the outputs, or in multilabel their sigmoid.

        Raises:
            ValueError: as for ``predict``; or the answers are quantities, or of several tasks.
        """
        task = self.surroundings.task
        if task not in ("classification", "multilabel"):
            raise ValueError(f"a network of task {task!r} gives no probabilities; see predict")
        outputs = jnp.asarray(self.outputs(inputs))
        squash = jax.nn.softmax if task == "classification" else jax.nn.sigmoid
        return np.asarray(squash(outputs))

    def outputs(self, inputs: Any) -> np.ndarray:
        """What the network gives for new rows, (rows, outputs): logits, or scaled quantities.

        Args:
            inputs: as for ``predict``.

        Raises:
            ValueError: as for ``predict``.
        """
        around, found = self.surroundings, []
        numbers = encoded(inputs, around.feature_names, around.fills, around.feature_step)
        for place, known in pieces_of(make_network(self.spec), len(numbers)):
            scaled = scaled_for(around, numbers[place])
            called = self.network(scaled)  # pyright: ignore[reportCallIssue]
            found.append(np.asarray(called)[known:])
        return np.concatenate(found)


def save_network(
    folder: Path, spec: NetworkSpec, variables: Variables, surroundings: Surroundings
) -> None:
    """Write a network to ``folder``, replacing what an earlier save left there.

    Threads may save to folders of their own at once, and processes to the same one: workers of a
    study do. Who saves last is read.

    Raises:
        OSError: the disk is full (``errno.ENOSPC``), or the folder cannot be written.
    """
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    everything = nnx.to_pure_dict(nnx.merge_state(*variables))
    needed = sum(leaf.nbytes for leaf in jax.tree.leaves(everything)) + _BESIDE
    # Before Orbax begins: what it says of a full disk is pages long, and speaks of resources.
    if shutil.disk_usage(folder).free < needed:
        raise _full(folder, needed)
    digest = weights_digest(_by_name(everything))
    description = {
        "network": fields_of(spec),
        **surroundings._asdict(),
        "weights_sha256": digest,
    }
    with _ONE_SAVE_AT_A_TIME, writing(folder):
        try:
            with ocp.StandardCheckpointer() as checkpointer:
                checkpointer.save(folder / WEIGHTS, everything, force=True)
        except Exception as error:
            if "No space left on device" in str(error):  # filled meanwhile, or up to a quota
                raise _full(folder, needed) from error
            raise
        # Last, and by rename: a folder with a description has whole weights beside it.
        temporary = folder / (DESCRIPTION + ".new")
        temporary.write_text(json.dumps(description, indent=2) + "\n")
        temporary.replace(folder / DESCRIPTION)


def _full(folder: Path, needed: int) -> OSError:
    text = (
        f"no room for the network, which takes {needed / 1e6:.1f} MB. Make room and go on with "
        "`netclinic resume`, or name another folder: --output FOLDER"
    )
    return OSError(errno.ENOSPC, text, str(folder))


def read_weights(folder: Path) -> dict[str, np.ndarray]:
    """The numbers of the network in ``folder``, by name; the code of a user's is not needed.

    Raises:
        CheckpointError: there are none.
    """
    place = folder.absolute() / WEIGHTS
    if not place.is_dir():
        raise CheckpointError(
            f"there are no weights in {place}: run the study of that network again"
        )
    with reading(place.parent), ocp.Checkpointer(ocp.PyTreeCheckpointHandler()) as checkpointer:
        shapes = checkpointer.metadata(place).item_metadata.tree
        as_numpy = jax.tree.map(lambda _: ocp.RestoreArgs(restore_type=np.ndarray), shapes)
        wanted = ocp.args.PyTreeRestore(restore_args=as_numpy)
        return _by_name(checkpointer.restore(place, wanted))


def weights_digest(weights: Mapping[str, np.ndarray]) -> str:
    """SHA-256 over names, types, shapes and numbers, in the order of the names: 64 hex digits."""
    digest = hashlib.sha256()
    for name, values in sorted(weights.items()):
        digest.update(f"{name} {values.dtype} {values.shape}".encode())
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def _by_name(tree: Any) -> dict[str, np.ndarray]:
    leaves = jax.tree.leaves_with_path(tree)
    return {place_name(path): np.asarray(leaf) for path, leaf in leaves}


def saved_fingerprint(folder: Path) -> str | None:
    """The fingerprint of the network in ``folder``; ``None`` when there is none."""
    try:
        return json.loads((folder / DESCRIPTION).read_text())["fingerprint"]
    except (OSError, ValueError, KeyError):
        return None


def load_network(folder: str | Path, place: str | None = None) -> LoadedNetwork:
    """Read the network that ``netclinic run`` or ``netclinic export`` saved in ``folder``.

    Args:
        folder: that it was saved in.
        place: where the code of a user's own network lies now; by default where it lay.

    Raises:
        CheckpointError: the folder holds no saved network, or the code of a user's own network is
            gone or has changed; or a place is given of a network that is none.
    """
    folder = Path(folder).absolute()
    with reading(folder):
        return _load(folder, place)


def _load(folder: Path, place: str | None) -> LoadedNetwork:
    if saved_fingerprint(folder) is None:
        if saved_fingerprint(folder / "best") is not None:  # the folder of a whole study
            raise CheckpointError(f"{folder} holds no saved network, but {folder / 'best'} does")
        raise CheckpointError(
            f"{folder} holds no saved network ({DESCRIPTION} is missing or unreadable); "
            "`netclinic run` writes one to netclinic-out/STUDY/best, `netclinic export` to "
            "netclinic-export/STUDY/best"
        )
    description = json.loads((folder / DESCRIPTION).read_text())
    spec = spec_of(description.pop("network"))
    description.pop("weights_sha256", None)
    if place is not None:
        if spec.own is None:
            raise CheckpointError(
                f"{folder}: got {place}, but the network is one of netclinic's ({spec.kind}), "
                "which needs no code: leave it out"
            )
        spec = spec._replace(own=spec.own._replace(place=place))
    try:
        # Its shapes alone: drawing weights that the saved ones replace would compile programs.
        shapes = nnx.eval_shape(lambda: NETWORKS[spec.kind](spec, "native", nnx.Rngs(0)))
    except OwnCodeError as error:
        raise CheckpointError(
            f"{folder}: the code of this network is needed to load it, but {error}. If it lies "
            'elsewhere now: load_network(folder, place="path/to/file.py:Network"), or '
            "netclinic predict FOLDER ROWS --network path/to/file.py:Network"
        ) from error
    graph, parameters, streams, rates, others = nnx.split(shapes, *PARTS)
    state = nnx.merge_state(parameters, others)
    with ocp.StandardCheckpointer() as checkpointer:
        saved = checkpointer.restore(folder / WEIGHTS, nnx.to_pure_dict(state))
    nnx.replace_by_pure_dict(state, saved)
    unset = jax.tree.map(lambda rate: jnp.zeros(rate.shape, rate.dtype), rates)
    network = nnx.merge(graph, state, keyed(streams, jax.random.key(0)), unset)
    network.eval()
    lists = ("class_names", "feature_names", "mean", "scale")
    several = {name: tuple(description.get(name, ())) for name in ("tasks", "fills")}
    read = {**description, **several, **{k: tuple(description[k]) for k in lists}}
    surroundings = Surroundings(**read)
    return LoadedNetwork(network, spec, surroundings)
