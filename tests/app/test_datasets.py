"""MNIST as torchvision reads it, damaged files named and never served, the built-in digits otherwise."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from app.datasets import BUILT_IN, TRAINING_DIGITS, Split, built_in, find, load, mnist_files, raw_folder
from app.download import torchvision_mnist
from engine.data import DataError, rows
from tests.small_mnist import idx, write_mnist

SPLITS: tuple[Split, ...] = ("train", "test")


@pytest.fixture(scope="module")
def mnist(root: Path) -> Path:
    """The folder with the real MNIST."""
    folder = Path(os.environ.get("GRADWALK_DATA") or root.parent / "shared" / "mnist")
    if not raw_folder(folder).is_dir():
        pytest.skip(f"no MNIST in {folder}; set GRADWALK_DATA to a folder that holds MNIST/raw")
    return folder


# ----------------------------------------------------------------------------------------------------- real MNIST


@pytest.mark.parametrize("split", SPLITS)
def test_mnist_is_what_torchvision_reads(mnist: Path, split: Split) -> None:
    if find_spec("torchvision") is None:
        pytest.skip("torchvision is not installed")
    theirs = torchvision_mnist()(mnist, train=split == "train", download=False)
    ours = find(mnist, split)
    assert ours is not None
    assert len(ours) == {"train": 60_000, "test": 10_000}[split]
    np.testing.assert_array_equal(ours.images, theirs.data.numpy())
    np.testing.assert_array_equal(ours.labels, theirs.targets.numpy())


def test_the_real_mnist_is_found_and_said_to_be_it(mnist: Path) -> None:
    train, test, note = load(mnist)
    assert (train.name, len(train), len(test)) == ("MNIST", 60_000, 10_000)
    assert "MNIST" in note
    assert "60,000" in note


# --------------------------------------------------------------------------------------------------------- files


def test_without_mnist_the_built_in_digits_are_loaded_and_the_note_says_so(tmp_path: Path) -> None:
    assert find(tmp_path) is None
    train, test, note = load(tmp_path)
    assert (train, test) == built_in()
    assert "MNIST is not in the data folder" in note
    assert "come with Gradwalk" in note


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
def test_both_splits_are_found_plain_and_gzipped(tmp_path: Path, packed: bool) -> None:
    write_mnist(tmp_path)
    first = load(tmp_path)
    expected = [(d.images.tolist(), d.labels.tolist()) for d in first[:2]]
    if packed:
        for path in list(raw_folder(tmp_path).iterdir()):
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()
    train, test, note = load(tmp_path)
    assert [(d.images.tolist(), d.labels.tolist()) for d in (train, test)] == expected
    assert (len(train), len(test)) == (6, 3)
    assert train.labels.tolist() == [0, 1, 2, 3, 4, 5]
    assert note.startswith("MNIST (")


@pytest.mark.parametrize("name", [name for split in SPLITS for name in mnist_files(split)])
def test_a_damaged_file_is_named_and_never_served(tmp_path: Path, name: str) -> None:
    path = raw_folder(write_mnist(tmp_path)) / name
    path.write_bytes(path.read_bytes()[:-1])
    split: Split = "train" if name.startswith("train") else "test"
    with pytest.raises(DataError, match=f"{name} is cut off"):
        find(tmp_path, split)
    train, test, note = load(tmp_path)
    assert (train, test) == built_in()
    assert f"{name} is cut off" in note


def test_files_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    images, labels = mnist_files("train")
    raw = raw_folder(write_mnist(tmp_path))
    (raw / labels).write_bytes(idx(np.zeros(5, np.uint8)))
    with pytest.raises(DataError, match=images):
        find(tmp_path)
    (raw / labels).write_bytes(idx(np.full(6, 10, np.uint8)))
    with pytest.raises(DataError, match="a number from 0 to 9"):
        find(tmp_path)


@pytest.mark.parametrize("name", [name for split in SPLITS for name in mnist_files(split)])
def test_three_of_four_files_are_no_mnist(tmp_path: Path, name: str) -> None:
    (raw_folder(write_mnist(tmp_path)) / name).unlink()
    assert load(tmp_path).train.name == "Built-in digits"


def test_all_threads_get_the_same_arrays_and_changed_files_are_opened_anew(tmp_path: Path) -> None:
    write_mnist(tmp_path)
    found = []
    threads = [threading.Thread(target=lambda: found.append(find(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(dataset) for dataset in found}) == 1
    shutil.rmtree(tmp_path / "MNIST")
    assert find(tmp_path) is None
    write_mnist(tmp_path, {"train": 4, "test": 2})
    again = find(tmp_path)
    assert again is not None
    assert len(again) == 4


# ----------------------------------------------------------------------------------------------- built-in digits


def test_the_built_in_digits_are_all_there_and_split_without_overlap() -> None:
    train, test = built_in()
    assert (len(train), len(test)) == (TRAINING_DIGITS, 297)
    assert min(np.bincount(train.labels, minlength=10)) >= 140
    assert min(np.bincount(test.labels, minlength=10)) >= 25
    shown = {image.tobytes() for image in train.images}
    assert not [image for image in test.images if image.tobytes() in shown]


def test_the_built_in_digits_look_like_those_of_mnist() -> None:
    for dataset in built_in():
        images = dataset.images.astype(np.float64)
        weight = images.sum(axis=(1, 2))
        for axis in (1, 2):
            along = images.sum(axis=3 - axis)
            centre = along @ np.arange(28) / weight
            assert np.abs(centre - 13.5).max() < 0.6
            inked = along > 0
            extent = 28 - np.argmax(inked[:, ::-1], axis=1) - np.argmax(inked, axis=1)
            assert extent.max() <= 20
        assert images.max() == 255
        assert abs(images.mean() / 255 - 0.1307) < 0.02


def test_digits_of_the_training_part_tell_those_of_the_test_part() -> None:
    train, test = built_in()
    known, new = rows(train.images), rows(test.images)
    distance = np.square(known).sum(1) - 2 * new @ known.T
    nearest = train.labels[distance.argmin(axis=1)]
    assert np.mean(nearest == test.labels) > 0.9


def test_the_built_in_digits_are_one_small_file_with_their_attribution_beside_it() -> None:
    assert BUILT_IN.stat().st_size < 300_000
    attribution = BUILT_IN.with_suffix(".md").read_text(encoding="utf-8")
    for words in ("Alpaydin", "Kaynak", "1998", "CC BY 4.0", "tools/make_digits.py"):
        assert words in attribution


# -------------------------------------------------------------------------------------------------------- imports


def test_reading_digits_imports_no_torch(tmp_path: Path, root: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from app import datasets, download; "
        f"datasets.load(Path({str(tmp_path)!r})); print(sorted({{'torch', 'torchvision'}} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
