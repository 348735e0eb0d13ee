"""The digits to learn from: MNIST where it is in the data folder, else the ones that come with Gradwalk.

Files are read here and not by torchvision, because opening a scene should not import PyTorch, which takes seconds.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from engine.data import DataError, Dataset, read_idx

Split = Literal["train", "test"]

BUILT_IN = Path(__file__).resolve().parent / "data" / "digits.npz"
TRAINING_DIGITS = 1_500
"""The built-in digits before this one are for training, the other 297 for testing, as they stand in their source."""

MNIST = "MNIST"
"""Name of the data set, by which it is told from the built-in digits."""

_PREFIX = {"train": "train", "test": "t10k"}
_lock = threading.Lock()
_found: dict[tuple[Path, Split], tuple[object, Dataset]] = {}


class Digits(NamedTuple):
    """What `load` found: two data sets and, in plain words, which ones they are."""

    train: Dataset
    test: Dataset
    note: str


def raw_folder(folder: Path) -> Path:
    """Where torchvision keeps the files of MNIST."""
    return folder / "MNIST" / "raw"


def mnist_files(split: Split) -> tuple[str, str]:
    """Names of the file of pictures and of the file of labels; `.gz` may follow."""
    return f"{_PREFIX[split]}-images-idx3-ubyte", f"{_PREFIX[split]}-labels-idx1-ubyte"


def find(folder: Path, split: Split = "train") -> Dataset | None:
    """MNIST from `folder`, or None where it is not there; any thread may ask, and all get the same arrays.

    Pictures are mapped into memory, not read; files that have changed are opened anew.

    Raises:
        DataError: a file is damaged, or does not go with the other.
        OSError: a file or folder may not be looked at.
    """
    images, labels = (_present(raw_folder(folder) / name) for name in mnist_files(split))
    if images is None or labels is None:
        return None
    state = [(path, (facts := path.stat()).st_mtime_ns, facts.st_size) for path in (images, labels)]
    with _lock:
        known, dataset = _found.get((folder, split), (None, None))
        if dataset is None or known != state:
            dataset = read_mnist(images, labels)
            _found[folder, split] = state, dataset
        return dataset


def _present(path: Path) -> Path | None:
    packed = path.with_name(path.name + ".gz")
    return path if path.is_file() else packed if packed.is_file() else None


def read_mnist(images: Path, labels: Path) -> Dataset:
    """A data set from a file of pictures and one of labels.

    Raises:
        DataError: a file is damaged, or does not go with the other.
    """
    pictures, digits = read_idx(images), read_idx(labels).astype(np.int64)
    note = f"MNIST (LeCun, Cortes, Burges): {len(pictures):,} handwritten digits."
    try:
        return Dataset(MNIST, pictures, digits, note)
    except DataError as error:
        raise DataError(
            f"{images} and {labels.name} are not MNIST's", given=str(error), expected="pictures and their labels"
        ) from error


@cache
def built_in() -> tuple[Dataset, Dataset]:
    """The digits that come with Gradwalk, for training and for testing; attribution in app/data/digits.md."""
    with np.load(BUILT_IN) as file:
        images, labels = file["images"], file["labels"].astype(np.int64)
    note = f"{len(images):,} handwritten digits by Alpaydin and Kaynak (1998, CC BY 4.0), scaled from 8x8 to 28x28."
    parts = (slice(None, TRAINING_DIGITS), slice(TRAINING_DIGITS, None))
    train, test = (Dataset("Built-in digits", images[part], labels[part], note) for part in parts)
    return train, test


def load(folder: Path) -> Digits:
    """Digits for training and for testing: MNIST from `folder`, else the built-in ones, and a note that says which."""
    try:
        train, test = find(folder, "train"), find(folder, "test")
        reason = "MNIST is not in the data folder"
    except (DataError, OSError) as error:
        train = test = None
        reason = f"MNIST cannot be used: {error}"
    if train is not None and test is not None:
        return Digits(train, test, train.note)
    train, test = built_in()
    return Digits(train, test, f"{reason}. These are the digits that come with Gradwalk: {train.note}")
