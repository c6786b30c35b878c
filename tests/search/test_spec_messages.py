"""Every way to get a spec wrong, with the whole message that the user reads."""

from pathlib import Path

import pytest
from netclinic.search.spec_errors import Problem, SpecError
from netclinic.search.spec_file import parse_spec

HEAD = '[study]\nname = "a"\n[data]\nsource = "digits"\n'
COUNT = "a whole number from 1 to 1,000,000"
NAME = (
    "1 to 100 printable characters, no space at either end, no hyphen first; "
    'write for example name = "digits-mlp".'
)
SHARE = "a fraction between 0 and 1, or a number of rows from 1"
SOURCES = (
    '"digits", "breast_cancer", "wine", "iris", "diabetes", "two_gaussians", "twonorm", '
    '"friedman1", a path that ends in '
    '.npz, .npy, .csv or .parquet, "path/to/folder/" or "path/to/file.py:function"'
)
HIDDEN = (
    "a list of at most 64 whole numbers from 1 to 65,536; write for example hidden = [128, 128]."
)
BAYES = (
    '"estimate", a fraction from 0 to below 1 (in regression a mean squared error from 0), or '
    "{value = …, low = …, high = …}"
)
NOISE = "a fraction between 0 and 1, {flipped = …}, {flipped = …, n = …} or {redrawn = …}"
PEOPLE = "{error = …, n = …}, a fraction from 0 to below 1 and a number of rows from 1"
INITIALIZERS = (
    '"he_normal", "he_uniform", "xavier_normal", "xavier_uniform", "xavier_tanh_normal", '
    '"xavier_tanh_uniform", "lecun_normal", "lecun_uniform", "orthogonal"'
)


def message_of(text: str, *overrides: str) -> str:
    with pytest.raises(SpecError) as caught:
        parse_spec(text, file="digits.toml", folder=Path("/specs"), overrides=overrides)
    return str(caught.value)


# (table, line, message after the file's name): the line stands in an otherwise valid spec.
BROKEN_KEYS = [
    ("study", 'name = ""', f'[study] name: got ""; allowed: {NAME}'),
    ("study", 'name = " a"', f'[study] name: got " a"; allowed: {NAME}'),
    ("study", 'name = "a\\tb"', f'[study] name: got "a\\tb"; allowed: {NAME}'),
    ("study", 'name = "-x"', f'[study] name: got "-x"; allowed: {NAME}'),
    ("study", "name = 7", f"[study] name: got 7; allowed: {NAME}"),
    (
        "study",
        "trials = 0",
        f"[study] trials: got 0; allowed: {COUNT}; write for example trials = 64.",
    ),
    (
        "study",
        "trials = true",
        f"[study] trials: got true; allowed: {COUNT}; write for example trials = 64.",
    ),
    (
        "study",
        "trials = 1979-05-27",
        f"[study] trials: got 1979-05-27; allowed: {COUNT}; write for example trials = 64.",
    ),
    (
        "study",
        "seed = -1",
        "[study] seed: got -1; allowed: a whole number from 0 to 9,223,372,036,854,775,807; "
        "write for example seed = 0.",
    ),
    (
        "study",
        "timeout = nan",
        "[study] timeout: got nan; allowed: a number of seconds above 0; "
        "write for example timeout = 600.",
    ),
    (
        "data",
        'source = "digit"',
        f'[data] source: got "digit"; no such source; did you mean "digits"? Allowed: {SOURCES}.',
    ),
    (
        "data",
        'source = "x.txt"',
        f'[data] source: got "x.txt"; no such source. Allowed: {SOURCES}.',
    ),
    (
        "data",
        'source = "https://a.example/b/rows.csv?raw=1"',
        '[data] source: got "https://a.example/b/rows.csv?raw=1"; files are read, no addresses: '
        "download it first, with curl -L -o rows.csv 'https://a.example/b/rows.csv?raw=1', and "
        'write source = "rows.csv".',
    ),
    (
        "data",
        'source = "s3://bucket/rows.parquet"',
        '[data] source: got "s3://bucket/rows.parquet"; files are read, no addresses: copy it to '
        'this machine first, and write source = "rows.parquet".',
    ),
    (
        "data",
        'source = "photos"',
        '[data] source: got "photos"; no such source; if it is a folder, write "photos/". '
        f"Allowed: {SOURCES}.",
    ),
    (
        "data",
        'source = ["digits"]',
        f'[data] source: got ["digits"]; allowed: {SOURCES}; write for example source = "digits".',
    ),
    (
        "data",
        'source = "x.csv"',
        '[data] target: required, since "x.csv" is a table: write the name of the column that '
        'holds the class, for example target = "species".',
    ),
    (
        "data",
        'source = "x.npy"',
        '[data] labels: required, since "x.npy" holds inputs only: write the path of the file that '
        'holds the labels, for example labels = "y.npy".',
    ),
    (
        "data",
        'labels = "y.npy"',
        '[data] labels: got "y.npy"; only a .npy source has its labels in another file, "digits" '
        "has not: remove this key.",
    ),
    (
        "data",
        'source = "x.npy"\nlabels = "y.txt"',
        '[data] labels: got "y.txt"; allowed: a path that ends in .npy, for a .npy source only; '
        'write for example labels = "y.npy".',
    ),
    (
        "data",
        'target = "y"',
        '[data] target: got "y"; only a .csv or .parquet source has a target column, "digits" has '
        "not: remove this key.",
    ),
    (
        "data",
        'source = "friedman1"',
        '[data] task: got "classification"; the target of "friedman1" is a quantity: write task = '
        '"regression", or give another source.',
    ),
    (
        "data",
        'task = "multilabel"',
        '[data] task: got "multilabel"; the target of "digits" is a class: write task = '
        '"classification", or give another source.',
    ),
    (
        "data",
        'source = "x.csv"\ntask = "multilabel"',
        '[data] target: required, since "x.csv" is a table: write a list of the columns that hold '
        'one label each, for example target = ["funny", "sad"].',
    ),
    (
        "data",
        'source = "x.csv"\ntask = "multilabel"\ntarget = "sad"',
        '[data] target: got "sad"; task = "multilabel" takes a list of the columns that hold one '
        'label each: write for example target = ["funny", "sad"].',
    ),
    (
        "data",
        'source = "x.csv"\ntask = "regression"\ntarget = ["a", "b"]',
        '[data] target: got ["a", "b"]; task = "regression" takes the name of the column that '
        'holds the quantity: write for example target = "price". Several columns are learnt at '
        'once by task = "multitask" with [data.targets].',
    ),
    (
        "data",
        'source = "x.csv"\ntask = "multilabel"\ntarget = ["a", "a"]',
        '[data] target: got ["a", "a"]; a column stands there twice: name each once.',
    ),
    (
        "data",
        'source = "friedman1"\ntask = "regression"\n[search]\nlabel_smoothing = 0.1',
        '[search] label_smoothing: smooths classes, and [data] task = "regression" has none: '
        "remove this key.",
    ),
    (
        "data",
        'split = "grouped"',
        '[data] split: got "grouped"; "digits" has no groups or times: write "random" or '
        '"distinct", or give a '
        "table, a .npz or .npy file or a Python function.",
    ),
    (
        "data",
        'source = "x.npz"\nsplit = "grouped"',
        '[data] group: required, since split = "grouped": write the name of the column or array, '
        'for example group = "patient".',
    ),
    (
        "data",
        'order = "day"',
        '[data] order: got "day"; it belongs to split = "ordered": write that, or remove this key.',
    ),
    (
        "data",
        'source = "x.csv"\ntarget = "y"\nsplit = "ordered"\norder = "y"',
        '[data] order: got "y", which is the target: write the name of another column.',
    ),
    (
        "data",
        'ignore = ["id"]',
        '[data] ignore: got ["id"]; only .csv and .parquet files and sets that Hugging Face '
        'datasets saved have columns with names, "digits" has not: remove this key.',
    ),
    (
        "data",
        'target_transform = "log"',
        '[data] target_transform: got "log"; only the target of a regression has a logarithm, '
        'task = "classification" learns something else: remove this key.',
    ),
    (
        "data",
        'missing = "fill"',
        '[data] missing: got "fill"; only tables, .npz files, sets that Hugging Face datasets '
        'saved and Python functions are read with values missing, "digits" is not: remove this '
        "key, or give the arrays as a .npz file.",
    ),
    (
        "data",
        'source = "t.csv"\ntarget = "y"\nmissing = "drop"',
        '[data] missing: got "drop"; allowed: "fill", for a .csv, .parquet or .npz file, a set '
        "that Hugging Face saved or a Python function only; write for example missing = "
        '"fill".',
    ),
    (
        "data",
        "image_size = [28, 28]",
        "[data] image_size: got [28, 28]; only a folder of images has images to change, "
        '"digits" is none: remove this key.',
    ),
    (
        "data",
        'image_mode = "rgb"',
        '[data] image_mode: got "rgb"; only a folder of images has images to change, '
        '"digits" is none: remove this key.',
    ),
    (
        "data",
        "image_size = [28]",
        "[data] image_size: got [28]; allowed: a list of 2 whole numbers from 1 to 65,536, for a "
        "folder of images only; write for example image_size = [28, 28].",
    ),
    (
        "data",
        'features = "spectrum"',
        '[data] features: got "spectrum"; allowed: a "path/to/file.py:name"; write for example '
        'features = "features.py:spectrum".',
    ),
    (
        "data",
        "validation = 1.0",
        f"[data] validation: got 1.0; allowed: {SHARE}; write for example validation = 0.2.",
    ),
    ("data", "test = 0", f"[data] test: got 0; allowed: {SHARE}; write for example test = 0.2."),
    (
        "data",
        "validation = 0.8",
        "[data] test: got 0.2 beside validation = 0.8, which leaves no rows to train on; together "
        "they must stay below 1: write for example 0.2 for each.",
    ),
    (
        "data",
        "standardize = 1",
        "[data] standardize: got 1; allowed: true or false; write for example standardize = true.",
    ),
    (
        "data",
        "rows = 500",
        '[data] rows: got 500; only "two_gaussians", "twonorm", "friedman1" are drawn to '
        'measure, "digits" is not: remove this key, or write train_rows to train on fewer.',
    ),
    (
        "data",
        "dimensions = 5",
        '[data] dimensions: got 5; only "two_gaussians", "twonorm", "friedman1" are drawn to '
        'measure, "digits" is not: remove this key.',
    ),
    (
        "network",
        'kind = "rnn"',
        '[network] kind: got "rnn"; did you mean "cnn"? Allowed: "mlp", "cnn", "resnet", '
        '"path/to/file.py:Network" or "package.module:Network".',
    ),
    *(
        (
            "network",
            f"{key} = {value}",
            f"[network] {key}: got {value}; belongs to kind = {kinds}: write that, or remove this "
            "key.",
        )
        for key, value, kinds in (
            ("channels", "[4]", '"cnn" or "resnet"'),
            ("kernel", "3", '"cnn"'),
            ("stride", "[1, 2]", '"cnn"'),
            ("padding", "0", '"cnn"'),
            ("blocks", "2", '"resnet"'),
        )
    ),
    (
        "network",
        "blocks = [1, 0]",
        "[network] blocks: got [1, 0]; allowed: a whole number from 1 to 64 for all stages, or a "
        "list with one for each stage; write for example blocks = 2.",
    ),
    (
        "network",
        "shape = [8, 8, 3, 1]",
        "[network] shape: got [8, 8, 3, 1]; allowed: a list of 1 to 3 whole numbers from 1 to "
        "65,536, whose product is the number of features; write for example shape = [8, 8].",
    ),
    (
        "network",
        "channels = []",
        "[network] channels: got []; allowed: a list of 1 to 64 whole numbers from 1 to 65,536; "
        "write for example channels = [16, 32].",
    ),
    (
        "network",
        "kernel = 0",
        "[network] kernel: got 0; allowed: a whole number from 1 to 65,536 for all layers, or a "
        "list with one for each layer; write for example kernel = 3.",
    ),
    (
        "network",
        "stride = [1, 0]",
        "[network] stride: got [1, 0]; allowed: a whole number from 1 to 65,536 for all layers, or "
        "a list with one for each layer; write for example stride = [1, 2].",
    ),
    (
        "network",
        'padding = "sane"',
        '[network] padding: got "sane"; did you mean "same"? Allowed: "same", or a whole number '
        "from 0 to 65,536 for all layers, or a list with one for each layer.",
    ),
    ("network", "hidden = 128", f"[network] hidden: got 128; allowed: {HIDDEN}"),
    ("network", "hidden = [128, 0]", f"[network] hidden: got [128, 0]; allowed: {HIDDEN}"),
    (
        "network",
        f"hidden = {[1] * 65}",
        f"[network] hidden: got {str([1] * 65)[:79]}…; allowed: {HIDDEN}",
    ),
    (
        "network",
        'activation = "ReLu"',
        '[network] activation: got "ReLu"; did you mean "relu"? Allowed: "relu", "leaky_relu", '
        '"gelu", "selu", "tanh", "sigmoid".',
    ),
    (
        "network",
        'initializer = "zeros"',
        f'[network] initializer: got "zeros"; allowed: {INITIALIZERS}; write for example '
        'initializer = "he_normal".',
    ),
    (
        "training",
        "epocs = 20",
        '[training] epocs: unknown key; did you mean "epochs"? '
        "Allowed: optimizer, epochs, batch_size, schedule, decay_epochs, patience, class_weights.",
    ),
    (
        "training",
        "learning_rate = 0.1",
        "[training] learning_rate: unknown key; it belongs to [search]. "
        "Allowed: optimizer, epochs, batch_size, schedule, decay_epochs, patience, class_weights.",
    ),
    (
        "training",
        '"a\\u001b[2J" = 1',
        '[training] "a\\u001b[2J": unknown key. '
        "Allowed: optimizer, epochs, batch_size, schedule, decay_epochs, patience, class_weights.",
    ),
    (
        "training",
        "epochs = 20.0",
        f"[training] epochs: got 20.0; allowed: {COUNT}; write for example epochs = 20.",
    ),
    (
        "training",
        "batch_size = {int = [1, 2]}",
        f"[training] batch_size: got {{int = [1, 2]}}; allowed: {COUNT}; "
        "write for example batch_size = 128.",
    ),
    (
        "diagnosis",
        "bayes_error = 1",
        f"[diagnosis] bayes_error: got 1.0; allowed: {BAYES}; write for example "
        'bayes_error = "estimate".',
    ),
    (
        "diagnosis",
        "regions = 1",
        "[diagnosis] regions: got 1; allowed: true or false; write for example regions = true.",
    ),
    (
        "diagnosis",
        'vital_signs = "off"',
        '[diagnosis] vital_signs: got "off"; allowed: true or false; write for example '
        "vital_signs = true.",
    ),
    (
        "diagnosis",
        "groups = 3",
        "[diagnosis] groups: got 3; allowed: a column's name; write for example "
        'groups = "country".',
    ),
    (
        "diagnosis",
        "bayes_error = {value = 0.1}",
        f"[diagnosis] bayes_error: got {{value = 0.1}}; allowed: {BAYES}; write for example "
        'bayes_error = "estimate".',
    ),
    (
        "diagnosis",
        "bayes_error = {value = 0.1, low = 0.2, high = 0.3}",
        "[diagnosis] bayes_error: got {value = 0.1, low = 0.2, high = 0.3}; the value must lie "
        "within its interval: low ≤ value ≤ high.",
    ),
    (
        "diagnosis",
        "human_error = 0.01",
        f"[diagnosis] human_error: got 0.01; allowed: {PEOPLE}; write for example human_error = "
        "{error = 0.012, n = 500}.",
    ),
    (
        "diagnosis",
        "human_error = {error = 1.0, n = 50}",
        f"[diagnosis] human_error: got {{error = 1.0, n = 50}}; allowed: {PEOPLE}; write for "
        "example human_error = {error = 0.012, n = 500}.",
    ),
    (
        "diagnosis",
        "bayes_error = 0.1\nhuman_error = {error = 0.1, n = 50}",
        "[diagnosis] human_error: bayes_error = 0.1 is given, too, which leaves nothing to be "
        'estimated: remove this key, or write bayes_error = "estimate".',
    ),
    (
        "diagnosis",
        "label_noise = {redrawn = 0.1, n = 200}",
        f"[diagnosis] label_noise: got {{redrawn = 0.1, n = 200}}; allowed: {NOISE}; write for "
        "example label_noise = {flipped = 0.05, n = 200}.",
    ),
    (
        "diagnosis",
        "label_noise = 0",
        f"[diagnosis] label_noise: got 0; allowed: {NOISE}; write for example label_noise = "
        "{flipped = 0.05, n = 200}.",
    ),
    (
        "diagnosis",
        'soft_labels = "soft.txt"',
        '[diagnosis] soft_labels: got "soft.txt"; allowed: a path that ends in .npy or .csv; write '
        'for example soft_labels = "soft_labels.npy".',
    ),
    (
        "diagnosis",
        'label_noise = 0.1\nsoft_labels = "soft.npy"',
        '[diagnosis] soft_labels: got "soft.npy" beside label_noise; soft labels tell the Bayes '
        "error by themselves: remove this key, or the other.",
    ),
    (
        "diagnosis",
        "tolerance = 2",
        "[diagnosis] tolerance: got 2; allowed: a fraction between 0 and 1; write for example "
        "tolerance = 0.02.",
    ),
    (
        "compute",
        'lanes = "aut"',
        '[compute] lanes: got "aut"; did you mean "auto"? '
        'Allowed: "auto" or a whole number from 1 to 65,536.',
    ),
    (
        "compute",
        'convolution = "im2co"',
        '[compute] convolution: got "im2co"; did you mean "im2col"? '
        'Allowed: "auto", "im2col", "chwn", "native".',
    ),
    (
        "compute",
        "devices = 0",
        '[compute] devices: got 0; allowed: "auto" or a whole number from 1; write for example '
        'devices = "auto".',
    ),
]


@pytest.mark.parametrize(("table", "line", "message"), BROKEN_KEYS)
def test_a_broken_key(table: str, line: str, message: str) -> None:
    required = {"study": 'name = "a"', "data": 'source = "digits"'}
    parts = {**required, table: required.get(table, "")}
    key = line.partition(" = ")[0]
    kept = "" if parts[table].startswith(key) else parts[table]
    parts[table] = f"{kept}\n{line}"
    text = "".join(f"[{name}]\n{content}\n" for name, content in parts.items())
    assert message_of(text) == f"digits.toml: {message}"


@pytest.mark.parametrize(
    "known", ["human_error={error=0.1,n=50}", "label_noise=0.1", "soft_labels=s.npy"]
)
def test_what_is_known_of_the_share_of_wrong_rows_is_no_other_error(known: str) -> None:
    key = known.partition("=")[0]
    regression = HEAD.replace("digits", "diabetes") + 'task = "regression"\n'
    assert message_of(regression, f"diagnosis.{known}") == (
        f"-S diagnosis.{known}: [diagnosis] {key}: speaks of rows with one class, and [data] task "
        '= "regression" has other errors: remove this key.'
    )
    balanced = HEAD.replace("[data]", 'objective = "balanced_error"\n[data]')
    assert message_of(balanced, f"diagnosis.{known}") == (
        f"-S diagnosis.{known}: [diagnosis] {key}: speaks of the share of rows that are wrong, not "
        'of [study] objective = "balanced_error": remove this key, or give a figure of that kind '
        "as bayes_error."
    )


def test_all_problems_of_a_file_and_the_command_line_come_at_once() -> None:
    text = """
        colour = "red"
        [study]
        trials = 0
        [data]
        source = "x.csv"
        validation = 0.9
        rows = 3
        [network]
        hidden = []
        [training]
        epocs = 3
        batch_size = "big"
        [search]
        units = {int = [8, 64]}
        [extra]
        """
    with pytest.raises(SpecError) as caught:
        parse_spec(text, file="s.toml", folder=Path(), overrides=["seed=1", "compute.segment=0"])
    assert [problem[:3] for problem in caught.value.problems] == [
        ("-S seed=1", "", ""),
        ("s.toml", "study", "name"),
        ("s.toml", "study", "trials"),
        ("s.toml", "data", "target"),
        ("s.toml", "data", "test"),
        ("s.toml", "data", "rows"),
        ("s.toml", "training", "batch_size"),
        ("s.toml", "training", "epocs"),
        ("s.toml", "search", "units"),
        ("-S compute.segment=0", "compute", "segment"),
        ("s.toml", "", "colour"),
        ("s.toml", "extra", ""),
    ]
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))


def test_a_syntax_error_does_not_hide_a_broken_override() -> None:
    assert message_of("a = ", "b").splitlines() == [
        "digits.toml: line 1, column 5: not valid TOML: Invalid value.",
        "-S b: an override is table.key=value: write for example -S training.epochs=50.",
    ]


def test_a_problem_prints_its_place_and_one_full_stop() -> None:
    assert str(Problem("f.toml", "a b", "c", "wrong.")) == 'f.toml: ["a b"] c: wrong.'
    assert str(Problem("f\x1b.toml", "", "", "wrong")) == "f\\u001b.toml: wrong."
