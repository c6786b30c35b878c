from pathlib import Path

import numpy as np
import pyarrow.csv
import pytest
from netclinic.datasets.wording import counted, did_you_mean, listed, reason


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [(0, "row", "0 rows"), (1, "row", "1 row"), (2, "row", "2 rows"), (2, "class", "2 classes")],
)
def test_counts_agree_with_their_noun(count, noun, text):
    assert counted(count, noun) == text


def test_long_lists_are_cut():
    assert listed("abc") == "a, b, c"
    assert listed("abcdefghijklmn") == "a, b, c, d, e, f, g, h, i, j, k, l and 2 more"


def test_only_near_names_are_suggested():
    assert did_you_mean("digit", ["digits", "iris"]) == " (did you mean 'digits'?)"
    assert did_you_mean("mnist", ["digits", "wine"]) == ""


@pytest.mark.parametrize("read", [np.load, pyarrow.csv.read_csv, Path.read_text])
def test_a_reason_does_not_name_the_file_again(tmp_path, read):
    with pytest.raises(OSError, match=r"absent\.csv") as refused:
        read(tmp_path / "absent.csv")
    assert reason(refused.value) == "No such file or directory"
    assert reason(ValueError("a torn header")) == "a torn header"
