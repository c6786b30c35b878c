"""Every way to get [network], [training] and [search] wrong, with the whole message."""

import pytest

from .spec_messages import COUNT, message_of_line

HIDDEN = (
    "a list of at most 64 whole numbers from 1 to 65,536; write for example hidden = [128, 128]."
)
INITIALIZERS = (
    '"he_normal", "he_uniform", "xavier_normal", "xavier_uniform", "xavier_tanh_normal", '
    '"xavier_tanh_uniform", "lecun_normal", "lecun_uniform", "orthogonal"'
)


# (table, line, message behind the file's name)
BROKEN_KEYS = [
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
]


@pytest.mark.parametrize(("table", "line", "message"), BROKEN_KEYS)
def test_a_broken_key(table: str, line: str, message: str) -> None:
    assert message_of_line(table, line) == message
