"""The digits to learn from: MNIST where it is in the data folder, and the ones that come with Gradwalk.

Files are read here and not by torchvision, because opening a scene should not import PyTorch, which takes seconds.
"""

from __future__ import annotations

import threading
import zipfile
import zlib
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from app.integrity import require_intact
from engine.data import CLASSES, DataError, Dataset, read_idx

Split = Literal["train", "test"]
State = Literal["ready", "missing", "damaged"]

BUILT_IN = Path(__file__).resolve().parent / "data" / "digits.npz"
TRAINING_DIGITS = 1_500
"""The built-in digits before this one are for training, the other 297 for testing, as they stand in their source."""

MNIST = "MNIST"
"""Name of the data set, by which it is told from the built-in digits."""

IDS = ("mnist", "built-in")
"""What the data sets are called in addresses and recipes."""

SOURCES = {
    "mnist": "70,000 handwritten digits by LeCun, Cortes and Burges (1998, CC BY-SA 3.0), made from NIST's Special "
    "Databases 1 and 3.",
    "built-in": "1,797 handwritten digits by Alpaydin and Kaynak (1998, CC BY 4.0), scaled from 8x8 to 28x28.",
}

_PREFIX: dict[Split, str] = {"train": "train", "test": "t10k"}
_lock = threading.Lock()
_found: dict[tuple[Path, Split], tuple[object, Dataset | DataError]] = {}


class Digits(NamedTuple):
    """What `load` found: two data sets and, in plain words, which ones they are."""

    train: Dataset
    test: Dataset
    note: str


class DataChoice(NamedTuple):
    """A data set that may be chosen, and whether it can be had.

    Attributes:
        id: its name in addresses and recipes.
        name: what people call it.
        note: who made it, and under which licence.
        train: how many pictures there are to learn from; 0 unless it is ready.
        test: how many there are to be tested on.
        state: ready, missing or damaged.
        problem: what is missing or damaged, in plain words; empty when it is ready.
        digits: how many pictures each digit has, from 0 to 9, in each split; empty unless it is ready.
    """

    id: str
    name: str
    note: str
    train: int
    test: int
    state: State
    problem: str
    digits: dict[Split, list[int]]


class MissingError(DataError):
    """A data set that is not in the data folder."""


def raw_folder(folder: Path) -> Path:
    """Where torchvision keeps the files of MNIST."""
    return folder / "MNIST" / "raw"


def mnist_files(split: Split) -> tuple[str, str]:
    """Names of the file of pictures and of the file of labels; `.gz` may follow."""
    return f"{_PREFIX[split]}-images-idx3-ubyte", f"{_PREFIX[split]}-labels-idx1-ubyte"


def available(folder: Path) -> list[DataChoice]:
    """Every data set, also those that cannot be had now."""
    return [_choice(folder, data_id) for data_id in IDS]


def _choice(folder: Path, data_id: str) -> DataChoice:
    name = MNIST if data_id == "mnist" else "Built-in digits"
    try:
        train, test, _ = get(folder, data_id)
    except DataError as error:
        state: State = "missing" if isinstance(error, MissingError) else "damaged"
        return DataChoice(data_id, name, SOURCES[data_id], 0, 0, state, str(error), {})
    digits: dict[Split, list[int]] = {"train": _counts(train), "test": _counts(test)}
    return DataChoice(data_id, name, SOURCES[data_id], len(train), len(test), "ready", "", digits)


def _counts(data: Dataset) -> list[int]:
    counts: list[int] = np.bincount(data.labels, minlength=CLASSES).tolist()
    return counts


def get(folder: Path, data_id: str) -> Digits:
    """The data set that `data_id` names, one of `IDS`.

    Raises:
        MissingError: a file of it is not in `folder`.
        DataError: a file of it is damaged, or there is no such data set.
    """
    if data_id == "built-in":
        return Digits(*built_in(), SOURCES[data_id])
    if data_id != "mnist":
        raise DataError("There is no such data set", given=repr(data_id), expected=" or ".join(IDS))
    try:
        train, test = find(folder, "train"), find(folder, "test")
    except OSError as error:
        raise DataError(
            f"{raw_folder(folder)} cannot be looked at", given=str(error), expected="a readable folder"
        ) from error
    if train is None or test is None:
        names = [name for split in _PREFIX for name in mnist_files(split)]
        missing = [name for name in names if find_file(raw_folder(folder) / name) is None]
        raise MissingError(
            "MNIST is not in the data folder",
            given=f"no {', '.join(missing)}",
            expected=f"{len(names)} files in {raw_folder(folder)}",
        )
    return Digits(train, test, train.note)


def load(folder: Path) -> Digits:
    """Digits for training and for testing: MNIST from `folder`, else the built-in ones, and a note that says which."""
    try:
        return get(folder, "mnist")
    except MissingError:
        reason = "MNIST is not in the data folder"
    except DataError as error:
        reason = f"MNIST cannot be used: {error}"
    train, test = built_in()
    return Digits(train, test, f"{reason}. These are the digits that come with Gradwalk: {train.note}")


def find(folder: Path, split: Split = "train") -> Dataset | None:
    """MNIST from `folder`, or None where it is not there; any thread may ask, and all get the same arrays.

    Pictures are read into memory once, and what was read is what was checked; files that have changed are read anew.

    Raises:
        DataError: a file is damaged, or does not go with the other.
        OSError: a file or folder may not be looked at.
    """
    images, labels = (find_file(raw_folder(folder) / name) for name in mnist_files(split))
    if images is None or labels is None:
        return None
    state = [(path, (facts := path.stat()).st_mtime_ns, facts.st_ctime_ns, facts.st_size) for path in (images, labels)]
    with _lock:
        known, outcome = _found.get((folder, split), (None, None))
        if outcome is None or known != state:
            try:
                outcome = read_mnist(images, labels)
            except DataError as error:
                if isinstance(error.__cause__, OSError):  # of the moment, perhaps: the next who asks tries again
                    raise
                # Without its traceback, which holds on to what was read.
                outcome = DataError(error.message, given=error.given, expected=error.expected)
            _found[folder, split] = state, outcome
    if isinstance(outcome, DataError):
        raise DataError(outcome.message, given=outcome.given, expected=outcome.expected)
    return outcome


def find_file(path: Path) -> Path | None:
    """The file of that name, gzipped or not."""
    packed = path.with_name(path.name + ".gz")
    return path if path.is_file() else packed if packed.is_file() else None


def read_mnist(images: Path, labels: Path) -> Dataset:
    """A data set from a file of pictures and one of labels.

    Raises:
        DataError: a file is damaged, or does not go with the other.
    """
    # Copied: a file that somebody cut short while it was mapped into memory would end the process.
    pictures, digits = np.array(read_idx(images)), np.array(read_idx(labels))
    note = f"MNIST (LeCun, Cortes, Burges): {len(pictures):,} handwritten digits."
    try:
        dataset = Dataset(MNIST, pictures, digits.astype(np.int64), note)
    except DataError as error:
        raise DataError(
            f"{images} and {labels.name} are not MNIST's", given=str(error), expected="pictures and their labels"
        ) from error
    require_intact(images, pictures, labels, digits)
    return dataset


@cache
def built_in() -> tuple[Dataset, Dataset]:
    """The digits that come with Gradwalk, for training and for testing; attribution in app/data/digits.md.

    Raises:
        DataError: their file is damaged.
    """
    try:
        with np.load(BUILT_IN) as file:
            images, labels = file["images"], file["labels"].astype(np.int64)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"{BUILT_IN} is damaged", given=str(error), expected="the file that Gradwalk came with: install it again"
        ) from error
    parts = (slice(None, TRAINING_DIGITS), slice(TRAINING_DIGITS, None))
    train, test = (Dataset("Built-in digits", images[part], labels[part], SOURCES["built-in"]) for part in parts)
    return train, test
