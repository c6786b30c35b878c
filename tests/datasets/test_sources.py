from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets import DataError, DataRequest, load_dataset

NAMES = "digits, breast_cancer, wine, iris, diabetes, two_gaussians, twonorm, friedman1"


def request(source: str, folder: Path = Path(), **changes) -> DataRequest:
    plain = DataRequest(source, None, 0.2, 0.2, standardize=True, seed=0, folder=folder)
    return plain._replace(**changes)


def refusal(asked: DataRequest) -> str:
    with pytest.raises(DataError) as refused:
        load_dataset(asked)
    return str(refused.value)


def test_paths_start_at_the_folder_of_the_spec_and_absolute_ones_do_not(tmp_path):
    (tmp_path / "sub").mkdir()
    x = np.random.default_rng(0).normal(5, 3, (60, 2))
    np.savez(tmp_path / "sub" / "data.npz", x=x, y=np.arange(60) % 2)
    (tmp_path / "mine.py").write_text(
        "import numpy as np\nfrom pathlib import Path\n"
        "def load():\n    a = np.load(Path(__file__).parent / 'sub' / 'data.npz')\n"
        "    return a['x'], a['y']\n"
    )
    relative = load_dataset(request("sub/data.npz", tmp_path))
    absolute = load_dataset(request(str(tmp_path / "sub" / "data.npz"), Path("/")))
    function = load_dataset(request("mine.py:load", tmp_path))
    assert relative.fingerprint == absolute.fingerprint == function.fingerprint
    assert (relative.name, function.name) == ("data.npz", "mine.py:load")


@pytest.mark.parametrize(
    ("source", "changes", "message"),
    [
        (
            "digit",
            {},
            f"unknown source 'digit' (did you mean 'digits'?); allowed are {NAMES}, a .npz, .npy, "
            ".csv, .parquet file, path/to/folder/ of images, and path/to/file.py:function.",
        ),
        (
            "data.xlsx",
            {},
            f"unknown source 'data.xlsx'; allowed are {NAMES}, a .npz, .npy, .csv, .parquet file, "
            "path/to/folder/ of images, and path/to/file.py:function.",
        ),
        ("mine.py", {}, "the source 'mine.py' names no function; write 'mine.py:load', say."),
        (
            "iris",
            {"target": "species"},
            "target = 'species' means nothing for the source 'iris': it is for .csv and .parquet "
            "files only. Remove it.",
        ),
        (
            "iris",
            {"rows": 100},
            "rows = 100 means nothing for the source 'iris': it is for two_gaussians, twonorm, "
            "friedman1 only. Remove it.",
        ),
        (
            "iris",
            {"dimensions": 3},
            "dimensions = 3 means nothing for the source 'iris': it is for two_gaussians, "
            "twonorm, friedman1 only. Remove it.",
        ),
    ],
)
def test_requests_that_make_no_sense_are_refused(source, changes, message):
    assert refusal(request(source, **changes)) == message


def test_a_file_that_is_not_there_is_refused_with_the_nearest_name(tmp_path):
    (tmp_path / "flowers.csv").write_text("a,y\n")
    assert refusal(request("flower.csv", tmp_path, target="y")) == (
        f"there is no file {tmp_path.resolve() / 'flower.csv'} (did you mean 'flowers.csv'?); a "
        "relative path starts at the folder of the spec."
    )
    assert refusal(request("no/such.npz", tmp_path)) == (
        f"there is no file {tmp_path.resolve() / 'no' / 'such.npz'}; a relative path starts at the "
        "folder of the spec."
    )
    (tmp_path / "folder.npz").mkdir()
    assert refusal(request("folder.npz", tmp_path)) == (
        f"{tmp_path.resolve() / 'folder.npz'} is a folder; write the path of a file in it."
    )
