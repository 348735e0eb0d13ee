"""Pictures of digits: files that are whole are read, others are refused by name; batches are the same every time."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from engine.data import Bytes, DataError, Dataset, batches, read_idx, rows, shuffled
from tests.small_mnist import idx


def dataset(count: int = 7) -> Dataset:
    """Pictures that can be told apart by any pixel."""
    images = np.repeat(np.arange(count, dtype=np.uint8), 28 * 28).reshape(count, 28, 28)
    return Dataset("Seven", images, np.arange(count) % 10, "made for a test")


PICTURES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


@pytest.mark.parametrize("array", [PICTURES, PICTURES[0], PICTURES[0, 0], np.zeros((0, 28, 28), np.uint8)])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
def test_an_idx_file_gives_its_array(tmp_path: Path, array: Bytes, packed: bool) -> None:
    file = tmp_path / "file"  # what it is, it says itself: the name plays no part
    file.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    read = read_idx(file)
    assert read.dtype == np.uint8
    assert read.shape == array.shape
    assert read.tolist() == array.tolist()
    assert type(read) is np.ndarray


GOOD = idx(PICTURES)
BROKEN = {
    "empty": (b"", "none"),
    "no magic": (b"<html>Not here", "3c 68 74 6d"),
    "floats": (b"\0\0\x0d" + GOOD[3:], "00 00 0d 03"),
    "no axes": (b"\0\0\x08\0", "00 00 08 00"),
    "cut in the header": (GOOD[:11], "11 bytes; expected 16 bytes"),
    "cut in the body": (GOOD[:-1], "39 bytes; expected 40 bytes"),
    "too long": (GOOD + b"\0", "more; expected 40 bytes"),
    "promises too much": (b"\0\0\x08\x03" + b"\xff" * 12, "(4294967295, 4294967295, 4294967295)"),
}


@pytest.mark.parametrize(("content", "given"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
def test_a_broken_file_is_named_with_given_and_expected(
    tmp_path: Path, content: bytes, given: str, packed: bool
) -> None:
    file = tmp_path / "broken-idx3-ubyte"
    file.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(DataError) as error:
        read_idx(file)
    assert str(file) in error.value.message
    assert given in str(error.value)


def test_damage_inside_a_gzipped_file_is_found(tmp_path: Path) -> None:
    packed = gzip.compress(GOOD)
    for name, content in {"cut": packed[:-9], "changed": packed[:-8] + b"\0\0\0\0" + packed[-4:]}.items():
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(DataError, match=name):
            read_idx(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere cannot be read"):
        read_idx(tmp_path / "nowhere")


def test_a_data_set_cannot_be_written_to_and_leaves_the_given_arrays_alone() -> None:
    images, labels = np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.int64)
    one = Dataset("One", images, labels, "")
    assert not one.images.flags.writeable
    assert not one.labels.flags.writeable
    assert images.flags.writeable
    assert labels.flags.writeable


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        (np.zeros((2, 28, 28), np.uint8), np.zeros(3, np.int64)),
        (np.zeros((2, 28, 27), np.uint8), np.zeros(2, np.int64)),
        (np.zeros((2, 28, 28), np.float32), np.zeros(2, np.int64)),
        (np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.uint8)),
        (np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64)),
        (np.zeros((2, 28, 28), np.uint8), np.array([0, 10])),
        (np.zeros((2, 28, 28), np.uint8), np.array([-1, 0])),
    ],
    ids=["counts", "size", "floats", "small labels", "empty", "ten", "minus one"],
)
def test_what_is_no_data_set_is_refused(images: Bytes, labels: np.ndarray) -> None:
    with pytest.raises(DataError, match="Odd"):
        Dataset("Odd", images, labels, "")


def test_rows_scale_grey_levels_to_the_range_from_0_to_1() -> None:
    images = np.arange(256 * 784, dtype=np.int64).astype(np.uint8).reshape(256, 28, 28)
    scaled = rows(images)
    assert scaled.dtype == np.float32
    assert scaled.shape == (256, 784)
    np.testing.assert_array_equal(scaled, images.reshape(256, 784).astype(np.float32) / np.float32(255))
    assert (scaled.min(), scaled.max()) == (0.0, 1.0)


def test_every_picture_comes_once_an_epoch_with_its_own_label() -> None:
    found = list(batches(dataset(), 3, seed=5))
    assert [batch.rows.shape for batch in found] == [(3, 784), (3, 784), (1, 784)]
    shown = np.concatenate([batch.rows for batch in found])
    labels = np.concatenate([batch.labels for batch in found])
    assert sorted(labels) == list(range(7))
    np.testing.assert_array_equal(np.rint(shown * 255), np.repeat(labels[:, None], 784, axis=1))


def test_seed_and_epoch_alone_decide_the_order() -> None:
    order = shuffled(50, seed=1, epoch=2)
    np.random.default_rng().random()
    assert order.tolist() == shuffled(50, seed=1, epoch=2).tolist()
    others = [shuffled(50, seed=1, epoch=3), shuffled(50, seed=2, epoch=2), np.arange(50)]
    assert all(order.tolist() != other.tolist() for other in others)
    labels = [int(label) for batch in batches(dataset(), 2, seed=1, epoch=2) for label in batch.labels]
    assert labels == shuffled(7, seed=1, epoch=2).tolist()


@pytest.mark.parametrize("size", [0, -1])
def test_a_batch_holds_something(size: int) -> None:
    with pytest.raises(ValueError, match=f"given {size}"):
        batches(dataset(), size, seed=0)
