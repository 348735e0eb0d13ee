"""The text as it was typed, and errors that point into it."""

from __future__ import annotations

from typing import NamedTuple

from engine.errors import ExpressionError, ExpressionLimitError, ExpressionShapeError


class Span(NamedTuple):
    """A place in the source: offsets in characters, the end not included."""

    start: int
    end: int


class Source(str):
    """The text of an expression. Offsets into it never shift: nothing is rewritten before it is parsed."""

    __slots__ = ()

    def at(self, span: Span) -> str:
        """The text at `span`."""
        return self[span.start : span.end]

    def error(
        self, message: str, span: Span, *, given: str = "", expected: str = "", suggestion: str = ""
    ) -> ExpressionError:
        """An error at `span`."""
        return ExpressionError(
            message, source=str(self), position=span, given=given, expected=expected, suggestion=suggestion
        )

    def shape_error(
        self, message: str, span: Span, *, given: str, expected: str = "", suggestion: str = ""
    ) -> ExpressionShapeError:
        """Shapes that do not fit, at `span`."""
        return ExpressionShapeError(
            message, source=str(self), position=span, given=given, expected=expected, suggestion=suggestion
        )

    def limit_error(self, message: str, span: Span, *, given: str, limit: int) -> ExpressionLimitError:
        """More than `limit`, at `span`."""
        return ExpressionLimitError(
            message, source=str(self), position=span, given=given, expected=f"at most {limit:,}"
        )
