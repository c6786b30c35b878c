from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.cli.options import folder_name, output_folder

names = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=100
).filter(str.strip)


@pytest.mark.parametrize(
    ("study", "folder"),
    [
        ("digits", "digits"),
        ("digits-mlp_2.1", "digits-mlp_2.1"),
        ("größe", "größe"),
        ("a/b", "a_b-c14cddc0"),
        ("..", "study-5ec1f7e7"),
        ("a b", "a_b-c8687a08"),
    ],
)
def test_folder_names(study: str, folder: str) -> None:
    assert folder_name(study) == folder


@given(names)
def test_any_name_makes_one_folder_just_below(study: str) -> None:
    name = folder_name(study)
    assert Path(name).name == name
    assert name not in ("", ".", "..")
    assert not name.startswith((".", "-"))
    assert len(name.encode()) < 255


@given(names, names)
def test_different_studies_have_different_folders(one: str, other: str) -> None:
    assert (folder_name(one) == folder_name(other)) == (one == other)


def test_the_option_wins() -> None:
    assert output_folder(Path("here"), "x") == Path("here")
    assert output_folder(None, "x") == Path("netclinic-out/x")
