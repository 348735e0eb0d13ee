"""What an expression refuses: where, in which words, and before anything large is computed."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from engine.errors import (
    EngineError,
    ExpressionError,
    ExpressionLimitError,
    ExpressionShapeError,
    LimitError,
    ShapeError,
)
from engine.expression import Limits, parse
from engine.expression.nodes import Apply


def refusal(source: str, values: dict[str, Any] | None = None, limits: Limits | None = None) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse(source, limits or Limits()).build(values)
    return caught.value


# Source, the text that the caret stands under (empty: the place where something is missing), part of the message.
REFUSED = [
    # something is missing or too much
    ("", "", "nothing to compute"),
    (" \n;; ", "", "nothing to compute"),
    ("x +", "", "A value is missing after +"),
    ("x * / y", "/", "A value is missing after *"),
    ("a = ", "", "A value is missing after ="),
    ("* x", "*", "* cannot stand at the beginning"),
    ("exp()", "exp()", "exp needs 1 input"),
    ("()", ")", "A value is missing after ("),
    ("x y", "y", "An operator is missing between x and y"),
    ("2x", "x", "An operator is missing between 2 and x"),
    ("1_000", "_", "begins with a letter"),
    ("x)", ")", ") closes nothing"),
    ("exp(x", "(", "( is never closed"),
    ("exp(x; y)", "(", "( is never closed"),
    ("[1, 2)", ")", "[ is closed by )"),
    ("x, y", ",", "Nothing may follow x but an operator"),
    ("x + 1; y", "x + 1", "would be lost"),
    # names
    ("exp", "exp", "exp is an op and needs its input"),
    ("exp * 2", "exp", "exp is an op and needs its input"),
    ("exp = 3", "exp", "exp is an op and cannot be the name"),
    ("x = 1; x = 2; x", "x", "x already has a value"),
    ("a = a*2", "a", "used in its own definition"),
    ("b = a; a = 1; b", "a", "used before it has a value"),
    ("x1 + x_1", "x_1", "would look the same"),
    ("alpha*α", "α", "would look the same"),
    ("π*pi", "pi", "would look the same"),
    ("True + 1", "True", "no name and no number"),
    ("None = 1", "None", "no name and no number"),
    ("__class__", "_", "begins with a letter"),
    ("x.__class__", "_", "begins with a letter"),
    ("x.shape", "shape", "no attributes but .T"),
    ("x.T()", "(", "An operator is missing"),
    # calls
    ("sigmid(x)", "sigmid", "no op called sigmid: did you mean sigmoid?"),
    ("ln(x)", "ln", "did you mean log?"),
    ("Exp(x)", "Exp", "did you mean exp?"),
    ("frobnicate(x)", "frobnicate", "no op called frobnicate"),
    ("x + x(3)", "x", "x is a value and no op"),
    ("w(x + 1)", "w", "w is a value and no op"),
    ("exp(x)(y)", "(", "An operator is missing"),
    ("(exp)(x)", "exp", "exp is an op and needs"),
    ("max(a, b)", "max", "did you mean maximum?"),
    ("exp(x, y)", "y", "exp takes 1 input"),
    ("matmul(X)", "matmul(X)", "matmul needs 2 inputs"),
    ("concatenate()", "concatenate()", "concatenate needs one input or more"),
    ("reshape(x)", "reshape(x)", "reshape needs a value for shape"),
    ("sum(x, axes=0)", "axes", "no attribute axes: did you mean axis?"),
    ("sum(x, axis=0, axis=1)", "axis", "axis is given twice"),
    ("sum(axis=0, x)", "x", "sum takes 1 input"),
    ("sum(x, axis=k)", "k", "An attribute is a plain value"),
    ("sum(x, axis=1.5)", "1.5", "axis has another kind of value"),
    ("sum(x, axis=True)", "True", "axis has another kind of value"),
    ("sum(x, axis=(0, y))", "y", "A whole number is needed"),
    ("sum(x, axis=(0 1))", "1", "Whole numbers are needed"),
    ("sum(x, keepdims=1)", "1", "keepdims has another kind of value"),
    ("leaky_relu(x, (1, 2))", "(1, 2)", "negative_slope has another kind of value"),
    ("sum(*x)", "*", "A value is missing"),
    ("sum(**x)", "**", "A value is missing"),
    # rows and indices
    ("[1, [2]]", "[1, [2]]", "Rows of a matrix have one length"),
    ("[[1, 2], [3]] @ x", "[[1, 2], [3]]", "Rows of a matrix have one length"),
    ("[]", "]", "Inside [ ] stand plain numbers"),
    ("[x, y]", "x", "Inside [ ] stand plain numbers"),
    ("[1 2]", "2", "Inside [ ] stand plain numbers"),
    ("X[]", "]", "This is no index"),
    ("X[a]", "a", "A whole number is needed"),
    ("X[1.5]", "1.5", "A whole number is needed"),
    ("X[::0]", "::0", "This is no index"),
    ("X[1:2:3:4]", "1:2:3:4", "This is no index"),
    ("X[1 2]", "2", "An operator is missing"),
    # what other languages have
    ("lambda x: x", "x", "An operator is missing"),
    ("x if y else z", "if", "if is a word of Python"),
    ("[x for x in y]", "for", "for is a word of Python"),
    ("import os", "import", "import is a word of Python"),
    ("(x := 3)", ":=", "A name is given with ="),
    ("x == y", "==", "Comparisons have no gradient"),
    ("1 < x < 2", "<", "Comparisons have no gradient"),
    ("a = b = 3", "=", "only a single name can stand left of ="),
    ("x + 1 = 3", "=", "only a single name can stand left of ="),
    ("'text'", "'", "no texts"),
    ('f"{x}"', '"', "no texts"),
    ("x // 2", "//", "Whole-number division"),
    ("x % 2", "%", "A remainder is no op"),
    ("x & y", "&", "This character has no meaning"),
    ("x # note", "#", "no comments"),
    ("{1, 2}", "{", "Braces"),
    ("x × y", "×", "Multiplication is written *"),
    ("x²", "²", "A power is written **"),
    # characters
    ("x\0", "\0", "This character has no meaning"),
    ("x̂", "\u0302", "This character has no meaning"),
    ("ｘ", "ｘ", "This character has no meaning"),
    ("х", "х", "This character has no meaning"),  # Cyrillic
    ("x\u202e", "\u202e", "This character has no meaning"),
    ("x + 🙂", "🙂", "This character has no meaning"),
    ("x\ud800", "\ud800", "This character has no meaning"),
    ("١", "١", "This character has no meaning"),  # an Arabic digit
    # shapes and values, at the op
    ("[1, 2] + [1, 2, 3]", "+", "do not broadcast"),
    ("[[1, 2]] @ [[1, 2]]", "@", "inner sizes"),
    ("2 @ x", "@", "needs vectors or matrices"),
    ("sum([1, 2], axis=3)", "sum", "no such axis"),
    ("[1, 2][5]", "[5]", "reaches outside"),
    ("3[0]", "[0]", "reaches outside"),
    ("reshape(x, 6)", "reshape", "reshape cannot work with this"),
    ("reshape([1], (" + "1, " * 100 + "))", "reshape", "This tensor has too many axes"),
    ("cross_entropy([[1, 2]], [5])", "cross_entropy", "names no class"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "under", "message"), REFUSED)
def test_refusals_point_at_the_place(source: str, under: str, message: str) -> None:
    error = refusal(source)
    start, end = error.position
    assert message in error.message
    assert source[start:end] == under
    assert error.given or not source.strip(" \n;")


def test_a_position_is_the_later_one_where_the_text_stands_twice() -> None:
    assert refusal("x = 1; x = 2; x").position == (7, 8)
    assert refusal("a = a*2").position == (4, 5)
    assert refusal("x + x(3)").position == (4, 5)
    assert refusal("x^2 + y^^2").position == (8, 9)


def test_the_caret_stands_under_the_place() -> None:
    assert refusal("a = 2\n\tb = a^2 + sigmid(a)\nb").caret() == "\tb = a^2 + sigmid(a)\n\t          ^^^^^^"
    assert refusal("x +").caret() == "x +\n   ^"
    assert refusal("").caret() == "\n^"
    assert refusal("sum(\n[1,\n2]").caret() == "sum(\n   ^"
    assert refusal("sum([[1],\n[1, 2]])").caret() == "sum([[1],\n    ^^^^^"
    assert str(refusal("2x")).endswith("\n2x\n ^")


@pytest.mark.parametrize(
    ("source", "corrected"),
    [
        ("2x", "2*x"),
        ("sigmid(x)", "sigmoid(x)"),
        ("max(a, b)", "maximum(a, b)"),
        ("sum(x, axes=0)", "sum(x, axis=0)"),
        ("x(y + 1)", "x*(y + 1)"),
        ("(x + 1)(x - 1)", "(x + 1)*(x - 1)"),
        ("x × y − 1", "x * y − 1"),
        ("x²", "x**2"),
        ("[1, 2)", "[1, 2]"),
        ("X.t", "X.T"),
        ("w₁ + 1", "w1 + 1"),
        ("exp = 2; exp(exp)", "exp2 = 2; exp(exp)"),
        ("x = 1; x = 2", "x = 1; x2 = 2"),
    ],
)
def test_suggestions_can_replace_the_text_at_fault(source: str, corrected: str) -> None:
    error = refusal(source)
    start, end = error.position
    assert source[:start] + error.suggestion + source[end:] == corrected


def test_an_unknown_op_is_told_all_ops() -> None:
    assert "sigmoid, sin, softmax" in refusal("frobnicate(x)").expected


def test_shape_errors_name_both_operands_and_their_shapes() -> None:
    error = refusal("h = X @ W; h + b", {"X": np.ones((3, 2)), "W": np.ones((4, 5)), "b": 1})
    assert isinstance(error, ExpressionShapeError)
    assert isinstance(error, ShapeError)
    assert error.given == "X of shape (3, 2) and W of shape (4, 5)"
    assert error.position == (6, 7)


@pytest.mark.parametrize("value", ["text", [[1], [1, 2]], {"a": 1}, 1j, 10**400, object()])
def test_values_that_are_no_numbers_are_refused_at_their_name(value: object) -> None:
    error = refusal("a + xs", {"xs": value})
    assert error.message == "xs cannot have this value"
    assert error.position == (4, 6)


# ---------------------------------------------------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("source", "limits", "under"),
    [
        ("x + y + z", Limits(source=5), " + z"),
        ("(((x)))", Limits(depth=2), "("),
        ("[[[1]]]", Limits(depth=2), "["),
        ("---x", Limits(depth=2), "-"),
        ("x**x**x**x", Limits(depth=2), "**"),
        ("exp(exp(exp(x)))", Limits(depth=2), "("),
        ("-(-(x))", Limits(depth=2), "-"),
        ("x + y + z", Limits(nodes=4), "x + y + z"),
        ("x + 12345", Limits(word=4), "12345"),
        ("x + omega", Limits(word=4), "omega"),
        ("x**100", Limits(), "100"),
        ("x^-65", Limits(), "-65"),
        ("x**(8*9)", Limits(), "8*9"),
        ("x**[1, 80]", Limits(), "[1, 80]"),
        ("pow(x, 99)", Limits(), "99"),
        ("x**(0/0)", Limits(), "0/0"),
        ("[1, 2, 3]", Limits(elements=2), "[1, 2, 3]"),
        ("broadcast_to(x, (1000, 1000))", Limits(), "broadcast_to"),
        ("X[99999999]", Limits(), "99999999"),
        ("X[-99999999]", Limits(), "-99999999"),
        ("sum(x, axis=99999999)", Limits(), "99999999"),
        ("a = [1, 2]; b = a + a; c = b + b; sum(c)", Limits(total_elements=11), "+"),
        ("concatenate(x, y, z)", Limits(inputs=2), "z"),
        ("reshape(x, (1, 1, 1))", Limits(axes=2), "reshape"),
        ("reshape(x, (30, 1, 1, 30)) @ reshape(y, (1, 30, 30, 1))", Limits(elements=1_000), "@"),
        ("broadcast_to([1, 2], (3, 2)) * x", Limits(total_elements=19), "*"),
    ],
)
def test_limits(source: str, limits: Limits, under: str) -> None:
    error = refusal(source, limits=limits)
    start, end = error.position
    assert isinstance(error, ExpressionLimitError)
    assert isinstance(error, LimitError)
    assert source[start:end] == under
    assert error.expected.startswith("at most")


def test_what_is_within_the_limits_passes() -> None:
    assert parse("((x))", Limits(depth=2)).build().root.value == 1.5
    assert parse("x + y + z", Limits(source=9, nodes=5)).names == ("x", "y", "z")
    assert parse("x**64 + x**-64").build({"x": 1}).root.value == 2.0
    assert parse("x**n").build({"x": 1, "n": 100}).root.value == 1.0
    assert parse("sum(broadcast_to(x, (100, 1000)))").build({"x": 1}).root.value == 100_000.0


def test_what_goes_back_is_counted_as_it_is() -> None:
    """The sum of all values and of all contributions before broadcasting is undone, for ops of every kind."""
    source = "reshape([1, 2, 3, 4, 5, 6], (3, 2, 1)) @ X * c + sum(relu(broadcast_to(v, (2, 2))), 0)"
    built = parse(f"sum({source})").build({"X": [[1.0, 2.0]], "c": 2.0, "v": [3.0, 4.0]})
    with_constants = [t.size for t in built.tensors]
    for node, tensor in zip(built.program.nodes, built.tensors, strict=True):
        if isinstance(node, Apply):
            seed = np.ones(tensor.shape)
            inputs = tuple(t.value for t in tensor.inputs)
            with_constants += [
                np.size(node.op.vjp(port, seed, tensor.value, inputs, node.attrs)) for port in range(len(inputs))
            ]
    total = sum(with_constants)
    parse(f"sum({source})", Limits(total_elements=total)).build({"X": [[1.0, 2.0]], "c": 2.0, "v": [3.0, 4.0]})
    error = refusal(f"sum({source})", {"X": [[1.0, 2.0]], "c": 2.0, "v": [3.0, 4.0]}, Limits(total_elements=total - 1))
    assert isinstance(error, ExpressionLimitError)


def test_large_values_are_refused_at_their_name() -> None:
    error = refusal("sum(xs)", {"xs": np.zeros(11)}, Limits(elements=10))
    assert isinstance(error, ExpressionLimitError)
    assert error.position == (4, 6)


def test_an_outer_product_is_refused_before_it_is_computed() -> None:
    column, row = np.ones((50_000, 1)), np.ones((1, 50_000))
    for source in ("x @ y", "x * y", "x + y"):
        error = refusal(source, {"x": column, "y": row})
        assert isinstance(error, ExpressionLimitError)
        assert "2,500,000,000 elements" in error.given


@pytest.mark.parametrize(
    "source",
    [
        "(" * 10_000 + "x" + ")" * 10_000,
        "(" * 900 + "x" + ")" * 900,
        "[" * 900,
        "-" * 1_900 + "x",
        "x**" * 600 + "x",
        "exp(" * 400 + "x" + ")" * 400,
        "9" * 1_500,
        "9" * 39 + "**" + "9" * 39,
        "1e999",
        "x*1e309",
        "10**10**10**10",
        "x" * 1_999,
        "a=" * 900,
        "+".join(["concatenate(a, b, c, axis=9)"] * 60),
        "\n" * 3_000,
        "x" + "\0" * 1_000,
    ],
)
def test_no_text_breaks_the_parser(source: str) -> None:
    """Nothing but an error with a place, and in no time, whatever is nested or repeated."""
    began = time.process_time()
    assert isinstance(refusal(source), EngineError)
    assert time.process_time() - began < 5


def test_the_deepest_nesting_allowed_does_not_exhaust_the_stack() -> None:
    limits = Limits(depth=100, source=10_000)
    for deep in (
        "(" * 100 + "x" + ")" * 100,
        "exp(" * 100 + "x" + ")" * 100,
        "x*(1+" * 100 + "x" + ")" * 100,
        "-" * 100 + "x",
    ):
        parse(deep, limits).build()


def test_long_chains_are_not_deep() -> None:
    assert parse("+".join("x" * 1_000)).build({"x": 1}).root.value == 1_000.0


# ------------------------------------------------------------------------------------------------------------ root


def test_a_root_with_axes_is_told_how_to_become_a_scalar() -> None:
    source = "a = X @ W\n a + 1"
    built = parse(source).build()
    assert built.root.shape == (3, 2)
    with pytest.raises(ExpressionShapeError, match="single number") as caught:
        built.require_scalar()
    start, end = caught.value.position
    parse(source[:start] + caught.value.suggestion + source[end:]).build().require_scalar()


def test_a_root_of_constants_has_no_gradient() -> None:
    with pytest.raises(ExpressionError, match="nothing to differentiate by"):
        parse("2 + pi").build().require_scalar()
    parse("x").build().require_scalar()
