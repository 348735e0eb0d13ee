"""Every op against PyTorch in float64, to 1e-10 relative: values and gradients, over all shapes, ties and kinks too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.oracle import functions
from engine import Tensor
from engine.op import OPS, Array
from engine.tensor import apply
from tests.engine.op_cases import CASES

torch = pytest.importorskip("torch")


def assert_close(ours: Any, theirs: Any) -> None:
    """Equal to 1e-10 relative, or to rounding of the largest element where elements cancel."""
    expected = np.asarray(theirs)
    finite = np.abs(expected[np.isfinite(expected)])
    np.testing.assert_allclose(np.asarray(ours), expected, rtol=1e-10, atol=1e-14 * max(1.0, finite.max(initial=0.0)))


def both(name: str, inputs: list[Array], attrs: dict[str, Any]) -> None:
    """Assert that value and gradients are PyTorch's."""
    leaves = [Tensor(a, requires_grad=a.dtype.kind == "f") for a in inputs]
    others = [torch.tensor(a, requires_grad=a.dtype.kind == "f") for a in inputs]
    value, other = apply(OPS[name], *leaves, **attrs), functions()[name](*others, **attrs)
    assert value.shape == tuple(other.shape)
    assert_close(value.data, other.detach())
    upstream = np.random.default_rng(0).uniform(0.5, 1.5, value.shape)
    value.backward(upstream if value.shape else float(upstream))
    other.backward(torch.as_tensor(upstream))
    for ours, theirs in zip(leaves, others, strict=True):
        if theirs.requires_grad:
            assert np.shape(ours.grad) == ours.shape
            assert_close(ours.grad, theirs.grad)


@pytest.mark.parametrize("name", OPS.names())
@given(data=st.data())
def test_values_and_gradients_are_pytorchs(name: str, data: st.DataObject) -> None:
    case = data.draw(CASES[name])
    both(name, case.inputs, case.attrs)


TIES = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])


@pytest.mark.parametrize("name", ["max", "min"])
@pytest.mark.parametrize("attrs", [{}, {"axis": 0}, {"axis": 1}, {"axis": (0, 1)}, {"axis": -1, "keepdims": True}])
def test_ties_of_extremes(name: str, attrs: dict[str, Any]) -> None:
    both(name, [TIES], attrs)


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_ties_of_pairs(name: str) -> None:
    both(name, [TIES, np.full((2, 1), 2.0)], {})


@pytest.mark.parametrize("name", ["abs", "relu", "leaky_relu", "gelu", "softplus", "sqrt", "sigmoid", "tanh"])
def test_kinks_and_far_ends(name: str) -> None:
    both(name, [np.array([0.0, -0.0, 1.0, 19.999, 20.0, 20.001, 50.0, 700.0])], {})
    if name != "sqrt":
        both(name, [np.array([-1.0, -20.0, -50.0, -700.0])], {})


def test_powers_at_zero_and_of_negative_numbers() -> None:
    base, exponent = np.meshgrid([0.0, -2.0, 2.0], [0.0, 1.0, 2.0, 3.0, -1.0])
    both("pow", [base, exponent], {})


def test_division_by_zero() -> None:
    both("div", [np.array([1.0, -1.0]), np.array([0.0, 0.0])], {})
