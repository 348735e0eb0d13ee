"""Gradients of a recorded graph by central differences: the second proof, which needs forward passes only.

`engine.gradcheck` does the same for a function of tensors. Here the ops recorded in a graph are run again, so that what
a learner sees can be checked as it stands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.graph import Graph, Node
from engine.op import Shape
from engine.value import as_value

Element = tuple[int, ...]
Floats = npt.NDArray[np.float64]

_LEVELS = 10
_SHRINK = 4.0
_FIRST_STEP = 2.0**-7
_NEAR_ZERO = 2.0**-3  # of x itself: the step of log and its like, which end at 0
_ENOUGH = 1e-10


def central_differences(
    graph: Graph, values: Sequence[Any], node_id: int, elements: Sequence[Element] | None = None
) -> Floats:
    """dL/dx for elements x of one node, L being the sum of the graph's roots, in float64.

    D(h) = (L(x + h) - L(x - h)) / 2h is computed for shrinking h and extrapolated to h = 0 (Ridders 1982); what agrees
    best with its neighbours is taken. Where L is smooth around x it is right to 1e-8. At a kink (ReLU at 0) it is the
    mean of the slopes on both sides, where an op takes one of them by convention.

    Args:
        graph: whose ops are run again, those that depend on the node only.
        values: the value of every node, by id, as `in_float64` gives them.
        node_id: a leaf, or a node as if it were one.
        elements: their indices; all of them by default. Each costs four forward passes or more, at most 20.

    Returns:
        One number an element, in their order; NaN where L is not finite near x.
    """
    base = np.asarray(values[node_id], dtype=np.float64)
    later = _dependents(graph, node_id)
    chosen = list(np.ndindex(base.shape)) if elements is None else elements

    def slope(element: Element) -> float:
        place = float(base[element])

        def loss(x: float) -> float:
            moved = base.copy()
            moved[element] = x
            run = {node_id: as_value(moved)}
            for node in later:
                inputs = tuple(run[i] if i in run else values[i] for i in node.inputs)
                run[node.id] = as_value(node.record.evaluate(inputs, node.attrs))
            return sum(float(np.sum(run[root])) for root in graph.roots if root in run)

        return _extrapolated(loss, place)

    return np.array([slope(element) for element in chosen], dtype=np.float64)


def sample_elements(shape: Shape, most: int, *, seed: int) -> list[Element]:
    """At most `most` elements of a tensor, drawn without repetition; all of them, in order, where there are no more."""
    size = math.prod(shape)
    flat = np.arange(size) if size <= most else np.random.default_rng(seed).choice(size, most, replace=False)
    return [tuple(int(i) for i in np.unravel_index(f, shape)) for f in flat]


def in_float64(graph: Graph, values: Sequence[Any]) -> list[Any]:
    """The value of every node in float64, by id, from those of the leaves; whole numbers (labels) stay what they are.

    Args:
        graph: whose ops are run again.
        values: the value of every node, by id; those of leaves are used.
    """
    known: list[Any] = []
    for node in graph:
        if node.op is None:
            value = np.asarray(values[node.id])
            known.append(as_value(value.astype(np.float64) if value.dtype.kind == "f" else value))
        else:
            known.append(as_value(node.record.evaluate(tuple(known[i] for i in node.inputs), node.attrs)))
    return known


def _dependents(graph: Graph, node_id: int) -> list[Node]:
    """The nodes whose values depend on this one, inputs first."""
    reached = {node_id}
    later = []
    for node in graph:
        if node.id != node_id and not reached.isdisjoint(node.inputs):
            reached.add(node.id)
            later.append(node)
    return later


def _extrapolated(loss: Callable[[float], float], x: float) -> float:
    """The slope of `loss` at `x`, from ever smaller steps."""
    h = _FIRST_STEP * max(1.0, abs(x))
    best, error = math.nan, math.inf
    previous: list[float] = []
    for _ in range(_LEVELS):
        up, down = x + h, x - h
        row = [(loss(up) - loss(down)) / (up - down)]
        if not math.isfinite(row[0]):
            h = min(h / _SHRINK, abs(x) * _NEAR_ZERO or h)
            previous = []
            continue
        weight = 1.0
        for coarse in previous:
            weight *= _SHRINK**2
            finer = row[-1] + (row[-1] - coarse) / (weight - 1.0)
            doubt = max(abs(finer - row[-1]), abs(finer - coarse))
            row.append(finer)
            if doubt < error:
                best, error = finer, doubt
        if error <= _ENOUGH * abs(best):
            break
        previous = row
        h /= _SHRINK
    return best
