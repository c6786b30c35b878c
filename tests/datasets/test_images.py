from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets import DataError, DataRequest, Dataset, load_dataset
from PIL import Image


def save(path: Path, pixels: np.ndarray, **options) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return path


def grey(value: int, height: int = 4, width: int = 6) -> np.ndarray:
    return np.arange(value, value + height * width, dtype=np.uint8).reshape(height, width)


def animals(folder: Path, each: int = 6) -> Path:
    """Write grey pictures of two classes; those of ``dog`` are brighter."""
    for i in range(each):
        save(folder / "cat" / f"{i}.png", grey(i))
        save(folder / "dog" / "deeper" / f"{i}.PNG", grey(100 + i))
    (folder / "cat" / "notes.txt").write_text("not a picture")
    (folder / "cat" / ".hidden.png").write_text("nor this")
    (folder / ".git").mkdir()
    return folder


def load(folder: Path, **changes) -> Dataset:
    plain = DataRequest(f"{folder}/", None, 0.25, 0.25, False, 0, Path("/nowhere"))
    return load_dataset(plain._replace(**changes))


def refusal(folder: Path, **changes) -> str:
    with pytest.raises(DataError) as refused:
        load(folder, **changes)
    return str(refused.value).replace(str(folder), "FOLDER")


def every_row(dataset: Dataset) -> np.ndarray:
    return np.concatenate([dataset.train.inputs, dataset.validation.inputs, dataset.test.inputs])


def test_a_folder_a_class_gives_the_pixels_the_names_and_the_shape(tmp_path):
    dataset = load(animals(tmp_path / "animals"))
    assert dataset.name == "animals"
    assert dataset.class_names == ("cat", "dog")
    assert dataset.row_shape == (4, 6)
    assert dataset.features == 24
    assert dataset.feature_names[:7] == ("x0_0", "x0_1", "x0_2", "x0_3", "x0_4", "x0_5", "x1_0")
    assert len(every_row(dataset)) == 12
    for split in (dataset.train, dataset.validation, dataset.test):
        np.testing.assert_array_equal(split.labels, split.inputs[:, 0] >= 100)
    first = every_row(dataset)[every_row(dataset)[:, 0] == 103][0]
    np.testing.assert_array_equal(first, grey(103).ravel())


def test_the_order_does_not_depend_on_when_files_were_written(tmp_path):
    one = animals(tmp_path / "one")
    for path in sorted(one.rglob("*.[pP][nN][gG]"), reverse=True):
        copy = tmp_path / "two" / path.relative_to(one)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    assert load(one).fingerprint == load(tmp_path / "two").fingerprint


def test_colours_are_told_from_the_files_or_by_the_spec(tmp_path):
    folder = animals(tmp_path)
    assert load(folder, image_mode="rgb").row_shape == (4, 6, 3)
    save(folder / "cat" / "red.png", np.full((4, 6, 3), [255, 0, 0], np.uint8))
    coloured = load(folder)
    assert coloured.row_shape == (4, 6, 3)
    red = every_row(coloured)[(every_row(coloured) == np.tile([255, 0, 0], 24)).all(axis=1)]
    assert len(red) == 1
    as_grey = load(folder, image_mode="grey")
    assert as_grey.row_shape == (4, 6)
    assert 76.0 in every_row(as_grey)[:, 0]  # 0.299 · 255, the luma of red


def test_pictures_are_resized_to_height_and_width(tmp_path):
    folder = animals(tmp_path)
    save(folder / "dog" / "big.png", np.full((20, 31), 200, np.uint8))
    assert refusal(folder) == (
        "the pictures differ in size: FOLDER/cat/0.png has 4 × 6 pixels, FOLDER/dog/big.png has "
        "20 × 31. Write, under [data], a size for all: image_size = [4, 6]"
    )
    dataset = load(folder, image_size=(2, 3))
    assert dataset.row_shape == (2, 3)
    assert (every_row(dataset) == 200).all(axis=1).sum() == 1


def test_a_picture_is_turned_as_the_camera_was_held(tmp_path):
    folder = animals(tmp_path)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90° clockwise: stored 6 high and 4 wide
    save(folder / "cat" / "turned.png", np.rot90(grey(50)).copy(), exif=exif)
    rows = every_row(load(folder))
    np.testing.assert_array_equal(rows[rows[:, 0] == 50][0], grey(50).ravel())


@pytest.mark.parametrize("validation", [True, False])
def test_split_folders_are_used_as_they_are(tmp_path, validation):
    names = ["train", "validation", "test"] if validation else ["train", "test"]
    for number, name in enumerate(names):
        animals(tmp_path / name, each=8 - 2 * number)
    dataset = load(tmp_path)
    sizes = [len(s.labels) for s in (dataset.train, dataset.validation, dataset.test)]
    assert sizes == ([16, 12, 8] if validation else [9, 7, 12])
    if validation:
        assert set(dataset.test.inputs[:, 0]) == {0, 1, 2, 3, 100, 101, 102, 103}


def test_pictures_that_occur_twice_are_told(tmp_path):
    for name in ("train", "validation", "test"):
        animals(tmp_path / name)
    warnings = load(tmp_path).warnings
    assert [(w.kind, w.count) for w in warnings] == [("duplicates_across_splits", 24)]


def spoil_empty_class(folder: Path) -> None:
    (folder / "bird").mkdir()


def spoil_broken(folder: Path) -> None:
    (folder / "cat" / "0.png").write_bytes(b"\x89PNG no more")


def spoil_cut_short(folder: Path) -> None:
    path = folder / "cat" / "0.png"
    path.write_bytes(path.read_bytes()[:60])


def spoil_deep(folder: Path) -> None:
    save(folder / "cat" / "0.png", grey(0).astype(np.uint16))


def spoil_odd_name(folder: Path) -> None:
    animals(folder / "train")
    animals(folder / "val")


def spoil_mixed(folder: Path) -> None:
    animals(folder / "train")


SUFFIXES = ".png, .jpg, .jpeg, .bmp, .gif, .tif, .tiff, .webp, .pgm, .ppm"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            spoil_empty_class,
            f"the class folder FOLDER/bird has no pictures ({SUFFIXES}). Put some there, or "
            "remove it.",
        ),
        (
            spoil_broken,
            "FOLDER/cat/0.png cannot be read as a picture: its bytes are no picture of a known "
            "kind. Remove it, or save it anew.",
        ),
        (spoil_cut_short, "FOLDER/cat/0.png cannot be read as a picture: "),
        (
            spoil_deep,
            "FOLDER/cat/0.png has pixels of more than 8 bits (Pillow's mode I;16). Save it with 8 "
            "bits, or give the pixels as arrays in a .npz file.",
        ),
        (
            spoil_odd_name,
            "FOLDER has a folder 'val' beside the training pictures; it is called 'validation' "
            "here: rename it.",
        ),
        (
            spoil_mixed,
            "FOLDER has the folders cat, dog, train; allowed are one folder a class, or train and "
            "test (and validation) with one folder a class in each.",
        ),
    ],
)
def test_folders_that_cannot_be_used_are_refused(tmp_path, spoil, message):
    spoil(animals(tmp_path))
    got = refusal(tmp_path)
    assert got.startswith(message) if message.endswith(": ") else got == message


def test_a_folder_without_classes_is_refused(tmp_path):
    save(tmp_path / "1.png", grey(1))
    assert refusal(tmp_path) == (
        "FOLDER has no folders, but 1 picture in it; put the pictures of each class into a folder "
        f"of its own, as in {tmp_path.name}/cat/1.png."
    )
    assert refusal(tmp_path / "photo").startswith("there is no folder FOLDER; a relative path")
    assert refusal(tmp_path / "1.png") == (
        "FOLDER is no folder; files that can be read are .npz, .npy, .csv, .parquet."
    )


def test_pictures_of_a_kind_that_is_not_read_are_not_left_out(tmp_path):
    folder = animals(tmp_path / "animals")
    (folder / "dog" / "telephone.HEIC").write_bytes(b"?")
    assert refusal(folder) == (
        "FOLDER/dog/telephone.HEIC is a picture of a kind that is not read. Save those as one of "
        ".png, .jpg, .jpeg, .bmp, .gif, .tif, .tiff, .webp, .pgm, .ppm, or remove them."
    )


@pytest.mark.parametrize("place", ["rows.csv", "data/train-00000-of-00001.parquet"])
def test_a_folder_of_tables_is_told_from_one_of_pictures(tmp_path, place):
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_bytes(b"")
    told = refusal(tmp_path)
    assert f"has no pictures, but tables, such as {Path(place).name}. A folder is one of" in told
