import contextlib

import pytest
from netclinic.search import Phase
from netclinic.search.costs import Costs
from netclinic.storage.records.runs import RunCosts

from .conftest import UNSEEN, load, run


class Clock:
    """Seconds that pass when the test says so."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_seconds_are_added_by_phase() -> None:
    clock = Clock()
    costs = Costs(imported=1.5, clock=clock)
    with costs.measured("load"):
        clock.now += 0.25
    with contextlib.suppress(ValueError), costs.measured("diagnose"):
        clock.now += 0.5
        raise ValueError
    costs.compiled(2.0)
    costs.compiled(1.0)
    costs.trained(4.0, 1e9, 1.0)
    costs.add("evaluate", 0.125)
    assert costs.record(store_seconds=0.75) == RunCosts(
        total_seconds=2.25,
        import_seconds=1.5,
        load_seconds=0.25,
        compile_seconds=3.0,
        train_seconds=4.0,
        evaluate_seconds=0.125,
        store_seconds=0.75,
        diagnose_seconds=0.5,
        programs=2,
        flops=1e9,
    )


def test_device_use_counts_from_the_first_segment() -> None:
    clock = Clock()
    costs = Costs(clock=clock)
    clock.now += 50
    assert costs.device_use is None
    costs.trained(2.0, 0.0, 1.0)
    assert costs.device_use == 1.0
    clock.now += 3
    assert costs.device_use == pytest.approx(2 / 5)
    clock.now += 2
    costs.trained(2.0, 0.0, 0.5)
    assert costs.device_use == pytest.approx(3 / 7)


def test_a_run_notes_what_it_spent(tmp_path) -> None:
    seen = run(tmp_path, "search.units={int = [4, 5]}", UNSEEN)
    study, last = load(tmp_path), seen[-1].conclusion
    spent = study.costs
    assert spent is not None
    assert last.costs.programs == spent.programs == 2
    for name in ("load", "compile", "train", "evaluate", "store", "diagnose"):
        assert 0 < getattr(spent, f"{name}_seconds") < spent.total_seconds < 600, name
    assert spent.total_seconds < last.costs.total_seconds
    rows = study.provenance.rows
    by_hand = 0
    for trial in study.trials:
        width = trial.parameters["units"]
        steps = rows.train // 16
        first, second = 2 * 4 * width, 2 * width * 3
        epoch = steps * 16 * (2 * first + 3 * second)
        by_hand += trial.result.epochs * (epoch + (rows.train + rows.validation) * (first + second))
    assert spent.flops == by_hand
    assert any(p.phase is Phase.TRAINING and 0 < p.device_use <= 1 for p in seen)
    assert "2 programs" in (tmp_path / "out" / "report.html").read_text()


def test_a_run_that_trains_nothing_has_no_speed(tmp_path) -> None:
    run(tmp_path, "study.trials=4")
    again = run(tmp_path, "study.trials=4")[-1].conclusion.costs
    assert (again.programs, again.train_seconds, again.flops) == (0, 0, 0)
    assert "speed while training" not in (tmp_path / "out" / "report.md").read_text()
