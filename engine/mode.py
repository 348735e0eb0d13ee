"""What the engine does while it computes: whether graphs are kept, and on which tape; a value a thread or task."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.tape import Tape
    from engine.tensor import Tensor


@dataclass(frozen=True, slots=True)
class Mode:
    """The computing mode.

    Attributes:
        grad: whether ops on tensors that require grad become nodes of a graph.
        keep: whether every op becomes a node, even where nothing requires grad (a viewer wants to see constants too).
        tape: the tape that is recorded or replayed, if any.
    """

    grad: bool = True
    keep: bool = False
    tape: Tape | None = None


MODE: ContextVar[Mode] = ContextVar("engine mode", default=Mode())  # noqa: B039 (immutable)


TAKE: ContextVar[Callable[[], Tensor] | None] = ContextVar("take", default=None)
"""What yields the next node of the tape in use: the one thing that operators on numbers ask every time."""


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without keeping a graph, as torch.no_grad does."""
    with _without_tape(replace(MODE.get(), grad=False, keep=False, tape=None)):
        yield


@contextmanager
def keep_graph() -> Iterator[None]:
    """Keep every op in the graph, constants included, for somebody who looks at it."""
    with _without_tape(replace(MODE.get(), grad=True, keep=True, tape=None)):
        yield


@contextmanager
def _without_tape(mode: Mode) -> Iterator[None]:
    tokens = MODE.set(mode), TAKE.set(None)
    try:
        yield
    finally:
        MODE.reset(tokens[0])
        TAKE.reset(tokens[1])
