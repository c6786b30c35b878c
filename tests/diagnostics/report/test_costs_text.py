from netclinic.diagnostics.report.costs_text import costs_text, speed_text
from netclinic.storage.records.runs import RunCosts

COSTS = RunCosts(
    total_seconds=125.2,
    import_seconds=1.93,
    load_seconds=0.118,
    compile_seconds=0.61,
    train_seconds=104.0,
    evaluate_seconds=0.0,
    store_seconds=0.3,
    diagnose_seconds=12.0,
    programs=2,
    flops=104e9 * 45.23,
)


def test_seconds_by_phase() -> None:
    assert costs_text(COSTS) == (
        "2 min 5 s: import 1.9 s, load 0.12 s, compile 0.61 s (2 programs), train 1 min 44 s, "
        "evaluate 0 s, store 0.3 s, diagnose 12 s"
    )
    longer = costs_text(COSTS._replace(compile_seconds=76.0))
    assert longer.endswith(", diagnose 12 s; compiling and storing go on beside training")
    assert "(1 program), " in costs_text(COSTS._replace(programs=1))


def test_speed() -> None:
    assert speed_text(COSTS) == "45.2 GFLOP/s"
    assert speed_text(COSTS._replace(flops=104e9 * 23_456)) == "23,456 GFLOP/s"
    assert speed_text(COSTS._replace(train_seconds=0.0)) == ""
