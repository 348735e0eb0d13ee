"""Tokens to nodes: statements, operators by precedence, calls. A grammar of our own, so nothing else can come in.

program    = statement { (";" | newline) statement }
statement  = [ name "=" ] expression
expression = unary { ("+" | "-" | "*" | "/" | "@") unary }      by precedence, from the left
unary      = ("-" | "+") unary | postfix [ ("**" | "^") unary ]  so -x^2 is -(x^2), and 2^3^2 is 2^(3^2)
postfix    = primary { ".T" | "[" index "]" }
primary    = number | rows | name | op "(" arguments ")" | "(" expression ")"
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

import engine.ops  # noqa: F401 (fills the registry)
from engine.expression.constants import CONSTANTS, read_attribute, read_index, read_rows
from engine.expression.cursor import Cursor
from engine.expression.limits import Limits
from engine.expression.nodes import Apply, Leaf, Literal, Node
from engine.expression.scope import Scope
from engine.expression.signature import check_attribute, check_call, no_op, too_many, usage
from engine.expression.source import Source, Span
from engine.expression.tokens import WORDS, Kind, Token
from engine.op import OPS, Op

_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "@": 2}
_POWER = ("**", "^")
_PREFIX = {op.infix: op for op in OPS if op.infix and op.arity == 1}
_INFIX = {op.infix: op for op in OPS if op.infix and op.arity == 2}
_TRANSPOSE = OPS["transpose"]
_GETITEM = OPS["getitem"]


class Operand(NamedTuple):
    """A value that was read: its entry in the list of nodes, and the text it fills, brackets included."""

    node: int
    span: Span


class Parser:
    """Reads one source into nodes, by recursive descent no deeper than `limits.depth`.

    Attributes:
        nodes: each after its inputs.
        scope: the names.
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self.cursor = Cursor(source, limits)
        self.scope = Scope(source, self.cursor.tokens)
        self.nodes: list[Node] = []
        self._depth = 0

    # -- statements ----------------------------------------------------------------------------------------------

    def program(self) -> Operand:
        """Read everything; the last line's value."""
        cursor = self.cursor
        result: Operand | None = None
        named = True
        while True:
            while cursor.token.kind is Kind.SEPARATOR:
                cursor.advance()
            if cursor.token.kind is Kind.END:
                break
            if result is not None and not named:
                text = self.source.at(result.span)
                raise self.source.error(
                    "This result would be lost: only the last line may be without a name", result.span, given=text,
                    expected="name = ...", suggestion=f"a = {text}",
                )  # fmt: skip
            named = cursor.token.kind is Kind.NAME and cursor.ahead().text == "="
            result = self._assignment() if named else self._expression()
            if cursor.token.kind not in (Kind.SEPARATOR, Kind.END):
                raise cursor.after_value("an operator such as + or *, a new line or the end")
        if result is None:
            example = "an expression such as sigmoid(w*x + b)"
            raise self.source.error("There is nothing to compute yet", cursor.token.span, expected=example)
        return result

    def _assignment(self) -> Operand:
        name = self.cursor.advance()
        self.scope.define(name)
        self.cursor.expect("=")
        operand = self._expression()
        node = self.nodes[operand.node]
        if isinstance(node, Literal):  # nothing else can reach a literal of this line, so it may become the leaf
            self.nodes[operand.node] = Leaf(name.text, name.span, node.value)
        self.scope.defined(operand.node)
        return operand

    # -- operators -----------------------------------------------------------------------------------------------

    def _expression(self, least: int = 1) -> Operand:
        left = self._unary()
        while (level := _PRECEDENCE.get(self.cursor.token.text, 0)) >= least:
            operator = self.cursor.advance()
            right = self._expression(level + 1)
            left = self._apply(_INFIX[operator.text], [left, right], operator.span)
        return left

    def _unary(self) -> Operand:
        cursor = self.cursor
        if cursor.token.text in ("-", "+"):
            sign = cursor.advance()
            with self._deeper(sign):
                operand = self._unary()
            span = Span(sign.span.start, operand.span.end)
            return self._negative(operand, sign, span) if sign.text == "-" else Operand(operand.node, span)
        base = self._postfix()
        if cursor.token.text not in _POWER:
            return base
        operator = cursor.advance()
        with self._deeper(operator):
            exponent = self._unary()
        return self._apply(_INFIX["**"], [base, exponent], operator.span)

    def _negative(self, operand: Operand, sign: Token, span: Span) -> Operand:
        """A negative number is a number; anything else is negated by an op."""
        node = self.nodes[operand.node]
        if not isinstance(node, Literal) or isinstance(node.value, tuple):
            return self._apply(_PREFIX["-"], [operand], sign.span, span)
        text = node.text.removeprefix("-") if node.text.startswith("-") else f"-{node.text}"
        self.nodes[operand.node] = replace(node, value=-node.value, text=text, span=span)
        return Operand(operand.node, span)

    @contextmanager
    def _deeper(self, token: Token) -> Iterator[None]:
        self._depth += 1
        if self._depth > self.limits.depth:
            given = f"{self._depth} levels"
            raise self.source.limit_error("This is nested too deep", token.span, given=given, limit=self.limits.depth)
        yield
        self._depth -= 1

    def _postfix(self) -> Operand:
        cursor = self.cursor
        operand = self._primary()
        while True:
            start = operand.span.start
            if cursor.at("."):
                dot = cursor.advance()
                if cursor.token.text != "T":
                    raise self.source.error(
                        "Values have no attributes but .T, the transpose", cursor.token.span, given=str(cursor.token),
                        expected="T", suggestion="T" if cursor.token.text == "t" else "",
                    )  # fmt: skip
                cursor.advance()
                at = cursor.span_from(dot.span.start)
                operand = self._apply(_TRANSPOSE, [operand], at, cursor.span_from(start))
            elif cursor.at("["):
                bracket = cursor.advance()
                index = read_index(cursor)
                cursor.expect("]")
                at = cursor.span_from(bracket.span.start)
                operand = self._apply(_GETITEM, [operand], at, cursor.span_from(start), {"index": index})
            else:
                return operand

    # -- values and calls ----------------------------------------------------------------------------------------

    def _primary(self) -> Operand:
        cursor = self.cursor
        token = cursor.token
        if token.kind is Kind.NUMBER:
            cursor.advance()
            return self._add(Literal(float(token.text), token.text, token.span), token.span)
        if token.kind is Kind.NAME:
            cursor.advance()
            return self._call(token) if cursor.at("(") else self._name(token)
        if token.text == "[":
            rows = read_rows(cursor)
            span = cursor.span_from(token.span.start)
            return self._add(Literal(rows, "", span), span)
        if token.text == "(":
            cursor.advance()
            with self._deeper(token):
                operand = self._expression()
            cursor.expect(")")
            return Operand(operand.node, cursor.span_from(token.span.start))
        raise cursor.missing_value()

    def _name(self, token: Token) -> Operand:
        name, scope = token.text, self.scope
        if name in scope.results:
            return Operand(scope.results[name], token.span)
        if name in scope.leaves:
            return Operand(scope.leaves[name], token.span)
        if name in OPS:
            message = f"{name} is an op and needs its input in ( )"
            raise self.source.error(message, token.span, given=name, expected=usage(OPS[name]))
        if name in scope.assigned:
            raise scope.unready(token)
        scope.check(token)
        if name in CONSTANTS:
            return self._add(Literal(CONSTANTS[name], name, token.span), token.span)
        leaf = self._add(Leaf(name, token.span), token.span)
        scope.leaves[name] = leaf.node
        return leaf

    def _call(self, name: Token) -> Operand:
        if name.text not in OPS:
            is_value = any(name.text in names for names in (self.scope.leaves, self.scope.assigned, CONSTANTS))
            raise no_op(self.source, name, is_value)
        op, cursor = OPS[name.text], self.cursor
        inputs: list[Operand] = []
        attrs: dict[str, Any] = {}
        with self._deeper(cursor.expect("(")):
            while not cursor.at(")"):
                if cursor.token.kind is Kind.NAME and cursor.ahead().text == "=":
                    attribute = cursor.advance()
                    cursor.expect("=")
                    check_attribute(self.source, op, attribute, attrs)
                    attrs[attribute.text] = read_attribute(cursor, attribute.text, op.attributes[attribute.text])
                elif not attrs and (op.arity is None or len(inputs) < op.arity):
                    inputs.append(self._expression())
                    self._check_inputs(inputs)
                else:
                    self._positional_attribute(op, name, len(inputs), attrs)
                if not cursor.accept(","):
                    break
            cursor.expect(")")
        span = cursor.span_from(name.span.start)
        check_call(self.source, op, span, len(inputs), attrs)
        return self._apply(op, inputs, name.span, span, attrs)

    def _check_inputs(self, inputs: list[Operand]) -> None:
        if len(inputs) > self.limits.inputs:
            given, limit = f"{len(inputs)} or more", self.limits.inputs
            raise self.source.limit_error("This op has too many inputs", inputs[-1].span, given=given, limit=limit)

    def _positional_attribute(self, op: Op, name: Token, inputs: int, attrs: dict[str, Any]) -> None:
        """After its inputs an op takes its attributes in order: `reshape(x, (2, 3))`, `sum(X, 0)`."""
        token = self.cursor.token
        free = [attribute for attribute in op.attributes if attribute not in attrs]
        plain = token.kind is Kind.NUMBER or token.text in ("-", "+", "(", "[") or token.text in WORDS
        if not free or not plain:
            raise too_many(self.source, op, name, token, inputs)
        attrs[free[0]] = read_attribute(self.cursor, free[0], op.attributes[free[0]])

    # -- nodes ---------------------------------------------------------------------------------------------------

    def _apply(
        self, op: Op, inputs: list[Operand], at: Span, span: Span | None = None, attrs: dict[str, Any] | None = None
    ) -> Operand:
        span = span or Span(inputs[0].span.start, inputs[-1].span.end)
        return self._add(Apply(op, tuple(i.node for i in inputs), MappingProxyType(attrs or {}), span, at), span)

    def _add(self, node: Node, span: Span) -> Operand:
        if len(self.nodes) >= self.limits.nodes:
            raise self.source.limit_error("There are too many nodes", span, given="more", limit=self.limits.nodes)
        self.nodes.append(node)
        return Operand(len(self.nodes) - 1, span)
