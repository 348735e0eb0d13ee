"""Whether files of MNIST hold what was published: damage inside a picture is found, and its place is named.

MNIST is compared block by block with the checksums of the published files, which come with Gradwalk. Files that agree
in no block are another data set in MNIST's format; of these only what no data set of digits has is refused.
"""

from __future__ import annotations

import json
import zlib
from functools import cache
from itertools import zip_longest
from pathlib import Path

import numpy as np

from engine.data import CLASSES, Bytes, DataError

BLOCK = 1_000
"""Pictures, or labels, that have a checksum together."""

CHECKSUMS = Path(__file__).resolve().parent / "data" / "mnist-checksums.json"

MOST_OF_A_DIGIT = 0.5
"""A larger share of one digit no set of digits has; zeros written over a file of labels look so."""

FEWEST_JUDGED = 100
"""The shares of the digits say nothing about fewer labels."""


@cache
def published() -> dict[str, list[str]]:
    """The checksums of MNIST's files by name, one a block."""
    checksums: dict[str, list[str]] = json.loads(CHECKSUMS.read_text(encoding="utf-8"))
    return checksums


def checksums(content: Bytes) -> list[str]:
    """CRC-32 of each block of pictures or labels, as eight hexadecimal digits.

    In pictures grey level 1 counts as 0: copies of MNIST are about in which it was lost.
    """
    blocks = (content[start : start + BLOCK] for start in range(0, len(content), BLOCK))
    if content.ndim == 3:
        blocks = (block * (block > 1) for block in blocks)
    return [f"{zlib.crc32(block.tobytes()):08x}" for block in blocks]


def require_intact(images: Path, pictures: Bytes, labels: Path, digits: Bytes) -> None:
    """Make sure that a pair of files is what MNIST's were when they were published, or no MNIST but sound.

    Raises:
        DataError: a file is damaged; names the file and the place.
    """
    differing = {images: _differing(images, pictures), labels: _differing(labels, digits)}
    if all(blocks is None for blocks in differing.values()):
        _require_digits(images, pictures, labels, digits)
        return
    for path, content in ((images, pictures), (labels, digits)):
        blocks = differing[path]
        if blocks is None:
            raise DataError(f"{path} is damaged", given="nothing that MNIST has there", expected="MNIST as published")
        if blocks:
            raise DataError(
                f"{path} is damaged", given=_place(blocks, max(1, len(content))), expected="MNIST as published"
            )


def _differing(path: Path, content: Bytes) -> list[int] | None:
    """The blocks in which a file differs from the published one of its name; None where it agrees in none."""
    pairs = list(zip_longest(checksums(content), published().get(path.name.removesuffix(".gz"), ())))
    wrong = [number for number, (ours, theirs) in enumerate(pairs) if ours != theirs]
    return wrong if len(wrong) < len(pairs) else None


def _place(blocks: list[int], count: int) -> str:
    first = blocks[0] * BLOCK
    last = max(first, min(first + BLOCK, count) - 1)
    more = f" and in {len(blocks) - 1} more places" if len(blocks) > 1 else ""
    return f"other content, or none, in entries {first:,} to {last:,}{more}"


def _require_digits(images: Path, pictures: Bytes, labels: Path, digits: Bytes) -> None:
    blank = np.flatnonzero(~pictures.reshape(len(pictures), -1).any(axis=1))
    if blank.size:
        raise DataError(
            f"{images} is damaged",
            given=f"{blank.size:,} pictures without ink, the first at {blank[0]:,}",
            expected="ink on every picture",
        )
    counts = np.bincount(digits, minlength=CLASSES)
    if len(digits) >= FEWEST_JUDGED and counts.max() > MOST_OF_A_DIGIT * len(digits):
        raise DataError(
            f"{labels} is damaged",
            given=f"the label {counts.argmax()} on {counts.max():,} of {len(digits):,} pictures",
            expected="each digit about as often as the others",
        )
