"""The backward pass: shared nodes, parallel wires, deep graphs, broadcasting undone, and what happens without them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import F, GradientError, ShapeError, Tensor, cat, no_grad
from engine import backward as backward_module
from engine.backward import backward, gradient_wires, topological_order, unbroadcast
from engine.gradcheck import gradcheck
from engine.op import Shape
from engine.tape import Tape

torch = pytest.importorskip("torch")


def test_two_wires_from_one_input_are_two_contributions() -> None:
    x = Tensor(3.0, requires_grad=True)
    (x * x).backward()
    assert x.grad == 6.0
    x.zero_grad()
    (x + x).backward()
    assert x.grad == 2.0


def test_a_diamond_waits_for_both_paths() -> None:
    x = Tensor(2.0, requires_grad=True)
    a = x * x
    (a * a + a).backward()
    assert x.grad == (2.0 * 4.0 + 1.0) * 4.0


def test_an_impatient_pass_loses_what_arrives_late() -> None:
    x = Tensor(2.0, requires_grad=True)
    a = x * x
    grads = backward(a * 3.0 + a * a, wait=False)
    assert grads[id(a)] == 3.0 + 2.0 * 4.0
    assert grads[id(x)] != (3.0 + 8.0) * 4.0
    assert x.grad is None


def test_leaves_accumulate_and_nodes_do_not() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    for _ in range(2):
        y.sum().backward()
    np.testing.assert_array_equal(x.grad, [4.0, 8.0])
    assert y.grad is None
    x.zero_grad()
    assert x.grad is None


def test_leaves_have_grads_of_their_own() -> None:
    """Some rules hand on the upstream array itself, or a view of it; writing into a grad must not change another."""
    a, b = Tensor(np.ones(2), requires_grad=True), Tensor(np.ones(2), requires_grad=True)
    seed = np.ones((1, 2))
    cat([a.broadcast_to((2,)).reshape(1, 2), b.reshape(1, 2)]).sum(0, keepdim=True).backward(seed)
    a.grad += 1.0
    np.testing.assert_array_equal(b.grad, [1.0, 1.0])
    np.testing.assert_array_equal(seed, [[1.0, 1.0]])
    a.zero_grad()
    a.broadcast_to((2,)).backward(seed[0])
    a.grad += 1.0
    np.testing.assert_array_equal(seed, [[1.0, 1.0]])


class Watcher:
    """Notes what an observer is told."""

    def __init__(self) -> None:
        self.seeds: list[Any] = []
        self.heard: list[tuple[str, int, Any, Any, int, int, Any]] = []

    def seed(self, root: Tensor, grad: Any) -> None:
        self.seeds.append(grad)

    def contribution(
        self,
        node: Tensor,
        port: int,
        upstream: Any,
        raw: Any,
        contribution: Any,
        received: int,
        expected: int,
        grad: Any,
    ) -> None:
        assert node.op is not None
        self.heard.append((node.op.name, port, upstream, contribution, received, expected, grad))


def test_an_observer_hears_every_contribution_and_how_many_are_still_expected() -> None:
    x = Tensor(3.0, requires_grad=True)
    watcher = Watcher()
    backward(x * x + x, observer=watcher)
    assert watcher.seeds == [1.0]
    assert watcher.heard == [
        ("add", 0, 1.0, 1.0, 1, 1, 1.0),
        ("add", 1, 1.0, 1.0, 1, 3, 1.0),
        ("mul", 0, 1.0, 3.0, 2, 3, 4.0),
        ("mul", 1, 1.0, 3.0, 3, 3, 7.0),
    ]


def test_nothing_is_expected_from_nodes_that_no_gradient_reaches() -> None:
    """Labels that were computed from x have no gradient, so x waits only for the scores."""
    x = Tensor(np.array([[0.5, 1.0]]), requires_grad=True)
    labels = x.sum(1) * 0.0
    watcher = Watcher()
    backward(x.cross_entropy(labels), observer=watcher)
    assert [(name, received, expected) for name, _, _, _, received, expected, _ in watcher.heard] == [
        ("cross_entropy", 1, 1)
    ]


def test_topological_order_has_inputs_first_and_every_tensor_once() -> None:
    x = Tensor(1.0, requires_grad=True)
    a = x.sin()
    b = a * a
    order = topological_order([b + x, a])
    assert len(order) == len({id(t) for t in order}) == 4
    assert [order.index(t) for t in (x, a, b)] == sorted(order.index(t) for t in (x, a, b))


def test_a_hundred_thousand_chained_ops() -> None:
    x = Tensor(0.5, requires_grad=True)
    y = x
    for _ in range(50_000):
        y = (y + x) * 0.5
    y.backward()
    assert x.grad == pytest.approx(1.0, rel=1e-12)
    assert y.item() == pytest.approx(0.5, rel=1e-12)
    del y  # freeing them does not recurse either


def test_a_hundred_thousand_chained_ops_on_a_tape() -> None:
    x = Tensor(0.5, requires_grad=True)
    tape = Tape()
    for _ in range(2):
        x.zero_grad()
        with tape:
            y = x
            for _ in range(100_000):
                y = y + x
            y.backward()
        assert x.grad == 100_001.0


@pytest.mark.parametrize(
    ("given_shape", "shape"),
    [
        ((4, 3), (3,)),
        ((4, 3), (1, 3)),
        ((4, 3), (4, 1)),
        ((4, 3), ()),
        ((2, 4, 3), (4, 1)),
        ((3,), (3,)),
        ((1, 3), (3,)),
    ],
)
def test_unbroadcast_is_the_transpose_of_broadcasting(given_shape: Shape, shape: Shape) -> None:
    """<broadcast(x), g> = <x, unbroadcast(g)> for every x and g: that is what undoing a linear map backwards means."""
    rng = np.random.default_rng(1)
    g, x = rng.normal(size=given_shape), rng.normal(size=shape)
    undone = unbroadcast(g, shape)
    assert np.shape(undone) == shape
    assert np.sum(np.broadcast_to(x, given_shape) * g) == pytest.approx(np.sum(x * undone), rel=1e-12)


@pytest.mark.parametrize(("given_shape", "shape"), [((3,), (4, 3)), ((4, 2), (4, 3)), ((), (1,))])
def test_unbroadcast_refuses_what_is_no_broadcast(given_shape: Shape, shape: Shape) -> None:
    with pytest.raises(GradientError):
        unbroadcast(np.ones(given_shape), shape)


def test_errors_say_what_a_backward_pass_needs() -> None:
    with pytest.raises(GradientError, match="Nothing here requires a gradient"):
        (Tensor(1.0) + 1.0).backward()
    with pytest.raises(GradientError, match="scalar"):
        (Tensor([1.0, 2.0], requires_grad=True) * 2.0).backward()
    with pytest.raises(ShapeError, match="seed"):
        (Tensor([1.0, 2.0], requires_grad=True) * 2.0).backward(np.ones(3))
    with no_grad():
        y = Tensor(1.0, requires_grad=True) * 2.0
    with pytest.raises(GradientError):
        y.backward()


# ------------------------------------------------------------------------------------- random graphs, shared nodes

SHAPES: list[Shape] = [(3, 2), (2,), (3, 1), (), (1, 2)]
UNARY = ["neg", "sin", "cos", "tanh", "sigmoid", "softplus", "gelu", "exp_of_tanh"]
BINARY = ["add", "sub", "mul", "div", "maximum"]

Program = list[tuple[str, int, int]]


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Steps (op, i, j) on all tensors before them; i and j may be the same, and every tensor may be used again."""
    steps = []
    for available in range(len(SHAPES), len(SHAPES) + draw(st.integers(2, 12))):
        recent = st.integers(0, available - 1) | st.integers(max(0, available - 3), available - 1)
        steps.append((draw(st.sampled_from(UNARY + BINARY)), draw(recent), draw(recent)))
    return steps


def run(program: Program, leaves: list[Any], namespace: Any) -> Any:
    """The program's result, a sum over everything it made, by our functions or by PyTorch's."""
    made = list(leaves)
    for name, i, j in program:
        a, b = made[i], made[j]
        if name == "exp_of_tanh":
            made.append(namespace.exp(namespace.tanh(a)))
        elif name == "div":
            made.append(a / (1.5 + namespace.sin(b)))
        elif name in BINARY:
            made.append(getattr(namespace, name)(a, b))
        else:
            made.append(getattr(namespace, name)(a))
        made[-1] = namespace.tanh(made[-1]) if name == "mul" else made[-1]
    total = made[0].sum()
    for t in made[1:]:
        total = total + t.sum()
    return total * total


class TorchNamespace:
    """PyTorch's functions, which stand in two places."""

    def __getattr__(self, name: str) -> Any:
        return getattr(torch if hasattr(torch, name) else torch.nn.functional, name)


def values() -> list[Any]:
    rng = np.random.default_rng(3)
    return [rng.uniform(-1.0, 1.0, shape) for shape in SHAPES]


@given(program=programs())
def test_random_graphs_have_pytorchs_gradients(program: Program) -> None:
    ours = [Tensor(v, requires_grad=True) for v in values()]
    theirs = [torch.tensor(v, requires_grad=True) for v in values()]
    result, other = run(program, ours, F), run(program, theirs, TorchNamespace())
    result.backward()
    other.backward()
    assert result.item() == pytest.approx(other.item(), rel=1e-10)
    for a, b in zip(ours, theirs, strict=True):
        expected = b.grad.numpy()
        scale = np.abs(expected).max(initial=0.0)
        np.testing.assert_allclose(a.grad, expected, rtol=1e-10, atol=1e-13 * scale)


@given(program=programs().filter(lambda p: all(name != "maximum" for name, _, _ in p)))
def test_random_graphs_agree_with_central_differences(program: Program) -> None:
    gradcheck(lambda *leaves: run(program, list(leaves), F), values())


@given(program=programs())
def test_on_a_tape_random_graphs_have_the_same_gradients(program: Program) -> None:
    plain, taped = ([Tensor(v, requires_grad=True) for v in values()] for _ in range(2))
    run(program, plain, F).backward()
    tape = Tape()
    for _ in range(2):
        for leaf in taped:
            leaf.zero_grad()
        with tape:
            run(program, taped, F).backward()
        for a, b in zip(plain, taped, strict=True):
            scale = np.abs(a.grad).max(initial=0.0)
            np.testing.assert_allclose(b.grad, a.grad, rtol=1e-10, atol=1e-13 * scale)


# ------------------------------------------------------------------------- wrong backward passes that must be caught


def _bias(x: Tensor, b: Tensor) -> Tensor:
    return (x + b).tanh()


BATCH = [np.linspace(-1.0, 1.0, 12).reshape(4, 3), np.array([0.1, -0.2, 0.3])]


def test_a_missing_unbroadcast_fails_the_gradient_check(monkeypatch: pytest.MonkeyPatch) -> None:
    gradcheck(_bias, BATCH)
    monkeypatch.setattr(backward_module, "unbroadcast", lambda gradient, shape: gradient)
    with pytest.raises(GradientError, match="another shape"):
        gradcheck(_bias, BATCH)


def test_an_unbroadcast_that_takes_one_row_or_the_mean_fails_the_gradient_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for reduce in (lambda g: g[0], lambda g: g.mean(0)):
        wrong = lambda g, shape, reduce=reduce: g if g.shape == shape else reduce(g)  # noqa: E731
        monkeypatch.setattr(backward_module, "unbroadcast", wrong)
        with pytest.raises(GradientError, match="wrong by"):
            gradcheck(_bias, BATCH)


def test_a_batch_summed_over_the_wrong_axis_fails_even_when_it_is_square(monkeypatch: pytest.MonkeyPatch) -> None:
    square = [np.linspace(-1.0, 1.0, 9).reshape(3, 3), BATCH[1]]
    gradcheck(_bias, square)
    monkeypatch.setattr(backward_module, "unbroadcast", lambda g, shape: g if g.shape == shape else g.sum(1))
    with pytest.raises(GradientError, match="wrong by"):
        gradcheck(_bias, square)


def test_a_lost_second_contribution_fails_the_gradient_check(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = [np.array([0.3, 0.7])]
    gradcheck(lambda x: x * x.sin(), inputs)
    monkeypatch.setattr(backward_module, "accumulate", lambda grad, new: new if grad is None else grad)
    with pytest.raises(GradientError, match="wrong by"):
        gradcheck(lambda x: x * x.sin(), inputs)


def test_a_lost_parallel_wire_fails_the_gradient_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inputs kept as a set: x * x would have one wire."""

    def as_a_set(node: Tensor) -> list[int]:
        return list({id(node.inputs[port]): port for port in gradient_wires(node)}.values())

    gradcheck(lambda x: x * x, [3.0])
    monkeypatch.setattr(backward_module, "gradient_wires", as_a_set)
    gradcheck(lambda x, y: x * y, [3.0, 2.0])
    with pytest.raises(GradientError, match="wrong by"):
        gradcheck(lambda x: x * x, [3.0])


def test_a_wrong_order_fails_the_gradient_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Depth first without waiting, as in a graph taken for a tree."""

    def diamond(x: Tensor) -> Tensor:
        a = x * x
        return (a.sin() * a).exp() + a

    def preorder(roots: list[Tensor]) -> list[Tensor]:
        order, stack = [], list(roots)
        while stack:
            tensor = stack.pop()
            if tensor not in order:
                order.append(tensor)
                stack.extend(tensor.inputs)
        return order[::-1]

    gradcheck(diamond, [0.8])
    monkeypatch.setattr(backward_module, "topological_order", preorder)
    with pytest.raises(GradientError, match="wrong by"):
        gradcheck(diamond, [0.8])
