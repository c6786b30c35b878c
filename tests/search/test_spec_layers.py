"""What of a network's layers goes together with the other tables of a spec."""

from pathlib import Path

import pytest
from netclinic.search.spec import StudySpec
from netclinic.search.spec_errors import SpecError
from netclinic.search.spec_file import parse_spec

TEXT = 'study = {name = "a"}\ndata = {source = "digits"}\n'


def spec_of(*overrides: str) -> StudySpec:
    return parse_spec(TEXT, file="a.toml", folder=Path(), overrides=overrides).spec


def message_of(*overrides: str) -> str:
    with pytest.raises(SpecError) as caught:
        spec_of(*overrides)
    return str(caught.value)


BATCH = "network.normalization=batch"


@pytest.mark.parametrize(
    ("change", "place", "got"),
    [
        ("training.batch_size=1", "[training]", "1"),
        ("search.batch_size.choice=[1,32]", "[search]", "{choice = [1, 32]}"),
        ("search.batch_size.int=[1,32]", "[search]", "{int = [1, 32]}"),
    ],
)
def test_one_row_cannot_be_normalised_over(change: str, place: str, got: str) -> None:
    assert message_of(BATCH, change) == (
        f'-S {change}: {place} batch_size: got {got}; [network] normalization = "batch" needs at '
        'least 2 rows in a minibatch: write a larger number, or normalization = "layer".'
    )
    assert spec_of("network.normalization=layer", change)


def test_a_resnet_is_normalised_over_the_minibatch_unless_it_is_told_not_to_be() -> None:
    resnet = ("network.kind=resnet", "network.channels=[4]", "training.batch_size=1")
    assert "at least 2 rows in a minibatch" in message_of(*resnet)
    assert spec_of(*resnet, "network.normalization=none")


def test_two_rows_can_be_normalised_over() -> None:
    assert spec_of(BATCH, "training.batch_size=2", "search.batch_size.choice=[2,4]")


def test_dropout_needs_a_hidden_layer() -> None:
    for change in ("search.dropout=0.5", "search.dropout.uniform=[0,0.5]"):
        assert message_of("network.hidden=[]", change) == (
            f"-S {change}: [search] dropout: there is no hidden layer to drop anything of, since "
            "[network] hidden = []: remove this key, or write for example hidden = [128]."
        )
    assert spec_of("network.hidden=[]", "search.dropout=0")
    layers = ("search.layers.int=[1,2]", "search.units.int=[4,8]")
    assert spec_of("network.hidden=[]", "search.dropout=0.5", *layers)
    cnn = ("network.kind=cnn", "network.channels=[4]")
    assert spec_of("network.hidden=[]", "search.dropout=0.5", *cnn)


def test_the_rate_is_below_1() -> None:
    assert "every value must be at least 0 and below 1" in message_of("search.dropout=1")
