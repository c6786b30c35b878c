"""What a study is: the spec's tables as frozen models, one attribute a key.

``Key`` beside each type gives the meaning, the range and an example; messages, reference,
template and JSON Schema are all made from it.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from .entries import FROZEN
from .spec_compute import Compute
from .spec_convolutions import RESNET
from .spec_data import Data
from .spec_diagnosis import Diagnosis, check_floor
from .spec_key import Count, Key, key_of, refused
from .spec_network import OWN, Network
from .spec_pruning import Pruning, fewest_pairs
from .spec_search import Search
from .spec_task import (
    refuse_balanced,
    refuse_class_weights,
    refuse_objective,
    refuse_smoothing,
    refuse_weights,
)
from .spec_toml import shown
from .spec_training import Training
from .spec_transfer import check_transfer
from .spec_use import fitted_search


class Study(BaseModel):
    """The study as a whole: what it is called and how long it may take."""

    model_config = FROZEN
    name: Annotated[
        str,
        Field(strict=True, min_length=1, max_length=100),
        Key(
            "The name under which the database keeps the study and every command finds it.",
            "1 to 100 printable characters, no space at either end, no hyphen first",
            '"digits-mlp"',
        ),
    ]
    trials: Annotated[
        Count,
        Key("How many trials to run.", "a whole number from 1 to 1,000,000", "64"),
    ] = 64
    seed: Annotated[
        int,
        Field(strict=True, ge=0, lt=2**63),
        Key(
            "Seed and number of a trial decide its parameters, initial weights and minibatches.",
            "a whole number from 0 to 9,223,372,036,854,775,807",
            "0",
        ),
    ] = 0
    replicates: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=1_000)],
        Key(
            "Trainings of each finalist with different seeds, its own included: they tell how much "
            "of its lead was luck, and which finalist is the best on average. The best one is also "
            "trained on so many bootstrap samples of its rows, except of several tasks. 1 trains "
            "nothing again.",
            "a whole number from 1 to 1,000",
            "1",
        ),
    ] = 1
    objective: Annotated[
        Literal["error", "balanced_error"],
        Key(
            "What is minimised, on the validation rows: the share of rows that are wrong, or the "
            "mean over classes of each class's share, in which a rare class counts as much as a "
            "common one. It compares trials and epochs, whatever the loss that is trained on.",
            '"error", "balanced_error"',
            '"error"',
        ),
    ] = "error"
    objective_task: Annotated[
        Annotated[str, Field(strict=True, min_length=1)] | None,
        Key(
            'Of [data] task = "multitask", the task whose relative error trials are compared by; '
            "absent, the mean over all tasks.",
            "a name of [data.targets]",
            '"species"',
        ),
    ] = None
    finalists: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=1_000)],
        Key(
            "How many of the best trials are trained again, where replicates is above 1.",
            "a whole number from 1 to 1,000",
            "5",
        ),
    ] = 5
    timeout: Annotated[
        Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)] | None,
        Key(
            "Seconds after which no further trial is started; absent, the trials alone decide.",
            "a number of seconds above 0",
            "600",
        ),
    ] = None

    @property
    def minimises_balanced(self) -> bool:
        """Whether classes count alike, however many rows they have."""
        return self.objective == "balanced_error"

    @field_validator("name")
    @classmethod
    def _printable(cls, name: str) -> str:
        if not name.isprintable() or name != name.strip() or name.startswith("-"):  # an option
            raise ValueError
        return name


class StudySpec(BaseModel):
    """A whole spec. Every value is checked and every default filled in."""

    model_config = FROZEN
    study: Study
    data: Data
    network: Network = Network()
    training: Training = Training()
    search: Search = Field(Search(), validate_default=True)
    pruning: Pruning = Pruning()
    diagnosis: Diagnosis = Diagnosis()
    compute: Compute = Compute()

    @field_validator("data")
    @classmethod
    def _is_taken_apart(cls, data: Data, info: ValidationInfo) -> Data:
        study = info.data.get("study")
        if study is not None:
            refuse_balanced(study.objective, data.task)
            refuse_objective(study.objective_task, data.targets)
        return data

    @field_validator("training")
    @classmethod
    def _weighs_classes(cls, training: Training, info: ValidationInfo) -> Training:
        data = info.data.get("data")
        if data is not None:
            has_classes = data.has_classes
            refuse_class_weights(training.class_weights, data.task, has_classes=has_classes)
        return training

    @field_validator("search")
    @classmethod
    def _has_classes(cls, search: Search, info: ValidationInfo) -> Search:
        data = info.data.get("data")
        if data is not None:
            refuse_smoothing(search.label_smoothing, data.task, has_classes=data.has_classes)
            refuse_weights(search.task_weights, data.targets)
        return search

    @field_validator("diagnosis")
    @classmethod
    def _floor_is_an_error(cls, diagnosis: Diagnosis, info: ValidationInfo) -> Diagnosis:
        study, data = info.data.get("study"), info.data.get("data")
        if study is not None and data is not None:
            check_floor(diagnosis, data.task, study.objective, data.targets)
        return diagnosis

    @field_validator("training", "search")
    @classmethod
    def _batches_can_be_normalized(cls, table: Any, info: ValidationInfo) -> Any:
        network, batch = info.data.get("network"), table.batch_size
        if network is None or network.normalized != "batch" or batch is None:
            return table
        sizes = getattr(batch, "values", None) or (getattr(batch, "low", batch),)
        if min(sizes) == 1:
            got = batch if isinstance(batch, int) else batch.model_dump(by_alias=True)
            raise refused(
                f'got {shown(got)}; [network] normalization = "batch" needs at least 2 rows in a '
                'minibatch: write a larger number, or normalization = "layer"',
                key="batch_size",
                beside="network.normalization",
            )
        return table

    @field_validator("search")
    @classmethod
    def _network_has_what_is_searched(cls, search: Search, info: ValidationInfo) -> Search:
        network = info.data.get("network")
        if network is None:
            return search
        if network.kind == RESNET:
            for key in ("layers", "units"):
                if getattr(search, key) is not None:
                    text = (
                        '[network] kind = "resnet" has no dense layers: remove this key, and write '
                        "more [network] channels or blocks"
                    )
                    raise refused(text, key=key, beside="network.kind")
        foreign = ("layers", "units", "activation", "initializer") if network.is_own else ()
        for key in foreign or ("arguments",):
            if getattr(search, key) is not None:
                text = (
                    f"{OWN} does not see it: write {key} into [search.arguments], where the "
                    "network takes it"
                    if network.is_own
                    else f'belongs to {OWN} ([network] kind = "path/to/file.py:Network")'
                )
                raise refused(text, key=key, beside="network.kind")
        return search

    @field_validator("search")
    @classmethod
    def _search_leaves_what_is_taken_over(cls, search: Search, info: ValidationInfo) -> Search:
        network = info.data.get("network")
        return search if network is None else check_transfer(network, search)

    @field_validator("search")
    @classmethod
    def _network_has_width(cls, search: Search, info: ValidationInfo) -> Search:
        network = info.data.get("network")
        if network is None or network.hidden or network.is_own:
            return search
        if search.layers is None and network.channels is None and search.dropout != 0:
            raise refused(
                "there is no hidden layer to drop anything of, since [network] hidden = []: remove "
                "this key, or write for example hidden = [128]",
                key="dropout",
                beside="network.hidden",
            )
        if (search.layers is None) == (search.units is None):
            return search
        given, missing = ("layers", "units") if search.layers else ("units", "layers")
        raise refused(
            f"needs {missing} beside it, since [network] hidden = [] gives none: write for example "
            f"{missing} = {key_of(Search, missing).example}",
            key=given,
            beside="network.hidden",
        )

    @field_validator("search")
    @classmethod
    def _searched_for_use(cls, search: Search, info: ValidationInfo) -> Search:
        training = info.data.get("training")
        return search if training is None else fitted_search(search, training)

    @field_validator("pruning")
    @classmethod
    def _wilcoxon_has_replicates(cls, pruning: Pruning, info: ValidationInfo) -> Pruning:
        study = info.data.get("study")
        if pruning.kind != "wilcoxon" or study is None:
            return pruning
        pairs = fewest_pairs(pruning.p_threshold)
        if study.finalists < 2 or study.replicates < pairs + 2:
            raise refused(
                'got "wilcoxon", which compares finalists by their new seeds, with '
                f"finalists = {study.finalists} and replicates = {study.replicates}. It needs "
                f"{pairs} new seeds to fall below p_threshold = {shown(pruning.p_threshold)}, and "
                f"one more to leave out: write [study] replicates = {pairs + 2} or more, better "
                f"{2 * pairs + 2}, and finalists = 2 or more",
                key="kind",
                beside="study.replicates",
            )
        return pruning


TABLES: dict[str, type[BaseModel]] = {
    "study": Study,
    "data": Data,
    "network": Network,
    "training": Training,
    "search": Search,
    "pruning": Pruning,
    "diagnosis": Diagnosis,
    "compute": Compute,
}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a spec, for editors that complete and check TOML with one."""
    schema = _without_null(StudySpec.model_json_schema())
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**dialect, **schema, "title": "A study of netclinic"}


def _without_null(schema: Any) -> Any:
    """``schema`` without null, which TOML has not: what may be absent is not required."""
    if isinstance(schema, list):
        return [_without_null(item) for item in schema if item != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    kept = {k: _without_null(v) for k, v in schema.items() if v is not None}
    alternatives = kept.get("anyOf", ())
    if len(alternatives) == 1:
        del kept["anyOf"]
        return {**alternatives[0], **kept}
    return kept
