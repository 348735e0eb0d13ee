"""What is kept of a run, and what can go wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from engine.errors import EngineError


class StoreError(EngineError):
    """What cannot be kept or found: the disk is full, the file is another process's, an array is of no known dtype."""


class MissingError(StoreError, LookupError):
    """A snapshot that is not there."""


class CorruptError(StoreError):
    """Something kept that is not what was written, and is therefore never served.

    Attributes:
        run: id of the run it belongs to.
        step: the training step of a snapshot; of a series, the row from which on it cannot be read.
    """

    def __init__(self, message: str, *, run: str, step: int, given: str = "", expected: str = "") -> None:
        super().__init__(message, given=given, expected=expected)
        self.run = run
        self.step = step


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run, without its numbers.

    Attributes:
        id: names the run; unique.
        visitor: id of the visitor it belongs to.
        kind: what is trained: network, comparison, curve.
        parent: id of the run it branched off from, if any; that run may be gone.
        branched_at: the parent's training step at which it did.
        created: when it began, in seconds since 1970.
        touched: when somebody last wanted something of it, in seconds since 1970.
        recipe: JSON; what is trained and how.
        meta: JSON; what else brings it back: learning rate changes, status, step.
    """

    id: str
    visitor: str
    kind: str
    parent: str | None
    branched_at: int | None
    created: float
    touched: float
    recipe: str
    meta: str


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What one training step leaves behind, enough to go on from.

    Attributes:
        step: training steps made so far.
        meta: what JSON can say, keys being strings; whole numbers of any size, NaN and infinities come back too.
        arrays: name -> array of floats, whole numbers or truth values. Those read back cannot be written to.
    """

    step: int
    meta: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]
