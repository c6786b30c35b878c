"""What make bench-engine reads of a run, from a study that was run."""

import threading

from netclinic.search import load_spec, run_study

SPEC = """
study = {name = "engine", trials = 3}
data = {source = "iris"}
network = {hidden = [4]}
training = {epochs = 1, batch_size = 16}
"""


def test_errors_come_in_the_order_of_the_trials(engine, tmp_path) -> None:
    stored = engine("stored")
    spec = tmp_path / "study.toml"
    spec.write_text(SPEC)
    url = f"sqlite:///{tmp_path / stored.DATABASE}"
    *_, last = run_study(load_spec(spec), url, tmp_path / "out", threading.Event())
    found = stored.errors(tmp_path)
    assert len(found["validation_errors"]) == len(found["training_errors"]) == 3
    assert min(found["validation_errors"]) == last.best_error
    assert found["validation_errors"][last.best_number] == last.best_error
