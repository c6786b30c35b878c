"""TensorBoard's event files, written by TensorBoard's own writer."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from netclinic.diagnostics import DiagnosisError
from netclinic.diagnostics.logs.log_files import read_log
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util.tensor_util import make_tensor_proto

Scalars = dict[str, list[tuple[int, float]]]


def scalar(name: str, value: float) -> Summary.Value:
    return Summary.Value(tag=name, simple_value=value)


def tensor(name: str, value: float) -> Summary.Value:
    """A scalar as TensorFlow 2 writes it."""
    plugin = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="scalars"))
    return Summary.Value(tag=name, tensor=make_tensor_proto(np.float32(value)), metadata=plugin)


def written(folder: Path, scalars: Scalars, kind=scalar) -> Path:
    writer = EventFileWriter(str(folder))
    for name, points in scalars.items():
        for step, value in points:
            writer.add_event(Event(step=step, summary=Summary(value=[kind(name, value)])))
    writer.close()
    return folder


def test_one_run_logs_training_between_validations(tmp_path):
    training = [(10, 1.0), (20, 0.5), (30, 0.25)]
    validation = {"Loss/val": [(20, 0.75), (30, 0.5)], "Accuracy/val": [(20, 0.5), (30, 0.75)]}
    log = read_log(written(tmp_path / "run", {"Loss/train": training, **validation}))
    assert (log.source, log.layout, log.axis, log.at) == ("run", "TensorBoard", "step", (20, 30))
    assert log.training_loss == (0.75, 0.25)
    assert log.validation_loss == (0.75, 0.5)
    assert log.validation_error == (0.5, 0.25)


def test_keras_writes_two_runs_of_tensors(tmp_path):
    for run, losses in (("train", (1.0, 0.5)), ("validation", (1.5, 1.25))):
        curves = {"epoch_loss": list(enumerate(losses)), "epoch_accuracy": [(0, 0.5), (1, 0.75)]}
        written(tmp_path / "logs" / run, curves, tensor)
    log = read_log(tmp_path / "logs")
    assert log.at == (0, 1)
    assert (log.training_loss, log.validation_loss) == ((1.0, 0.5), (1.5, 1.25))
    assert log.training_error == log.validation_error == (0.5, 0.25)


def test_the_lines_of_one_picture_are_one_training(tmp_path):
    """PyTorch's add_scalars, which makes a run of each line."""
    for name, curve, points in (
        ("Loss_all_train", "Loss/all", [(0, 1.0), (1, 0.5)]),
        ("acc_train", "acc", [(0, 0.5), (1, 0.75)]),
        ("acc_val", "acc", [(0, 0.25), (1, 0.5)]),
    ):
        written(tmp_path / name, {curve: points})
    written(tmp_path, {"val_loss": [(0, 2.0), (1, 1.5)], "lr": [(0, 0.1)]})
    log = read_log(tmp_path)
    assert log.training_error == (0.5, 0.25)
    assert log.validation_error == (0.75, 0.5)
    assert log.validation_loss == (2.0, 1.5)
    written(tmp_path / "b_train", {"loss": [(0, 1.0)]})
    with pytest.raises(DiagnosisError, match="holds 5 runs"):
        read_log(tmp_path)


def test_a_single_file_and_a_step_logged_again(tmp_path):
    folder = written(tmp_path, {"train/loss": [(1, 9.0), (2, 0.5), (1, 1.0)]})
    (file,) = folder.iterdir()
    log = read_log(file)
    assert log.at == (1, 2)
    assert log.training_loss == (1.0, 0.5), "the newer one holds"


def test_an_infinite_loss_is_not_finite(tmp_path):
    log = read_log(written(tmp_path, {"loss": [(1, 2.0), (2, float("nan"))]}))
    assert log.training_loss == (2.0, None)


def test_several_runs_are_no_one_training(tmp_path):
    for run in ("lr=0.1", "lr=0.2"):
        written(tmp_path / run, {"loss": [(1, 1.0)]})
    with pytest.raises(DiagnosisError, match=r"2 runs: lr=0\.1, lr=0\.2\. Name the folder of one"):
        read_log(tmp_path)


@pytest.mark.parametrize("runs", ["a/train a/validation b", "a/train b/validation"])
def test_a_pair_among_other_trainings_is_not_taken_for_all_of_them(tmp_path, runs):
    for run in runs.split():
        written(tmp_path / run, {"epoch_loss": [(1, 1.0)]})
    with pytest.raises(DiagnosisError, match=rf"{len(runs.split())} runs: a/train, "):
        read_log(tmp_path)


def test_a_folder_without_events(tmp_path):
    with pytest.raises(DiagnosisError, match="a folder without TensorBoard's event files"):
        read_log(tmp_path)


def test_events_without_scalars(tmp_path):
    with pytest.raises(DiagnosisError, match="holds no scalar, such as a loss"):
        read_log(written(tmp_path, {}))


def test_a_file_that_is_cut_short_is_read_up_to_there(tmp_path):
    (file,) = written(tmp_path, {"loss": [(step, 1 / step) for step in range(1, 9)]}).iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    assert read_log(file).points == 7


def test_a_file_that_is_no_event_file(tmp_path):
    file = tmp_path / "events.out.tfevents.1.host"
    file.write_bytes(b"not events at all, but long enough to look like a record")
    with pytest.raises(DiagnosisError, match="holds no scalar"):
        read_log(file)


def test_without_the_extra(tmp_path, monkeypatch):
    written(tmp_path, {"loss": [(1, 1.0)]})
    monkeypatch.setitem(sys.modules, "tensorboard.backend.event_processing", None)
    with pytest.raises(DiagnosisError, match=r"pip install 'netclinic\[tensorboard\]'"):
        read_log(tmp_path)


def test_other_logs_do_not_load_it():
    code = "import netclinic.diagnostics.logs.log_files, sys; print('tensorboard' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
