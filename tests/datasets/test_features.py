from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets import DataError, DataRequest, Dataset, load_dataset

CODE = """
import numpy as np

def squares(inputs):
    return np.concatenate([inputs, inputs ** 2], axis=1)

def images(inputs):
    return inputs[:, ::2, ::2]

class Centred:
    def fit(self, inputs):
        self.mean = inputs.mean(axis=0)
        self.rows = len(inputs)
    def transform(self, inputs):
        return np.column_stack([inputs - self.mean, np.full(len(inputs), self.rows)])

centred = Centred()

def short(inputs):
    return inputs[:-1]

def text(inputs):
    return inputs.astype(str)

def uneven(inputs):
    return inputs[:, : 1 + len(inputs) % 3]

def broken(inputs):
    return 1 / 0

def missing(inputs):
    return inputs * np.nan
"""


def load(folder: Path, name: str, source: str = "iris", code: str = CODE, **changes) -> Dataset:
    (folder / "steps.py").write_text(code)
    plain = DataRequest(source, None, 0.2, 0.2, False, 0, folder, features=f"steps.py:{name}")
    return load_dataset(plain._replace(**changes))


def test_a_function_makes_features_of_every_split(tmp_path):
    plain = load_dataset(DataRequest("iris", None, 0.2, 0.2, False, 0, tmp_path))
    made = load(tmp_path, "squares")
    assert made.feature_names == tuple(f"f{i}" for i in range(8))
    for name in ("train", "validation", "test"):
        raw, split = getattr(plain, name), getattr(made, name)
        np.testing.assert_allclose(split.inputs[:, 4:], raw.inputs**2, rtol=1e-6)
        np.testing.assert_array_equal(split.labels, raw.labels)
    scaled = load(tmp_path, "squares", standardize=True)
    np.testing.assert_allclose(scaled.train.inputs.mean(axis=0), 0, atol=1e-5)


def test_images_keep_their_shape_on_both_sides(tmp_path):
    made = load(tmp_path, "images", "digits")
    assert made.row_shape == (4, 4)
    assert made.features == 16


@pytest.mark.parametrize("name", ["Centred", "centred"])
def test_what_can_be_fitted_sees_the_training_rows_only(tmp_path, name):
    made = load(tmp_path, name, bridge=0.1)
    assert made.bridge is not None
    np.testing.assert_allclose(made.train.inputs[:, :4].mean(axis=0), 0, atol=1e-6)
    assert abs(made.test.inputs[:, :4].mean(axis=0)).max() > 0.01
    assert set(made.bridge.inputs[:, 4]) == set(made.test.inputs[:, 4]) == {75.0}


def test_the_text_of_the_file_belongs_to_the_data(tmp_path):
    first = load(tmp_path, "squares").fingerprint
    assert load(tmp_path, "squares").fingerprint == first
    assert load(tmp_path, "squares", code=CODE + "# edited").fingerprint != first


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "short",
            "steps.py:short of the train rows returned float64 of shape (89, 4); it must return "
            "real numbers of shape (90, …), one row of features for each row.",
        ),
        ("text", "steps.py:text of the train rows returned <U"),
        ("uneven", "steps.py:uneven gives rows of shapes (1,), "),
        ("broken", "steps.py:29: broken() raised ZeroDivisionError: division by zero"),
        ("missing", "steps.py:missing: column 'f0' is nan in row 0"),
        ("sqares", "steps.py:sqares: 'sqares' is not defined there (did you mean 'squares'?)"),
    ],
)
def test_steps_that_cannot_be_used_are_refused(tmp_path, name, message):
    sizes = {"validation": 29, "test": 31} if name == "uneven" else {}
    with pytest.raises(DataError) as refused:
        load(tmp_path, name, **sizes)
    assert str(refused.value).startswith(message)
