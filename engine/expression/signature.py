"""How ops are called, read off the registry, and the words where a call does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import Parameter
from typing import Any

from engine.errors import ExpressionError
from engine.expression.source import Source, Span
from engine.expression.suggest import did_you_mean, suggest
from engine.expression.tokens import Token
from engine.op import OPS, Op


def usage(op: Op) -> str:
    """How the op is called: `sum(x, axis=None, keepdims=False)`."""
    inputs = ["a", "b", "..."] if op.arity is None else ["x"] if op.arity == 1 else list("abcdef"[: op.arity])
    attributes = [n if default is Parameter.empty else f"{n}={default}" for n, default in op.attributes.items()]
    return f"{op.name}({', '.join(inputs + attributes)})"


def _inputs(op: Op) -> str:
    if op.arity is None:
        return "one input or more"
    return f"{op.arity} input{'' if op.arity == 1 else 's'}"


def check_call(source: Source, op: Op, span: Span, inputs: int, attrs: Mapping[str, Any]) -> None:
    """Whether a call that was read to its end has all inputs and attributes it needs; raises ExpressionError."""
    if inputs < (op.arity or 1):
        given = f"{inputs} input{'' if inputs == 1 else 's'}"
        raise source.error(f"{op.name} needs {_inputs(op)}", span, given=given, expected=usage(op))
    missing = [name for name, default in op.attributes.items() if default is Parameter.empty and name not in attrs]
    if missing:
        given = source.at(span)
        raise source.error(f"{op.name} needs a value for {missing[0]}", span, given=given, expected=usage(op))


def check_attribute(source: Source, op: Op, name: Token, attrs: Mapping[str, Any]) -> None:
    """Whether `name` is an attribute of `op` that was not given yet; raises ExpressionError."""
    if name.text not in op.attributes:
        near = suggest(name.text, op.attributes)
        message = f"{op.name} has no attribute {name}{did_you_mean(near)}"
        raise source.error(message, name.span, given=name.text, expected=usage(op), suggestion=near)
    if name.text in attrs:
        raise source.error(f"{name} is given twice", name.span, given=name.text, expected=usage(op))


def too_many(source: Source, op: Op, name: Token, extra: Token, inputs: int) -> ExpressionError:
    """The error for an input too many: `max(a, b)` is meant to be `maximum(a, b)`."""
    longer = (o.name for o in OPS if o is not op and o.name.startswith(op.name) and (o.arity or 0) > inputs)
    near = next(longer, "")
    return source.error(
        f"{op.name} takes {_inputs(op)}{did_you_mean(near)}", name.span if near else extra.span,
        given=f"more, beginning with {extra}", expected=usage(op), suggestion=near,
    )  # fmt: skip


def no_op(source: Source, name: Token, is_value: bool) -> ExpressionError:
    """The error for `name(`, where `name` is no op: a product without its sign, or a word misspelt."""
    near = suggest(name.text, OPS.names())
    if is_value or (len(name.text) == 1 and not near):
        return source.error(
            f"{name} is a value and no op: a product is written {name}*(...)", name.span, given=f"{name}(",
            expected=f"{name}*(", suggestion=f"{name}*",
        )  # fmt: skip
    return source.error(
        f"There is no op called {name}{did_you_mean(near)}", name.span, given=name.text,
        expected="one of " + ", ".join(sorted(OPS.names())), suggestion=near,
    )  # fmt: skip
