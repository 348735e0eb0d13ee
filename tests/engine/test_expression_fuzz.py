"""Any text is either computed or refused with its place; never another exception, never for long."""

from __future__ import annotations

import string
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import ExpressionError
from engine.expression import parse
from engine.op import OPS, Op

FUZZ = settings(
    max_examples=250,
    deadline=timedelta(seconds=3),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

TOKENS = [
    *OPS.names(), "x", "y", "X", "W", "b", "t", "w1", "α", "σ", "pi", "e", "True", "None", "lambda", "for", "axis=",
    "shape=", "keepdims=", "0", "1", "2", "-1", "0.5", "1e5", "64", "99999", "+", "-", "*", "/", "@", "**", "^", "=",
    "==", ".T", ".", ",", ":", "::", ";", "\n", "(", ")", "[", "]", "[[1, 2], [3, 4]]", "[1, 2]", "(2, 3)", "a = ",
    "a", "'", "_", "\0", " ",
]  # fmt: skip


def refusal(source: str) -> ExpressionError | None:
    """Compute `source`, backward pass included, or say why not."""
    try:
        built = parse(source).build()
        built.require_scalar()
    except ExpressionError as error:
        return error
    built.root.backward()
    return None


def check(source: str) -> None:
    """Whatever was refused has its place, inside the text."""
    error = refusal(source)
    if error is None:
        return
    start, end = error.position
    assert 0 <= start <= end <= len(source), (error.position, source)
    line, marks = error.caret().split("\n")
    assert set(marks.strip()) == {"^"}
    assert line in source
    assert error.message


@FUZZ
@given(st.text(max_size=60))
def test_any_text(source: str) -> None:
    check(source)


@FUZZ
@given(st.text(string.printable + "αβσπ²×", max_size=60))
def test_any_printable_text(source: str) -> None:
    check(source)


@FUZZ
@given(st.lists(st.sampled_from(TOKENS), max_size=30).map("".join))
def test_any_soup_of_tokens(source: str) -> None:
    check(source)


LEAVES = ["x", "y", "X", "W", "b", "2", "0.5", "[1, 2]", "[[1, 2], [3, 4]]", "[[1], [2]]"]
INDICES = [".T", "[0]", "[-1]", "[:, 0]", "[1:]", "[::-1]", "[0:0]"]
ATTRIBUTES = [
    "", ", axis=0", ", axis=1", ", axis=(0, 1)", ", axis=-1, keepdims=True", ", shape=(2, 2)", ", (1, -1)",
    ", correction=0",
]  # fmt: skip


def grown(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Well-formed text made of well-formed texts."""
    infix = st.builds("({} {} {})".format, values, st.sampled_from(["+", "-", "*", "/", "@", "**"]), values)
    indexed = st.builds("{}{}".format, values, st.sampled_from(INDICES))

    def call(op: Op) -> st.SearchStrategy[str]:
        inputs = st.lists(values, min_size=op.arity or 1, max_size=op.arity or 3).map(", ".join)
        return st.builds(f"{op.name}({{}}{{}})".format, inputs, st.sampled_from(ATTRIBUTES))

    return infix | indexed | st.sampled_from(list(OPS)).flatmap(call)


@FUZZ
@given(
    st.recursive(st.sampled_from(LEAVES), grown, max_leaves=8),
    st.sampled_from(["{}", "sum({})", "mean({}**2)", "a = {}; sum(a*a)"]),
)
def test_any_well_formed_text(source: str, frame: str) -> None:
    check(frame.format(source))


def test_the_fuzz_reaches_both_ends() -> None:
    """Otherwise the tests above would be satisfied by a parser that refuses everything."""
    assert refusal("sum(softmax(X @ W, axis=1)[0])") is None
    assert refusal("sum(softmax(X @ W, axis=7)[0])") is not None
