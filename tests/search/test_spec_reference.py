"""What is made from the models: the template, the reference, the JSON Schema."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from netclinic.search.spec import TABLES, StudySpec, json_schema
from netclinic.search.spec_file import parse_spec
from netclinic.search.spec_overrides import with_overrides
from netclinic.search.spec_reference import keys_of, reference
from netclinic.search.spec_template import template
from pydantic import ValidationError

REPOSITORY = Path(__file__).parents[2]
KEYS = [(table, entry) for table, model in TABLES.items() for entry in keys_of(model)]
# What the example of a key needs around it.
CNN = {"kind": "cnn", "channels": [4, 8]}
OWN = {"kind": "own.py:Network"}
SEVERAL = {"source": "a.csv", "task": "multitask"}
TARGETS = {"species": "classification", "mass": "regression"}
BEGUN = {"init_from": "best"}
SETTINGS: dict[tuple[str, str], dict[str, Any]] = {
    ("data", "target"): {"source": "x.csv"},
    ("data", "rows"): {"source": "twonorm"},
    ("data", "ignore"): {"source": "x.csv", "target": "y"},
    ("data", "target_transform"): {"source": "diabetes", "task": "regression"},
    ("data", "missing"): {"source": "x.csv", "target": "y"},
    ("data", "labels"): {"source": "x.npy"},
    ("data", "group"): {"source": "x.npz", "split": "grouped"},
    ("data", "order"): {"source": "x.npz", "split": "ordered"},
    ("data", "targets"): SEVERAL,
    ("data", "image_size"): {"source": "photos/"},
    ("data", "image_mode"): {"source": "photos/"},
    ("data", "dimensions"): {"source": "twonorm"},
    ("training", "decay_epochs"): {"schedule": "step"},
    **{("network", key): CNN for key in ("shape", "channels", "kernel", "stride", "padding")},
    ("network", "blocks"): {"kind": "resnet", "channels": [4, 8]},
    **{("network", key): OWN for key in ("arguments", "code")},
    **{("network", key): BEGUN for key in ("init_digest", "transfer")},
}
# And in the other tables.
OTHERS: dict[tuple[str, str], dict[str, Any]] = {
    ("study", "objective_task"): {"data": {**SEVERAL, "targets": TARGETS}},
    ("search", "task_weights"): {"data": {**SEVERAL, "targets": TARGETS}},
    ("diagnosis", "task_bayes_error"): {"data": {**SEVERAL, "targets": TARGETS}},
    ("search", "arguments"): {"network": OWN},
    ("search", "head_learning_rate"): {"network": BEGUN},
}


def test_the_template_is_valid_and_holds_the_defaults() -> None:
    spec = parse_spec(template(), file="spec.toml", folder=Path()).spec
    assert spec == StudySpec.model_validate(
        {"study": {"name": "digits-mlp"}, "data": {"source": "digits"}}
    )


def test_the_template_explains_every_key_once_in_its_table() -> None:
    sections = re.split(r"^\[(\w+)\].*\n", template(), flags=re.MULTILINE)[1:]
    assert sections[::2] == list(TABLES)
    for table, text in zip(sections[::2], sections[1::2], strict=True):
        named = re.findall(r"^(?:# )?(\w+) = ", text, flags=re.MULTILINE)
        assert named == list(TABLES[table].model_fields)
        assert text.count("# Allowed: ") == len(named)


def test_the_template_says_itself_in_lines_of_readable_length() -> None:
    assert max(map(len, template().splitlines())) <= 100


@pytest.mark.parametrize(("table", "entry"), KEYS, ids=[f"{t}.{e.name}" for t, e in KEYS])
def test_the_example_of_a_key_is_valid_and_is_the_default_where_there_is_one(
    table: str, entry: Any
) -> None:
    value = tomllib.loads(f"value = {entry.key.example}")["value"]
    content: dict[str, Any] = {"study": {"name": "a"}, "data": {"source": "digits"}}
    content |= OTHERS.get((table, entry.name), {})
    surroundings = SETTINGS.get((table, entry.name), {})
    content[table] = {**content.get(table, {}), **surroundings, entry.name: value}
    if entry.name == "decay_epochs":
        content["search"] = {"decay_rate": 0.5}
    given = getattr(getattr(StudySpec.model_validate(content), table), entry.name)
    if entry.default is not None:
        assert given == TABLES[table].model_fields[entry.name].get_default()


def test_the_written_reference_is_that_of_the_models() -> None:
    assert (REPOSITORY / "docs/spec.md").read_text(encoding="utf-8") == reference(), (
        "run: python -m netclinic.search.spec_reference > docs/spec.md"
    )


def test_the_reference_has_a_row_of_five_cells_for_every_key() -> None:
    sections = re.split(r"^## \[(\w+)\]\n", reference(), flags=re.MULTILINE)[1:]
    rows = {
        (table, cells[0].strip("` ")): cells
        for table, text in zip(sections[::2], sections[1::2], strict=True)
        for cells in (line.strip("|").split("|") for line in text.splitlines() if "| `" in line)
        if cells[0].startswith(" `")
    }
    assert list(rows) == [(table, entry.name) for table, entry in KEYS]
    assert all(len(cells) == 5 and all(map(str.strip, cells)) for cells in rows.values())


def test_the_schema_describes_every_key_and_knows_no_null() -> None:
    schema = json_schema()
    assert "null" not in json.dumps(schema)
    assert schema["required"] == ["study", "data"]
    for table, entry in KEYS:
        definition = schema["$defs"][TABLES[table].__name__]
        assert definition["additionalProperties"] is False
        described = definition["properties"][entry.name]
        assert described["description"].startswith(entry.key.meaning)
        assert ("default" in described) == (entry.default is not None)


def test_the_schema_bounds_the_entries_of_each_key() -> None:
    search = json_schema()["$defs"]["Search"]["properties"]
    laws = {
        name: [one["title"] for one in part.get("anyOf", [part]) if "properties" in one]
        for name, part in search.items()
        if name != "sampler"
    }
    assert laws == {
        "learning_rate": ["log", "uniform", "choice"],
        "head_learning_rate": ["log", "uniform", "choice"],
        "weight_decay": ["log", "uniform", "choice"],
        "momentum": ["one_minus_log", "log", "uniform", "choice"],
        "beta2": ["one_minus_log", "uniform", "choice"],
        "epsilon": ["log", "choice"],
        "decay_rate": ["one_minus_log", "log", "uniform", "choice"],
        "warmup": ["uniform", "choice"],
        "clip_norm": ["log", "uniform", "choice"],
        "label_smoothing": ["uniform", "choice"],
        "task_weights": [],
        "dropout": ["uniform", "choice"],
        "augment_flip": ["uniform", "choice"],
        "augment_rotation": ["uniform", "choice"],
        "augment_shift": ["uniform", "choice"],
        "augment_brightness": ["log", "uniform", "choice"],
        "augment_contrast": ["uniform", "choice"],
        "augment_color": ["uniform", "choice"],
        "augment_noise": ["log", "uniform", "choice"],
        "augment_cutout": ["uniform", "choice"],
        "layers": ["int"],
        "units": ["int", "choice"],
        "batch_size": ["choice", "int"],
        "activation": ["choice"],
        "initializer": ["choice"],
        "arguments": [],
    }
    momentum = search["momentum"]["anyOf"][-1]
    assert momentum == {"type": "number", "minimum": 0, "exclusiveMaximum": 1}
    assert search["activation"]["properties"]["choice"]["items"]["enum"][0] == "relu"


@pytest.mark.parametrize(
    ("override", "valid"),
    [
        ("study.trials=64", True),
        ("study.timeout=600", True),
        ("study.trials=0", False),
        ("training.epocs=3", False),
        ("search.momentum=0.9", True),
        ("search.momentum=1", False),
        ("search.layers.int=[1,4]", True),
        ("search.layers.log=[1,4]", False),
        ("search.units={choice=[32,64,128]}", True),
        ("search.units={choice=[32,0]}", False),
        ("data.validation=300", True),
        ("diagnosis.bayes_error={value=0.1}", False),
        ("diagnosis.human_error={error=0.01,n=300}", True),
        ("diagnosis.human_error={error=0.01}", False),
        ("diagnosis.label_noise={flipped=0.1,n=200}", True),
    ],
)
def test_the_schema_judges_as_the_models_do(override: str, valid: bool) -> None:
    content, _, _ = with_overrides(tomllib.loads(template()), [override])
    schema = jsonschema.Draft202012Validator(json_schema())
    assert schema.is_valid(content) is valid
    try:
        StudySpec.model_validate(content)
    except ValidationError:
        assert not valid
    else:
        assert valid
