"""Zoom: the terms of one element sum to the number shown, for every op and both passes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.element import Spot, indexed
from engine.errors import LimitError, ShapeError
from engine.graph import Labels
from engine.mode import keep_graph
from engine.tensor import Tensor
from engine.trace import Trace, record
from engine.zoom import zoom

RNG = np.random.default_rng(3)


def tensor(*shape: int, name: str) -> Tensor:
    return Tensor(RNG.normal(size=shape), requires_grad=True, name=name)


def traced(build: Callable[..., Tensor], *inputs: Tensor) -> Trace:
    with keep_graph():
        return record([build(*inputs)])


TRACES = {
    "matmul": lambda: traced(lambda a, b: (a @ b).sum(), tensor(3, 4, name="A"), tensor(4, 2, name="B")),
    "transposed": lambda: traced(
        lambda a, b: a.matmul(b, transpose_b=True).sum(), tensor(3, 4, name="A"), tensor(2, 4, name="B")
    ),
    "batched": lambda: traced(lambda a, b: (a @ b).sum(), tensor(2, 3, 4, name="A"), tensor(4, 2, name="B")),
    "vector": lambda: traced(lambda a, b: (a @ b).sum(), tensor(3, 4, name="A"), tensor(4, name="v")),
    "bias": lambda: traced(lambda a, b: ((a + b) * a).mean(), tensor(3, 4, name="A"), tensor(4, name="b")),
    "softmax": lambda: traced(lambda a, b: (a.softmax(1) * b).sum(), tensor(2, 3, name="A"), tensor(2, 3, name="B")),
    "cross_entropy": lambda: traced(lambda a: a.cross_entropy(Tensor(np.array([0, 2]))), tensor(2, 3, name="z")),
    "one row": lambda: traced(lambda a: a.cross_entropy(Tensor(np.array(2))), tensor(3, name="z")),
    "scalars": lambda: traced(
        lambda a, b: (a * b).tanh() / b, Tensor(1.5, True, name="a"), Tensor(-0.5, True, name="b")
    ),
    "max": lambda: traced(lambda a: a.max(), tensor(3, 2, name="A")),
}


@pytest.mark.parametrize("name", TRACES)
def test_backward_terms_sum_to_the_contribution(name: str) -> None:
    trace = TRACES[name]()
    for step in trace.steps:
        if step.kind == "contribution":
            for element in np.ndindex(np.asarray(step.contribution).shape):
                found = zoom(trace, step, element)
                assert found.number == np.asarray(step.contribution)[element]
                assert found.total == pytest.approx(found.number, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", TRACES)
def test_forward_terms_sum_to_the_value_where_the_op_sums(name: str) -> None:
    trace = TRACES[name]()
    opened = 0
    for step in trace.steps:
        if step.kind == "compute":
            for element in np.ndindex(np.asarray(step.value).shape):
                found = zoom(trace, step, element)
                assert found.latex
                if found.terms or trace.graph[step.node].op in ("matmul", "sum", "mean"):
                    opened += 1
                    assert found.total == pytest.approx(float(np.asarray(step.value)[element]), rel=1e-12)
    assert opened or name in ("cross_entropy", "one row", "scalars", "max")


def test_a_weights_gradient_opens_into_one_product_a_picture() -> None:
    trace = TRACES["transposed"]()
    step = next(s for s in trace.steps if s.kind == "contribution" and trace.graph[s.target or 0].name == "B")
    found = zoom(trace, step, (1, 2))
    a = np.asarray(trace.values[next(n.id for n in trace.graph if n.name == "A")])
    assert [t.right for t in found.terms] == list(a[:, 2])
    assert [t.right_at for t in found.terms] == ["A[0, 2]", "A[1, 2]", "A[2, 2]"]


def pictured() -> Trace:
    """Three pictures of 2x2 pixels through two layers; X and W know that their rows are pictures."""
    x, w, v = Tensor(RNG.normal(size=(3, 4)), name="X"), tensor(2, 4, name="W"), tensor(2, 2, name="V")
    with keep_graph():
        h = x.matmul(w, transpose_b=True).tanh()
        loss = h.matmul(v, transpose_b=True).cross_entropy(Tensor(np.array([0, 1, 1])))
    h.name = "h"
    pictures = {id(x): (2, 2), id(w): (2, 2)}
    return record([loss], Labels(kinds={id(x): "data"}, images=pictures))


def test_factors_know_the_pictures_and_the_pixels_they_belong_to() -> None:
    trace = pictured()
    named = {node.name: node.id for node in trace.graph}
    forward = zoom(trace, trace.steps[0], (2, 1))
    assert [t.left_spot for t in forward.terms] == [Spot(named["X"], 2, k) for k in range(4)]
    assert [t.right_spot for t in forward.terms] == [Spot(named["W"], 1, k) for k in range(4)]
    assert forward.spot == Spot(named["X"], 2)
    for name, pixel in (("W", 3), ("V", None)):
        element = (1, 3 if name == "W" else 0)
        found = zoom(trace, next(trace.contributions(named[name])), element)
        assert [t.left_spot for t in found.terms] == [Spot(named["X"], n) for n in range(3)]
        assert [t.right_spot for t in found.terms] == [Spot(named["X"], n, pixel) for n in range(3)]
        assert found.spot == (Spot(named["W"], *element) if name == "W" else None)


def test_what_belongs_to_no_picture_has_no_spot() -> None:
    trace = TRACES["transposed"]()
    for step in trace.steps:
        if step.kind in ("compute", "contribution"):
            made = np.asarray(step.value if step.kind == "compute" else step.contribution)
            found = zoom(trace, step, (0,) * made.ndim)
            assert {found.spot, *(s for t in found.terms for s in (t.left_spot, t.right_spot))} == {None}


@pytest.mark.parametrize(
    ("name", "index", "latex"),
    [("W", (3, 412), "{W}_{3,412}"), ("W_{1}", (3, 412), "W_{1}[3,412]"), ("L", (), "L")],
)
def test_an_index_is_told_from_the_index_of_a_name(name: str, index: tuple[int, ...], latex: str) -> None:
    assert indexed(name, index) == latex


def test_a_scores_gradient_opens_into_what_was_said_minus_what_was_true() -> None:
    trace = TRACES["cross_entropy"]()
    step = next(s for s in trace.steps if s.kind == "contribution")
    z = np.asarray(trace.values[next(n.id for n in trace.graph if n.name == "z")])
    share = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    right, wrong = zoom(trace, step, (1, 2)), zoom(trace, step, (1, 0))
    assert [t.left for t in right.terms] == pytest.approx([share[1, 2], -1.0])
    assert [t.left for t in wrong.terms] == pytest.approx([share[1, 0]])
    assert {t.right for t in right.terms} == {0.5}


def test_zeros_are_left_out_and_counted() -> None:
    trace = traced(
        lambda a, b: (a @ b).sum(),
        Tensor([[1.0, 0.0, 2.0]], True, name="A"),
        Tensor([[1.0], [5.0], [1.0]], True, name="B"),
    )
    found = zoom(trace, trace.steps[0], (0, 0))
    assert (len(found.terms), found.omitted, found.total) == (2, 1, 3.0)


@pytest.mark.parametrize("element", [(), (3, 0), (0, -1), (0, 0, 0)])
def test_an_element_that_does_not_exist_is_refused_with_the_shape(element: tuple[int, ...]) -> None:
    trace = TRACES["matmul"]()
    with pytest.raises(ShapeError, match=r"\(3, 2\)"):
        zoom(trace, trace.steps[0], element)


def test_a_seed_cannot_be_opened() -> None:
    trace = TRACES["matmul"]()
    with pytest.raises(LimitError):
        zoom(trace, next(s for s in trace.steps if s.kind == "seed"), ())


LONG = 4_400
LONG_SUMS: dict[str, tuple[Callable[..., Tensor], tuple[int, ...], tuple[int, ...], tuple[str, str, int | None]]] = {
    "a product": (lambda a, b: a @ b, (1, LONG), (LONG, 1), ("compute", "matmul", None)),
    "a column of products": (lambda a, b: a @ b, (LONG, 1), (1, 1), ("contribution", "matmul", 1)),
    "a row of products": (lambda a, b: a @ b, (1, 1), (1, LONG), ("contribution", "matmul", 0)),
    "a sum": (lambda a, b: a.sum() * b, (LONG,), (1,), ("compute", "sum", None)),
    "repeats": (lambda a, b: a * b, (LONG,), (1,), ("contribution", "mul", 1)),
    "results": (lambda a, b: a.softmax() * b, (LONG,), (1,), ("contribution", "softmax", 0)),
    "a Jacobian": (lambda a, b: a.var(1) * b, (4_000, 6), (1,), ("contribution", "var", 0)),
}


@pytest.mark.parametrize("name", LONG_SUMS)
def test_what_nobody_could_read_is_refused_before_it_takes_long(name: str) -> None:
    build, left, right, wanted = LONG_SUMS[name]
    trace = traced(lambda a, b: build(a, b).sum(), tensor(*left, name="A"), tensor(*right, name="B"))
    step = next(s for s in trace.steps if (s.kind, trace.graph[s.node].op, s.port) == wanted)
    made = np.asarray(step.value if step.kind == "compute" else step.contribution)
    with pytest.raises(LimitError, match="at most"):
        zoom(trace, step, (0,) * made.ndim)
