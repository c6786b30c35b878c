"""Which augmentations a study has, and whether its rows are what they can change."""

from ..datasets.dataset import DataError, Dataset
from ..models.convolution_shapes import row_shape
from ..models.hyperparameters import AUGMENTATIONS
from .space import may_differ
from .spec import StudySpec
from .spec_toml import shown

OF_ANY_ROW = "augment_noise"
OF_SIGNALS = ("augment_noise", "augment_shift")  # and of images; the others of images only
EXAMPLE = (
    "Remove this key; or, where they are, say so: [network] shape = [8, 8], or a source that tells "
    "it, such as arrays of three axes"
)


def augmented_shape(spec: StudySpec, dataset: Dataset) -> tuple[int, ...] | None:
    """What rows are to their augmentation, (*axes, channels); ``None`` where none is in use.

    Raises:
        DataError: an augmentation cannot change such rows, or the spec's shape is of no use.
    """
    names = [name for name in AUGMENTATIONS if may_differ(spec.search, name)]
    if not names:
        if spec.network.kind == "mlp" and spec.network.shape is not None:
            raise DataError(
                f"network.shape = {shown(spec.network.shape)} says nothing to an mlp, which takes "
                "rows flat, unless an augmentation changes them: remove it, or write "
                'kind = "cnn" and channels = [16, 32], or [search] augment_shift = 0.1.'
            )
        return None
    told = spec.network.shape or dataset.row_shape
    shape = row_shape(told or (dataset.features,))
    is_signal = told is not None or spec.network.channels is not None
    for name in names:
        what = "signals or images" if name in OF_SIGNALS else "images"
        if len(shape) == 3 or (name in OF_SIGNALS and is_signal) or name == OF_ANY_ROW:
            continue
        raise _unfit(name, dataset, f"its rows are not known to be {what}. {EXAMPLE}")
    if "augment_color" in names and shape[-1:] == (1,):
        text = "its images have one channel: write augment_brightness or augment_contrast instead"
        raise _unfit("augment_color", dataset, text)
    return shape


def _unfit(name: str, dataset: Dataset, text: str) -> DataError:
    return DataError(f"search.{name} does not fit {dataset.name!r}: {text}.")
