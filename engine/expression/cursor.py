"""A place in a list of tokens, and the words for what is found where something else should stand."""

from __future__ import annotations

from engine.errors import ExpressionError
from engine.expression.limits import Limits
from engine.expression.source import Source, Span
from engine.expression.tokens import Kind, Token, tokenize

_HINTS = {
    "=": "; only a single name can stand left of =",
    ",": "; decimals are written 0.5 and several values [1, 2]",
    ":": "; there are no functions, conditions or blocks",
}


class Cursor:
    """Walks the tokens of a source.

    Attributes:
        source: the text.
        limits: what may be read.
        token: the token that comes next.
        last: the token read last; the next one before any was read.
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self.tokens = tokenize(source, limits)
        self.token = self.last = self.tokens[0]
        self._next = 1

    def advance(self) -> Token:
        """Read one token; END stays where it is."""
        self.last = self.token
        if self._next < len(self.tokens):
            self.token = self.tokens[self._next]
            self._next += 1
        return self.last

    def ahead(self) -> Token:
        """The token after the next one."""
        return self.tokens[min(self._next, len(self.tokens) - 1)]

    def at(self, text: str) -> bool:
        """Whether the symbol `text` comes next."""
        return self.token.kind is Kind.SYMBOL and self.token.text == text

    def accept(self, text: str) -> bool:
        """Read the symbol `text` if it comes next."""
        found = self.at(text)
        if found:
            self.advance()
        return found

    def expect(self, text: str) -> Token:
        """Read the symbol `text`; anything else is an error."""
        if not self.at(text):
            raise self.after_value(f"an operator or {text}")
        return self.advance()

    def missing_value(self, what: str = "a number, a name, an op, ( or [") -> ExpressionError:
        """The error where a value should come next."""
        if self.token is self.last:
            return self.source.error(
                f"{self.token} cannot stand at the beginning", self.token.span, given=str(self.token), expected=what
            )
        message = f"A value is missing after {self.last}"
        return self.source.error(message, self.token.span, given=str(self.token), expected=what)

    def after_value(self, expected: str) -> ExpressionError:
        """The error where an operator or an end should come next."""
        token = self.token
        if token.kind in (Kind.NUMBER, Kind.NAME) or token.text in ("(", "["):
            message = f"An operator is missing between {self.last} and {token}"
            return self.source.error(
                message, token.span, given=token.text, expected=expected, suggestion=f"*{token.text}"
            )
        return self.source.error(
            f"Nothing may follow {self.last} but an operator{_HINTS.get(token.text, '')}",
            token.span,
            given=str(token),
            expected=expected,
        )

    def span_from(self, start: int) -> Span:
        """From `start` to the end of the token read last."""
        return Span(start, self.last.span.end)
