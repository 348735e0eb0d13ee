"""What was read in pictures whose digit is known: how often it was right, how sure it was, what was taken for what."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

NOTHING = "-"
"""Stands for what was read where not exactly one digit was found."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was read in one picture.

    Attributes:
        meant: its digit.
        reader: what the reader read; None where not exactly one digit was found.
        chance: the probability the reader gave it; 0 where it read none.
        one_layer: what the one-layer network took the same 28x28 for.
        naive: what the reader's network says of the picture merely resized to 28x28.
    """

    meant: int
    reader: int | None
    chance: float
    one_layer: int | None
    naive: int | None

    @property
    def right(self) -> bool:
        """Whether the reader read what was meant."""
        return self.reader == self.meant


def interval(right: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval for a share: with 1.96, in 95 % of samples the true share lies in it.

    >>> [round(end, 3) for end in interval(95, 100)]
    [0.888, 0.978]
    """
    share, room = right / n, z * z / n
    centre = (share + room / 2) / (1 + room)
    half = z / (1 + room) * math.sqrt(share * (1 - share) / n + room / (4 * n))
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class Row:
    """The score of one kind of picture; shares are from 0 to 1.

    Attributes:
        n: how many pictures.
        right: how many of them the reader read right.
        unread: in how many not exactly one digit was found.
        sure: the mean of the probabilities the reader gave to what it read.
        right_of_read: its share of right ones among those it read, to be compared with `sure`.
    """

    name: str
    n: int
    right: int
    unread: int
    one_layer: float
    naive: float
    sure: float
    right_of_read: float

    @classmethod
    def of(cls, name: str, verdicts: Sequence[Verdict]) -> Row:
        """The score of these, at least one."""
        n = len(verdicts)
        right = sum(v.right for v in verdicts)
        read = [v.chance for v in verdicts if v.reader is not None]
        return cls(
            name,
            n,
            right,
            n - len(read),
            sum(v.one_layer == v.meant for v in verdicts) / n,
            sum(v.naive == v.meant for v in verdicts) / n,
            sum(read) / len(read) if read else 0.0,
            right / len(read) if read else 0.0,
        )

    def line(self) -> str:
        """The row as it is printed under `HEAD`."""
        low, high = interval(self.right, self.n)
        return (
            f"{self.name:<26}{self.n:7,}{self.right:8,}{self.right / self.n:9.2%}  {low:7.2%} - {high:7.2%}"
            f"{self.unread:8}{self.one_layer:11.1%}{self.naive:9.1%}"
            f"{self.sure:8.1%}{self.right_of_read:14.1%}"
        )


HEAD = (
    f"{'pictures':<26}{'n':>7}{'right':>8}{'share':>9}  {'95 % interval':^17}{'unread':>8}"
    f"{'one-layer':>11}{'naive':>9}{'sure':>8}{'right if read':>14}"
)


def calibration(verdicts: Iterable[Verdict], edges: Sequence[float]) -> list[tuple[float, float, int, float, float]]:
    """For each stretch of probabilities between two edges: from, to, how many, mean probability, share right."""
    read = [v for v in verdicts if v.reader is not None]
    rows = []
    for low, high in pairwise(edges):
        inside = [v for v in read if low <= v.chance < high or v.chance == high == edges[-1]]
        if inside:
            n = len(inside)
            rows.append((low, high, n, sum(v.chance for v in inside) / n, sum(v.right for v in inside) / n))
    return rows


def confusions(verdicts: Iterable[Verdict]) -> Counter[tuple[int, str]]:
    """How often each digit (first) was taken for what (second); `NOTHING` where none or several were found."""
    return Counter((v.meant, NOTHING if v.reader is None else str(v.reader)) for v in verdicts)


def table(counts: Counter[tuple[int, str]]) -> str:
    """The confusions, what was meant down and what was read across; an empty cell: never."""
    columns = [*map(str, range(10)), NOTHING]
    lines = ["meant \\ read" + "".join(f"{column:>7}" for column in columns)]
    for meant in range(10):
        cells = (f"{counts[meant, column]:7,}" if counts[meant, column] else " " * 7 for column in columns)
        lines.append(f"{meant:>12}" + "".join(cells))
    return "\n".join(lines)


def worst(counts: Counter[tuple[int, str]], pairs: int) -> str:
    """The pairs that are confused most, and how often."""
    wrong = Counter({pair: times for pair, times in counts.items() if str(pair[0]) != pair[1]})
    return ", ".join(f"{meant} as {read} {times:,}" for (meant, read), times in wrong.most_common(pairs))
