"""Formulas: right, readable, and typeset by KaTeX without a complaint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine import ops, symbolic
from engine.op import OPS, Op
from tests.engine.katex import typeset

ATTRS: dict[str, list[dict[str, Any]]] = {
    "leaky_relu": [{}, {"negative_slope": 1e-5}],
    "gelu": [{}, {"approximate": "tanh"}],
    "matmul": [{}, {"transpose_b": True}],
    "sum": [{}, {"axis": 1}, {"axis": (0, 1), "keepdims": True}],
    "max": [{}, {"axis": 0}],
    "var": [{}, {"correction": 0}],
    "reshape": [{"shape": (2, -1)}],
    "transpose": [{}, {"axes": (0, 2, 1)}],
    "broadcast_to": [{"shape": (2, 3)}],
    "getitem": [{"index": (0, slice(1, None), ..., None, (1, 1))}],
    "concatenate": [{"axis": 1}],
}
NAMES = [
    (["x", "w"], "y", r"\bar{y}"),
    (["W_{1}", r"\hat{x}^{2}"], "y'", r"\frac{\partial L}{\partial y'}"),
    (["-2", "3"], "5", "1"),
    ([r"\htmlClass{v}{(-2)}", r"\htmlClass{v}{3}"], r"\htmlClass{v}{0.5}", r"\htmlClass{g}{(-1)}"),
    (["-0.5", r"1.5\times10^{-7}"], r"-2\times10^{9}", r"2\times10^{9}"),
]


def every_formula() -> list[str]:
    """Of every op, at every port, for names and numbers."""
    made = []
    for op in OPS:
        for attrs in ATTRS.get(op.name, [{}]):
            for names, output, upstream in NAMES:
                inputs = names[: op.arity or 2]
                made.append(symbolic.formula(op, inputs, attrs))
                for port in range(len(inputs)):
                    made.append(symbolic.vjp(op, port, inputs, output, upstream, attrs))
                    if op.elementwise:
                        made.append(symbolic.local(op, port, inputs, output, attrs))
    return made


def test_katex_typesets_every_formula(root: Path) -> None:
    assert typeset(every_formula(), root) == []


def test_katex_would_complain(root: Path) -> None:
    assert len(typeset([r"\frac{1}{x", r"x^2^3", r"\bad x", "x"], root)) == 3


def test_every_formula_is_balanced() -> None:
    for formula in every_formula():
        assert formula.strip()
        assert formula.count("{") == formula.count("}")
        assert formula.count(r"\left") == formula.count(r"\right")
        assert "#" not in formula


@pytest.mark.parametrize(
    ("op", "inputs", "attrs", "expected"),
    [
        (ops.ADD, ["1", "a"], {}, "1 + a"),
        (ops.ADD, ["a", "-2"], {}, "a + (-2)"),
        (ops.SUB, ["a", "b"], {}, "a - b"),
        (ops.MUL, ["w", "x"], {}, r"w \cdot x"),
        (ops.MUL, ["-1", "x"], {}, r"(-1) \cdot x"),
        (ops.DIV, ["1", "b"], {}, r"\frac{1}{b}"),
        (ops.NEG, ["x"], {}, "-x"),
        (ops.POW, ["x", "2"], {}, "x^{2}"),
        (ops.POW, ["-2", "b"], {}, "(-2)^{b}"),
        (ops.EXP, ["n"], {}, "e^{n}"),
        (ops.SIGMOID, ["x"], {}, r"\frac{1}{1 + e^{-x}}"),
        (ops.SOFTPLUS, ["x"], {}, r"\log(1 + e^{x})"),
        (ops.GELU, ["x"], {}, r"x \cdot \Phi(x)"),
        (ops.RELU, ["x"], {}, r"\max(x, 0)"),
        (ops.MATMUL, ["X", "W"], {"transpose_b": True}, r"X W^{\top}"),
        (ops.SUM, ["X"], {"axis": 0}, r"\sum_{\text{axis 0}} X"),
        (ops.MEAN, ["X"], {}, r"\frac{1}{n} \sum X"),
        (ops.MSE_LOSS, ["p", "t"], {}, r"\frac{1}{n} \sum (p - t)^{2}"),
        (ops.SOFTMAX, ["z"], {}, r"\frac{e^{z}}{\sum e^{z}}"),
        (ops.GETITEM, ["x"], {"index": (0, slice(1, None))}, "x[0, 1:]"),
        (ops.CONCATENATE, ["a", "b"], {}, r"\left[\, a,\; b \,\right]"),
    ],
)
def test_formulas_of_values(op: Op, inputs: list[str], attrs: dict[str, Any], expected: str) -> None:
    assert symbolic.formula(op, inputs, attrs) == expected


def test_known_shapes_make_the_count_a_number() -> None:
    assert symbolic.formula(ops.MEAN, ["X"], {"axis": 0}, [(100, 10)]) == r"\frac{1}{100} \sum_{\text{axis 0}} X"
    assert symbolic.vjp(ops.MEAN, 0, ["X"], "y", "g", {}, [(100, 10)]) == r"\frac{g}{1000} \, \mathbf{1}"


@pytest.mark.parametrize(
    ("op", "port", "inputs", "expected"),
    [
        (ops.ADD, 0, ["a", "b"], "1"),
        (ops.SUB, 1, ["a", "b"], "-1"),
        (ops.MUL, 0, ["a", "b"], "b"),
        (ops.DIV, 0, ["a", "b"], r"\frac{1}{b}"),
        (ops.DIV, 1, ["1", "b"], r"-\frac{1}{b^{2}}"),
        (ops.DIV, 1, ["a", "b"], r"-\frac{a}{b^{2}}"),
        (ops.POW, 0, ["x", "2"], "2 x"),
        (ops.POW, 0, ["x", "3"], "3 x^{2}"),
        (ops.POW, 0, ["x", "-1"], "-x^{-2}"),
        (ops.POW, 0, ["a", "b"], r"b \cdot a^{b - 1}"),
        (ops.POW, 1, ["a", "b"], r"y \cdot \log(a)"),
        (ops.EXP, 0, ["x"], "y"),
        (ops.LOG, 0, ["x"], r"\frac{1}{x}"),
        (ops.SQRT, 0, ["x"], r"\frac{1}{2 y}"),
        (ops.COS, 0, ["x"], r"-\sin(x)"),
        (ops.TANH, 0, ["x"], "1 - y^{2}"),
        (ops.SIGMOID, 0, ["x"], r"y \, (1 - y)"),
        (ops.RELU, 0, ["x"], r"\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}"),
        (
            ops.MAXIMUM,
            1,
            ["a", "b"],
            r"\begin{cases} 1 & b > a \\ 0.5 & b = a \\ 0 & \text{otherwise} \end{cases}",
        ),
        (ops.SOFTPLUS, 0, ["x"], r"\frac{1}{1 + e^{-x}}"),
        (ops.GELU, 0, ["x"], r"\Phi(x) + x \cdot \varphi(x)"),
    ],
)
def test_local_derivatives(op: Op, port: int, inputs: list[str], expected: str) -> None:
    assert symbolic.local(op, port, inputs, "y") == expected


@pytest.mark.parametrize(
    ("op", "port", "attrs", "expected"),
    [
        (ops.ADD, 1, {}, "g"),
        (ops.SUB, 1, {}, "-g"),
        (ops.MUL, 0, {}, r"g \cdot b"),
        (ops.SIGMOID, 0, {}, r"g \cdot y \, (1 - y)"),
        (ops.MATMUL, 0, {}, r"g b^{\top}"),
        (ops.MATMUL, 1, {}, r"a^{\top} g"),
        (ops.MATMUL, 0, {"transpose_b": True}, "g b"),
        (ops.MATMUL, 1, {"transpose_b": True}, r"g^{\top} a"),
        (ops.SUM, 0, {}, r"g \, \mathbf{1}"),
        (ops.MEAN, 0, {}, r"\frac{g}{n} \, \mathbf{1}"),
        (ops.SOFTMAX, 0, {}, r"y \, \left(g - \sum g \cdot y\right)"),
        (ops.LOG_SOFTMAX, 0, {}, r"g - e^{y} \cdot \sum g"),
        (ops.MSE_LOSS, 1, {}, r"-g \cdot \frac{2 \, (a - b)}{n}"),
        (ops.CROSS_ENTROPY, 1, {}, "0"),
        (ops.TRANSPOSE, 0, {}, r"g^{\top}"),
        (ops.CONCATENATE, 1, {}, r"\left. g \right|_{b}"),
    ],
)
def test_contributions(op: Op, port: int, attrs: dict[str, Any], expected: str) -> None:
    assert symbolic.vjp(op, port, ["a", "b"][: op.arity or 2], "y", "g", attrs) == expected


def test_numbers_filled_in_are_shown_and_not_computed() -> None:
    """2 times 3 is not written 23, and 3 squared is not written 9."""
    two, three = r"\htmlClass{v}{2}", r"\htmlClass{v}{3}"
    assert symbolic.formula(ops.MUL, ["2", "3"]) == r"2 \cdot 3"
    assert symbolic.local(ops.POW, 0, ["x", "2"], "y") == "2 x"
    assert symbolic.local(ops.SQRT, 0, ["x"], three) == rf"\frac{{1}}{{2 \cdot {three}}}"
    assert symbolic.vjp(ops.MUL, 0, [two, three], "6", two) == rf"{two} \cdot {three}"
    assert symbolic.vjp(ops.POW, 0, [three, "2"], "9", two) == rf"{two} \cdot 2 \cdot {three}"
