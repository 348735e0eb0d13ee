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

from app import datasets, integrity
from app.datasets import (
    BUILT_IN,
    IDS,
    TRAINING_DIGITS,
    MissingError,
    Split,
    available,
    built_in,
    find,
    get,
    load,
    mnist_files,
    raw_folder,
)
from app.fetch_mnist import torchvision_mnist
from engine.data import DataError, Dataset, read_idx, rows
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


# ------------------------------------------------------------------------------------------- damage inside a file


@pytest.fixture
def copied(mnist: Path, tmp_path: Path) -> Path:
    """A folder with a copy of the real test set, to be damaged."""
    raw_folder(tmp_path).mkdir(parents=True)
    for name in mnist_files("test"):
        shutil.copy(raw_folder(mnist) / name, raw_folder(tmp_path) / name)
        (raw_folder(tmp_path) / name).chmod(0o644)
    assert find(tmp_path, "test") is not None
    return tmp_path


def overwrite(path: Path, offset: int, content: bytes) -> None:
    """Put other bytes into a file; its length stays."""
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def grey_at(path: Path, offset: int) -> int:
    """One byte of a file."""
    return path.read_bytes()[offset]


@pytest.mark.parametrize(("picture", "place"), [(0, "0 to 999"), (4_321, "4,000 to 4,999"), (9_999, "9,000 to 9,999")])
def test_one_wrong_pixel_is_found_and_its_place_named(copied: Path, picture: int, place: str) -> None:
    path = raw_folder(copied) / mnist_files("test")[0]
    pixel = 16 + picture * 784 + 14 * 28 + 14
    overwrite(path, pixel, bytes([255 - grey_at(path, pixel)]))
    with pytest.raises(DataError, match=f"{path.name} is damaged .*entries {place}"):
        find(copied, "test")


def test_one_wrong_label_is_found_and_its_place_named(copied: Path) -> None:
    path = raw_folder(copied) / mnist_files("test")[1]
    overwrite(path, 8 + 5_678, bytes([(grey_at(path, 8 + 5_678) + 1) % 10]))
    with pytest.raises(DataError, match=rf"{path.name} is damaged .*entries 5,000 to 5,999; expected"):
        find(copied, "test")


def test_pictures_with_the_labels_of_mnist_are_those_of_mnist(copied: Path) -> None:
    path = raw_folder(copied) / mnist_files("test")[0]
    path.write_bytes(path.read_bytes()[:16] + bytes([7]) * 7_840_000)
    with pytest.raises(DataError, match=f"{path.name} is damaged"):
        find(copied, "test")


def test_the_end_of_mnist_overwritten_with_zeros_is_found(copied: Path) -> None:
    for name in mnist_files("test"):
        path = raw_folder(copied) / name
        size = path.stat().st_size
        overwrite(path, size // 2, bytes(size - size // 2))
    with pytest.raises(DataError, match="entries 5,000 to 5,999 and in 4 more places"):
        find(copied, "test")


def test_every_byte_of_what_was_published_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = raw_folder(write_mnist(tmp_path))
    monkeypatch.setattr(integrity, "BLOCK", 4)
    table = {path.name: integrity.checksums(read_idx(path)) for path in raw.iterdir()}
    monkeypatch.setattr(integrity, "published", lambda: table)
    assert find(tmp_path) is not None
    for name, header in zip(mnist_files("train"), (16, 8), strict=True):
        sound = (raw / name).read_bytes()
        for offset in (header, len(sound) - 1):
            overwrite(raw / name, offset, bytes([sound[offset] ^ 2]))
            with pytest.raises(DataError, match=f"{name} is damaged"):
                find(tmp_path)
            (raw / name).write_bytes(sound)
    (raw / mnist_files("train")[0]).write_bytes(idx(np.full((6, 28, 28), 9, np.uint8)))
    with pytest.raises(DataError, match="nothing that MNIST has there"):
        find(tmp_path)


def test_copies_that_lost_grey_level_1_are_mnist(copied: Path) -> None:
    path = raw_folder(copied) / mnist_files("test")[0]
    content = path.read_bytes()
    faded = content[:16] + content[16:].replace(b"\x01", b"\x00")
    assert faded != content
    path.write_bytes(faded)
    assert find(copied, "test") is not None


def test_what_cannot_be_a_set_of_digits_is_damaged(tmp_path: Path) -> None:
    images, labels = (raw_folder(tmp_path) / name for name in mnist_files("train"))
    write_mnist(tmp_path, {"train": 200, "test": 10})
    assert find(tmp_path) is not None  # other digits than MNIST's, in its format, are welcome
    overwrite(labels, 8 + 50, bytes(150))
    with pytest.raises(DataError, match=r"the label 0 on 155 of 200 pictures") as damaged:
        find(tmp_path)
    assert labels.name in str(damaged.value)
    write_mnist(tmp_path, {"train": 200, "test": 10})
    overwrite(images, 16 + 150 * 784, bytes(50 * 784))
    with pytest.raises(DataError, match=r"50 pictures without ink, the first at 150") as damaged:
        find(tmp_path)
    assert images.name in str(damaged.value)


def test_a_file_cut_short_after_it_was_found_does_no_harm(tmp_path: Path) -> None:
    write_mnist(tmp_path)
    found = find(tmp_path)
    assert found is not None
    before = found.images.sum()
    os.truncate(raw_folder(tmp_path) / mnist_files("train")[0], 100)
    assert found.images.sum() == before
    with pytest.raises(DataError, match="is cut off"):
        find(tmp_path)


def test_a_damaged_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = raw_folder(write_mnist(tmp_path)) / mnist_files("train")[0]
    path.write_bytes(path.read_bytes()[:-1])
    reads: list[Path] = []
    read = datasets.read_mnist

    def counted(images: Path, labels: Path) -> Dataset:
        reads.append(images)
        return read(images, labels)

    monkeypatch.setattr(datasets, "read_mnist", counted)
    for _ in range(3):
        with pytest.raises(DataError, match="is cut off"):
            find(tmp_path)
    assert reads == [path]


# ------------------------------------------------------------------------------------------------- what may be had


def test_the_choices_say_what_can_be_had(tmp_path: Path) -> None:
    mnist, built = available(tmp_path)
    assert (mnist.id, built.id) == IDS
    assert (mnist.state, mnist.train, mnist.test, mnist.digits) == ("missing", 0, 0, {})
    assert str(raw_folder(tmp_path)) in mnist.problem
    assert all(name in mnist.problem for split in SPLITS for name in mnist_files(split))
    assert (built.state, built.train, built.test, built.problem) == ("ready", TRAINING_DIGITS, 297, "")
    assert "CC BY 4.0" in built.note
    assert "CC BY-SA 3.0" in mnist.note

    write_mnist(tmp_path)
    mnist = available(tmp_path)[0]
    assert mnist[3:7] == (6, 3, "ready", "")
    assert mnist.digits == {"train": [1, 1, 1, 1, 1, 1, 0, 0, 0, 0], "test": [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]}

    missing = raw_folder(tmp_path) / mnist_files("test")[1]
    missing.unlink()
    mnist = available(tmp_path)[0]
    assert mnist.state == "missing"
    assert f"no {missing.name};" in mnist.problem

    missing.write_bytes(b"")
    mnist = available(tmp_path)[0]
    assert (mnist.state, mnist.train, mnist.test) == ("damaged", 0, 0)
    assert str(missing) in mnist.problem


def test_a_data_set_is_had_by_its_id(tmp_path: Path) -> None:
    assert get(tmp_path, "built-in")[:2] == built_in()
    with pytest.raises(MissingError, match="MNIST is not in the data folder"):
        get(tmp_path, "mnist")
    with pytest.raises(DataError, match="mnist or built-in"):
        get(tmp_path, "letters")
    write_mnist(tmp_path)
    assert len(get(tmp_path, "mnist").train) == 6


def test_a_folder_that_may_not_be_looked_at_is_no_reason_to_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(datasets, "find_file", refuse)
    assert available(tmp_path)[0].state == "damaged"
    assert "Permission denied" in load(tmp_path).note


def test_damaged_built_in_digits_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "digits.npz"
    content = bytearray(BUILT_IN.read_bytes())
    content[len(content) // 2] ^= 1
    broken.write_bytes(content)
    monkeypatch.setattr(datasets, "BUILT_IN", broken)
    built_in.cache_clear()
    with pytest.raises(DataError, match=r"digits\.npz is damaged"):
        get(tmp_path, "built-in")
    assert available(tmp_path)[1].state == "damaged"
    monkeypatch.undo()
    assert available(tmp_path)[1].state == "ready"


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
