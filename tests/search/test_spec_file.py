"""Loading a spec: defaults, overrides, the resolved form, and files that cannot be read."""

from pathlib import Path

import pytest
from netclinic.search.entries import OneMinusLog
from netclinic.search.spec import TABLES, StudySpec
from netclinic.search.spec_errors import SpecError
from netclinic.search.spec_file import LoadedSpec, load_spec, parse_spec
from pydantic import ValidationError

HEAD = '[study]\nname = "a"\n[data]\nsource = "digits"\n'
NAMES = "[study], [data], [network], [training], [search], [pruning], [diagnosis], [compute]"
REPOSITORY = Path(__file__).parents[2]


def parse(text: str, *overrides: str) -> LoadedSpec:
    return parse_spec(text, file="digits.toml", folder=Path("/specs"), overrides=overrides)


def test_two_keys_make_a_spec_and_the_rest_has_the_documented_defaults() -> None:
    assert parse(HEAD).resolved == {
        "study": {
            "name": "a",
            "trials": 64,
            "seed": 0,
            "replicates": 1,
            "objective": "error",
            "objective_task": None,
            "finalists": 5,
            "timeout": None,
        },
        "data": {
            "source": "digits",
            "task": "classification",
            "target": None,
            "targets": None,
            "ignore": None,
            "missing": None,
            "target_transform": None,
            "labels": None,
            "validation": 0.2,
            "test": 0.2,
            "split": "random",
            "group": None,
            "order": None,
            "copies": None,
            "bridge": None,
            "features": None,
            "standardize": True,
            "train_rows": None,
            "rows": None,
            "dimensions": None,
            "image_size": None,
            "image_mode": None,
        },
        "network": {
            "kind": "mlp",
            "arguments": None,
            "code": None,
            "shape": None,
            "channels": None,
            "blocks": None,
            "kernel": None,
            "stride": None,
            "padding": None,
            "hidden": [128, 128],
            "activation": "relu",
            "initializer": "he_normal",
            "normalization": None,
            "init_from": None,
            "init_digest": None,
            "transfer": None,
        },
        "training": {
            "optimizer": "sgd",
            "epochs": 20,
            "batch_size": None,
            "schedule": "constant",
            "decay_epochs": None,
            "patience": None,
            "class_weights": "none",
        },
        "search": {
            "sampler": "random",
            "learning_rate": {"log": [1e-5, 1e-1]},
            "head_learning_rate": None,
            "weight_decay": {"log": [1e-7, 1e-1]},
            "momentum": {"one_minus_log": [1e-3, 1e-1]},
            "beta2": 0.999,
            "epsilon": 1e-8,
            "decay_rate": 1.0,
            "warmup": 0.0,
            "clip_norm": None,
            "label_smoothing": 0.0,
            "task_weights": None,
            "dropout": 0.0,
            "augment_flip": 0.0,
            "augment_rotation": 0.0,
            "augment_shift": 0.0,
            "augment_brightness": 0.0,
            "augment_contrast": 0.0,
            "augment_color": 0.0,
            "augment_noise": 0.0,
            "augment_cutout": 0.0,
            "layers": None,
            "units": None,
            "batch_size": None,
            "activation": None,
            "initializer": None,
            "arguments": None,
        },
        "pruning": {
            "kind": "none",
            "every": None,
            "window": 8,
            "min_epochs": None,
            "startup": 8,
            "percentile": 50.0,
            "reduction": 2,
            "p_threshold": 0.1,
        },
        "diagnosis": {
            "bayes_error": "estimate",
            "task_bayes_error": None,
            "human_error": None,
            "label_noise": None,
            "soft_labels": None,
            "tolerance": 0.02,
            "regions": True,
            "vital_signs": True,
            "groups": None,
        },
        "compute": {
            "lanes": "auto",
            "strategy": "auto",
            "convolution": "auto",
            "segment": 5,
            "devices": "auto",
            "data": "auto",
        },
    }


def test_the_default_momentum_lies_between_0_9_and_0_999() -> None:
    momentum = parse(HEAD).spec.search.momentum
    assert isinstance(momentum, OneMinusLog)
    assert (momentum.low, momentum.high) == (0.9, 0.999)


def test_the_text_is_kept_as_written() -> None:
    text = "# mine\r\n" + HEAD
    assert parse(text, "study.trials=3").text == text


def test_a_spec_is_frozen() -> None:
    spec = parse(HEAD).spec
    with pytest.raises(ValidationError, match="frozen"):
        spec.study.trials = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    "source",
    ["sets/x.npz", "X.CSV", "./x.parquet", "make.py:moons", "/abs/x.npz", "sets/photos", "/abs/p"],
)
def test_a_file_is_resolved_against_the_folder_of_the_spec(source: str) -> None:
    target = ("data.target=y",) if source.endswith(("CSV", "parquet")) else ()
    loaded = parse(HEAD, f"data.source={source}", *target)
    wanted = str(Path("/specs") / source)
    assert loaded.resolved["data"]["source"] == loaded.spec.data.source == wanted
    assert loaded.folder == Path("/specs")


@pytest.mark.parametrize(
    ("source", "place"),
    [("~/iris.csv", "/home/me/iris.csv"), ("~nil-user/iris.csv", "/specs/~nil-user/iris.csv")],
)
def test_a_tilde_is_the_home_folder(monkeypatch, source: str, place: str) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    found = parse(f'study = {{name = "a"}}\ndata = {{source = "{source}", target = "y"}}\n')
    assert found.spec.data.source == place


def test_every_file_of_a_npy_source_is_resolved_against_the_folder_of_the_spec() -> None:
    given = ("data.source=x.npy", "data.labels=y.npy", "data.split=grouped", "data.group=who.npy")
    data = parse(HEAD, *given).spec.data
    assert [data.source, data.labels, data.group] == [
        str(Path("/specs") / name) for name in ("x.npy", "y.npy", "who.npy")
    ]


def test_the_tables_are_those_of_the_spec() -> None:
    assert {name: field.annotation for name, field in StudySpec.model_fields.items()} == TABLES


def test_a_file_is_loaded_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.replace("digits", "x.npz").encode())
    loaded = load_spec(path, ["study.seed=7"])
    assert loaded.spec.study.seed == 7
    assert loaded.spec.data.source == str(tmp_path / "x.npz")


def test_the_example_is_the_default_study_on_digits() -> None:
    spec = load_spec(REPOSITORY / "examples/digits.toml").spec
    assert spec == StudySpec.model_validate(
        {
            "study": {"name": "digits"},
            "data": {"source": "digits"},
            "training": {"batch_size": 128},  # which is what its 1,079 training rows get
        }
    )


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'[study]\nname = "caf\xe9"\n')
    expected = {
        tmp_path / "rows.csv": 'these are data, not the spec of a study: write one with "netclinic '
        'init", and in it source = "rows.csv".',
        tmp_path / "no.toml": 'no such file: write one with "netclinic init".',
        tmp_path: "this is a folder: name the spec file inside it.",
        latin: "line 2: byte 0xe9 is not UTF-8: save it as UTF-8.",
        latin / "x.toml": "cannot be read: Not a directory.",
    }
    for path, text in expected.items():
        with pytest.raises(SpecError) as caught:
            load_spec(path)
        assert str(caught.value) == f"{path}: {text}"
    with pytest.raises(SpecError, match=r"^a\\u0000b: cannot be read: embedded null byte.$"):
        load_spec(Path("a\0b"))


# (whole text, whole message)
BROKEN_FILES = [
    (
        "",
        "digits.toml: [study]: this table is missing: write a line [study] and below it, for "
        'example, name = "digits-mlp".\n'
        "digits.toml: [data]: this table is missing: write a line [data] and below it, for "
        'example, source = "digits".',
    ),
    (
        '[study]\n[data]\nsource = "iris"\n',
        'digits.toml: [study] name: missing: write for example name = "digits-mlp".',
    ),
    (
        HEAD + "[trainning]\nepochs = 1\n",
        f"digits.toml: [trainning]: unknown table; did you mean [training]? Allowed: {NAMES}.",
    ),
    (HEAD + "[zzz]\n", f"digits.toml: [zzz]: unknown table. Allowed: {NAMES}."),
    (
        "epochs = 3\n" + HEAD,
        "digits.toml: epochs: this key stands before any table; it belongs to [training].",
    ),
    (
        "zzz = 3\n" + HEAD,
        f"digits.toml: zzz: this key stands before any table; the tables are {NAMES}.",
    ),
    (
        HEAD + "[[training]]\nepochs = 3\n",
        "digits.toml: [training]: got [{epochs = 3}], which is no table: write a line [training] "
        "and its keys below it.",
    ),
    (
        HEAD + "[network]\nhidden = []\n[search]\nlayers = {int = [1, 4]}\n",
        "digits.toml: [search] layers: needs units beside it, since [network] hidden = [] gives "
        "none: write for example units = {int = [16, 256]}.",
    ),
    (
        HEAD + "[network]\nhidden = []\n[search]\nunits = {int = [1, 4]}\n",
        "digits.toml: [search] units: needs layers beside it, since [network] hidden = [] gives "
        "none: write for example layers = {int = [1, 4]}.",
    ),
    (
        HEAD + '[network]\nkind = "cnn"\n',
        'digits.toml: [network] channels: missing, but needed by kind = "cnn": write for example '
        "channels = [16, 32].",
    ),
    (
        HEAD + '[network]\nkind = "resnet"\n',
        'digits.toml: [network] channels: missing, but needed by kind = "resnet": write for '
        "example channels = [16, 32].",
    ),
    (
        HEAD + '[network]\nkind = "resnet"\nchannels = [4, 4]\nblocks = [1]\n',
        "digits.toml: [network] blocks: got [1]; 1 for the 2 of channels = [4, 4]: write one "
        "number, or a list of 2.",
    ),
    (
        HEAD + '[network]\nkind = "resnet"\nchannels = [4, 4]\nkernel = 3\n',
        'digits.toml: [network] kernel: got 3; belongs to kind = "cnn": write that, or remove this '
        "key.",
    ),
    (
        HEAD + '[network]\nkind = "resnet"\nchannels = [4]\nhidden = [8]\n',
        "digits.toml: [network] hidden: got [8]; a resnet has no dense layers: remove this key, or "
        "write more channels or blocks.",
    ),
    (
        HEAD + '[network]\nkind = "resnet"\nchannels = [4]\n[search]\nlayers = {int = [1, 4]}\n',
        'digits.toml: [search] layers: [network] kind = "resnet" has no dense layers: remove this '
        "key, and write more [network] channels or blocks.",
    ),
    (
        HEAD + '[network]\nkind = "resnet"\nchannels = [4, 4, 4]\nshape = [2, 2]\n',
        "digits.toml: [network] channels: got [4, 4, 4]; stage 3 got 1 position along every axis, "
        "expected at least 2, since each stage but the first halves them: write at most 2 stages, "
        "or a larger shape.",
    ),
    (
        HEAD + '[network]\nkind = "cnn"\nchannels = [4, 4]\nkernel = [3]\n',
        "digits.toml: [network] kernel: got [3]; 1 for the 2 of channels = [4, 4]: write one "
        "number, or a list of 2.",
    ),
    (
        HEAD + '[network]\nkind = "cnn"\nchannels = [4, 4]\nshape = [8, 8]\n'
        "kernel = 5\nstride = 2\npadding = 0\n",
        "digits.toml: [network] kernel: got 5; layer 2 got 2 × 2 positions, which padding 0 leaves "
        "at 2, for a kernel of 5; expected at least 5 along every axis: write a smaller kernel or "
        'a smaller stride, or padding = "same".',
    ),
    (
        HEAD + '[network]\nkind = "cnn"\nchannels = [4, 4]\nshape = [40]\npadding = [1, 3]\n',
        "digits.toml: [network] padding: got [1, 3]; layer 2 got a padding of 3 for a kernel of 3; "
        "expected at most 2, or windows would hold nothing but zeros.",
    ),
    (
        "[study]\nname = digits\n",
        'digits.toml: line 2, column 8: not valid TOML: Invalid value: write name = "digits".',
    ),
    (
        "[data]\nstandardize = True\n",
        "digits.toml: line 2, column 15: not valid TOML: Invalid value: write standardize = true.",
    ),
    (
        "[data]\ntest = .5 # half\n",
        "digits.toml: line 2, column 8: not valid TOML: Invalid value: write test = 0.5.",
    ),
    (
        HEAD + "[data]\n",
        "digits.toml: line 5, column 6: not valid TOML: Cannot declare ('data',) twice.",
    ),
    (
        "[study]\nname = ",
        "digits.toml: line 2, column 8: not valid TOML: Invalid value.",
    ),
    (
        "[study]\nname = [",
        "digits.toml: line 2, column 9: not valid TOML: Invalid value.",
    ),
    (
        f"a = {'1' * 5000}",
        "digits.toml: not valid TOML: a number has too many digits.",
    ),
    (
        f"a = {'[' * 5000}",
        "digits.toml: not valid TOML: lists or tables are nested too deeply.",
    ),
]


@pytest.mark.parametrize(("text", "message"), BROKEN_FILES)
def test_a_broken_file(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert str(caught.value) == message
