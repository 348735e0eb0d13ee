"""Any expression: what a learner types, and what most other scenes are made of."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from app.scene import Leaf, Opened, Request, Values
from engine.expression import Limits, parse
from engine.graph import Graph, Kind, Labels
from engine.notation import latex_name
from engine.tensor import Tensor
from engine.trace import Trace, record

SLIDER = 4.0
"""Sliders reach from -4 to 4, or further where a value lies further."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One expression of a scene: its source and the part of the picture that it fills."""

    source: str
    name: str = ""


def record_expressions(
    lanes: Sequence[Lane], values: Values, limits: Limits, *, data: Collection[str] = (), wait: bool = True
) -> tuple[Trace, tuple[Leaf, ...]]:
    """The trace of one or more expressions over leaves of the same names and values, and those leaves.

    Args:
        lanes: each becomes a graph of its own, below the one before.
        values: leaf values by name; defaults where absent.
        limits: of the expression language.
        data: names of leaves that no gradient flows to.
        wait: see `engine.trace.record`.

    Raises:
        ExpressionError, ShapeError, LimitError: what cannot be computed, with its place in the source.
    """
    roots: list[Tensor] = []
    lane_of: dict[int, str] = {}
    kinds: dict[int, Kind] = {}
    spans: dict[int, tuple[int, int]] = {}
    for lane in lanes:
        built = parse(lane.source, limits).build(values, data=data)
        built.require_scalar()
        roots.append(built.root)
        lane_of |= {id(t): lane.name for t in built.tensors}
        kinds |= {id(leaf): "data" for leaf in built.leaves.values() if not leaf.requires_grad}
        spans |= built.spans
    trace = record(roots, Labels(lane_of, kinds, {}, spans), wait=wait)
    return trace, editable_leaves(trace.graph, trace.values)


def editable_leaves(graph: Graph, values: Sequence[Any]) -> tuple[Leaf, ...]:
    """The leaves a learner may change: those with a name, each once, wherever it stands."""
    places: dict[str, list[int]] = {}
    for node in graph:
        if node.kind in ("leaf", "data"):
            places.setdefault(node.name, []).append(node.id)
    leaves = []
    for name, nodes in places.items():
        value = np.asarray(values[nodes[0]])
        largest = float(np.abs(value[np.isfinite(value)]).max(initial=0.0))
        reach = min(max(SLIDER, 2 * largest), sys.float_info.max)
        leaves.append(Leaf(name, latex_name(name), tuple(nodes), value.tolist(), -reach, reach))
    return tuple(leaves)


@dataclass(frozen=True, slots=True)
class ExpressionScene:
    """A scene that is one expression.

    Attributes:
        values: the leaves' values it opens with.
        data: leaves that no gradient flows to.
    """

    id: str
    title: str
    says: str
    source: str
    values: Mapping[str, Any]
    data: tuple[str, ...] = ()
    listed: ClassVar[bool] = True

    def open(self, request: Request, limits: Limits) -> Opened:
        """Compute the expression that was asked for, or the scene's own."""
        own = request.source is None or request.source == self.source
        source = self.source if request.source is None else request.source
        values = {**(self.values if own else {}), **request.values}
        trace, leaves = record_expressions([Lane(source)], values, limits, data=self.data if own else ())
        return Opened(trace, source=source, editable=True, leaves=leaves)


EXPRESSION = ExpressionScene(
    id="expression",
    title="Any expression",
    says="Type a formula and walk through it. Names you use become values that you can change.",
    source="a = x*y; b = a + x; a*b",
    values={"x": 2.0, "y": -3.0},
)

NEURON = ExpressionScene(
    id="neuron",
    title="One neuron",
    says="A weighted sum through tanh: each weight's gradient is its input times what comes back through tanh.",
    source="z = w1*x1 + w2*x2 + b; tanh(z)",
    values={"x1": 0.5, "x2": -1.0, "w1": 1.2, "w2": 0.4, "b": 0.3},
)
