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


def saved(path, labels: np.ndarray) -> str:
    """Rows that bring their splits along, and these labels of the last third."""
    x, y = np.random.default_rng(3).standard_normal((3, 60, 2)), np.arange(60.0) % 7
    arrays = {"x_train": x[0], "y_train": y, "x_validation": x[1], "y_validation": y}
    np.savez(path, **arrays, x_test=x[2], y_test=labels)
    return str(path)


def test_a_label_that_is_far_off_is_the_same_answer_though_it_is_rounded(tmp_path) -> None:
    far = np.arange(60.0) % 7
    far[5] = 3e7
    other = far.copy()
    other[5] *= 1.001
    files = [saved(tmp_path / f"{i}.npz", it) for i, it in enumerate((far, other))]

    def spec(source: str, **data) -> StudySpec:
        data = {"source": source, "task": "regression", **data}
        return StudySpec.model_validate({"study": {"name": "a"}, "data": data})

    assert what_is_other(spec(files[0]), spec(files[0], train_rows=20)) is None
    assert what_is_other(spec(files[0]), spec(files[1])) == "the test rows"


def test_classes_of_other_names_are_other_answers(tmp_path) -> None:
    kinds = np.arange(60) % 2

    def spec(file: str, names: tuple[str, str]) -> StudySpec:
        rows = "\n".join(f"{i},{names[kind]},{i % 5}" for i, kind in enumerate(kinds))
        (tmp_path / file).write_text(f"a,kind,size\n{rows}\n")
        targets = {"kind": "classification", "size": "regression"}
        data = {"source": str(tmp_path / file), "task": "multitask", "targets": targets}
        return StudySpec.model_validate({"study": {"name": "a"}, "data": data})

    first = spec("one.csv", ("x", "y"))
    assert what_is_other(first, spec("two.csv", ("x", "y"))) is None
    assert what_is_other(first, spec("three.csv", ("x", "z"))) == "the test rows"
