"""Whether the errors of two studies can be compared row by row, and what keeps them from it."""

import numpy as np
from netclinic.search import StudySpec
from netclinic.search.two_winners import what_is_other


def test_another_table_with_as_many_rows_has_other_test_rows(tmp_path) -> None:
    random = np.random.default_rng(3)
    rows = [f"{a:.3f},{b:.3f}" for a, b in random.standard_normal((80, 2))]
    kinds = random.integers(0, 2, (2, 80))
    for name, of_rows in zip(("one", "two"), kinds, strict=True):
        lines = [f"{row},{kind}" for row, kind in zip(rows, of_rows, strict=True)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["a,b,kind", *lines]))
    wider = [f"{row},{kind},{row[-1]}" for row, kind in zip(rows, kinds[0], strict=True)]
    (tmp_path / "wider.csv").write_text("\n".join(["a,b,kind,c", *wider]))

    def spec(table: str, seed: int = 0) -> StudySpec:
        data = {"source": str(tmp_path / table), "target": "kind"}
        return StudySpec.model_validate({"study": {"name": "a", "seed": seed}, "data": data})

    assert what_is_other(spec("one.csv"), spec("wider.csv")) is None
    assert what_is_other(spec("one.csv"), spec("one.csv", seed=1)) == "the test rows"
    assert what_is_other(spec("one.csv"), spec("two.csv")) == "the test rows"


def test_targets_scaled_by_other_training_rows_are_the_same_answers() -> None:
    def spec(task: str = "regression", **data) -> StudySpec:
        data = {"source": "diabetes", "task": task, **data}
        return StudySpec.model_validate({"study": {"name": "a"}, "data": data})

    assert what_is_other(spec(), spec(train_rows=50)) is None
    assert what_is_other(spec(), spec(test=0.3)) == "the test rows"


def test_errors_relative_to_other_constant_answers_are_not_compared(tmp_path) -> None:
    """Of half of the rows a target's variance is another: each task's relative error is, too."""
    random = np.random.default_rng(3)
    x, noise = random.standard_normal((200, 2)), random.standard_normal(200)
    np.savez(tmp_path / "rows.npz", x=x, y=np.column_stack([x[:, 0] > 0, x[:, 1] + noise]))

    def spec(**data) -> StudySpec:
        targets = {"kind": "classification", "size": "regression"}
        given = {"source": str(tmp_path / "rows.npz"), "task": "multitask", "targets": targets}
        return StudySpec.model_validate({"study": {"name": "a"}, "data": given | data})

    assert what_is_other(spec(), spec(train_rows=60)) == (
        "the constant answers that errors of several tasks are relative to"
    )
    assert what_is_other(spec(), spec(standardize=False)) is None
    assert what_is_other(spec(), spec(test=0.3)) == "the test rows"


def test_the_errors_of_one_task_and_of_all_are_not_compared(tmp_path) -> None:
    """The specs tell: no data is there to be loaded."""

    def spec(task: str | None) -> StudySpec:
        targets = {"kind": "classification", "size": "regression"}
        data = {"source": str(tmp_path / "a.npz"), "task": "multitask", "targets": targets}
        study = {"name": "a", "objective_task": task}
        return StudySpec.model_validate({"study": study, "data": data})

    assert what_is_other(spec(None), spec("size")) == "the tasks that errors are of"
    assert what_is_other(spec("kind"), spec("size")) == "the tasks that errors are of"
    assert what_is_other(spec("size"), spec("size")) is None
