"""What the engine does while it computes: whether graphs are kept, and on which tape; a value a thread or task."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.tape import Tape


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


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without keeping a graph, as torch.no_grad does."""
    token = MODE.set(replace(MODE.get(), grad=False, keep=False, tape=None))
    try:
        yield
    finally:
        MODE.reset(token)


@contextmanager
def keep_graph() -> Iterator[None]:
    """Keep every op in the graph, constants included, for somebody who looks at it."""
    token = MODE.set(replace(MODE.get(), grad=True, keep=True, tape=None))
    try:
        yield
    finally:
        MODE.reset(token)
