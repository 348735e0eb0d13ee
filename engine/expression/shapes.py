"""Shapes before values: what every node's shape will be, within limits, and what shapes suit names without a value."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

import numpy as np

from engine.errors import EngineError
from engine.expression.limits import Limits
from engine.expression.nodes import Apply, Leaf, Literal, Node
from engine.expression.source import Source
from engine.op import OPS, Op, Shape

RULE_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a rule may raise for inputs or attributes that it was not written for."""

_MATMUL, _BROADCAST_TO = OPS["matmul"], OPS["broadcast_to"]
_MOST_TRIES = 5_000
_MOST_ROUNDS = 8


def check_shapes(source: Source, nodes: Sequence[Node], leaves: Mapping[int, Shape], limits: Limits) -> list[Shape]:
    """The shape of every node, from the ops' shape rules alone.

    Args:
        leaves: shapes of the leaves, by their entry in `nodes`.

    Raises:
        ExpressionShapeError: shapes that an op cannot combine, at the op.
        ExpressionLimitError: a tensor with more axes than allowed; or a tensor, what goes back from it along one
            wire, or all of these together with more elements.
    """
    shapes: list[Shape] = []
    total = 0
    for i, node in enumerate(nodes):
        match node:
            case Literal():
                shape = np.shape(node.value)
            case Leaf():
                shape = leaves[i]
            case Apply():
                shape = _applied(source, node, nodes, [shapes[j] for j in node.inputs])
        size = math.prod(shape)
        back = _contributions(node.op, shape, [shapes[j] for j in node.inputs]) if isinstance(node, Apply) else []
        total += size + sum(back)
        at = node.at if isinstance(node, Apply) else node.span
        if len(shape) > limits.axes:
            raise source.limit_error("This tensor has too many axes", at, given=f"{len(shape)} axes", limit=limits.axes)
        if size > limits.elements:
            raise source.limit_error(
                "This tensor is too large", at, given=f"{size:,} elements, shape {shape}", limit=limits.elements
            )
        if max(back, default=0) > limits.elements:
            raise source.limit_error(
                "What goes back from here is too large", at, given=f"{max(back):,} elements", limit=limits.elements
            )
        if total > limits.total_elements:
            raise source.limit_error(
                "All tensors together are too large",
                at,
                given=f"{total:,} elements up to here, with what goes back",
                limit=limits.total_elements,
            )
        shapes.append(shape)
    return shapes


def _contributions(op: Op, shape: Shape, inputs: Sequence[Shape]) -> list[int]:
    """Elements of what goes back along each wire, before broadcasting is undone."""
    if op.elementwise:
        return [math.prod(shape)] * len(inputs)
    if op is _MATMUL:  # a matrix is repeated for every one of the batch it meets
        batch = math.prod(np.broadcast_shapes(inputs[0][:-2], inputs[1][:-2]))
        return [batch * math.prod(i[-2:]) for i in inputs]
    return [math.prod(shape if op is _BROADCAST_TO else i) for i in inputs]


def _applied(source: Source, node: Apply, nodes: Sequence[Node], shapes: list[Shape]) -> Shape:
    given = " and ".join(
        f"{_called(source, nodes[i])} of shape {shape}" for i, shape in zip(node.inputs, shapes, strict=True)
    )
    try:
        return node.op.shape(*shapes, **node.attrs)
    except EngineError as error:
        raise source.shape_error(error.message, node.at, given=given, expected=error.expected) from None
    except RULE_ERRORS:
        attributes = "".join(f", {name}={value}" for name, value in node.attrs.items())
        raise source.shape_error(f"{node.op.name} cannot work with this", node.at, given=given + attributes) from None


def _called(source: Source, node: Node) -> str:
    text = " ".join(source.at(node.span).split())
    return text if len(text) <= 24 else f"{text[:23]}…"


class _Sketch:
    """Fits shapes to leaves that have none, by trying shapes of usual sizes against the ops' own rules.

    A capital letter prefers a matrix and a small one a vector, as formulas are written; what only elementwise ops use
    stays a scalar, unless it meets a tensor.
    """

    def __init__(self, nodes: Sequence[Node], known: Mapping[int, Shape]) -> None:
        self.nodes = nodes
        self.known = dict(known)
        self.tries = _MOST_TRIES

    def run(self) -> dict[int, Shape]:
        for _ in range(_MOST_ROUNDS):  # a shape found late may settle an earlier one in the next round
            before = len(self.known)
            self._round()
            if len(self.known) == before:
                break
        return self.known

    def _round(self) -> None:
        # A place is a shape, the open leaf whose shape it shares, or None where nothing can be said.
        self.places: list[Shape | int | None] = []
        for i, node in enumerate(self.nodes):
            match node:
                case Literal():
                    self.places.append(np.shape(node.value))
                case Leaf():
                    self.places.append(self.known.get(i, i))
                case Apply():
                    self.places.append(self._elementwise(node) if node.op.elementwise else self._other(node))

    def _place(self, i: int) -> Shape | int | None:
        place = self.places[i]
        return self.known.get(place, place) if isinstance(place, int) else place

    def _elementwise(self, node: Apply) -> Shape | int | None:
        places = [self._place(i) for i in node.inputs]
        shape = (
            _try(node.op, [p for p in places if isinstance(p, tuple)], {})
            if any(isinstance(p, tuple) for p in places)
            else ()
        )
        open_ports = [port for port, place in enumerate(places) if isinstance(place, int)]
        if shape and node.op.infix != "**":
            for port in open_ports:
                leaf = self.nodes[node.inputs[port]]
                if isinstance(leaf, Leaf):
                    self.known[node.inputs[port]] = shape if leaf.name[0].isupper() else shape[-1:]
        if shape:
            return shape
        return places[open_ports[0]] if open_ports else shape

    def _other(self, node: Apply) -> Shape | None:
        places = [self._place(i) for i in node.inputs]
        if any(p is None for p in places):
            return None
        unknown = list(dict.fromkeys(p for p in places if isinstance(p, int)))
        if (
            len(places) == 1
            and unknown
            and not isinstance(self.nodes[node.inputs[0]], Leaf)
            and not self._capital(unknown[0])
        ):
            unknown_shapes: Iterator[tuple[Shape, ...]] = iter([((),)])
        else:
            sizes = [n for p in places if isinstance(p, tuple) for n in p] + list(_sizes(node.attrs))
            unknown_shapes = product(*(self._candidates(leaf, sizes) for leaf in unknown))
        for candidate in islice(unknown_shapes, self.tries):
            self.tries -= 1
            bound = dict(zip(unknown, candidate, strict=True))
            shape = _try(node.op, [bound[p] if isinstance(p, int) else p for p in places if p is not None], node.attrs)
            if shape is not None and 0 not in shape:
                self.known |= {leaf: s for leaf, s in bound.items() if s}
                return shape
        return None

    def _capital(self, leaf: int) -> bool:
        node = self.nodes[leaf]
        return isinstance(node, Leaf) and node.name[0].isupper()

    def _candidates(self, leaf: int, sizes: list[int]) -> list[Shape]:
        vectors: list[Shape] = [(n,) for n in dict.fromkeys([*sizes, 3, 2])]
        matrices: list[Shape] = list(product(dict.fromkeys([3, 2, *sizes]), dict.fromkeys([*sizes, 2, 3])))
        return matrices + vectors if self._capital(leaf) else vectors + matrices


def _try(op: Op, shapes: Sequence[Shape], attrs: Mapping[str, Any]) -> Shape | None:
    try:
        return op.shape(*shapes, **attrs)
    except RULE_ERRORS:
        return None


def _sizes(attrs: Mapping[str, Any]) -> Iterator[int]:
    """Sizes that attributes ask for beyond 3: the product of whole numbers (a shape), and room for each (an index)."""
    for value in attrs.values():
        items = value if isinstance(value, tuple) else (value,)
        parts = [n for item in items for n in ((item.start, item.stop) if isinstance(item, slice) else (item,))]
        whole = [abs(n) for n in parts if isinstance(n, int)]
        yield from (n for n in [math.prod(whole), *(n + 1 for n in whole)] if n > 3)


def fit_shapes(nodes: Sequence[Node], known: Mapping[int, Shape], limits: Limits) -> dict[int, Shape]:
    """Shapes of all leaves: those of `known`, and for the others shapes that suit their use, else a scalar's."""
    found = _Sketch(nodes, known).run()
    return {
        i: found[i] if i in known or (math.prod(found.get(i, ())) <= limits.elements and i in found) else ()
        for i, node in enumerate(nodes)
        if isinstance(node, Leaf)
    }
