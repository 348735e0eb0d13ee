"""The digits that a run learns from and is tested on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from engine.data import Dataset, Labels, Rows, rows

SOME = 1_000
"""Test pictures that the curves are measured on: all of them would take as long as dozens of training steps."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """Digits, and some of the test pictures ready to be tested on.

    Attributes:
        train, test: the data sets.
        note: in plain words, which ones they are.
        some_rows, some_labels: every n-th test picture, rows of shape (m, 784) and labels (m,).
    """

    train: Dataset
    test: Dataset
    note: str
    some_rows: Rows
    some_labels: Labels

    def test_rows(self) -> Rows:
        """All test pictures as rows, made anew: they take 31 MB."""
        return rows(self.test.images)


@lru_cache(maxsize=4)
def lessons(train: Dataset, test: Dataset, note: str) -> Lessons:
    """The lessons that digits give; evenly picked, because the halves of MNIST's test set differ in difficulty."""
    stride = -(-len(test) // SOME)
    return Lessons(train, test, note, rows(test.images[::stride]), test.labels[::stride])
