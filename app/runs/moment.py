"""A run at one instant, and what the store has of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.store import Snapshot


@dataclass(slots=True)
class Saved:
    """What the store has of a run: entries of each curve by its name there, and the version of its facts."""

    entries: dict[str, int] = field(default_factory=dict)
    version: int = -1


@dataclass(frozen=True, slots=True)
class Moment:
    """How a run stood at one instant, as far as its past depends on it.

    Attributes:
        step: training steps done.
        done: the same of each member.
        rates: of each member, the learning rates set by hand.
        ended: by member, the training step at which it diverged and why.
        kept: training steps that have a snapshot, ascending.
        life: counts up, over all runs, each time that one begins or forgets its later part.
    """

    step: int
    done: tuple[int, ...]
    rates: tuple[tuple[tuple[int, float], ...], ...]
    ended: Mapping[int, tuple[int, str]]
    kept: tuple[int, ...]
    life: int


def member_state(snapshot: Snapshot, index: int) -> tuple[Any, dict[str, Any]]:
    """One member's part of a snapshot."""
    prefix = f"{index}/"
    arrays = {name.removeprefix(prefix): array for name, array in snapshot.arrays.items() if name.startswith(prefix)}
    return snapshot.meta["members"][index], arrays
