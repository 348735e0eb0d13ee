"""One element of a tensor: its index, what it is called, and the picture that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import ShapeError
from engine.graph import Node
from engine.op import Shape

Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """The picture that a number belongs to: a row of `node`; and the pixel it is, where it is one of its pixels."""

    node: int
    row: int
    pixel: int | None = None


def spot(node: Node, index: Sequence[int]) -> Spot | None:
    """The picture that an element of `node` belongs to, where there is one."""
    if node.images and len(index) == 2:
        return Spot(node.id, index[0], index[1])
    return Spot(node.rows_of, index[0]) if node.rows_of is not None and len(index) else None


def at(name: str, index: Sequence[int]) -> str:
    """A name with an index: W[3, 412]."""
    return f"{name}[{', '.join(map(str, index))}]" if len(index) else name


def indexed(name: str, index: Sequence[Any]) -> str:
    """A LaTeX name with an index: {W}_{3,412}; W_{1}[3,412] where the name has one of its own."""
    if not len(index):
        return name
    places = ",".join(map(str, index))
    return rf"{name}[{places}]" if "_" in name else rf"{{{name}}}_{{{places}}}"


def check_element(element: Sequence[int], shape: Shape) -> Index:
    """The index as a tuple, or a ShapeError that names the shape."""
    index = tuple(element)
    if len(index) != len(shape) or any(not 0 <= i < n for i, n in zip(index, shape, strict=True)):
        raise ShapeError("No such element", given=str(list(index)), expected=f"an index into the shape {shape}")
    return index
