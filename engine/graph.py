"""The immutable graph that a viewer receives: every node with a number, a name and its ordered inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from engine import symbolic
from engine.backward import gradient_wires, topological_order
from engine.notation import latex_name
from engine.op import OPS, Op, Shape
from engine.tensor import Tensor

Kind = Literal["leaf", "constant", "parameter", "data", "node"]


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a graph.

    Attributes:
        id: its place in the graph's topological order.
        name: plain text, unique within its lane.
        latex: the name, typeset.
        kind: leaf (a learner may change it), constant, parameter, data (inputs and labels), or node (an op made it).
        op: name of the op, None for leaves.
        inputs: ids of the inputs, one a port; the same id twice is two wires.
        gradient_ports: the ports along which a gradient flows.
        lane: the part of the picture it belongs to.
        images: height and width where its rows are pictures.
        span: place in the source it came from.
        layer: the layer of a network it belongs to; empty where it belongs to none.
        rows_of: the pictures that its rows belong to, row by row, as the id of the node that holds them.
    """

    id: int
    name: str
    latex: str
    kind: Kind
    op: str | None
    inputs: tuple[int, ...]
    gradient_ports: tuple[int, ...]
    attrs: Mapping[str, Any]
    shape: Shape
    lane: str = ""
    images: tuple[int, int] | None = None
    span: tuple[int, int] | None = None
    layer: str = ""
    rows_of: int | None = None

    @property
    def record(self) -> Op:
        """The op's record; nodes only."""
        assert self.op is not None, f"{self.name} is a leaf"
        return OPS[self.op]


@dataclass(frozen=True, slots=True)
class Labels:
    """What a scene knows about its tensors, by id(tensor), beyond what they say themselves."""

    lanes: Mapping[int, str] = field(default_factory=dict)
    kinds: Mapping[int, Kind] = field(default_factory=dict)
    images: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    spans: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    layers: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in topological order (inputs before those who use them) and the roots the backward passes start from."""

    nodes: tuple[Node, ...]
    roots: tuple[int, ...]

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __getitem__(self, node_id: int) -> Node:
        return self.nodes[node_id]

    @property
    def key(self) -> str:
        """Changes only when the structure does: ops, wires, names, lanes, layers, shapes."""
        shape = [(n.name, n.op, n.inputs, n.lane, n.layer, n.shape, n.kind) for n in self.nodes]
        return hashlib.blake2b(repr((shape, self.roots)).encode(), digest_size=8).hexdigest()

    def input_latex(self, node: Node) -> list[str]:
        """Names of the node's inputs, typeset, in the order of its ports."""
        return [self.nodes[i].latex for i in node.inputs]

    def formula(self, node: Node) -> str:
        """What the node computes from its inputs' names, in LaTeX; empty for leaves."""
        if node.op is None:
            return ""
        shapes = [self.nodes[i].shape for i in node.inputs]
        return symbolic.formula(node.record, self.input_latex(node), node.attrs, shapes)


def number_name(value: float) -> str:
    """A constant's own name: the number as people write it."""
    return np.format_float_positional(value, trim="-") if 1e-4 <= abs(value) < 1e6 or value == 0 else f"{value:g}"


def _fresh_names(taken: set[str]) -> Iterator[str]:
    for letter in "abcdfghjkmnpqrstuvwz":
        if letter not in taken:
            yield letter
    for i in count(1):
        if f"n{i}" not in taken:
            yield f"n{i}"


BY_ROW = frozenset({"matmul"})
"""Ops that are not elementwise and make each row of their result from the same row of their first input."""


def _rows_of(tensor: Tensor, inputs: Sequence[Node]) -> int | None:
    """See `Node.rows_of`; of something that an op made."""
    assert tensor.op is not None
    givers = inputs if tensor.op.elementwise else inputs[:1] if tensor.op.name in BY_ROW else ()
    found = {g.rows_of for g in givers if len(g.shape) == tensor.ndim and g.shape[:1] == tensor.shape[:1]} - {None}
    return found.pop() if len(found) == 1 else None


def build_graph(roots: Sequence[Tensor], labels: Labels | None = None) -> tuple[Graph, list[Tensor]]:
    """The graph below `roots`, and its tensors in the same order.

    Tensors that have a name keep it; other scalar roots are called L, other constants by their number, other nodes by
    the next free letter.
    """
    labels = labels or Labels()
    tensors = topological_order(roots)
    ids = {id(t): i for i, t in enumerate(tensors)}
    lane_of = {id(t): labels.lanes.get(id(t), "") for t in tensors}
    fresh: dict[str, Iterator[str]] = {}
    for lane in set(lane_of.values()):
        fresh[lane] = _fresh_names({t.name for t in tensors if t.name and lane_of[id(t)] == lane})
    named_l = {lane for lane in fresh if any(t.name == "L" and lane_of[id(t)] == lane for t in tensors)}
    root_ids = {id(r) for r in roots}
    nodes: list[Node] = []
    for t in tensors:
        lane = lane_of[id(t)]
        constant = t.op is None and not t.requires_grad
        if t.name:
            name, latex = t.name, latex_name(t.name)
        elif constant and t.shape == ():
            name = latex = number_name(t.item())
        elif id(t) in root_ids and t.shape == () and lane not in named_l:
            name = latex = "L"
        else:
            name = next(fresh[lane])
            latex = latex_name(name)
        kind: Kind = labels.kinds.get(id(t), "node" if t.op else "constant" if constant else "leaf")
        images = labels.images.get(id(t))
        if t.op:
            rows_of = _rows_of(t, [nodes[ids[id(i)]] for i in t.inputs])
        else:
            rows_of = ids[id(t)] if kind == "data" and images else None
        nodes.append(
            Node(
                id=ids[id(t)],
                name=name,
                latex=latex,
                kind=kind,
                op=t.op.name if t.op else None,
                inputs=tuple(ids[id(i)] for i in t.inputs),
                gradient_ports=tuple(gradient_wires(t)) if t.requires_grad else (),
                attrs=MappingProxyType(dict(t.attrs)),
                shape=t.shape,
                lane=lane,
                images=images,
                span=labels.spans.get(id(t)),
                layer=labels.layers.get(id(t), ""),
                rows_of=rows_of,
            )
        )
    return Graph(tuple(nodes), tuple(ids[id(r)] for r in roots)), tensors
