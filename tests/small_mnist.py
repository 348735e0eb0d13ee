"""A small MNIST for tests: files in the right format and place, with a few random pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from app.datasets import Split, mnist_files, raw_folder
from engine.data import Bytes

COUNTS: dict[Split, int] = {"train": 6, "test": 3}


def idx(array: Bytes) -> bytes:
    """The content of an IDX file."""
    return bytes((0, 0, 8, array.ndim)) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def write_mnist(folder: Path, counts: dict[Split, int] = COUNTS) -> Path:
    """Write MNIST's four files below `folder`, in torchvision's layout; labels count up from 0."""
    random = np.random.default_rng(0)
    raw_folder(folder).mkdir(parents=True, exist_ok=True)
    for split, count in counts.items():
        images, labels = mnist_files(split)
        pictures = random.integers(0, 256, (count, 28, 28), np.uint8)
        (raw_folder(folder) / images).write_bytes(idx(pictures))
        (raw_folder(folder) / labels).write_bytes(idx((np.arange(count) % 10).astype(np.uint8)))
    return folder
