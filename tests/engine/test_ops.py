"""Every op by itself: its gradients against central differences, its shape rule, its dtypes, its words."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from inspect import Parameter, signature
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import F, GradientError, LabelError, ShapeError, Tensor, cat, ops
from engine.gradcheck import gradcheck
from engine.op import OPS, Op, Registry
from engine.tensor import apply
from tests.engine.op_cases import CASES

NAMES = OPS.names()


def test_every_op_has_cases() -> None:
    assert set(CASES) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_gradients_agree_with_central_differences(name: str, data: st.DataObject) -> None:
    case = data.draw(CASES[name])
    gradcheck(lambda *inputs: apply(OPS[name], *inputs, **case.attrs), case.inputs)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_the_shape_rule_tells_the_values_shape(name: str, data: st.DataObject) -> None:
    inputs, attrs = data.draw(CASES[name])
    op = OPS[name]
    assert op.shape(*(a.shape for a in inputs), **attrs) == np.shape(op.evaluate(tuple(inputs), attrs))


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_float32_stays_float32(name: str, data: st.DataObject) -> None:
    case = data.draw(CASES[name])
    exact = apply(OPS[name], *case.inputs, **case.attrs)
    leaves = [
        Tensor(a.astype(np.float32) if a.dtype.kind == "f" else a, requires_grad=a.dtype.kind == "f")
        for a in case.inputs
    ]
    value = apply(OPS[name], *leaves, **case.attrs)
    value.backward(np.ones(value.shape, np.float32))
    assert value.dtype == np.float32
    np.testing.assert_allclose(value.data, exact.data, rtol=1e-4, atol=1e-5)
    assert all(leaf.grad.dtype == np.float32 for leaf in leaves if leaf.requires_grad)


@pytest.mark.parametrize("name", [op.name for op in OPS if op.elementwise])
def test_no_warnings_and_no_exceptions_at_the_ends_of_domains(name: str) -> None:
    extremes = [0.0, -0.0, 1.0, -1.0, 1e-300, -800.0, 800.0, np.inf, -np.inf, np.nan]
    op = OPS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for a in extremes:
            for b in extremes:
                leaves = [Tensor(x, requires_grad=True) for x in (a, b)[: op.arity]]
                value = apply(op, *leaves)
                value.backward()
                assert type(value.value) is float
                assert all(type(leaf.grad) is float for leaf in leaves)
                for port in range(len(leaves)):
                    op.local(port, value.value, tuple(leaf.value for leaf in leaves), {})


def test_a_scalar_of_float64_leaves_float32_as_it_is() -> None:
    x = Tensor(np.ones(3, np.float32), requires_grad=True)
    for y in (2.0 * x, x**2.0, 2.0**x, x / Tensor(3.0), F.maximum(x, 0.5)):
        assert y.dtype == np.float32
    scale = Tensor(2.0, requires_grad=True)
    (x * scale).sum().backward()
    assert x.grad.dtype == np.float32
    assert scale.grad == 3.0
    assert type(scale.grad) is float


def test_every_grad_has_the_type_of_its_tensor() -> None:
    narrow, wide = Tensor(np.ones(3, np.float32), requires_grad=True), Tensor(np.ones(3), requires_grad=True)
    (narrow * wide).sum().backward()
    assert narrow.grad.dtype == np.float32
    assert wide.grad.dtype == np.float64


# -------------------------------------------------------------------------------------------------------- words


def _places(template: str) -> set[str]:
    return set(re.findall(r"\{(.*?)\}", template))


@pytest.mark.parametrize("op", list(OPS), ids=NAMES)
def test_every_op_says_what_it_does_and_why_its_gradient_is_what_it_is(op: Op) -> None:
    names = {"y", *map(str, range(op.arity or 0))}
    assert len(op.why) == (op.arity or 1)
    for sentence in (op.says, *op.why):
        assert sentence.startswith("{") or sentence[0].isupper()
        assert sentence.endswith(".")
        assert ". " not in sentence, "one sentence"
        assert len(sentence) <= 120
        assert _places(sentence) <= names
    assert "{y}" in op.says
    assert op.arity is None or _places(op.says) == names


@pytest.mark.parametrize("op", list(OPS), ids=NAMES)
def test_rules_of_an_op_take_the_same_attributes(op: Op) -> None:
    def keywords(rule: Callable[..., Any], positional: int) -> dict[str, Any]:
        free = list(signature(rule).parameters.values())[positional:]
        kinds = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
        return {p.name: p.default for p in free if p.kind not in kinds and p.name != "port"}

    n = op.arity or 0
    for rule in op.partials:
        assert keywords(rule, 1 + n) == op.attributes
    for rule in op.vjps:
        assert keywords(rule, 2 + n) == op.attributes


def test_an_op_is_defined_once_and_with_one_kind_of_rule() -> None:
    registry = Registry()
    registry.add(ops.SIN)
    with pytest.raises(ValueError, match="twice"):
        registry.add(ops.SIN)
    with pytest.raises(ValueError, match="either"):
        registry.add(replace(ops.SIN, name="other", partials=()))


# ------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("make", "given", "message"),
    [
        (lambda: Tensor(np.ones((2, 3))) + np.ones(2), "(2, 3) and (2,)", "broadcast"),
        (lambda: Tensor(np.ones((2, 3))) @ np.ones((2, 3)), "(2, 3) and (2, 3)", "inner sizes"),
        (lambda: Tensor(np.ones(3)) @ np.ones(4), "(3,) and (4,)", "inner sizes"),
        (lambda: Tensor(np.ones((2, 3, 4))) @ np.ones((3, 4, 5)), "(2, 3, 4) and (3, 4, 5)", "batches"),
        (lambda: Tensor(2.0) @ np.ones(3), "() and (3,)", "vectors or matrices"),
        (lambda: Tensor(np.ones((2, 3))).matmul(np.ones(3), transpose_b=True), "(2, 3) and (3,)", "transposed"),
        (lambda: Tensor(np.ones((2, 3))).sum(2), "axis 2 of a tensor of shape (2, 3)", "no such axis"),
        (lambda: Tensor(1.0).sum(0), "axis 0", "no such axis"),
        (lambda: Tensor(np.ones((2, 3))).sum((0, -2)), "axes (0, -2)", "twice"),
        (lambda: Tensor(np.ones((2, 0))).max(1), "(2, 0)", "Nothing to choose"),
        (lambda: F.mse_loss(np.ones((2, 1)), np.ones(2)), "(2, 1) and (2,)", "own shape"),
        (lambda: F.cross_entropy(np.ones((2, 3)), [0, 1, 2]), "labels of shape (3,)", "one class label a row"),
        (lambda: F.cross_entropy(np.ones((2, 3)), [[0], [1]]), "labels of shape (2, 1)", "one class label a row"),
        (lambda: F.cross_entropy(2.0, 0), "scores of shape ()", "rows of scores"),
        (lambda: Tensor(np.ones((2, 3))).reshape(4, -1), "(2, 3) to (4, -1)", "same number"),
        (lambda: Tensor(np.ones((2, 3))).reshape(-1, -1), "(2, 3) to (-1, -1)", "same number"),
        (lambda: Tensor(np.ones((2, 3))).permute(0, 0), "axes (0, 0)", "twice"),
        (lambda: Tensor(np.ones((2, 3))).permute(0), "axes (0,)", "every axis once"),
        (lambda: Tensor(np.ones((2, 3))).broadcast_to((2, 4)), "(2, 3) to (2, 4)", "broadcast"),
        (lambda: Tensor(np.ones((2, 3)))[2], "[2] of a tensor of shape (2, 3)", "outside"),
        (lambda: Tensor(np.ones((2, 3)))["a"], "'a'", "index"),
        (lambda: cat([np.ones((2, 3)), np.ones((3, 2))]), "(2, 3), (3, 2)", "cannot be joined"),
        (lambda: cat([]), "no tensor", "Nothing"),
    ],
)
def test_shape_errors_name_the_shapes(make: Callable[[], Tensor], given: str, message: str) -> None:
    with pytest.raises(ShapeError, match=message) as caught:
        make()
    assert given in caught.value.given
    assert caught.value.expected


@pytest.mark.parametrize(("labels", "given"), [([0, 3], "label 3"), ([-1, 0], "label -1"), ([0.5, 1.0], "label 0.5")])
def test_labels_must_name_a_class(labels: list[float], given: str) -> None:
    with pytest.raises(LabelError) as caught:
        Tensor(np.ones((2, 3))).cross_entropy(labels)
    assert caught.value.given == given
    assert caught.value.expected == "a whole number from 0 to 2"


def test_cross_entropy_is_stable() -> None:
    logits = Tensor([[1e4, 0.0], [-1e4, 0.0]], requires_grad=True)
    loss = logits.cross_entropy([1, 1])
    loss.backward()
    assert loss.item() == 5000.0
    np.testing.assert_array_equal(logits.grad, [[0.5, -0.5], [0.0, 0.0]])


# ------------------------------------------------------------------------------------ wrong ops that must be caught

WRONG: dict[str, Op] = {
    "a factor of 999": replace(ops.SIN, partials=(lambda y, a: 999.0 * np.cos(a),)),
    "a factor of 1.001": replace(ops.SIN, partials=(lambda y, a: 1.001 * np.cos(a),)),
    "the wrong sign": replace(ops.COS, partials=(lambda y, a: np.sin(a),)),
    "a contribution of another shape": replace(ops.SUM, vjps=(lambda g, y, a: np.ones((7,)),)),
    "a transpose forgotten": replace(ops.MATMUL, vjps=(lambda g, y, a, b: g @ b, ops.MATMUL.vjps[1])),
    "a mean that is not divided": replace(ops.MEAN, vjps=ops.SUM.vjps),
    "nothing": replace(ops.TANH, partials=(lambda y, a: np.zeros_like(a),)),
    "NaN": replace(ops.TANH, partials=(lambda y, a: a * np.nan,)),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_op_fails_the_gradient_check(wrong: str) -> None:
    op = WRONG[wrong]
    inputs = [np.linspace(0.1, 1.0, 9).reshape(3, 3)] * (op.arity or 1)
    gradcheck(lambda *a: apply(OPS[op.name], *a), inputs)
    with pytest.raises(GradientError):
        gradcheck(lambda *a: apply(op, *a), inputs)
