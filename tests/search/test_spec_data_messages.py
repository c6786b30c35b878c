"""Every way to get [data] wrong, with the whole message."""

import pytest

from .spec_messages import message_of_line

SHARE = "a fraction between 0 and 1, or a number of rows from 1"
SOURCES = (
    '"digits", "breast_cancer", "wine", "iris", "diabetes", "two_gaussians", "twonorm", '
    '"friedman1", a path that ends in '
    '.npz, .npy, .csv or .parquet, "path/to/folder/" or "path/to/file.py:function"'
)


# (table, line, message behind the file's name)
BROKEN_KEYS = [
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
]


@pytest.mark.parametrize(("table", "line", "message"), BROKEN_KEYS)
def test_a_broken_key(table: str, line: str, message: str) -> None:
    assert message_of_line(table, line) == message
