"""The gradient check itself: what it accepts, what it refuses, and what it reports."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import GradientError, Tensor, ops
from engine.gradcheck import gradcheck
from engine.tensor import apply


def test_it_reports_the_largest_relative_error_and_where() -> None:
    report = gradcheck(lambda x, y: (x @ y).exp(), [np.full((2, 3), 0.1), np.arange(3.0)])
    assert report.checked == 9
    assert 0.0 < report.error < 1e-8
    assert report.port in (0, 1)
    assert report.backward == pytest.approx(report.difference, rel=1e-8)


@given(
    factor=st.sampled_from([999.0, 1.001, 1.00001, 0.999, -1.0, 0.0]),
    scale=st.sampled_from([1e-6, 1e-3, 1.0, 1e3, 1e6]),
)
def test_no_size_of_gradient_hides_a_wrong_factor(factor: float, scale: float) -> None:
    """An absolute tolerance would pass small gradients, a tolerance relative to the largest one small neighbours."""
    wrong = replace(ops.MUL, partials=(lambda y, a, b: b * factor, ops.MUL.partials[1]))
    inputs = [np.array([1.0, 2.0]), np.array([scale, scale])]
    gradcheck(lambda a, b: a * b, inputs)
    with pytest.raises(GradientError, match="input 0"):
        gradcheck(lambda a, b: apply(wrong, a, b), inputs)


def test_one_wrong_element_is_found_and_named() -> None:
    spoiled = np.ones((2, 3))
    spoiled[1, 2] = 1.001
    wrong = replace(ops.EXP, partials=(lambda y, a: y * spoiled,))
    with pytest.raises(GradientError, match=r"input 0 at \[1, 2\]") as caught:
        gradcheck(lambda a: apply(wrong, a), [np.full((2, 3), 0.5)])
    assert "by the backward pass" in caught.value.given
    assert "by central differences" in caught.value.expected


def test_a_gradient_that_is_missing_is_wrong() -> None:
    with pytest.raises(GradientError):
        gradcheck(lambda x, y: x * y.detach(), [2.0, 3.0])


def test_a_gradient_of_zero_is_right_where_nothing_moves() -> None:
    assert gradcheck(lambda x, y: x + y * 0.0, [2.0, 3.0]).error < 1e-8


def test_the_error_of_the_differences_falls_with_the_fourth_power_of_the_step() -> None:
    """Plain central differences would be wrong by step**2 / 6, here 2e-5."""
    assert gradcheck(lambda x: x.exp(), [0.5], step=1e-2).error < 1e-8


def test_labels_are_passed_on_and_inputs_stay_as_they_are() -> None:
    logits = np.linspace(-1.0, 1.0, 6).reshape(2, 3)
    kept = logits.copy()
    report = gradcheck(lambda z, t: z.cross_entropy(t), [Tensor(logits), np.array([0, 2])])
    assert report.checked == 6
    np.testing.assert_array_equal(logits, kept)
