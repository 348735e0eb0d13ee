"""Pictures of digits: the file format they come in, a data set of them, and the batches that training takes."""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError

Bytes = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]
Rows = npt.NDArray[np.float32]

SIDE = 28
"""Height and width of a picture, in pixels."""

CLASSES = 10

_UNSIGNED_BYTES = 0x08
_GZIP = b"\x1f\x8b"
_MAX_BYTES = 1 << 30  # MNIST's largest file holds 47 MB; a header that promises more than this is a broken one


class DataError(EngineError):
    """A file that is missing, damaged or no data set; names the file."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Pictures and what they show; the arrays cannot be written to.

    Attributes:
        name: what people call it.
        images: grey levels, 0 for the paper and 255 for full ink, of shape (n, 28, 28).
        labels: the digit on each picture, of shape (n,).
        note: where the pictures come from, one plain sentence.

    Raises:
        DataError: no pictures, other shapes or dtypes, numbers of pictures and labels that differ, or a label that is
            no digit.
    """

    name: str
    images: Bytes
    labels: Labels
    note: str

    def __post_init__(self) -> None:
        self._check(self.images, "pictures", np.uint8, (len(self.images), SIDE, SIDE))
        self._check(self.labels, "labels", np.int64, (len(self.images),))
        if not len(self.images):
            raise DataError(f"{self.name} is empty", given="0 pictures", expected="one or more")
        wrong = self.labels[(self.labels < 0) | (self.labels >= CLASSES)]
        if wrong.size:
            raise DataError(
                f"A label of {self.name} is no digit", given=str(wrong[0]), expected=f"a number from 0 to {CLASSES - 1}"
            )
        for field in ("images", "labels"):
            view = getattr(self, field).view()
            view.setflags(write=False)
            object.__setattr__(self, field, view)

    def _check(self, array: npt.NDArray[np.generic], what: str, dtype: type, shape: tuple[int, ...]) -> None:
        if array.dtype != dtype or array.shape != shape:
            raise DataError(
                f"The {what} of {self.name} have another form",
                given=f"{array.dtype} of shape {array.shape}",
                expected=f"{np.dtype(dtype)} of shape {shape}",
            )

    def __len__(self) -> int:
        return len(self.labels)


class Batch(NamedTuple):
    """Rows of pixels from 0 to 1, of shape (n, 784), and their labels, of shape (n,)."""

    rows: Rows
    labels: Labels


def rows(images: Bytes) -> Rows:
    """Pictures as a network takes them: pixel / 255, float32, one row of 784 a picture.

    >>> rows(np.full((2, 28, 28), 51, np.uint8)).shape
    (2, 784)
    """
    return np.divide(images.reshape(len(images), -1), np.float32(255), dtype=np.float32)


def shuffled(count: int, *, seed: int, epoch: int = 0) -> npt.NDArray[np.int64]:
    """The order in which an epoch visits `count` pictures; the same seed and epoch always give the same one.

    Epochs are independent: a run resumed at epoch 7 need not have drawn the six before.
    """
    return np.random.default_rng((seed, epoch)).permutation(count)


def batches(dataset: Dataset, size: int, *, seed: int, epoch: int = 0) -> Iterator[Batch]:
    """Every picture of `dataset` once, in the order `shuffled` gives, `size` at a time; the last batch may be smaller.

    Raises:
        ValueError: `size` is no positive number.
    """
    if size < 1:
        raise ValueError(f"a batch holds one picture or more, given {size}")
    order = shuffled(len(dataset), seed=seed, epoch=epoch)
    return (
        Batch(rows(dataset.images[chosen]), dataset.labels[chosen])
        for chosen in (order[start : start + size] for start in range(0, len(order), size))
    )


def read_idx(path: Path) -> Bytes:
    """The array of unsigned bytes in an IDX file, gzipped or not: MNIST's format.

    The file is a magic number (00 00, the element type, the number of axes), the size of each axis as a big-endian
    32-bit number, then the elements. A plain file is mapped into memory, read when it is looked at and shared by all
    who map it; a gzipped one is unpacked.

    Raises:
        DataError: the file cannot be read, is no such file, is too short or goes on after its end.
    """
    try:
        with path.open("rb") as file:
            if file.read(2) == _GZIP:
                file.seek(0)
                with gzip.GzipFile(fileobj=file) as unpacked:
                    shape, start = _read_header(unpacked, path)
                    size = math.prod(shape)
                    body = unpacked.read(size + 1)  # one too many: only at the end is the checksum looked at
                    _check_size(start + len(body), start + size, path)
                    return np.frombuffer(body, np.uint8).reshape(shape)
            file.seek(0)
            shape, start = _read_header(file, path)
            _check_size(path.stat().st_size, start + math.prod(shape), path)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read", given=str(error), expected="a complete, readable file") from error
    if 0 in shape:
        return np.zeros(shape, np.uint8)  # nothing can be mapped
    # The plain array over the map: np.memmap would be carried into every slice.
    return np.memmap(path, np.uint8, "r", start, shape).view(np.ndarray)


def _read_header(file: BinaryIO | gzip.GzipFile, path: Path) -> tuple[tuple[int, ...], int]:
    """The shape that the file promises, and where its elements start."""
    magic = file.read(4)
    if len(magic) < 4 or magic[:3] != bytes((0, 0, _UNSIGNED_BYTES)) or not magic[3]:
        raise DataError(
            f"{path} is no IDX file of unsigned bytes",
            given=f"magic number {magic.hex(' ') or 'none'}",
            expected="00 00 08 and the number of axes",
        )
    sizes = file.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise DataError(
            f"{path} ends within its header", given=f"{4 + len(sizes)} bytes", expected=f"{4 + 4 * magic[3]} bytes"
        )
    shape = tuple(np.frombuffer(sizes, ">u4").tolist())
    if math.prod(shape) > _MAX_BYTES:
        raise DataError(
            f"{path} promises too much", given=f"an array of shape {shape}", expected=f"at most {_MAX_BYTES:,} elements"
        )
    return shape, 4 + len(sizes)


def _check_size(given: int, expected: int, path: Path) -> None:
    if given < expected:
        raise DataError(f"{path} is cut off", given=f"{given:,} bytes", expected=f"{expected:,} bytes")
    if given > expected:
        raise DataError(f"{path} goes on after its end", given="more", expected=f"{expected:,} bytes")
