"""What the optimiser and the schedule do not use is neither searched nor silently ignored."""

import json
from pathlib import Path
from typing import get_args

import pytest
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.optimizers import OPTIMIZERS
from netclinic.models.schedules import SCHEDULES
from netclinic.search.space import searched
from netclinic.search.spec import StudySpec
from netclinic.search.spec_errors import SpecError
from netclinic.search.spec_file import parse_spec, resolved_of, spec_from_resolved
from netclinic.search.spec_training import Training
from netclinic.search.spec_use import USES

HEAD = '[study]\nname = "a"\n[data]\nsource = "digits"\n'
ADAM_LIKE = '"rmsprop", "adam", "adamw"'


def spec_of(*overrides: str, text: str = HEAD) -> StudySpec:
    return parse_spec(text, file="a.toml", folder=Path("/specs"), overrides=overrides).spec


def message_of(*overrides: str, text: str = HEAD) -> str:
    with pytest.raises(SpecError) as caught:
        spec_of(*overrides, text=text)
    return str(caught.value)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_default_space_holds_what_the_optimiser_uses(optimizer: str) -> None:
    spec = spec_of(f"training.optimizer={optimizer}")
    momentum = ["momentum"] if optimizer != "adagrad" else []
    assert list(searched(spec.search)) == ["learning_rate", "weight_decay", *momentum]
    assert spec.search.beta2 == (0.9 if optimizer == "rmsprop" else 0.999)
    assert spec_from_resolved(json.loads(json.dumps(resolved_of(spec)))) == spec


def test_a_momentum_that_adagrad_has_not_is_refused_where_it_was_written() -> None:
    for text, origin, overrides in (
        (HEAD + "[search]\nmomentum = 0.9\n", "a.toml", ()),
        (HEAD, "-S search.momentum=0.9", ("search.momentum=0.9",)),
    ):
        assert message_of("training.optimizer=adagrad", *overrides, text=text).endswith(
            '[search] momentum: got 0.9; [training] optimizer = "adagrad" does not use it: remove '
            'this key, write momentum = 0.0, or choose one of "sgd", "nesterov", "rmsprop", '
            '"adam", "adamw".'
        ), origin
    assert spec_of("training.optimizer=adagrad", "search.momentum=0").search.momentum == 0


def test_numbers_of_other_optimisers_and_schedules_are_refused() -> None:
    assert message_of("search.beta2.uniform=[0.9,0.99]") == (
        "-S search.beta2.uniform=[0.9,0.99]: [search] beta2: got {uniform = [0.9, 0.99]}; "
        '[training] optimizer = "sgd" does not use it: remove this key, write beta2 = 0.999, or '
        f"choose one of {ADAM_LIKE}."
    )
    assert message_of("search.epsilon=1e-3").endswith(f'or choose one of "adagrad", {ADAM_LIKE}.')
    assert message_of("training.schedule=cosine", "search.decay_rate=0.9").endswith(
        '[training] schedule = "cosine" does not use it: remove this key, write decay_rate = 1.0, '
        'or choose one of "exponential", "step".'
    )


def test_a_schedule_that_needs_a_number_says_what_to_write() -> None:
    assert message_of("training.schedule=exponential") == (
        "-S training.schedule=exponential: [search] decay_rate: 1 leaves [training] schedule = "
        '"exponential" constant: write for example decay_rate = {one_minus_log = [1e-2, 1e-1]}, '
        "which draws from 0.9 to 0.99."
    )
    assert message_of("training.schedule=step", "search.decay_rate=0.1") == (
        "-S training.schedule=step: [training] decay_epochs: missing, but needed by schedule = "
        '"step": write for example decay_epochs = 10.'
    )
    assert message_of("training.decay_epochs=5") == (
        '-S training.decay_epochs=5: [training] decay_epochs: got 5; belongs to schedule = "step": '
        "write that, or remove this key."
    )


def test_the_tables_know_every_optimiser_and_schedule() -> None:
    for choice, names in (("optimizer", OPTIMIZERS), ("schedule", SCHEDULES)):
        assert get_args(Training.model_fields[choice].annotation) == names
        assert {u for use in USES if use.choice == choice for u in use.users} <= {*names}


def test_what_is_unused_is_neutral_in_training() -> None:
    neutral = {**Hyperparameters._field_defaults, "momentum": 0.0}
    assert all(neutral[use.key] == use.unused for use in USES)
