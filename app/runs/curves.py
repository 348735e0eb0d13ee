"""The curves of a run, which grow with every training step and may be read by others meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Steps = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.float32]

LOSS = "loss"
"""The one curve with a number for every training step; all others are sampled."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Entries of a curve from `start` on; `x` are their training steps."""

    start: int
    x: Steps
    y: Numbers


class Curve:
    """Numbers by training step, ascending. One thread appends; others may read what was there before."""

    def __init__(self) -> None:
        self._x, self._y = np.empty(1024, np.int32), np.empty(1024, np.float32)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, step: int, number: float) -> None:
        """A number more; NaN and infinities are numbers, and what float32 cannot hold is one of them."""
        if self._count == len(self._x):
            self._x, self._y = (np.concatenate([array, np.empty_like(array)]) for array in (self._x, self._y))
        self._x[self._count] = step
        with np.errstate(over="ignore"):
            self._y[self._count] = number
        self._count += 1  # last, so that a reader never meets an entry without its number

    def extend(self, steps: npt.ArrayLike, numbers: npt.ArrayLike) -> None:
        """Many numbers more."""
        with np.errstate(over="ignore"):
            x, y = np.asarray(steps, np.int32), np.asarray(numbers).astype(np.float32)
        self._x, self._y = (
            np.concatenate([mine[: self._count], more, np.empty(1024, mine.dtype)])
            for mine, more in ((self._x, x), (self._y, y))
        )
        self._count += len(x)

    def since(self, start: int) -> Piece:
        """Copies of the entries from `start` on."""
        count = self._count
        start = min(start, count)
        return Piece(start, self._x[start:count].copy(), self._y[start:count].copy())

    def index_after(self, step: int) -> int:
        """How many entries belong to training steps up to `step`."""
        return int(np.searchsorted(self._x[: self._count], step, side="right"))

    def cut(self, step: int) -> None:
        """Forget what came after training step `step`."""
        self._count = self.index_after(step)


class Curves:
    """The curves of all members of a run, by member and name."""

    def __init__(self) -> None:
        self._curves: dict[tuple[int, str], Curve] = {}

    def append(self, member: int, name: str, step: int, number: float) -> None:
        """A number more for a curve, which is begun where it is new."""
        self._begun(member, name).append(step, number)

    def extend(self, member: int, name: str, steps: npt.ArrayLike, numbers: npt.ArrayLike) -> None:
        """Many numbers more."""
        self._begun(member, name).extend(steps, numbers)

    def _begun(self, member: int, name: str) -> Curve:
        if (curve := self._curves.get((member, name))) is None:
            curve = self._curves[member, name] = Curve()
        return curve

    def cut(self, step: int) -> None:
        """Forget what came after training step `step`."""
        for curve in self._curves.values():
            curve.cut(step)

    def items(self) -> Iterator[tuple[int, str, Curve]]:
        """Member, name and curve, in the order they were begun."""
        return ((member, name, curve) for (member, name), curve in list(self._curves.items()))

    def get(self, member: int, name: str) -> Curve:
        """A curve; an empty one where there is none."""
        return self._curves.get((member, name)) or Curve()

    def copy_until(self, step: int) -> Curves:
        """The curves as they were after training step `step`."""
        copy = Curves()
        for member, name, curve in self.items():
            if count := curve.index_after(step):
                piece = curve.since(0)
                copy.extend(member, name, piece.x[:count], piece.y[:count])
        return copy
