"""What an expression means: its graph, its values and its gradients."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expression import Built, Limits, Program, parse
from engine.expression.nodes import Apply, Leaf
from engine.op import OPS


def value(source: str, values: Mapping[str, Any] | None = None) -> Any:
    return parse(source).build(values).root.value


# ---------------------------------------------------------------------------------------------------- against torch

EXAMPLES = [
    ("sigmoid(w*x + b)", "torch.sigmoid(w*x + b)"),
    ("log(1 + exp(-y*(w*x + b)))", "torch.log(1 + torch.exp(-y*(w*x + b)))"),
    ("a = x*y; b = a + x; a*b", "(x*y) * (x*y + x)"),
    ("mean((X @ W + b - Y)**2)", "torch.mean((X @ W + b - Y)**2)"),
    ("-x^2 + 2^-y", "-x**2 + 2**-y"),
    ("mse_loss(tanh(X) @ W.T, Y)", "torch.nn.functional.mse_loss(torch.tanh(X) @ W.T, Y)"),
    ("sum(softmax(z, axis=1)[0, 1:]**3)", "torch.sum(torch.softmax(z, 1)[0, 1:]**3)"),
    ("cross_entropy(X @ W, labels)", "torch.nn.functional.cross_entropy(X @ W, labels.detach().long())"),
    ("sum(concatenate(reshape(x, (2, 3)), y, axis=1)**2)", "torch.sum(torch.cat([x.reshape(2, 3), y], 1)**2)"),
    ("x**n", "x**n"),
]


@pytest.mark.parametrize(("source", "in_torch"), EXAMPLES)
def test_values_and_grads_agree_with_torch(source: str, in_torch: str) -> None:
    built = parse(source).build()
    built.require_scalar()
    built.root.backward()
    leaves = {name: torch.tensor(leaf.numpy(), requires_grad=True) for name, leaf in built.leaves.items()}
    root = eval(in_torch, {"torch": torch, **leaves})  # noqa: S307 (texts of this file)
    root.backward()
    np.testing.assert_allclose(built.root.item(), root.item(), rtol=1e-12)
    for name, leaf in built.leaves.items():
        expected = leaves[name].grad
        assert (leaf.grad is None) == (expected is None), name
        if expected is not None:
            np.testing.assert_allclose(leaf.grad, expected.numpy(), rtol=1e-10, atol=1e-14, err_msg=name)


# ----------------------------------------------------------------------------------------------------- precedence


class Written:
    """Stands in for a number in Python's own evaluation, and writes down what is computed, all brackets shown."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __neg__(self) -> Written:
        return Written(f"neg({self.text})")

    def __pos__(self) -> Written:
        return self

    def __add__(self, other: Written) -> Written:
        return Written(f"add({self.text}, {other.text})")

    def __sub__(self, other: Written) -> Written:
        return Written(f"sub({self.text}, {other.text})")

    def __mul__(self, other: Written) -> Written:
        return Written(f"mul({self.text}, {other.text})")

    def __truediv__(self, other: Written) -> Written:
        return Written(f"div({self.text}, {other.text})")

    def __matmul__(self, other: Written) -> Written:
        return Written(f"matmul({self.text}, {other.text})")

    def __pow__(self, other: Written) -> Written:
        return Written(f"pow({self.text}, {other.text})")


def written(program: Program) -> str:
    texts: list[str] = []
    for node in program.nodes:
        match node:
            case Apply():
                texts.append(f"{node.op.name}({', '.join(texts[i] for i in node.inputs)})")
            case Leaf():
                texts.append(node.name)
            case _:
                raise AssertionError(node)
    return texts[program.root]


_atoms = st.sampled_from("xyzuvw")
_signs = st.sampled_from(["", "", "", "-", "+", "--", "- + "])


def _chain(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operand = st.builds(lambda sign, text: sign + text, _signs, inner | inner.map(lambda text: f"({text})"))
    operators = st.sampled_from(["+", "-", "*", "/", "@", "**", "^", " ** ", " - "])
    rest = st.lists(st.builds(lambda operator, text: operator + text, operators, operand), min_size=1, max_size=4)
    return st.builds(lambda first, others: first + "".join(others), operand, rest)


@settings(max_examples=300, deadline=None)
@given(st.recursive(_atoms, _chain, max_leaves=12))
def test_precedence_is_pythons_with_the_caret_as_power(source: str) -> None:
    names = {name: Written(name) for name in "xyzuvw"}
    python = eval(source.replace("^", "**"), {"__builtins__": {}}, names)  # noqa: S307 (made of six names and operators)
    assert written(parse(source)) == python.text


@pytest.mark.parametrize(
    "source",
    ["-2^2", "2^3^2", "2^-1", "-2**-2", "1 - 2 - 3", "8/4/2", "2*3^2", "(-2)^2", "--3", "1e1 - .5 + 2.", "2**-(1+1)"],
)
def test_arithmetic_of_numbers_is_pythons(source: str) -> None:
    assert value(source) == eval(source.replace("^", "**"))  # noqa: S307 (texts of this file)


# ----------------------------------------------------------------------------------------------------------- forms


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("pi", math.pi),
        ("π/2", math.pi / 2),
        ("e", math.e),
        ("e = 2; e*3", 6.0),
        ("a = 2\nb = 3\na*b", 6.0),
        ("\n\na = 2;\n;a\n", 2.0),
        ("a = 5", 5.0),
        ("b = 2*3", 6.0),
        ("sum(\n  [1, 2,\n   3]\n)", 6.0),
        ("sum([[1, 2], [3, 4]] @ [1, -1])", -2.0),
        ("sum([[1, 2], [3, 4]], axis=0)[1]", 6.0),
        ("sum([[1, 2], [3, 4]], 0)[1]", 6.0),
        ("sum([[1, 2], [3, 4]], axis=(0, 1))", 10.0),
        ("[[1, 2], [3, 4]].T[0, 1]", 3.0),
        ("[1, 2, 3, 4][-1]", 4.0),
        ("sum([1, 2, 3, 4][1:3])", 5.0),
        ("sum([1, 2, 3, 4][::2])", 4.0),
        ("sum([[1, 2], [3, 4]][:, 1])", 6.0),
        ("sum([pi, -pi, +e, 1,])", math.e + 1),
        ("leaky_relu(-1, negative_slope=0.5)", -0.5),
        ("leaky_relu(-1, 0.5)", -0.5),
        ("sum(sum([[1, 2], [3, 4]], axis=1, keepdims=True) @ [1])", 10.0),
        ("sum(broadcast_to(2, (2, 3)))", 12.0),
        ("sum(concatenate([1], [2], [3]))", 6.0),
        ("maximum(2, 3)", 3.0),
        ("lambda = 2; lambda**2", 4.0),
        ("\u00a0\t1 +\r 2", 3.0),
    ],
)
def test_forms(source: str, expected: float) -> None:
    assert value(source) == pytest.approx(expected, rel=1e-15)


def test_every_op_can_be_called_by_name() -> None:
    """An op that is added to the table appears in the language by itself."""
    special = {
        "reshape": "reshape(X, (2, 3))",
        "broadcast_to": "broadcast_to(x, (2, 3))",
        "getitem": "getitem(X, 0)",
        "concatenate": "concatenate(A, B, C)",
    }
    for op in OPS:
        program = parse(special.get(op.name) or f"{op.name}({', '.join('XY'[: op.arity])})")
        assert program.ops == (op.name,)
        root = program.build().root
        assert root.op is op
        assert np.isfinite(root.numpy()).all(), op.name


def test_a_name_used_twice_is_one_leaf_and_two_wires() -> None:
    built = parse("x*x").build({"x": 3.0})
    assert built.root.inputs[0] is built.root.inputs[1] is built.leaves["x"]
    built.root.backward()
    assert built.leaves["x"].grad == 6.0


def test_a_named_result_is_one_node_and_a_repeated_expression_two() -> None:
    shared = parse("a = exp(x); a*a").build().root
    assert shared.inputs[0] is shared.inputs[1]
    repeated = parse("exp(x)*exp(x)").build().root
    assert repeated.inputs[0] is not repeated.inputs[1]


def test_named_results_and_leaves_carry_their_names() -> None:
    built = parse("W = [[1, 2], [3, 4]]; h = W @ x; k = h; n = 2; sum(k)**n").build({"x": [1, 1]})
    assert set(built.leaves) == {"W", "x", "n"}
    assert all(leaf.name == name and leaf.requires_grad for name, leaf in built.leaves.items())
    assert set(built.named) == {"h", "k"}
    assert built.named["h"] is built.named["k"]
    assert built.named["h"].name == "h"
    assert built.root.name == ""


def test_literals_are_constants_that_stay_in_the_graph() -> None:
    built = parse("x + 2*3 - -pi").build()
    constants = [t for t in built.tensors if t.op is None and not t.requires_grad]
    assert [t.name for t in constants] == ["2", "3", "-pi"]
    assert [t.op.name for t in built.tensors if t.op] == ["mul", "add", "sub"]


def test_values_override_defaults_and_unknown_ones_are_ignored() -> None:
    program = parse("a = 2; a*x")
    assert program.build({"x": 3}).root.value == 6.0
    assert program.build({"x": np.float64(3.0), "a": 5, "gone": 1}).root.value == 15.0
    assert program.build({"x": [1, 2]}).root.numpy().tolist() == [2.0, 4.0]
    assert program.build({"x": np.ones(2, np.float32)}).leaves["x"].dtype == np.float32
    assert math.isinf(program.build({"x": math.inf}).root.value)


def test_building_twice_gives_two_graphs() -> None:
    program = parse("sum(X @ W)")
    first, second = program.build(), program.build()
    first.leaves["X"].data[0, 0] = 99.0
    assert second.leaves["X"].data[0, 0] != 99.0
    assert not set(map(id, first.tensors)) & set(map(id, second.tensors))


def test_names_ops_and_results_are_listed_in_order() -> None:
    program = parse("h = tanh(w*x + b); h*w")
    assert program.names == ("w", "x", "b")
    assert program.ops == ("mul", "add", "tanh")
    assert tuple(program.results) == ("h",)
    assert parse("z = x; y").names == ("x", "y")


def spans(built: Built) -> list[str]:
    source = built.program.source
    return [source.at(built.spans[id(tensor)]) for tensor in built.tensors]


def test_spans_say_where_each_node_came_from() -> None:
    assert spans(parse("a = (x + y) * 2^-1\nsum(a.T[0, :])").build({"x": [[1.0]]})) == [
        "x", "y", "x + y", "2", "-1", "2^-1", "(x + y) * 2^-1", "a.T", "a.T[0, :]", "sum(a.T[0, :])",
    ]  # fmt: skip


# -------------------------------------------------------------------------------------------------------- defaults


@pytest.mark.parametrize(
    ("source", "shapes"),
    [
        ("sigmoid(w*x + b)", {"w": (), "x": (), "b": ()}),
        ("mean((X @ W + b - Y)**2)", {"X": (3, 2), "W": (2, 2), "b": (2,), "Y": (3, 2)}),
        ("W = [[1, 2], [3, 4], [5, 6]]; tanh(W @ x + b)", {"W": (3, 2), "x": (2,), "b": (3,)}),
        ("X @ [[1], [2], [3]]", {"X": (3, 3)}),
        ("w @ x", {"w": (3,), "x": (3,)}),
        ("s = 2*X; s @ W", {"X": (3, 2), "W": (2, 2)}),
        ("Y - X @ W", {"Y": (3, 2), "X": (3, 2), "W": (2, 2)}),
        ("mse_loss(P, X @ W)", {"P": (3, 2), "X": (3, 2), "W": (2, 2)}),
        ("softmax(z)", {"z": (3,)}),
        ("softmax(z, axis=1)", {"z": (3, 2)}),
        ("x[7]", {"x": (8,)}),
        ("X[0, 1:]", {"X": (3, 2)}),
        ("X[:, 2:]", {"X": (3, 3)}),
        ("reshape(x, (2, 5))", {"x": (10,)}),
        ("mean((X - Y)**2)", {"X": (3, 2), "Y": (3, 2)}),
        ("X.T @ X", {"X": (3, 2)}),
        ("X @ W @ V", {"X": (3, 2), "W": (2, 2), "V": (2, 3)}),
        ("cross_entropy(Z, t)", {"Z": (3, 2), "t": (3,)}),
        ("sum((w*x - y)**2)", {"w": (), "x": (), "y": ()}),
        ("(X @ W)**n", {"X": (3, 2), "W": (2, 2), "n": ()}),
    ],
)
def test_default_shapes_suit_the_use(source: str, shapes: dict[str, tuple[int, ...]]) -> None:
    built = parse(source).build()
    assert {name: leaf.shape for name, leaf in built.leaves.items()} == shapes


def test_defaults_adapt_to_given_values() -> None:
    built = parse("X @ W + b").build({"X": np.ones((5, 7))})
    assert built.leaves["W"].shape[0] == 7
    assert built.root.shape[0] == 5


def test_defaults_differ_and_are_the_same_every_time() -> None:
    source = "x + y + z + w + b + w1 + w2 + w3 + X + rate + momentum + alpha"
    first, second = (parse(source).build().leaves for _ in range(2))
    values = [leaf.item() for leaf in first.values()]
    assert len(set(values)) == len(values)
    assert values == [leaf.item() for leaf in second.values()]
    assert first["x"].item() == 1.5
    matrix = parse("W.T").build().leaves["W"].numpy()
    assert len(np.unique(matrix)) == matrix.size


def test_labels_and_data_have_no_gradient() -> None:
    built = parse("cross_entropy(Z, t) + k").build(data=["k", "absent"])
    assert {name: leaf.requires_grad for name, leaf in built.leaves.items()} == {"Z": True, "t": False, "k": False}
    assert set(built.leaves["t"].numpy().tolist()) == {0.0, 1.0}


def test_limits_refuse_what_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="nodes"):
        Limits(nodes=0)
    with pytest.raises(ValueError, match="depth"):
        Limits(depth=101)
