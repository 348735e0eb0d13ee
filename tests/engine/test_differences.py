"""Central differences of a recorded graph: right to 1e-8, on all elements or a few, and unlike what is wrong."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import F, Tensor
from engine.differences import _extrapolated, central_differences, in_float64, sample_elements
from engine.op import OPS
from engine.tensor import apply
from engine.trace import Trace, record


def leaf(data: Any, name: str = "") -> Tensor:
    return Tensor(data, requires_grad=True, name=name)


def node_named(trace: Trace, name: str) -> int:
    return next(node.id for node in trace.graph if node.name == name)


def check_all(trace: Trace, rtol: float = 1e-8) -> int:
    """Compare every grad of the trace with differences; how many numbers that were."""
    compared = 0
    for node_id, grad in trace.grads.items():
        expected = np.asarray(grad, dtype=np.float64)
        found = central_differences(trace.graph, trace.values, node_id)
        np.testing.assert_allclose(found, expected.ravel(), rtol=rtol, atol=rtol * np.abs(expected).max())
        compared += expected.size
    return compared


def test_every_node_of_a_network_with_shared_nodes() -> None:
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(5, 4)), leaf(rng.normal(size=(3, 4)), "w"), leaf(rng.normal(size=3), "b")
    hidden = (Tensor(x).matmul(w, transpose_b=True) + b).tanh()
    loss = (hidden * hidden + hidden.exp()).cross_entropy(Tensor(np.array([0, 1, 2, 0, 1])))
    trace = record([loss + (w * w).sum() * 0.01])
    assert check_all(trace) > 50


@pytest.mark.parametrize(
    ("function", "x", "slope"),
    [
        ("log", 1e-4, 1e4),
        ("log", 1e-6, 1e6),
        ("log", 3.0, 1 / 3),
        ("sqrt", 1e-3, 0.5 / math.sqrt(1e-3)),
        ("exp", 20.0, math.exp(20.0)),
        ("sin", 1e4, math.cos(1e4)),
        ("sigmoid", 12.0, 1 / (2 + math.exp(12.0) + math.exp(-12.0))),
        ("relu", 1e-3, 1.0),
        ("relu", -1e-3, 0.0),
    ],
)
def test_steps_fit_the_function(function: str, x: float, slope: float) -> None:
    trace = record([getattr(leaf(x, "x"), function)()])
    (found,) = central_differences(trace.graph, trace.values, node_named(trace, "x"))
    assert found == pytest.approx(slope, rel=1e-8)


def test_a_kink_gives_the_mean_of_both_slopes() -> None:
    trace = record([leaf(0.0, "x").relu()])
    assert central_differences(trace.graph, trace.values, node_named(trace, "x")) == pytest.approx([0.5])


def test_what_is_not_finite_nearby_is_not_a_number() -> None:
    trace = record([leaf(-1.0, "x").log(), (leaf([1.0, 1.0], "y") / Tensor([0.0, -0.0])).sum()])
    for name in ("x", "y"):
        assert np.isnan(central_differences(trace.graph, trace.values, node_named(trace, name))).all()


def test_float32_values_are_checked_in_float64() -> None:
    rng = np.random.default_rng(1)
    numbers = rng.normal(size=(3, 4)).astype(np.float32), rng.normal(size=(2, 4)).astype(np.float32)

    def differences(dtype: type) -> Any:
        w, x = leaf(numbers[0].astype(dtype), "w"), leaf(numbers[1].astype(dtype))
        trace = record([x.exp().matmul(w, transpose_b=True).tanh().mean()])
        values = in_float64(trace.graph, trace.values)
        return central_differences(trace.graph, values, node_named(trace, "w"))

    np.testing.assert_array_equal(differences(np.float32), differences(np.float64))


def test_extrapolation_needs_few_steps() -> None:
    passes: list[float] = []

    def sine(x: float) -> float:
        passes.append(x)
        return math.sin(x)

    assert _extrapolated(sine, 0.7) == pytest.approx(math.cos(0.7), rel=1e-10)
    assert len(passes) <= 6


def test_chosen_elements_are_answered_in_their_order() -> None:
    x = leaf(np.arange(6.0).reshape(2, 3), "x")
    trace = record([(x * x).sum()])
    found = central_differences(trace.graph, trace.values, node_named(trace, "x"), [(1, 2), (0, 1)])
    np.testing.assert_allclose(found, [10.0, 2.0], rtol=1e-9)


def test_several_roots_are_summed() -> None:
    a, b = leaf(3.0, "a"), leaf(0.5, "b")
    trace = record([a * a, F.tanh(b)])
    assert check_all(trace) == 4


def test_two_wires_count_twice() -> None:
    x = leaf(3.0, "x")
    trace = record([x * x + x])
    assert central_differences(trace.graph, trace.values, node_named(trace, "x")) == pytest.approx([7.0], rel=1e-10)


def test_values_are_left_alone() -> None:
    trace = record([(leaf(np.ones(3), "x") * 2.0).sum()])
    before = [np.array(value) for value in trace.values]
    central_differences(trace.graph, trace.values, node_named(trace, "x"))
    for old, new in zip(before, trace.values, strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_wrong_gradient_is_told_from_the_right_one() -> None:
    wrong = replace(OPS["sin"], partials=(lambda y, a: 1.001 * np.cos(a),))
    trace = record([apply(wrong, leaf(0.7, "x"))])
    with pytest.raises(AssertionError):
        check_all(trace)


def test_a_sample_is_small_without_repetition_and_the_same_for_a_seed() -> None:
    assert sample_elements((2, 2), 4, seed=0) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert sample_elements((), 3, seed=0) == [()]
    drawn = sample_elements((40, 50), 24, seed=3)
    assert len(set(drawn)) == 24
    assert all(0 <= i < 40 and 0 <= j < 50 for i, j in drawn)
    assert drawn == sample_elements((40, 50), 24, seed=3) != sample_elements((40, 50), 24, seed=4)
