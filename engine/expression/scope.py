"""The names of one expression: which are leaves, which are results, and which cannot be names at all.

A name has one meaning: it is given a value once, before it is used, or never and is then a leaf. It may not be an op's,
nor look like another name once typeset (`x1` and `x_1`, `α` and `alpha`).
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import ExpressionError
from engine.expression.source import Source
from engine.expression.tokens import WORDS, Kind, Token
from engine.notation import latex_name
from engine.op import OPS


class Scope:
    """Names seen so far.

    Attributes:
        results: entries of assigned names, in the order of the lines.
        leaves: entries of the names that no line gives a value.
        assigned: names that some line gives a value, read or not.
        defining: the name whose value is being read; empty between lines.
    """

    def __init__(self, source: Source, tokens: Sequence[Token]) -> None:
        self.source = source
        self.results: dict[str, int] = {}
        self.leaves: dict[str, int] = {}
        lines = [0, *(i + 1 for i, token in enumerate(tokens[:-1]) if token.kind is Kind.SEPARATOR)]
        self.assigned = frozenset(tokens[i].text for i in lines if tokens[i + 1 : i + 2] and tokens[i + 1].text == "=")
        self.defining = ""
        self._shown: dict[str, str] = {}

    def define(self, name: Token) -> None:
        """Begin to give `name` a value."""
        self.check(name)
        if name.text in self.results:
            raise self.source.error(
                f"{name} already has a value, and a name keeps one value", name.span, given=name.text,
                expected="another name", suggestion=self._free(name.text),
            )  # fmt: skip
        self.defining = name.text

    def defined(self, node: int) -> None:
        """The value of the name being defined is entry `node`."""
        self.results[self.defining] = node
        self.defining = ""

    def check(self, name: Token) -> None:
        """Whether `name` may be the name of a value."""
        if name.text in OPS:
            raise self.source.error(
                f"{name} is an op and cannot be the name of a value", name.span, given=name.text,
                expected="another name", suggestion=self._free(name.text),
            )  # fmt: skip
        if name.text in WORDS:
            raise self.source.error(
                f"{name} is no name and no number", name.span, given=name.text, expected="a name or a number"
            )
        other = self._shown.setdefault(latex_name(name.text), name.text)
        if other != name.text:
            raise self.source.error(
                f"{name} and {other} would look the same", name.span, given=name.text, expected=other, suggestion=other
            )

    def unready(self, name: Token) -> ExpressionError:
        """The error for a name that is read before its line is."""
        when = "in its own definition" if name.text == self.defining else "before it has a value"
        return self.source.error(
            f"{name} is used {when}", name.span, given=name.text,
            expected="a name from a line above, or one that no line gives a value",
        )  # fmt: skip

    def _free(self, name: str) -> str:
        number = 2
        while f"{name}{number}" in self.assigned or f"{name}{number}" in self.leaves:
            number += 1
        return f"{name}{number}"
