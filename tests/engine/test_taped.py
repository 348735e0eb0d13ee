"""A pass made on a tape, as a trace: the tape's own numbers, and the steps that a recorded pass has."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine import nn
from engine.errors import GradientError
from engine.graph import Labels
from engine.mode import keep_graph
from engine.tape import Tape
from engine.taped import record_taped
from engine.tensor import Tensor
from engine.trace import Trace, record

RNG = np.random.default_rng(11)
X = RNG.normal(size=(5, 6)).astype(np.float32)
Y = np.array([0, 2, 1, 1, 0])


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(6, 4, generator=0), nn.Sigmoid(), nn.Linear(4, 3, generator=1))


def loss_of(model: nn.Sequential, x: Tensor) -> Tensor:
    return model(x).cross_entropy(Tensor(Y))


def on_tape() -> tuple[Trace, Tensor, nn.Sequential]:
    model, tape = network(), Tape()
    with tape:
        loss = loss_of(model, Tensor(X))
        loss.backward()
    return record_taped(loss), loss, model


def test_the_steps_are_those_of_a_recorded_pass() -> None:
    taped, _, _ = on_tape()
    with keep_graph():
        plain = record([loss_of(network(), Tensor(X))])
    assert [(n.op, n.inputs, n.shape) for n in taped.graph] == [(n.op, n.inputs, n.shape) for n in plain.graph]
    assert len(taped) == len(plain) == 16
    for one, other in zip(taped.steps, plain.steps, strict=True):
        same = ("index", "phase", "kind", "node", "port", "target", "received", "expected", "state")
        assert [getattr(one, name) for name in same] == [getattr(other, name) for name in same]
        for name in ("value", "upstream", "local", "raw", "contribution", "grad"):
            left, right = getattr(one, name), getattr(other, name)
            assert (left is None) == (right is None), name
            if left is not None:
                assert np.shape(left) == np.shape(right)
                assert np.allclose(left, right, rtol=1e-5, atol=1e-7), name


def test_every_number_is_the_tapes_own() -> None:
    trace, loss, model = on_tape()
    grads = {n.id: trace.grads[n.id] for n in trace.graph if n.kind == "leaf"}
    for parameter, grad in zip(
        (model[0].weight, model[0].bias, model[2].weight, model[2].bias),  # type: ignore[attr-defined]
        (grads[i] for i in sorted(grads)),
        strict=True,
    ):
        assert np.array_equal(parameter.grad, np.asarray(grad))
    assert trace.values[trace.graph.roots[0]] == loss.item()


def test_the_next_pass_changes_nothing_in_it() -> None:
    model, tape = network(), Tape()
    traces = []
    for x in (X, X[::-1]):
        with tape:
            loss = loss_of(model, Tensor(x))
            loss.backward()
        traces.append(record_taped(loss))
        model.zero_grad()
    first, again = traces[0], on_tape()[0]
    assert all(np.array_equal(a, b) for a, b in zip(first.values, again.values, strict=True))
    assert all(np.array_equal(first.grads[i], again.grads[i]) for i in first.grads)
    assert not np.array_equal(np.asarray(traces[1].values[0]), X)


def several(x: Tensor) -> Tensor:
    return (x * x).sum()


def untouched(x: Tensor) -> Tensor:
    return (x * 2.0).sum()


@pytest.mark.parametrize(("build", "match"), [(several, "several to"), (untouched, "No backward pass")])
def test_what_a_tape_does_not_tell_apart_is_refused(build: Callable[[Tensor], Tensor], match: str) -> None:
    with Tape():
        root = build(Tensor(X, requires_grad=True))
        if build is several:
            root.backward()
    with pytest.raises(GradientError, match=match):
        record_taped(root)


def test_rows_are_followed_from_the_pictures_through_the_layers() -> None:
    model, x, y = network(), Tensor(X, name="X"), Tensor(Y, name="y")
    with keep_graph():
        loss = model(x).cross_entropy(y)
    labels = Labels(kinds={id(x): "data", id(y): "data"}, images={id(x): (2, 3)})
    graph = record([loss], labels).graph
    followed = {node.op for node in graph if node.rows_of is not None}
    assert followed == {None, "matmul", "add", "sigmoid"}
    assert {node.rows_of for node in graph} == {None, next(n.id for n in graph if n.name == "X")}
    assert all(node.rows_of is None for node in graph if node.kind == "leaf" or node.name == "y" or node.shape == ())


def test_rows_that_one_picture_was_repeated_to_are_no_rows_of_it() -> None:
    picture, others = Tensor(X[:1], name="X"), Tensor(X, requires_grad=True, name="B")
    with keep_graph():
        root = (picture * 2.0 + others).sum()
    graph = record([root], Labels(kinds={id(picture): "data"}, images={id(picture): (2, 3)})).graph
    assert [node.op for node in graph if node.rows_of is not None] == [None, "mul"]
