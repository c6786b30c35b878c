"""Training logs as they were printed: by frameworks, and by loops of one's own."""

import time

import pytest
from netclinic.diagnostics import DiagnosisError
from netclinic.diagnostics.logs.log_files import read_log

KERAS = """Epoch 1/2
  1/469 [..] - ETA: 1:02 - loss: 2.3000 - accuracy: 0.1000\r469/469 [==] - 2s 4ms/step - loss: 0.5 \
- accuracy: 0.75 - val_loss: 1.0 - val_accuracy: 0.5 - lr: 0.001
Epoch 2/2
\x1b[1m469/469\x1b[0m \x1b[32m━━\x1b[0m 2s 4ms/step - accuracy: 0.875 - loss: 0.25 \
- val_accuracy: 0.75 - val_loss: 0.5
"""
XGBOOST = """[0]\ttrain-logloss:0.50000\ttrain-error:0.25\teval-logloss:1.0\teval-error:0.5
[10]\ttrain-logloss:0.25000\ttrain-error:0.125\teval-logloss:0.5\teval-error:0.25
"""
LIGHTGBM = """[LightGBM] [Info] Number of positive: 10, number of negative: 20
[0]\ttraining's multi_logloss: 0.5\ttraining's multi_error: 0.25\tvalid_1's multi_logloss: 1.0\t\
valid_1's multi_error: 0.5
[10]\ttraining's multi_logloss: 0.25\ttraining's multi_error: 0.125\tvalid_1's multi_logloss: 0.5\t\
valid_1's multi_error: 0.25
Early stopping, best iteration is: [10]
"""
TUTORIAL = """Epoch 0/1
----------
train Loss: 0.5 Acc: 0.75
val Loss: 1.0 Acc: 0.5

Epoch 1/1
----------
train Loss: 0.25 Acc: 0.875
val Loss: 0.5 Acc: 0.75
Training complete in 1m 5s
"""
OWN = """device: 0, classes: 3
Epoch 001 | Train Loss: 0.5, Acc: 75.00% | Val Loss: 1.0, Acc: 50%
Epoch 002 | Train Loss: 0.25, Acc: 87.50% | Val Loss: 0.5, Acc: 75%
"""
LIGHTNING = """Epoch 0: 0%| | 0/9 [00:00<?]\rEpoch 0: 100%|█| 9/9 [00:01, train_loss=0.500, \
train_acc=0.75, val_loss=1.000, val_acc=0.5]
Epoch 1: 100%|█| 9/9 [00:01<00:00, 9it/s, v_num=0, train_loss=0.250, train_acc=0.875, \
val_loss=0.500, val_acc=0.75]
"""
SKORCH = """  epoch    train_acc    train_loss    valid_acc    valid_loss     dur
-------  -----------  ------------  -----------  ------------  ------
      1       0.7500        0.5000       0.5000        1.0000  0.0500
      2       0.8750        0.2500       0.7500        0.5000  0.0400
"""


@pytest.mark.parametrize(
    "text",
    [KERAS, XGBOOST, LIGHTGBM, TUTORIAL, OWN, LIGHTNING, SKORCH, SKORCH.replace("  ", " | ")],
)
def test_what_was_printed_is_read(tmp_path, text) -> None:
    file = tmp_path / "training.txt"
    file.write_text(text)
    log = read_log(file)
    assert log.layout == "printed text"
    assert (log.training_loss, log.validation_loss) == ((0.5, 0.25), (1.0, 0.5))
    assert (log.training_error, log.validation_error) == ((0.25, 0.125), (0.5, 0.25))
    assert (log.axis, len(log.at)) == ("iteration" if text[0] == "[" else "epoch", 2)


def test_fastai_prints_an_accuracy_of_validation_rows(tmp_path) -> None:
    file = tmp_path / "fastai.txt"
    rows = "0         0.500000    1.000000    0.500000  00:10     \n"
    file.write_text(f"epoch     train_loss  valid_loss  accuracy  time    \n{rows}{rows}")
    log = read_log(file)
    assert (log.training_error, log.validation_error) == (None, (0.5, 0.5))


def test_where_no_line_says_its_epoch_each_is_an_entry(tmp_path) -> None:
    file = tmp_path / "bare.log"
    file.write_text("begun\nloss: 0.5 val_loss: 1.0\n\nloss=0.25, val_loss=nan\n")
    log = read_log(file)
    assert (log.training_loss, log.validation_loss) == ((0.5, 0.25), (1.0, None))


@pytest.mark.parametrize(
    "text",
    [
        "It was good: 3 of 4 cases.\nloss of time: 3\n",
        "Epoch 1\nEpoch 2\n",
        "Epoch 1: loss: 0.5\n",  # a single one is no curve
        "[0]\tvalidation_0-logloss:0.6\n[1]\tvalidation_0-logloss:0.5\n",
    ],
)
def test_other_text_is_refused_and_told_what_is_read(tmp_path, text) -> None:
    file = tmp_path / "prose.txt"
    file.write_text(text)
    with pytest.raises(DiagnosisError, match="or what a training printed, in which lines say"):
        read_log(file)


def test_a_line_without_an_end_is_refused_at_once(tmp_path) -> None:
    file = tmp_path / "endless.txt"
    file.write_text("word" * 50_000 + " loss " * 50_000)
    begun = time.monotonic()
    with pytest.raises(DiagnosisError):
        read_log(file)
    assert time.monotonic() - begun < 10
