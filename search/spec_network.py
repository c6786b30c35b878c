"""The spec's table ``[network]``."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, Field, model_validator

from ..models.convolution_shapes import Convolutions
from .entries import FROZEN
from .spec_arguments import VALUES, Arguments
from .spec_convolutions import KINDS, RESNET, check_convolutions, convolutions_of, refused_beside
from .spec_key import Key, Width
from .spec_toml import toml_value

Activation = Literal["relu", "leaky_relu", "gelu", "selu", "tanh", "sigmoid"]
Initializer = Literal[
    "he_normal",
    "he_uniform",
    "xavier_normal",
    "xavier_uniform",
    "xavier_tanh_normal",
    "xavier_tanh_uniform",
    "lecun_normal",
    "lecun_uniform",
    "orthogonal",
]
Normalization = Literal["none", "batch", "layer"]
Widths = Annotated[tuple[Width, ...], Field(min_length=1, max_length=64)]
Zero = Annotated[int, Field(strict=True, ge=0, le=65_536)]
Zeros = Annotated[tuple[Zero, ...], Field(min_length=1, max_length=64)]
EACH = "for all layers, or a list with one for each layer"
Blocks = Annotated[int, Field(strict=True, ge=1, le=64)]
OWN = "a network of your own"
# Keys of ours that mean nothing to a network of the user's, unless it asks for them.
BUILT_IN = (*(key for key in KINDS if key != "shape"), "hidden", "activation", "initializer")
# Keys that name files, and those that netclinic fills in with a digest of what the files hold.
DIGESTS = {"init_from": "init_digest", "kind": "code"}


class Network(BaseModel):
    """The network that every trial trains, where the search does not say otherwise."""

    model_config = FROZEN
    kind: Annotated[
        Literal["mlp", "cnn", "resnet"] | Annotated[str, Field(pattern=r"^.+:[A-Za-z_]\w*$")],
        Key(
            "The architecture: a multilayer perceptron; a convolutional network, whose "
            "convolutions such a perceptron follows; a residual network for small inputs, whose "
            "normalisations and activations stand in front of its convolutions; or a network of "
            "your own, see docs/networks.md.",
            '"mlp", "cnn", "resnet", "path/to/file.py:Network" or "package.module:Network"',
            '"mlp"',
        ),
    ] = "mlp"
    arguments: Annotated[
        Annotated[dict[str, Any], Arguments(searched=False)] | None,
        Key(
            "What a network of your own is called with beside inputs, outputs and rngs; a list "
            "arrives as a tuple.",
            f"a table of arguments by name, each {VALUES}",
            "{width = 64}",
        ),
    ] = None
    code: Annotated[
        Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None,
        Key(
            "SHA-256 of the code of a network of your own, which netclinic fills in: a study is "
            "not gone on with under other code.",
            "64 hexadecimal digits",
            f'"{"0123456789abcdef" * 4}"',
        ),
    ] = None
    shape: Annotated[
        Annotated[tuple[Width, ...], Field(min_length=1, max_length=3)] | None,
        Key(
            "What the features of a row are to a cnn or resnet: [40] is a signal, [8, 8] an image "
            "of one channel, [28, 28, 3] one of three, [128, 1, 9] a signal of nine; the last "
            "varies fastest. Absent, what the source says (a folder's images and arrays of more "
            "than one axis a row are as they were), or a signal. A network of your own gets it as "
            "inputs. An mlp takes rows flat; to it the shape only tells what augmentation changes.",
            "a list of 1 to 3 whole numbers from 1 to 65,536, whose product is the number of "
            "features",
            "[8, 8]",
        ),
    ] = None
    channels: Annotated[
        Widths | None,
        Key(
            "Channels that each convolution of a cnn gives, first to last; in a resnet, each "
            "stage. Every stage but the first halves the axes.",
            "a list of 1 to 64 whole numbers from 1 to 65,536",
            "[16, 32]",
        ),
    ] = None
    blocks: Annotated[
        Blocks | Annotated[tuple[Blocks, ...], Field(min_length=1, max_length=64)] | None,
        Key(
            "Blocks of two convolutions in each stage of a resnet. Absent, 1.",
            "a whole number from 1 to 64 for all stages, or a list with one for each stage",
            "2",
        ),
    ] = None
    kernel: Annotated[
        Width | Widths | None,
        Key(
            "Positions that a kernel spans, along every axis. Absent, 3.",
            f"a whole number from 1 to 65,536 {EACH}",
            "3",
        ),
    ] = None
    stride: Annotated[
        Width | Widths | None,
        Key(
            "Positions from one window to the next, along every axis: 2 halves it. Absent, 1.",
            f"a whole number from 1 to 65,536 {EACH}",
            "[1, 2]",
        ),
    ] = None
    padding: Annotated[
        Literal["same"] | Zero | Zeros | None,
        Key(
            "Zeros put at both ends of every axis; same: as many as it takes that only the stride "
            "shortens it. Absent, same.",
            f'"same", or a whole number from 0 to 65,536 {EACH}',
            '"same"',
        ),
    ] = None
    hidden: Annotated[
        Annotated[tuple[Width, ...], Field(max_length=64)],
        Key(
            "Units of each hidden layer, first to last; [] is a linear model. In a cnn they are "
            "the dense layers behind the convolutions; a resnet has none.",
            "a list of at most 64 whole numbers from 1 to 65,536",
            "[128, 128]",
        ),
    ] = (128, 128)
    activation: Annotated[
        Activation,
        Key(
            "What follows each hidden layer and each convolution.",
            ", ".join(map(toml_value, get_args(Activation))),
            '"relu"',
        ),
    ] = "relu"
    initializer: Annotated[
        Initializer,
        Key(
            "How initial weights are drawn: He for relu and its kin, Xavier for linear units and "
            "sigmoid, the same with the gain 5/3 (xavier_tanh) for tanh, LeCun for selu.",
            ", ".join(map(toml_value, get_args(Initializer))),
            '"he_normal"',
        ),
    ] = "he_normal"

    normalization: Annotated[
        Normalization | None,
        Key(
            "What brings the outputs of each hidden layer and each convolution to mean 0 and "
            "variance 1, before the activation: batch, over the rows of a minibatch, and in "
            "evaluation by the running statistics of training; layer, over all numbers of a row. "
            "Absent, batch in a resnet, in front of every activation, and else none.",
            ", ".join(map(toml_value, get_args(Normalization))),
            '"batch"',
        ),
    ] = None

    init_from: Annotated[
        Annotated[str, Field(strict=True, min_length=1)] | None,
        Key(
            "The folder of a trained network, best/ of a run or of an export. Trials begin with "
            "its weights, but for the last layer, which is new; rows are scaled as that network's "
            "were, whatever [data] standardize says. See docs/transfer.md. Absent, weights are "
            "drawn.",
            "a path, which starts at the folder of the spec",
            '"netclinic-out/source/best"',
        ),
    ] = None
    init_digest: Annotated[
        Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None,
        Key(
            "SHA-256 of the weights in init_from, which netclinic fills in: a study is not gone on "
            "with from others.",
            "64 hexadecimal digits",
            f'"{"0123456789abcdef" * 4}"',
        ),
    ] = None
    transfer: Annotated[
        Literal["fine_tune", "frozen"] | None,
        Key(
            "What becomes of the weights in init_from: all are trained on, or they stay as they "
            "are and only the new layer learns. Absent, fine_tune.",
            '"fine_tune", "frozen"',
            '"frozen"',
        ),
    ] = None

    @property
    def is_own(self) -> bool:
        """Whether it is the user's."""
        return ":" in self.kind

    @property
    def normalized(self) -> str:
        """The normalisation, also where the spec leaves it to the kind."""
        return self.normalization or ("batch" if self.kind == RESNET else "none")

    @model_validator(mode="after")
    def _kind_has_the_key(self) -> "Network":
        fields = type(self).model_fields
        for key in ("arguments", "code"):
            value = getattr(self, key)
            if value is not None and not self.is_own:
                text = f'belongs to {OWN} (kind = "path/to/file.py:Network"): remove this key'
                raise refused_beside(key, value, text)
        if self.kind == RESNET and self.hidden not in ((), fields["hidden"].get_default()):
            text = "a resnet has no dense layers: remove this key, or write more channels or blocks"
            raise refused_beside("hidden", self.hidden, text)
        for key in ("init_digest", "transfer"):
            value = getattr(self, key)
            if value is not None and self.init_from is None:
                text = 'belongs to init_from = "path/to/best": write that, or remove this key'
                raise refused_beside(key, value, text, "init_from")
        for key in (*BUILT_IN, "normalization"):
            value = getattr(self, key)
            if self.is_own and value != fields[key].get_default():
                text = (
                    f"{OWN} does not see it: remove this key, or write it into [network.arguments] "
                    "where the network takes it"
                )
                raise refused_beside(key, value, text)
        return self

    @model_validator(mode="after")
    def _convolutions_fit(self) -> "Network":
        if not self.is_own:
            check_convolutions(self)
        return self

    def convolutions(
        self, features: int, known: tuple[int, ...] | None = None
    ) -> Convolutions | None:
        """The convolutions over rows of ``features`` numbers; ``None`` where there are none.

        Args:
            features: of a row.
            known: the row's shape that the source tells; a shape in the spec goes before it.

        Raises:
            ShapeError: they do not fit such rows; its key is the one to change.
        """
        return None if self.channels is None else convolutions_of(self, features, known)
