"""A parsed expression, and the graph it becomes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.errors import EngineError
from engine.expression.defaults import default_number, default_value
from engine.expression.limits import Limits
from engine.expression.nodes import Apply, Leaf, Literal, Node
from engine.expression.shapes import RULE_ERRORS, check_shapes, fit_shapes
from engine.expression.source import Source, Span
from engine.mode import keep_graph
from engine.op import OPS, Shape
from engine.tensor import Tensor, apply

_POW = OPS["pow"]


@dataclass(frozen=True, slots=True)
class Program:
    """What a text says, before any value is known.

    Attributes:
        source: the text as typed.
        nodes: numbers, leaves and applications of ops, each after its inputs.
        results: the entries of assigned names, in the order of the lines.
        root: the entry of the last line's value.
        root_span: the text of that value.
        limits: what its values must keep to.
    """

    source: Source
    nodes: tuple[Node, ...]
    results: Mapping[str, int]
    root: int
    root_span: Span
    limits: Limits

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the leaves, in order of appearance."""
        return tuple(node.name for node in self.nodes if isinstance(node, Leaf))

    @property
    def ops(self) -> tuple[str, ...]:
        """Names of the ops, each once, in the order of computing."""
        return tuple(dict.fromkeys(node.op.name for node in self.nodes if isinstance(node, Apply)))

    def build(self, values: Mapping[str, Any] | None = None, *, data: Collection[str] = ()) -> Built:
        """Compute the graph.

        Args:
            values: of leaves, by name: numbers, rows or arrays. Leaves without one have the value the source gives
                them, else a default of a shape that suits their use. Other names are ignored: an expression that is
                being typed loses and regains names.
            data: names of leaves that no gradient flows to.

        Raises:
            ExpressionError: a value that is no tensor, or one that an op refuses; with its place, as are
            ExpressionShapeError: shapes that an op cannot combine, and
            ExpressionLimitError: sizes or exponents beyond the limits.
        """
        labels = self._labels()
        leaves = self._leaf_values(values or {}, labels)
        shapes = {i: np.shape(value) for i, value in leaves.items()}
        check_shapes(self.source, self.nodes, shapes, self.limits)
        tensors: list[Tensor] = []
        with keep_graph():
            for i, node in enumerate(self.nodes):
                match node:
                    case Literal():
                        tensor = Tensor(node.value, name=node.text)
                    case Leaf():
                        tensor = Tensor(
                            leaves[i], requires_grad=i not in labels and node.name not in data, name=node.name
                        )
                    case Apply():
                        tensor = self._apply(node, [tensors[j] for j in node.inputs])
                tensors.append(tensor)
        for name, i in self.results.items():
            if isinstance(self.nodes[i], Apply) and not tensors[i].name:
                tensors[i].name = name
        return Built(self, tuple(tensors))

    def _labels(self) -> frozenset[int]:
        """Leaves that stand only where no gradient flows, such as class labels."""
        used: dict[int, bool] = {}
        for node in self.nodes:
            if isinstance(node, Apply):
                for port, i in enumerate(node.inputs):
                    used[i] = used.get(i, False) or node.op.has_gradient(port)
        return frozenset(i for i, gradient in used.items() if not gradient and isinstance(self.nodes[i], Leaf))

    def _leaf_values(self, values: Mapping[str, Any], labels: Collection[int]) -> dict[int, Any]:
        given: dict[int, Any] = {}
        for i, node in enumerate(self.nodes):
            if isinstance(node, Leaf) and (value := values.get(node.name, node.default)) is not None:
                given[i] = self._value(node, value)
        known: dict[int, Shape] = {i: np.shape(value) for i, value in given.items()}
        numbers: set[float] = set()
        leaves: dict[int, Any] = {}
        for i, shape in fit_shapes(self.nodes, known, self.limits).items():
            node = self.nodes[i]
            if i in given:
                leaves[i] = given[i]
            elif isinstance(node, Leaf):
                number = default_number(node.name, numbers)
                numbers.add(number)
                leaves[i] = default_value(number, shape, i in labels)
        return leaves

    def _value(self, leaf: Leaf, value: Any) -> Any:
        """A given value in the engine's form: float arrays keep their dtype, all else becomes float64."""
        try:
            tensor = Tensor(value)
            if tensor.dtype.kind != "f":
                tensor = Tensor(value, dtype=np.float64)
        except RULE_ERRORS:
            raise self.source.error(
                f"{leaf.name} cannot have this value", leaf.span, given=f"{value!r:.60}",
                expected="a number, or rows of numbers of equal length",
            ) from None  # fmt: skip
        return tensor.value

    def _apply(self, node: Apply, inputs: list[Tensor]) -> Tensor:
        if node.op is _POW and not inputs[1].requires_grad:
            self._check_exponent(node, inputs[1])
        try:
            return apply(node.op, *inputs, **node.attrs)
        except EngineError as error:
            raise self.source.error(error.message, node.at, given=error.given, expected=error.expected) from None
        except RULE_ERRORS:
            given = ", ".join(f"{name}={value}" for name, value in node.attrs.items())
            raise self.source.error(f"{node.op.name} cannot work with this", node.at, given=given) from None

    def _check_exponent(self, node: Apply, exponent: Tensor) -> None:
        largest = float(np.max(np.abs(exponent.value), initial=0.0))
        if not largest <= self.limits.exponent:
            span = self.nodes[node.inputs[1]].span
            raise self.source.limit_error(
                "This exponent is too large", span, given=f"{largest:g}", limit=self.limits.exponent
            )


@dataclass(frozen=True, slots=True)
class Built:
    """The graph of a program over one set of values.

    Attributes:
        program: what was built.
        tensors: one for each of the program's nodes, in their order.
    """

    program: Program
    tensors: tuple[Tensor, ...]

    @property
    def root(self) -> Tensor:
        """The value of the last line."""
        return self.tensors[self.program.root]

    @property
    def leaves(self) -> dict[str, Tensor]:
        """The tensors whose values may be changed, by name; class labels among them do not require grad."""
        pairs = zip(self.program.nodes, self.tensors, strict=True)
        return {node.name: tensor for node, tensor in pairs if isinstance(node, Leaf)}

    @property
    def named(self) -> dict[str, Tensor]:
        """The computed results that have a name."""
        nodes = self.program.nodes
        return {name: self.tensors[i] for name, i in self.program.results.items() if isinstance(nodes[i], Apply)}

    @property
    def spans(self) -> dict[int, Span]:
        """Where in the source each tensor came from, by id(tensor); a leaf where it appears first."""
        return {id(tensor): node.span for node, tensor in zip(self.program.nodes, self.tensors, strict=True)}

    def require_scalar(self) -> None:
        """Check that a backward pass can begin at the root with the seed 1: a scalar that depends on a leaf.

        Raises:
            ExpressionShapeError: the root has axes.
            ExpressionError: no gradient can flow from it.
        """
        program, span = self.program, self.program.root_span
        text = program.source.at(span)
        if self.root.shape != ():
            raise program.source.shape_error(
                "The backward pass begins at a single number", span, given=f"shape {self.root.shape}",
                expected="a scalar: sum(...) or mean(...) of it", suggestion=f"sum({text})",
            )  # fmt: skip
        if not self.root.requires_grad:
            raise program.source.error(
                "There is nothing to differentiate by",
                span,
                given=f"{text}, which only depends on constants",
                expected="a name, such as x",
            )
