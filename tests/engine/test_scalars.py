"""Rules on floats against the ops' readable rules, and the graph they make."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.op import OPS
from engine.scalars import SCALAR_RULES
from engine.tensor import Tensor, apply

NUMBERS = st.floats(allow_nan=False, allow_infinity=True, width=64)


@pytest.mark.parametrize("name", SCALAR_RULES)
@given(x=NUMBERS, y=NUMBERS)
def test_a_scalar_rule_is_the_readable_rule(name: str, x: float, y: float) -> None:
    op = OPS[name]
    numbers = (x, y)[: op.arity]
    value, partials = SCALAR_RULES[name](*numbers)
    assert type(value) is float
    np.testing.assert_equal(value, float(op.evaluate(numbers, {})))
    for port, partial in enumerate(partials):
        np.testing.assert_equal(partial, float(op.local(port, value, numbers, {})))
    assert len(partials) == op.arity


@pytest.mark.parametrize("name", SCALAR_RULES)
def test_nan_stays_nan(name: str) -> None:
    value, _ = SCALAR_RULES[name](*(math.nan, 1.0)[: OPS[name].arity])
    assert math.isnan(value)


@pytest.mark.parametrize("name", SCALAR_RULES)
def test_float32_numbers_take_the_readable_rule(name: str) -> None:
    numbers = [Tensor(np.float32(1.5), requires_grad=True) for _ in range(OPS[name].arity or 1)]
    node = apply(OPS[name], *numbers)
    assert node.dtype == np.float32
    assert node.partials is None


def test_a_number_changed_after_the_forward_pass_leaves_its_gradients_alone() -> None:
    x, y = Tensor(2.0, requires_grad=True), Tensor(3.0, requires_grad=True)
    z = x * y
    x.data = 100.0
    z.backward()
    assert y.grad == 2.0
