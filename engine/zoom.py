"""Zoom: one element of what a step made, as the terms that sum to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine import symbolic
from engine.backward import unbroadcast
from engine.element import Index, Spot, at, check_element, indexed, spot
from engine.errors import LimitError
from engine.explain import derivative, root_of, short_latex
from engine.graph import Node
from engine.op import Array, Shape, operands
from engine.trace import Step, Trace

MAXIMUM_TERMS = 4096
"""Longest sum that is written out."""

MAXIMUM_JACOBIAN = 20_000_000
"""Elements of the largest Jacobian of which a column is found by unit seeds, one an element of the result."""


@dataclass(frozen=True, slots=True)
class Term:
    """One summand: left × right = product, where the two numbers stand, and the pictures they belong to."""

    left: float
    right: float
    left_at: str
    right_at: str
    left_spot: Spot | None = None
    right_spot: Spot | None = None

    @property
    def product(self) -> float:
        """The summand."""
        return self.left * self.right


@dataclass(frozen=True, slots=True)
class Zoom:
    """The terms of one element.

    Attributes:
        element: the index opened.
        latex: the sum in symbols.
        left_label, right_label: what the factors are.
        terms: the summands, zeros left out.
        omitted: how many summands were exactly zero.
        number: the element itself, as the step shows it.
        spot: the picture that the element belongs to.
    """

    element: Index
    latex: str
    left_label: str
    right_label: str
    terms: tuple[Term, ...]
    omitted: int
    number: float
    spot: Spot | None = None

    @property
    def total(self) -> float:
        """Sum of the terms, in the order shown."""
        return float(sum(t.product for t in self.terms))


def zoom(trace: Trace, step: Step, element: Sequence[int]) -> Zoom:
    """The terms of one element of a forward step's value, or of a backward step's contribution.

    Raises:
        ShapeError: the element does not exist.
        LimitError: a step that sums nothing, or one too large to be opened.
    """
    if step.kind == "compute":
        index = check_element(element, np.asarray(step.value).shape)
        return replace(_forward(trace, step, index), spot=spot(trace.graph[step.node], index))
    if step.kind == "contribution":
        assert step.target is not None
        index = check_element(element, np.asarray(step.contribution).shape)
        return replace(_backward(trace, step, index), spot=spot(trace.graph[step.target], index))
    raise LimitError("This step has nothing to open", given=step.kind, expected="a forward or a backward step")


def _require_few(terms: int) -> None:
    """LimitError for a sum that nobody could read, before its terms are collected."""
    if terms > MAXIMUM_TERMS:
        raise LimitError(
            "This sum is too long to be written out", given=f"{terms:,} terms", expected=f"at most {MAXIMUM_TERMS:,}"
        )


def _zoom(element: Index, latex: str, left: str, right: str, rows: Sequence[Term], number: float) -> Zoom:
    kept = tuple(t for t in rows if t.product != 0.0)
    return Zoom(element, latex, left, right, kept, len(rows) - len(kept), number)


# ------------------------------------------------------------------------------------------------------ forward


def _forward(trace: Trace, step: Step, element: Index) -> Zoom:
    node = trace.graph[step.node]
    number = float(np.asarray(step.value)[element])
    rule = _FORWARD.get(node.record.name)
    left = indexed(node.latex, element)
    if rule is not None:
        summand, terms = rule(trace, node, element)
        a, b = trace.graph[node.inputs[0]].name, trace.graph[node.inputs[1]].name if len(node.inputs) > 1 else "weight"
        return _zoom(element, rf"{left} = {summand}", a, b, terms, number)
    if node.record.elementwise:
        numbers = [
            short_latex(float(np.broadcast_to(trace.values[i], np.asarray(step.value).shape)[element]))
            for i in node.inputs
        ]
        numbers = [rf"\left({n}\right)" if n.startswith("-") else n for n in numbers]
        text = symbolic.formula(node.record, [rf"\htmlClass{{v}}{{{n}}}" for n in numbers], node.attrs)
        return Zoom(element, rf"{left} = {text} = \htmlClass{{v}}{{{short_latex(number)}}}", "", "", (), 0, number)
    formula = symbolic.formula(node.record, trace.graph.input_latex(node), node.attrs)
    latex = (
        rf"{left} = \left[{formula}\right]_{{{','.join(map(str, element))}}} = \htmlClass{{v}}{{{short_latex(number)}}}"
    )
    return Zoom(element, latex, "", "", (), 0, number)


def _matmul_forward(trace: Trace, node: Node, element: Index) -> tuple[str, list[Term]]:
    a, b = (np.asarray(trace.values[i]) for i in node.inputs)
    node_a, node_b = (trace.graph[i] for i in node.inputs)
    transposed = bool(node.attrs.get("transpose_b"))
    vector_a, vector_b = a.ndim == 1, b.ndim == 1
    rows = element if vector_b else element[:-1]
    above = element[: len(element) - (not vector_a) - (not vector_b)]
    before_a: Index = () if vector_a else (*_outer(above, a.shape[:-2]), rows[-1])
    before_b: Index = () if vector_b else _outer(above, b.shape[:-2])
    column: Index = () if vector_b else (element[-1],)

    def places(k: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Where the factors of term k stand; k may be a letter."""
        return (*before_a, k), (*before_b, *((*column, k) if transposed else (k, *column)))

    _require_few(a.shape[-1])
    terms = []
    for k in range(a.shape[-1]):
        in_a, in_b = places(k)
        where = at(node_a.name, in_a), at(node_b.name, in_b)
        terms.append(Term(float(a[in_a]), float(b[in_b]), *where, spot(node_a, in_a), spot(node_b, in_b)))
    factors = (indexed(n.latex, place) for n, place in zip((node_a, node_b), places("k"), strict=True))
    return rf"\sum_{{k}} {' '.join(factors)}", terms


def _outer(index: Index, leading: Shape) -> Index:
    """An index into leading axes that may be broadcast: aligned from the right, 0 along axes of size 1."""
    aligned = index[len(index) - len(leading) :]
    return tuple(0 if n == 1 else i for i, n in zip(aligned, leading, strict=True))


def _reduction_forward(trace: Trace, node: Node, element: Index) -> tuple[str, list[Term]]:
    """Sum and mean are linear: the element is the sum of the inputs times their local derivatives."""
    value = np.asarray(trace.values[node.inputs[0]])
    weights = _jacobian_row(trace, node, 0, element)
    _require_few(int(np.count_nonzero(weights)))
    added = trace.graph[node.inputs[0]]
    terms = [
        Term(float(value[tuple(i)]), float(weights[tuple(i)]), at(added.name, [int(n) for n in i]), "weight")
        for i in np.argwhere(weights != 0.0)
    ]
    weight = rf"\tfrac{{1}}{{{len(terms)}}} \," if node.op == "mean" else ""
    return rf"\sum_{{k}} {weight} {{{added.latex}}}_{{k}}", terms


_FORWARD: dict[str, Callable[[Trace, Node, Index], tuple[str, list[Term]]]] = {
    "matmul": _matmul_forward,
    "sum": _reduction_forward,
    "mean": _reduction_forward,
}

# ----------------------------------------------------------------------------------------------------- backward


def _backward(trace: Trace, step: Step, element: Index) -> Zoom:
    assert step.port is not None
    assert step.target is not None
    node, target = trace.graph[step.node], trace.graph[step.target]
    loss = root_of(trace, node).latex
    place = indexed(target.latex, element)
    factors = rf"{derivative(loss, node.latex)} \cdot {derivative(node.latex, place)}"
    latex = rf"{derivative(loss, place)} = \sum {factors}"
    number = float(np.asarray(step.contribution)[element])
    upstream_name = f"∂{root_of(trace, node).name}/∂{node.name}"
    if node.op == "matmul" and all(np.ndim(trace.values[i]) == 2 for i in node.inputs):
        terms = _matmul_backward(trace, step, node, element, upstream_name)
        other = trace.graph[node.inputs[1 - step.port]].name
        return _zoom(element, latex, upstream_name, other, terms, number)
    if node.op == "cross_entropy":
        return _cross_entropy_backward(trace, step, node, element, number)
    if step.local is not None:
        terms = _elementwise_backward(step, node, target, element, upstream_name)
    else:
        terms = _column_backward(trace, step, node, element, upstream_name)
    return _zoom(element, latex, upstream_name, f"∂{node.name}/∂{at(target.name, element)}", terms, number)


def _matmul_backward(trace: Trace, step: Step, node: Node, element: Index, upstream_name: str) -> list[Term]:
    upstream = np.asarray(step.upstream)
    other_id = node.inputs[1 - (step.port or 0)]
    other, factor = np.asarray(trace.values[other_id]), trace.graph[other_id]
    _require_few(upstream.shape[1 - (step.port or 0)])
    transposed = bool(node.attrs.get("transpose_b"))

    def term(upper: tuple[int, int], where: tuple[int, int]) -> Term:
        places = at(upstream_name, upper), at(factor.name, where)
        return Term(float(upstream[upper]), float(other[where]), *places, spot(node, upper), spot(factor, where))

    if step.port == 0:
        n, k = element
        return [term((n, j), (j, k) if transposed else (k, j)) for j in range(upstream.shape[1])]
    j, k = element if transposed else element[::-1]
    return [term((n, j), (n, k)) for n in range(upstream.shape[0])]


def _cross_entropy_backward(trace: Trace, step: Step, node: Node, element: Index, number: float) -> Zoom:
    """What was said minus what was true: the share of a class, less 1 for the right one, averaged over the batch."""
    scores = np.asarray(trace.values[node.inputs[0]], dtype=np.float64)
    labels = np.asarray(trace.values[node.inputs[1]])
    z = scores[element[:-1]]
    share = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    rows = scores.shape[0] if scores.ndim > 1 else 1
    weight = float(np.asarray(step.upstream)) / rows
    true = int(labels[element[:-1]]) == element[-1]
    where = f"∂{root_of(trace, node).name}/∂{node.name}" + (f" / {rows}" if rows > 1 else "")
    picture = spot(trace.graph[node.inputs[0]], element)
    terms = [Term(float(share[element[-1]]), weight, at("p", element), where, picture)]
    terms.append(Term(-1.0 if true else 0.0, weight, at("−y", element), where, picture))
    place = indexed(trace.graph[node.inputs[0]].latex, element)
    average = rf"\tfrac{{1}}{{{rows}}}" if rows > 1 else ""
    loss = root_of(trace, node).latex
    latex = rf"{derivative(loss, place)} = {average} {derivative(loss, node.latex)} \left(p - y\right)"
    return _zoom(element, latex, "p, −y", where, terms, number)


def _elementwise_backward(step: Step, node: Node, target: Node, element: Index, upstream_name: str) -> list[Term]:
    """Upstream times local, one term for every place that the element was repeated to."""
    upstream, local = np.asarray(step.upstream), np.asarray(step.local)
    places = np.zeros(target.shape)
    places[element] = 1.0
    mask = np.broadcast_to(places, node.shape)
    _require_few(int(np.count_nonzero(mask)))
    local_name = f"∂{node.name}/∂{target.name}"
    return [
        Term(float(upstream[i]), float(local[i]), at(upstream_name, i), at(local_name, i), spot(node, i))
        for i in (tuple(int(n) for n in row) for row in np.argwhere(mask))
    ]


def _column_backward(trace: Trace, step: Step, node: Node, element: Index, upstream_name: str) -> list[Term]:
    """One column of the Jacobian, by unit seeds through the op's own vjp."""
    upstream = np.asarray(step.upstream)
    _require_few(upstream.size)
    jacobian = upstream.size * np.size(trace.values[node.inputs[step.port or 0]])
    if jacobian > MAXIMUM_JACOBIAN:
        raise LimitError(
            "This step is too large to be opened",
            given=f"a Jacobian of {jacobian:,} elements",
            expected=f"at most {MAXIMUM_JACOBIAN:,}",
        )
    terms = []
    local_name = f"∂{node.name}/∂{trace.graph[step.target or 0].name}"
    for row in np.ndindex(upstream.shape):
        local = float(_jacobian_row(trace, node, step.port or 0, row)[element])
        terms.append(Term(float(upstream[row]), local, at(upstream_name, row), at(local_name, (*row, *element))))
    return terms


def _jacobian_row(trace: Trace, node: Node, port: int, row: Index) -> Array:
    """Derivatives of one element of the node's value by all elements of the input at `port`."""
    value = np.asarray(trace.values[node.id])
    seed: Any = np.zeros(value.shape, value.dtype)
    seed[row] = 1.0
    inputs = operands(*(trace.values[i] for i in node.inputs))
    shape = np.shape(inputs[port])
    with np.errstate(all="ignore"):
        return np.asarray(unbroadcast(node.record.vjp(port, seed, value, inputs, node.attrs), shape))
