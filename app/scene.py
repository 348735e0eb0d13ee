"""What a scene is: something that can be opened into a trace, with the values a learner may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from engine.explain import Text
from engine.expression import Limits
from engine.trace import Trace
from engine.update import Change

Values = Mapping[str, Any]
"""Leaf values by name: a number, a vector or a matrix as nested lists."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that may be changed, and the nodes that hold it (one in each lane)."""

    name: str
    latex: str
    nodes: tuple[int, ...]
    value: Any
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Choice:
    """A switch; `value` is one of the first entries of `options`."""

    name: str
    label: str
    says: str
    value: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Check:
    """Two numbers that should be equal."""

    label: str
    left_label: str
    left: float
    right_label: str
    right: float

    @property
    def difference(self) -> float:
        """Magnitude of what lies between them."""
        return abs(self.left - self.right)

    @property
    def equal(self) -> bool:
        """Equal up to the rounding of float64."""
        return bool(np.isclose(self.left, self.right, rtol=1e-9, atol=1e-12, equal_nan=True))


@dataclass(frozen=True, slots=True)
class TrainingStep:
    """The training step of a run that is open; see the message of the same name."""

    run: str
    title: str
    step: int
    steps: int
    done: int
    member: int
    picture: int | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a scene was opened from: a few words, and an address of this server."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A scene as it stands: its trace and everything a page shows around it.

    Attributes:
        updates: sentences and formulas of steps that only this scene knows how to word, by step index:
            (formula, numbers, sentence).
        changes: what the steps that update a parameter did to it, by step index.
        training: where it is a training step of a run.
        origin: where it belongs to another page.
    """

    trace: Trace
    source: str | None = None
    editable: bool = False
    leaves: tuple[Leaf, ...] = ()
    choices: tuple[Choice, ...] = ()
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()
    updates: Mapping[int, tuple[str, str, Text]] = field(default_factory=dict)
    changes: Mapping[int, Change] = field(default_factory=dict)
    training: TrainingStep | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What a scene is opened with: its own source, values and choices where these are empty."""

    source: str | None = None
    values: Values = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)

    def with_value(self, name: str, value: Any) -> Request:
        """The same with one leaf changed."""
        return replace(self, values={**self.values, name: value})


class Scene(Protocol):
    """One file in app/scenes defines one."""

    @property
    def id(self) -> str:
        """The word in its address."""

    @property
    def title(self) -> str:
        """A few words."""

    @property
    def says(self) -> str:
        """What to look for, in one or two sentences."""

    @property
    def source(self) -> str:
        """The expression it opens with; empty where it is not one."""

    @property
    def listed(self) -> bool:
        """Whether it can be opened by itself, so that the home page shows it."""

    def open(self, request: Request, limits: Limits) -> Opened:
        """Compute it. Raises the engine's errors for what cannot be computed."""


def picked(request: Request, name: str, options: Sequence[tuple[str, str]]) -> str:
    """The chosen option; the first where none, or one that does not exist, was chosen."""
    value = request.choices.get(name, "")
    return value if any(value == option for option, _ in options) else options[0][0]
