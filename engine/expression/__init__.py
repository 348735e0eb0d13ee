"""The expression language: text to graph through a whitelist of nodes, never eval.

    >>> built = parse("a = x*y; b = a + x; a*b").build({"x": 2.0, "y": 3.0})
    >>> built.root.item()
    48.0

Numbers, `pi` and `e`, vectors `[1, 2]` and matrices `[[1, 2], [3, 4]]`; `+ - * / @` and `**`, also written `^`, with
Python's precedence; every op of the registry by name, its attributes by keyword or after its inputs (`sum(X, axis=0)`,
`reshape(x, (2, 3))`); `X[0, 1:]` and `X.T`. Lines end at `;` or where a line ends outside brackets; the last one is
the result.

A name with no value becomes a leaf with a default; `W = [[1, 2], [3, 4]]` makes a leaf with that value. A name is given
a value once, before it is used, and may not be an op's. Names are Latin letters, Greek letters that do not look Latin,
digits and underscores. Offsets in errors and spans count characters of the text as typed.
"""

from __future__ import annotations

from types import MappingProxyType

from engine.expression.limits import Limits
from engine.expression.parser import Parser
from engine.expression.program import Built, Program
from engine.expression.source import Source, Span

__all__ = ["DEFAULT_LIMITS", "Built", "Limits", "Program", "Span", "parse"]

DEFAULT_LIMITS = Limits()


def parse(source: str, limits: Limits = DEFAULT_LIMITS) -> Program:
    """Read an expression.

    Raises:
        ExpressionError: text that is no expression, with its place, what was given and what could stand there;
            ExpressionLimitError where it exceeds `limits`.
    """
    text = Source(source)
    parser = Parser(text, limits)
    result = parser.program()
    return Program(text, tuple(parser.nodes), MappingProxyType(parser.scope.results), result.node, result.span, limits)
