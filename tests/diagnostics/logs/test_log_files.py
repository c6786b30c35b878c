"""Others' training logs: every layout, and what cannot be read."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics import DiagnosisError
from netclinic.diagnostics.logs.log_diagnosis import diagnose_log
from netclinic.diagnostics.logs.log_files import read_log
from netclinic.diagnostics.logs.training_log import LogContext

LOSSES, ACCURACIES = (1.0, 0.5, 0.25), (0.5, 0.75, 0.875)


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text)
    return file


def test_a_csv_has_a_row_an_epoch(tmp_path):
    text = "epoch,Train Loss,val-loss,val/acc\n0,1.0,2.0,0.5\n1,0.5,,0.75\n2,0.25,nan,0.875\n"
    log = read_log(written(tmp_path, "a.csv", text))
    assert (log.layout, log.axis, log.at) == ("CSV", "epoch", (0.0, 2.0))
    assert log.validation_loss == (2.0, None)
    assert log.training_loss == (1.0, 0.375)  # the mean since the validation before
    assert log.validation_error == (0.5, 0.125)
    assert log.training_error is None
    assert log.from_accuracy
    assert log.names["validation_error"] == "val_acc"
    assert log.name_of(2) == "epoch 2"


def test_lightning_puts_training_and_validation_into_rows_of_their_own(tmp_path):
    text = "epoch,step,train_loss,val_loss\n0,9,1.5,\n0,19,0.5,\n0,19,,0.9\n1,29,0.3,\n1,39,,0.8\n"
    log = read_log(written(tmp_path, "metrics.csv", text))
    assert log.validation_loss == (0.9, 0.8)
    assert log.training_loss == (1.0, 0.3)
    assert log.at == (0.0, 1.0)


def test_lightning_writes_the_mean_of_an_epoch_below_its_validation(tmp_path):
    rows = "0,9,1.5,,\n0,9,,,0.9\n0,9,,1.0,\n1,19,0.4,,\n1,19,,,0.8\n1,19,,0.3,\n"
    text = f"epoch,step,train_loss_step,train_loss_epoch,val_loss\n{rows}"
    log = read_log(written(tmp_path, "metrics.csv", text))
    assert log.training_loss == (1.0, 0.3)
    assert log.validation_loss == (0.9, 0.8)


def test_ultralytics_logs_an_accuracy_of_validation_rows_alone(tmp_path):
    head = "epoch, time, train/loss, metrics/accuracy_top1, metrics/accuracy_top5, val/loss"
    text = f"   {head}\n 1, 9.1, 1.0, 0.5, 0.9, 2.0\n 2, 18.2, 0.5, 0.75, 1.0, 1.5\n"
    log = read_log(written(tmp_path, "results.csv", text))
    assert log.training_loss == (1.0, 0.5)
    assert log.validation_loss == (2.0, 1.5)
    assert (log.training_error, log.validation_error) == (None, (0.5, 0.25))


def test_openmmlab_gives_its_validations_no_epoch(tmp_path):
    entries = [
        *({"loss": 1.0, "epoch": 1, "step": step} for step in (50, 100)),
        {"accuracy/top1": 50.0, "accuracy/top5": 90.0, "step": 1},
        *({"loss": 0.5, "epoch": 2, "step": step} for step in (150, 200)),
        {"accuracy/top1": 75.0, "accuracy/top5": 95.0, "step": 2},
    ]
    lines = "\n".join(map(json.dumps, entries))
    log = read_log(written(tmp_path, "scalars.json", lines))
    assert (log.axis, log.at) == ("epoch", (1.0, 2.0))
    assert log.training_loss == (1.0, 0.5)
    assert (log.training_error, log.validation_error) == (None, (0.5, 0.25))


@pytest.mark.parametrize(
    ("columns", "training", "validation"),
    [
        (
            {"learn": {"Logloss": LOSSES}, "validation": {"Logloss": LOSSES}},
            ("train_loss", None),
            ("validation_loss", None),
        ),
        (
            {"train": {"mlogloss": LOSSES, "merror": (0.5, 0.25, 0.125)}},
            ("train_loss", "train_error"),
            (None, None),
        ),
        (
            {"valid": {"binary_logloss": LOSSES, "binary_error": (0.5, 0.25, 0.125)}},
            (None, None),
            ("valid_loss", "valid_error"),
        ),
        ({"train/cross_entropy": LOSSES}, ("train_loss", None), (None, None)),
    ],
)
def test_losses_that_are_told_by_their_formula(tmp_path, columns, training, validation):
    """CatBoost's, xgboost's, LightGBM's and a network's."""
    names = read_log(written(tmp_path, "log.json", json.dumps(columns))).names
    for split, (loss, error) in (("training", training), ("validation", validation)):
        assert (names.get(f"{split}_loss"), names.get(f"{split}_error")) == (loss, error)


def test_a_decimal_comma_is_read_where_commas_part_no_columns(tmp_path):
    text = "epoch;train_loss;val_loss\n1;1,0;2,0\n2;0,5;1,5e0\n"
    log = read_log(written(tmp_path, "a.csv", text))
    assert (log.training_loss, log.validation_loss) == ((1.0, 0.5), (2.0, 1.5))


def test_a_loss_that_was_not_logged_did_not_diverge(tmp_path):
    for name in ("loss", "val_loss"):
        log = read_log(written(tmp_path, "history.json", json.dumps({name: LOSSES})))
        assert set(log.diverged_at.values()) == {None}


def test_keras_history_has_a_list_a_curve(tmp_path):
    columns = {"loss": LOSSES, "accuracy": ACCURACIES, "val_loss": LOSSES, "lr": [0.1] * 3}
    log = read_log(written(tmp_path, "history.json", json.dumps(columns)))
    assert (log.layout, log.axis, log.at) == ("Keras History", "epoch", (1.0, 2.0, 3.0))
    assert log.training_loss == log.validation_loss == LOSSES
    assert log.training_error == (0.5, 0.25, 0.125)


def test_a_trainer_state_logs_training_between_evaluations(tmp_path):
    history = [
        {"epoch": 0.5, "loss": 3.0, "step": 10},
        {"epoch": 1.0, "loss": 1.0, "step": 20},
        {"epoch": 1.0, "eval_loss": 1.5, "eval_accuracy": 0.5, "step": 20},
        {"epoch": 2.0, "loss": 0.5, "step": 40},
        {"epoch": 2.0, "eval_loss": 1.25, "eval_accuracy": 0.75, "step": 40},
        {"epoch": 2.0, "train_runtime": 9.0, "train_loss": 1.2, "step": 40},
    ]
    text = json.dumps({"best_metric": None, "log_history": history})
    log = read_log(written(tmp_path, "trainer_state.json", text))
    assert log.layout == "Hugging Face Trainer"
    assert log.training_loss == (2.0, 0.5), "train_loss, one number at the end, is no curve"
    assert log.validation_loss == (1.5, 1.25)
    assert log.validation_error == (0.5, 0.25)
    assert log.at == (1.0, 2.0)


def test_an_evaluation_after_the_training_is_no_point_of_its_own(tmp_path):
    """Hugging Face's ``evaluate()``; with load_best_model_at_end it is of an earlier state."""
    history = [
        {"epoch": 0.0, "loss": 0.54, "step": 0},
        {"epoch": 0.0, "eval_loss": 0.25, "step": 0},
        {"epoch": 1.0, "loss": 0.01, "step": 13},
        {"epoch": 1.0, "eval_loss": 0.5, "step": 13},
        {"epoch": 1.0, "train_loss": 0.1, "step": 13},
        {"epoch": 1.0, "eval_loss": 0.25, "step": 13},
    ]
    log = read_log(written(tmp_path, "a.json", json.dumps({"log_history": history})))
    assert log.validation_loss == (0.25, 0.5)
    assert log.training_loss == (0.54, 0.01)
    text = "epoch,loss,val_loss\n0,0.5,0.6\n0,0.4,0.5\n1,,0.4\n"
    assert read_log(written(tmp_path, "a.csv", text)).points == 3, "validated within the epoch"


def test_epochs_that_begin_anew_are_told(tmp_path):
    """Keras' CSVLogger(append=True), without initial_epoch."""
    text = "epoch,loss,val_loss\n0,0.43,0.57\n1,0.41,0.56\n2,0.40,0.56\n0,0.38,0.56\n1,0.37,0.55\n"
    log = read_log(written(tmp_path, "a.csv", text))
    assert (log.axis, log.at) == ("point", (1.0, 2.0, 3.0, 4.0, 5.0))
    assert log.training_loss == (0.43, 0.41, 0.40, 0.38, 0.37)
    assert "the epochs in a.csv begin anew" in log.notes[0]


def test_training_by_minibatch_beside_validation_by_epoch_is_left_out(tmp_path):
    entries = [{"step": step, "train_loss": 1 / (step + 1)} for step in range(120)]
    for epoch in range(3):
        entries[epoch]["val_loss"] = 0.5
    log = read_log(written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, entries))))
    assert log.training_loss is None
    assert list(log.names) == ["validation_loss"]
    assert (
        "117 of 120 values of train_loss lie behind the last validation, at step 2" in log.notes[0]
    )


def test_steps_tell_where_training_belongs_whatever_the_order(tmp_path):
    rows = "10,0.9,\n20,0.7,\n30,0.5,\n40,0.3,\n20,,1.0\n40,,0.5\n"
    log = read_log(written(tmp_path, "a.csv", f"step,loss,val_loss\n{rows}"))
    assert log.training_loss == (0.8, 0.4)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "nested.jsonl",
            '{"epoch": 1, "train": {"loss": 1.0, "acc": 0.5}, "val": {"loss": 2.0, "acc": 0.25}}\n'
            '{"epoch": 2, "train": {"loss": 0.5, "acc": 0.75}, "val": {"loss": 1.5, "acc": 0.5}}',
        ),
        (
            "dotted.csv",
            "epoch,train.loss,train.acc,valLoss,val/acc\n1,1.0,0.5,2.0,0.25\n2,0.5,0.75,1.5,0.5\n",
        ),
        (
            "plural.json",
            '{"epochs": 2, "train_losses": [1.0, 0.5], "train_accs": [0.5, 0.75], '
            '"val_losses": [2.0, 1.5], "val_accuracies": [0.25, 0.5], "matrix": [[1], [2], [3]]}',
        ),
        (
            "wrapped.json",
            '{"config": {"b": 8}, "history": {"train": {"loss": [1.0, 0.5], "acc": [0.5, 0.75]}, '
            '"val": {"loss": [2.0, 1.5], "acc": [0.25, 0.5]}}}',
        ),
        (
            "pandas.json",  # DataFrame.to_json
            '{"loss": {"0": 1.0, "1": 0.5}, "accuracy": {"0": 0.5, "1": 0.75}, '
            '"val_loss": {"0": 2.0, "1": 1.5}, "val_accuracy": {"0": 0.25, "1": 0.5}}',
        ),
        (
            "long.csv",
            "phase,epoch,loss,acc\ntrain,1,1.0,0.5\ntrain,2,0.5,0.75\n"
            "val,1,2.0,0.25\nval,2,1.5,0.5\ntest,2,9.0,0.9\n",
        ),
        (
            "wandb.csv",
            "Step,calm-sea - train/loss,calm-sea - train/loss__MIN,calm-sea - train/loss__MAX,"
            "calm-sea - train/acc,calm-sea - val/loss,calm-sea - val/acc\n"
            "1,1.0,0.9,1.1,0.5,2.0,0.25\n2,0.5,0.4,0.6,0.75,1.5,0.5\n",
        ),
        (
            "resumed.csv",
            "epoch,loss,acc,val_loss,val_acc\n1,1.0,0.5,2.0,0.25\n"
            "epoch,loss,acc,val_loss,val_acc\n2,0.5,0.75,1.5,0.5\n",
        ),
    ],
)
def test_curves_lie_in_objects_columns_and_long_tables(name: str, text: str, tmp_path):
    log = read_log(written(tmp_path, name, text))
    assert log.training_loss == (1.0, 0.5)
    assert log.training_error == (0.5, 0.25)
    assert log.validation_loss == (2.0, 1.5)
    assert log.validation_error == (0.75, 0.5)
    assert log.at == (1.0, 2.0)


def test_accuracies_beyond_1_are_percentages(tmp_path):
    """timm's summary.csv, and loops of one's own."""
    text = "epoch,train_loss,train_acc,eval_loss,eval_top1\n0,0.7,0.8,0.6,60\n1,0.5,75,0.5,\n"
    log = read_log(written(tmp_path, "summary.csv", text))
    assert log.training_error == pytest.approx((0.992, 0.25))
    assert log.validation_error == (0.4, None)
    log = read_log(written(tmp_path, "a.csv", "accuracy\n1.0000001\n0.5\n"))
    assert log.training_error == (0.0, 0.5), "a rounded mean of ones"


def test_percent_signs_are_read(tmp_path):
    text = "epoch;train_acc;val_acc\n1;50%;25.0 %\n2;97,5%;75 %\n"
    log = read_log(written(tmp_path, "a.csv", text))
    assert log.training_error == pytest.approx((0.5, 0.025))
    assert log.validation_error == pytest.approx((0.75, 0.25))


def test_losses_of_quantities_stand_for_the_loss_where_there_is_none(tmp_path):
    text = "epoch,mae,train_mse,val_mae,val_mse\n1,9,1.0,8,2.0\n2,9,0.5,8,1.5\n"
    log = read_log(written(tmp_path, "a.csv", text))
    assert log.names == {"training_loss": "train_mse", "validation_loss": "val_mse"}
    log = read_log(written(tmp_path, "a.csv", "loss,mse,val_loss,val_mse\n1,2,3,4\n1,2,3,4\n"))
    assert log.names == {"training_loss": "loss", "validation_loss": "val_loss"}
    columns = {"train": {"rmse": LOSSES}, "test": {"rmse": LOSSES}}  # xgboost's evals_result
    names = read_log(written(tmp_path, "log.json", json.dumps(columns))).names
    assert names == {"training_loss": "train_rmse", "validation_loss": "test_rmse"}


def test_test_rows_that_were_looked_at_along_the_training_stand_for_validation(tmp_path):
    text = "epoch,train_loss,Loss/test,test_acc1\n0,0.7,0.6,60.0\n1,0.5,0.56,70.0\n"
    log = read_log(written(tmp_path, "a.csv", text))
    assert log.validation_loss == (0.6, 0.56)
    assert log.validation_error == pytest.approx((0.4, 0.3))
    assert log.names["validation_loss"] == "test_loss"
    assert "taken for it: test_acc1, test_loss, which" in log.notes[0]
    for text in (
        "epoch,loss,test_loss\n0,0.7,\n1,0.5,0.9\n",  # once, at the end
        "epoch,loss,test_loss,val_loss\n0,0.7,0.9,0.6\n1,0.5,0.9,0.5\n",
    ):
        log = read_log(written(tmp_path, "a.csv", text))
        assert log.training_loss == (0.7, 0.5)
        assert log.names.get("validation_loss", "val_loss") == "val_loss"


def test_of_names_that_become_one_the_first_that_holds_something_is_taken(tmp_path):
    text = "epoch,train/loss,train_losses\n0,,0.7\n1,0.5,0.6\n"
    assert read_log(written(tmp_path, "a.csv", text)).training_loss == (0.7, 0.5)


def test_json_lines_without_validation(tmp_path):
    text = '{"step": 100, "loss": 2.0}\n\n{"step": 200, "loss": NaN}\n'
    log = read_log(written(tmp_path, "log.jsonl", text))
    assert (log.layout, log.axis, log.at) == ("JSON lines", "step", (100.0, 200.0))
    assert log.training_loss == (2.0, None)
    assert log.validation_loss is None


def test_text_that_stands_for_no_number_is_missing_and_messages_are_no_curve(tmp_path):
    text = "epoch,loss,val_loss,error\n0,1.0,None,\n1,inf,0.5,out of memory\n2,0.25,-,\n"
    log = read_log(written(tmp_path, "a.csv", text))
    assert log.validation_loss == (0.5,)
    assert log.training_loss == (None,)
    assert log.training_error is None


@pytest.mark.parametrize(
    ("losses", "point"),
    [
        ((2.0, 1.0, None, 0.5, None, None), None),  # validated more often than it is logged
        ((2.0, 1.0, None, "nan", None, "inf"), 4),
        ((2.0, "nan", 1.0, None, "nan", 0.5), None),
        ((None,) * 5 + ("nan",), 6),
    ],
)
def test_only_what_was_logged_and_is_not_finite_diverged(losses, point, tmp_path):
    entries = [
        {"step": step, "train_loss": loss, "val_loss": 1 / step}
        for step, loss in enumerate(losses, 1)
    ]
    log = read_log(written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, entries))))
    assert log.points == len(losses)
    assert log.diverged_at == {"training_loss": point, "validation_loss": None}


def test_an_accuracy_without_a_split_beside_named_losses_is_not_taken_for_training(tmp_path):
    """fastai's CSVLogger; its metrics are of the validation rows."""
    text = "epoch,train_loss,valid_loss,{},time\n0,0.7,0.6,0.6,00:01\n1,0.5,0.56,0.7,00:01\n"
    log = read_log(written(tmp_path, "history.csv", text.format("accuracy")))
    assert log.training_error is None
    assert log.validation_error == pytest.approx((0.4, 0.3))
    assert log.notes == ()
    log = read_log(written(tmp_path, "history.csv", text.format("error_rate")))
    assert log.validation_error == (0.6, 0.7)
    text = "epoch,train_loss,val_loss,acc\n0,0.7,0.6,0.6\n1,0.5,0.56,0.7\n"
    log = read_log(written(tmp_path, "mine.csv", text))
    assert log.training_error is log.validation_error is None
    assert "Call it train_acc or val_acc in mine.csv." in log.notes[0]
    assert diagnose_log(log, LogContext()).not_said[0] == log.notes[0]
    text = "train_loss,val_loss,acc,val_acc\n0.7,0.6,0.6,0.5\n"
    log = read_log(written(tmp_path, "mine.csv", text))
    assert (log.training_error, log.validation_error) == ((0.4,), (0.5,))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20))
def test_what_is_written_is_read(tmp_path_factory, losses):
    file = tmp_path_factory.getbasetemp() / "same.jsonl"
    file.write_text("\n".join(json.dumps({"loss": v, "val_loss": v / 2}) for v in losses))
    log = read_log(file)
    assert log.training_loss == tuple(losses)
    assert log.validation_loss == tuple(v / 2 for v in losses)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "epoch,lr\n1,0.1\n", "a.csv has no curve that is known; it has epoch, lr."),
        ("a.csv", "BLEU/val\n0.1\n", "a.csv has no curve that is known; it has BLEU/val. Give"),
        ("a.csv", "epoch,loss\n", "a.csv has no row below a header of names: epoch, training_loss"),
        ("a.json", "[]", "a.json must hold an object an entry"),
        ("a.json", "3", "a.json holds no training log. It can be a .csv with a header"),
        ("a.json", '{"loss": [1, 2], "val_loss": [1]}', "differ in length: loss 2, val_loss 1"),
        ("a.json", '{"loss": [1, 2], "val_loss": [1]}', "Write a list of the same length for each"),
        ("a.json", "{'loss': [1, 2]}", "It is a dict as Python prints it; write it with json.dump"),
        ("a.csv", "Step,a - loss,b - b - loss\n1,2,3\n", "a.csv holds 2 runs: a, b - b. Keep the"),
        ("a.jsonl", '{"loss": 1}\nloss 2\n', "a.jsonl, line 2, is no JSON"),
        (
            "a.csv",
            "accuracy,val_accuracy\n97.5,0.9\n",
            "accuracy holds 97.5; errors and accu",
        ),
        (
            "a.csv",
            'epoch,loss,val_loss\n0,"0,5",0.7\n1,0.4,0.6\n',
            "a.csv: loss is '0,5' in entry 1, which is no number. Write numbers with a",
        ),
        ("a.json", '{"loss": [1, 2], "val_loss": [1, "x"]}', "val_loss is 'x' in entry 2"),
        ("a.csv", "error\n3.5\n", "error holds 3.5; errors and accuracies must be fractions"),
    ],
)
def test_what_cannot_be_read_is_refused(name: str, text: str, said: str, tmp_path):
    with pytest.raises(DiagnosisError) as caught:
        read_log(written(tmp_path, name, text))
    assert said in str(caught.value)


def test_no_file_and_no_text(tmp_path):
    with pytest.raises(DiagnosisError, match="cannot be read: No such file"):
        read_log(tmp_path / "none.csv")
    (tmp_path / "events.out").write_bytes(bytes(range(256)))
    with pytest.raises(DiagnosisError, match=r"events\.out is no text"):
        read_log(tmp_path / "events.out")
