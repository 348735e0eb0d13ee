"""What an expression is made of: numbers, names and applications of ops, each listed after its inputs.

There is nothing else a text can become; this list is the whitelist. Being a list and no tree, it is walked with loops,
and a named result that is used twice is one entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.expression.source import Span
from engine.op import Op

Value = float | tuple[Any, ...]
"""A number, a vector (numbers) or a matrix (rows of equal length)."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: a number, or rows of numbers in brackets; `text` is empty for the latter."""

    value: Value
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Leaf:
    """A name whose value may be changed; `default` where the source gives one (`W = [[1, 2], [3, 4]]`)."""

    name: str
    span: Span
    default: Value | None = None


@dataclass(frozen=True, slots=True)
class Apply:
    """An op applied to earlier entries, one a port; `at` is the place of its operator or name."""

    op: Op
    inputs: tuple[int, ...]
    attrs: Mapping[str, Any]
    span: Span
    at: Span


Node = Literal | Leaf | Apply
