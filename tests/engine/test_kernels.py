"""Every in-place rule against the op's readable rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import LabelError
from engine.kernels import KERNELS, sum_rows
from engine.op import OPS
from engine.replay import FLOATS, replay_floats
from engine.tape import Tape
from engine.tensor import Tensor, apply

Draw = Callable[[np.random.Generator, Any, int, int], tuple[tuple[Any, ...], dict[str, Any]]]


def one(rng: np.random.Generator, dtype: Any, rows: int, columns: int) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return ((rng.standard_normal((rows, columns)) * 3).astype(dtype),), {}


def product(*, transpose_b: bool, order: str) -> Draw:
    def draw(rng: np.random.Generator, dtype: Any, rows: int, columns: int) -> tuple[tuple[Any, ...], dict[str, Any]]:
        inner = int(rng.integers(1, 6))
        shape = (columns, inner) if transpose_b else (inner, columns)
        b = np.asarray(rng.standard_normal(shape), dtype, order=order)  # type: ignore[call-overload]
        return (rng.standard_normal((rows, inner)).astype(dtype), b), {"transpose_b": True} if transpose_b else {}

    return draw


def biased(rng: np.random.Generator, dtype: Any, rows: int, columns: int) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return (rng.standard_normal((rows, columns)).astype(dtype), rng.standard_normal(columns).astype(dtype)), {}


def labelled(rng: np.random.Generator, dtype: Any, rows: int, columns: int) -> tuple[tuple[Any, ...], dict[str, Any]]:
    labels = rng.integers(0, columns, rows).astype(rng.choice(["i8", "u1", "i4"]))
    return ((rng.standard_normal((rows, columns)) * 30).astype(dtype), labels), {}


CASES: dict[str, list[Draw]] = {
    "matmul": [product(transpose_b=t, order=o) for t in (False, True) for o in "CF"],
    "add": [biased],
    "relu": [one],
    "tanh": [one],
    "sigmoid": [one],
    "cross_entropy": [labelled],
}
EACH = [(name, draw) for name, draws in CASES.items() for draw in draws]


def test_every_kernel_is_tested_and_names_an_op() -> None:
    assert CASES.keys() == KERNELS.keys()
    assert set(KERNELS) | set(FLOATS) <= set(OPS.names())


@pytest.mark.parametrize(("name", "draw"), EACH, ids=[f"{n}-{i}" for i, (n, _) in enumerate(EACH)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(rows=st.integers(1, 5), columns=st.integers(1, 5), seed=st.integers(0, 2**32 - 1))
def test_a_kernel_equals_the_readable_rule(
    name: str, draw: Draw, dtype: Any, rows: int, columns: int, seed: int
) -> None:
    rng, op, kernel = np.random.default_rng(seed), OPS[name], KERNELS[name]
    inputs, attrs = draw(rng, dtype, rows, columns)
    rtol, atol = (1e-12, 1e-13) if dtype is np.float64 else (2e-5, 2e-6)
    expected = np.asarray(op.evaluate(inputs, attrs), dtype)
    assert kernel.accepts(expected, *inputs, **attrs)
    out, work = np.full_like(expected, np.nan), kernel.workspace(*inputs)
    held = [Tensor(a) for a in inputs]
    call = kernel.forward(out, work, *held, **attrs)
    contributions = []
    upstream = np.asarray(rng.standard_normal(expected.shape), dtype)
    for port, vjp in enumerate(kernel.vjps):
        if vjp is not None:
            contribution = np.full_like(inputs[port], np.nan)
            contributions.append((port, contribution, vjp(contribution, work, upstream, out, *held, **attrs)))
    for _ in range(2):  # bound once, called for every pass
        call()
        np.testing.assert_allclose(out, expected, rtol=rtol, atol=atol)
        for port, contribution, back in contributions:
            for _ in range(2):  # a second backward pass after the same forward pass
                back()
                np.testing.assert_allclose(
                    contribution,
                    op.vjp(port, upstream, expected, inputs, attrs),
                    err_msg=f"port {port}",
                    rtol=rtol,
                    atol=atol,
                )
        for array in inputs:  # the next batch, in the same arrays
            if array.dtype.kind == "f":
                array += dtype(0.5)
        upstream *= dtype(2.0)
        expected = np.asarray(op.evaluate(inputs, attrs), dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_scores_and_signals_stay_finite(dtype: Any) -> None:
    logits, labels = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4]], dtype), np.array([1, 2])
    kernel, out = KERNELS["cross_entropy"], np.empty((), dtype)
    kernel.forward(out, kernel.workspace(logits, labels), Tensor(logits), Tensor(labels))()
    assert out == pytest.approx((2e4 + np.log(3)) / 2)
    a, value = np.array([-1e4, 0.0, 1e4], dtype), np.empty(3, dtype)
    KERNELS["sigmoid"].forward(value, {}, Tensor(a))()
    np.testing.assert_array_equal(value, [0.0, 0.5, 1.0])


@pytest.mark.parametrize("label", [3, -1, 10_000])
def test_a_label_that_names_no_class_is_refused_as_without_a_tape(label: int) -> None:
    logits, labels = np.zeros((2, 3), np.float32), np.array([0, 1])
    kernel = KERNELS["cross_entropy"]
    held = Tensor(logits), Tensor(labels)
    call = kernel.forward(np.empty((), np.float32), kernel.workspace(logits, labels), *held)
    call()
    labels[1] = label
    with pytest.raises(LabelError, match="names no class"):
        call()


def test_kernels_leave_to_the_readable_rules_what_they_do_not_know() -> None:
    f4, f8 = np.zeros((2, 3), np.float32), np.zeros((2, 3))
    assert not KERNELS["add"].accepts(f8, f8, f4)
    assert not KERNELS["add"].accepts(f8, f8, 2.0)
    assert not KERNELS["matmul"].accepts(np.zeros((4, 2, 2)), np.zeros((4, 2, 3)), np.zeros((4, 3, 2)))
    assert not KERNELS["cross_entropy"].accepts(np.zeros((), np.float32), f4, np.zeros(2))
    assert not KERNELS["cross_entropy"].accepts(np.zeros((), np.float32), f4[0], np.array(1))


@pytest.mark.parametrize("name", list(FLOATS))
@pytest.mark.parametrize("a", [-1.5, 0.0, 2.0, float("inf"), float("nan")])
def test_rules_on_floats_equal_the_readable_rules(name: str, a: float) -> None:
    op = OPS[name]
    values = (a, 0.25)[: op.arity]
    tape = Tape()
    leaves = [Tensor(0.5, requires_grad=True) for _ in values]
    for numbers in ((0.5,) * len(values), values):
        for leaf, number in zip(leaves, numbers, strict=True):
            leaf.data, leaf.grad = number, None
        with tape:
            node = apply(op, *leaves)
            node.backward()
    assert node.replay is FLOATS[name]
    assert type(node.value) is float
    np.testing.assert_equal(node.value, float(op.evaluate(values, {})))
    for port, leaf in enumerate(leaves):
        np.testing.assert_equal(leaf.grad, float(op.local(port, node.value, values, {})))
    leaves[0].data = np.ones(2)
    assert not FLOATS[name](node)


def test_floats_that_have_no_rule_of_their_own() -> None:
    node = apply(OPS["exp"], Tensor(2.0, requires_grad=True))
    assert replay_floats(node)
    assert node.value == pytest.approx(np.exp(2.0))
    assert node.partials == pytest.approx((np.exp(2.0),))
    node.inputs[0].data = np.ones(2)
    assert not replay_floats(node)


def test_rows_are_summed() -> None:
    upstream, out = np.arange(6.0).reshape(2, 3), np.empty(3)
    sum_rows(out, upstream)()
    np.testing.assert_array_equal(out, [3.0, 5.0, 7.0])
